"""What is hidden is left out of the JSON, and the published schema is what is shown."""

import json
import os
from pathlib import Path

import jsonschema

from console import ticket_shown
from tests.console.ticket_house import WHO
from tests.tickets.cases import CITIZEN, NAME, PHONE, RULES, Life
from tickets.commands import Dispatch, File
from tickets.model import Channel
from tickets.terms import Appeal
from tickets.ticket import Secrecy
from tickets.views import seen_by

COPY = Path(__file__).resolve().parents[2] / "docs" / "ticket.schema.json"


def life(secrecy: Secrecy = Secrecy.OPEN) -> Life:
    mine = Life()
    mine.do(File(channel=Channel.PHONE, appeal=Appeal.COMPLAINT, citizen=CITIZEN, code="01", title="排队", secrecy=secrecy), WHO["cleared"])
    mine.do(Dispatch(), WHO["cleared"])
    return mine


def test_what_is_hidden_is_not_there_at_all() -> None:
    mine = life(Secrecy.REPORT)
    view = seen_by(mine.ticket, mine.history, WHO["tax"], RULES)
    assert view is not None
    said = ticket_shown.shown(view)
    assert not {"calls", "key", "links", "repeats", "inspections"} & set(said["ticket"])
    assert not [word for word in (NAME, PHONE) if word in json.dumps([said, ticket_shown.entries(view.history)], ensure_ascii=False)]


def test_a_line_of_a_list_says_by_when_and_nothing_of_the_citizen() -> None:
    mine = life()
    view = seen_by(mine.ticket, (), WHO["office"], RULES)
    assert view is not None
    line = ticket_shown.line(view)
    assert line["due"] == "2026-04-14"
    assert not [word for word in (NAME, PHONE) if word in json.dumps(line, ensure_ascii=False)]


def test_the_published_schema_is_the_ones_that_the_code_makes() -> None:
    made = json.dumps(ticket_shown.schema(), ensure_ascii=False, indent=2) + "\n"
    if os.environ.get("HOTLINE_DRAW"):
        COPY.write_text(made, encoding="utf-8")
    assert COPY.read_text(encoding="utf-8") == made, f"{COPY.name} is stale: HOTLINE_DRAW=1 scripts/test tests/console/test_ticket_shown.py"


def test_what_is_shown_fits_the_schema() -> None:
    for secrecy in Secrecy:
        mine = life(secrecy)
        for name in ("office", "cleared", "tax", "monitor"):
            view = seen_by(mine.ticket, mine.history, WHO[name], RULES)
            if view is not None:
                jsonschema.validate(ticket_shown.shown(view)["ticket"], dict(ticket_shown.schema()))
