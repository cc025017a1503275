"""业务单 as JSON: what `tickets.views` has let through, and no field of what it has hidden."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from pydantic import TypeAdapter

from tickets.snapshot import entry_to_json, to_json
from tickets.terms import Step
from tickets.ticket import Entry, Ticket
from tickets.views import View

SCHEMA_ID: Final = "urn:hotline-12345:ticket:1"
_KEPT_AS_MASKED: Final = frozenset({"citizen"})
"""Hidden fields that a view has masked instead of emptied."""
_SHORT: Final = (
    *(
        "number",
        "version",
        "channel",
        "appeal",
        "state",
        "code",
        "title",
        "place",
        "urgent",
        "life_at_risk",
        "secrecy",
        "lead",
        "assisting",
    ),
    *("at_once", "filed_at", "dispatched_at", "closed_at", "redo_of", "merged_into", "deemed", "explained", "satisfied", "published"),
)
"""What a list shows of each: nothing of the citizen, nothing of the content."""


def shown(view: View) -> dict[str, Any]:
    """One ticket with what may be done to it next."""
    ticket = to_json(view.ticket)
    for name in view.hidden - _KEPT_AS_MASKED:
        ticket.pop(name, None)
    return {"ticket": ticket, "hidden": sorted(view.hidden), "possible": list(view.possible)}


def entries(history: Iterable[Entry]) -> list[dict[str, Any]]:
    """The history, the first entry first."""
    return [entry_to_json(entry) for entry in history]


def line(view: View) -> dict[str, Any]:
    """One line of a list."""
    ticket = to_json(view.ticket)
    due = view.ticket.dues.get(Step.ANSWER)
    term = {"due": due.last_day.isoformat() if due else "", "late": sorted(view.ticket.late)}
    return {name: ticket[name] for name in _SHORT if name not in view.hidden} | term


def schema() -> Mapping[str, Any]:
    """docs/ticket.schema.json: the structured record of a ticket, for whoever gets it by the interface or by push."""
    made = TypeAdapter(Ticket).json_schema(mode="serialization")
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": SCHEMA_ID}
    words = "业务单的结构化记录；不该看到的字段不出现。时间为带时区的ISO 8601。 / One ticket; what its reader may not see is left out."
    return {**head, **made, "title": "12345 热线业务单", "description": words, "required": ["number", "version", "state", "filed_at"]}
