"""From a ticket's history to what assessment counts: one `Handling` for each unit that led it (assessment/model.py). Pure."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

from assessment.model import Handling
from tickets.kinds import EntryKind
from tickets.terms import Step
from tickets.ticket import Entry, Ticket

_K = EntryKind
Change = Callable[[Handling, Entry], dict[str, Any]]


def handlings(ticket: Ticket, history: Iterable[Entry]) -> tuple[Handling, ...]:
    """In the order in which the units had it. A ticket that no unit ever had gives none: it was answered at once, or declined."""
    done: list[Handling] = []
    now: Handling | None = None
    for entry in history:
        if entry.what in _SENDING:
            if now is not None:
                done.append(_left(now, entry))
            now = _began(ticket, entry, before=now)
        elif now is not None and entry.what in _LEAVING:
            done.append(replace(now, left=entry.at))
            now = None
        elif now is not None and entry.what in CHANGES:
            now = replace(now, **CHANGES[entry.what](now, entry))
    return tuple(done if now is None else [*done, now])


def _began(ticket: Ticket, entry: Entry, *, before: Handling | None) -> Handling:
    dues = entry.values["dues"]
    same = before is not None and before.unit == entry.values["lead"] and not entry.values.get("anew", True)
    fresh = Handling(
        ticket=ticket.number,
        unit=str(entry.values["lead"]),
        appeal=ticket.appeal.value,
        secrecy=int(ticket.secrecy),
        began=entry.at,
        due=_until(dues, Step.ANSWER),
        contact_due=_until(dues, Step.CONTACT),
    )
    return replace(fresh, began=before.began, urged=before.urged, noticed=before.noticed) if same and before else fresh


def _left(now: Handling, entry: Entry) -> Handling:
    """Another dispatch: after a return that was agreed to, it was a 退办."""
    return replace(now, left=entry.at, returned=entry.at if now.return_asked and entry.values["lead"] != now.unit else None)


def _until(dues: Mapping[str, Any], step: Step) -> datetime | None:
    due = dues.get(step.value)
    return None if due is None else datetime.fromisoformat(due["until"])


def _replied(now: Handling, entry: Entry) -> dict[str, Any]:
    return {"replied": now.replied or entry.at}


def _contacted(now: Handling, entry: Entry) -> dict[str, Any]:
    return {"contacted": now.contacted or entry.at}


def _closed(now: Handling, entry: Entry) -> dict[str, Any]:
    return {"closed": entry.at, "replied": now.replied or entry.at}


def _called_back(now: Handling, entry: Entry) -> dict[str, Any]:
    said = entry.values.get("satisfied") or now.satisfied
    return {"called_back": entry.at, "satisfied": "" if said == "未表态" else said}


def _complained(now: Handling, entry: Entry) -> dict[str, Any]:
    return {"satisfied": "不满意", "called_back": now.called_back or entry.at}


def _extended(now: Handling, entry: Entry) -> dict[str, Any]:
    if not entry.values["granted"]:
        return {}
    return {"extended": (*now.extended, entry.at), "due": _until(entry.values["dues"], Step.ANSWER) or now.due}


def _reckoned(now: Handling, entry: Entry) -> dict[str, Any]:
    dues = entry.values["dues"]
    return {"due": _until(dues, Step.ANSWER) or now.due, "contact_due": _until(dues, Step.CONTACT) or now.contact_due}


def _once_more(name: str) -> Change:
    return lambda now, entry: {name: (*getattr(now, name), entry.at)}


_SENDING: Final = frozenset({_K.DISPATCHED, _K.DESIGNATED, _K.DISPATCHED_AGAIN})
_LEAVING: Final = frozenset({_K.WITHDRAWN, _K.MERGED})

CHANGES: Final[Mapping[EntryKind, Change]] = MappingProxyType(
    {
        _K.CONTACTED: _contacted,
        _K.REPLIED: _replied,
        _K.DEEMED_ANSWERED: _replied,
        _K.REPORTED_CLOSED: _closed,
        _K.CALLED_BACK: _called_back,
        _K.COMPLAINED_OF: _complained,
        _K.JUDGED_UNITS_FAULT: lambda _, entry: {"redone": entry.at},
        _K.URGED: _once_more("urged"),
        _K.NOTICED: _once_more("noticed"),
        _K.HANDED_OVER: _once_more("handed_over"),
        _K.RETURN_ASKED: _once_more("return_asked"),
        _K.RETURN_REFUSED: _once_more("return_refused"),
        _K.EXTENSION_DECIDED: _extended,
        _K.DUE_RECKONED: _reckoned,
    }
)
"""What each kind of entry changes of the handling that it happens in; all others change nothing that is counted."""
