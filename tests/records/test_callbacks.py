"""Who is owed a call back, and who got through by himself."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from records.callbacks import PRIORITY, got_through, owed_for
from records.model import Attempt, CallRecord, Emergency, Joined, Lifeline, to_json

NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)
TALK = Joined(agent="1001", leg="leg-1", began=NOON)


CUT_OFF = CallRecord(call="hl1-1764000000.12", caller="19900000001", trunk="telecom", completeness="cut_off")


def record(**known: object) -> dict[str, Any]:
    return to_json(replace(CUT_OFF, **known))  # type: ignore[arg-type]  # fields of a record


def test_who_was_cut_off_is_owed_a_call_before_others() -> None:
    assert owed_for(record()) == "cut_off"
    assert owed_for(record(joined=(TALK,))) == "cut_off"
    assert PRIORITY["cut_off"] == 60


@pytest.mark.parametrize("known", [{"completeness": "complete"}, {"completeness": "reconciled"}, {"caller": ""}])
def test_who_was_not_cut_off_or_has_no_number_is_owed_none(known: dict[str, str]) -> None:
    assert owed_for(record(**known)) == ""


@pytest.mark.parametrize("trunk", ["self-check", "phones"])
def test_calls_of_our_own_are_owed_none(trunk: str) -> None:
    assert owed_for(record(trunk=trunk)) == ""


def test_who_heard_a_human_got_through() -> None:
    tried = Attempt(trunk="t", attempt=1, began=NOON, answered=NOON)
    ways: tuple[dict[str, object], ...] = (
        {"joined": (TALK,)},
        {"lifeline": (Lifeline(why="died", entered=NOON, answered=NOON),)},
        {"emergency": (Emergency(service="110", how="key", asked=NOON, attempts=(tried,)),)},
    )
    for known in ways:
        assert got_through(record(**known, completeness="complete"))
        assert not got_through(record(**known))
    assert not got_through(record(completeness="complete"))


def test_a_record_of_a_former_release_knows_neither_lifeline_nor_emergency() -> None:
    old = {key: value for key, value in record(completeness="complete").items() if key not in ("lifeline", "emergency")}
    assert not got_through(old)
