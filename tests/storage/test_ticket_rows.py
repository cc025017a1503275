import json
from datetime import date, datetime, timedelta

import pytest

from hotline.errors import MalformedInput
from hotline.workdays import CHINA
from storage.ticket_rows import entry_row, entry_said, first_id, id_of, moment_rows, number_of, snapshot_of, ticket_row, unit_rows
from tests.checks.check_tickets import NOON, due, entry, ticket
from tickets.moments import Moment, Watch
from tickets.moves import TicketState
from tickets.snapshot import entry_of_json, of_json

DAY = date(2026, 11, 23)


def test_a_number_says_its_day_and_sorts_as_it_was_given() -> None:
    assert number_of(DAY, 1) == "20261123000001"
    assert id_of(number_of(DAY, 999_999)) < first_id(date(2026, 11, 24)) <= id_of(number_of(date(2026, 11, 24), 1))


@pytest.mark.parametrize("count", [0, 1_000_000])
def test_a_day_has_a_million_numbers_and_no_more(count: int) -> None:
    with pytest.raises(MalformedInput):
        number_of(DAY, count)


@pytest.mark.parametrize("number", ["", "2026112300001", "draft-1", "20261123000001x", "１２３４５６７８９０１２３４"])
def test_what_was_never_a_number_is_refused(number: str) -> None:
    with pytest.raises(MalformedInput, match="14位"):
        id_of(number)


def test_an_answer_is_owed_only_while_a_unit_has_it() -> None:
    sent = ticket(state=TicketState.SENT, lead="u-water", dues=due(1, provisional=True))
    assert ticket_row(sent)["due"] == "2026-11-30T16:00:00.000000Z"
    assert ticket_row(sent)["provisional"] == 1
    assert ticket_row(ticket(state=TicketState.REPLIED, lead="u-water", dues=due(1)))["due"] is None


def test_no_key_and_no_telephone_are_none_so_that_they_are_never_taken() -> None:
    row = ticket_row(ticket(key="", citizen=ticket().citizen.__class__()))
    assert (row["key"], row["phone"]) == (None, None)


def test_whoever_must_not_know_of_it_stands_in_no_row() -> None:
    mine = ticket(state=TicketState.SENT, lead="u-water", assisting=("u-roads",), at_once=("u-town",))
    assert [row["unit"] for row in unit_rows(mine, frozenset({"u-roads"}))] == ["u-town", "u-water"]


def test_of_two_moments_for_one_thing_the_first_counts() -> None:
    rows = moment_rows("20261123000001", (Moment(what=Watch.URGE, at=NOON + timedelta(hours=1)), Moment(what=Watch.URGE, at=NOON)))
    assert [(row["what"], row["at"]) for row in rows] == [("urge", "2026-11-23T04:00:00.000000Z")]


def test_what_is_read_back_is_what_was_written() -> None:
    mine = ticket(dues=due(1), accused=frozenset({"b", "a"}), happened_at=datetime(2026, 11, 1, tzinfo=CHINA))
    assert of_json(json.loads(snapshot_of(mine))) == mine
    line = entry(mine, 1, lead="u-water", assisting=["u-roads"])
    assert entry_of_json(entry_said(entry_row(line), mine.number)) == line
