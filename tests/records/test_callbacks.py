"""Who is owed a call back, and who got through by himself."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from records.callbacks import PRIORITY, got_through, owed_for, reached
from records.model import Asked, Attempt, CallRecord, Emergency, Joined, Lifeline, Message, Placed, to_json

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


# ── who asked, and who was missed ────────────────────────────────────────────────────────────────

GAVE_UP: dict[str, object] = {"completeness": "complete", "ended": NOON, "abandon_stage": "queue"}


@pytest.mark.parametrize("stage", ["queue", "ringing"])
def test_who_waited_for_a_human_and_reached_nobody_was_missed(stage: str) -> None:
    assert owed_for(record(**GAVE_UP | {"abandon_stage": stage})) == "missed"


@pytest.mark.parametrize(
    "known",
    [
        {"abandon_stage": "prompts"},
        {"abandon_stage": ""},
        {"message": Message()},
        {"trunk": "self-check"},
        {"caller": ""},
        {"placed": Placed(agent="1001", how="clicked")},
        {"joined": (TALK,)},
    ],
)
def test_who_left_a_message_was_served_or_is_nobody_was_not_missed(known: dict[str, object]) -> None:
    assert owed_for(record(**GAVE_UP | known)) == ""


def test_whom_the_lifeline_found_nobody_for_was_missed() -> None:
    assert owed_for(record(**GAVE_UP | {"abandon_stage": "", "lifeline": (Lifeline(why="died", entered=NOON),)})) == "missed"


def test_who_asked_is_owed_a_call_unless_he_was_joined_after_it() -> None:
    asked = Asked(at=NOON + timedelta(seconds=5), since=NOON)
    assert owed_for(record(**GAVE_UP | {"callback_asked": asked, "joined": (TALK,)})) == "asked"
    later = replace(TALK, began=NOON + timedelta(seconds=6))
    assert owed_for(record(**GAVE_UP | {"callback_asked": asked, "joined": (later,)})) == ""


def test_in_a_call_that_an_agent_made_the_number_called_is_who_was_reached() -> None:
    made = {"placed": Placed(agent="1001", how="callback", outcome="talked"), "called": "19900000002", "completeness": "complete"}
    assert reached(record(**made)) == "19900000002"
    assert reached(record(**made | {"placed": Placed(agent="1001", how="callback", outcome="busy")})) == ""
    assert reached(record(joined=(TALK,), completeness="complete")) == "19900000001"


def test_whose_emergency_nobody_answered_is_owed_a_call_before_all_others_whatever_he_left() -> None:
    tried = Attempt(trunk="t", attempt=1, began=NOON)
    nobody = {"emergency": (Emergency(service="110", how="key", asked=NOON, attempts=(tried,)),)}
    assert owed_for(record(**GAVE_UP | nobody)) == owed_for(record(**GAVE_UP | nobody | {"message": Message()})) == "emergency"
    assert owed_for(record(**nobody)) == "emergency", "cut off, too"
    assert PRIORITY["emergency"] == 80, "before all but a live one"
    touched = {"emergency": (Emergency(service="", how="key", asked=NOON),)}
    assert owed_for(record(**GAVE_UP | touched | {"abandon_stage": "emergency"})) == "missed"
    assert owed_for(record(**GAVE_UP | touched | {"wait_began": NOON})) == "emergency", "he waited for a duty agent"
    answered = {"emergency": (Emergency(service="110", how="key", asked=NOON, attempts=(replace(tried, answered=NOON),)),)}
    assert owed_for(record(**GAVE_UP | answered)) == ""
    assert owed_for(record(**answered)) == "cut_off"
