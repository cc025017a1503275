"""How a call to an emergency centre ended, as a table."""

import pytest

from agi.told import CAUSE_OUTCOMES, STATUS_OUTCOMES, TOLD_EVENTS, emergency_outcome, told
from agi.translate import leg_outcome
from tests.agi.told_events import TOLD, event

WORDS = {"talked", "lost", "busy", "no_answer", "unreachable", "refused", "absent", "failed", "citizen_gone"}


@pytest.mark.parametrize(
    ("status", "cause", "answered", "outcome"),
    [
        ("ANSWER", 16, True, "talked"),
        ("ANSWER", 0, True, "talked"),
        ("ANSWER", 38, True, "lost"),
        ("ANSWER", 18, True, "lost"),
        ("BUSY", 17, False, "busy"),
        ("NOANSWER", 0, False, "no_answer"),
        ("CANCEL", 0, False, "citizen_gone"),
        ("CHANUNAVAIL", 3, False, "unreachable"),
        ("CHANUNAVAIL", 18, False, "unreachable"),
        ("CHANUNAVAIL", 1, False, "absent"),
        ("CONGESTION", 34, False, "unreachable"),
        ("CHANUNAVAIL", 21, False, "refused"),
        ("CONGESTION", 99, False, "failed"),
        ("", 0, False, "failed"),
    ],
)
def test_each_end_of_a_call_to_a_centre_has_its_word(status: str, cause: int, answered: bool, outcome: str) -> None:
    assert emergency_outcome(status, cause, answered=answered) == outcome


def test_no_word_is_used_that_the_fact_does_not_know() -> None:
    assert {*STATUS_OUTCOMES.values(), *CAUSE_OUTCOMES.values()} <= WORDS


def test_a_busy_centre_and_a_busy_agent_have_the_same_word() -> None:
    assert leg_outcome("17", "") == CAUSE_OUTCOMES[17]


def test_every_event_has_its_example_and_others_tell_nothing() -> None:
    assert {each["UserEvent"] for each, _ in TOLD} == set(TOLD_EVENTS)
    assert told(event("CitizenWaits")) is None
