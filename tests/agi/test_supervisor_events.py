"""What a supervisor's phone asks for, as AMI tells it."""

from collections.abc import Mapping
from typing import Final

import pytest

from agi.supervisor_events import SUPERVISOR_EVENTS
from agi.translate import translate
from hotline.errors import MalformedInput
from hotline.identity import CallId, LegId
from hotline.line import LegEnded, LineFact, PairParted
from hotline.supervision import SupervisorAsks, SupervisorGone, SupervisorReady

LEG: Final = LegId("hl1-1764000000.40")
ASKS: Final = {
    "Event": "UserEvent", "UserEvent": "SupervisorAsks", "Channel": "PJSIP/1009-00000003", "Uniqueid": str(LEG), "Leg": str(LEG),
    "Supervisor": "1009", "Mode": "listen", "Agent": "1001",
}  # fmt: skip
GONE: Final = {"Event": "UserEvent", "UserEvent": "SupervisorGone", "Channel": "PJSIP/1009-00000003", "Uniqueid": str(LEG), "Leg": str(LEG)}
SUPERVISOR_KNOWN: Final[list[tuple[Mapping[str, str], LineFact]]] = [
    (ASKS, SupervisorAsks(leg=LEG, channel="PJSIP/1009-00000003", supervisor="1009", agent="1001", mode="listen")),
    (GONE | {"UserEvent": "SupervisorReady"}, SupervisorReady(leg=LEG)),
    (GONE, SupervisorGone(leg=LEG)),
]


@pytest.mark.parametrize(("event", "fact"), SUPERVISOR_KNOWN, ids=lambda item: type(item).__name__)
def test_each_event_becomes_its_fact(event: Mapping[str, str], fact: LineFact) -> None:
    assert translate(event) == fact


def test_every_event_has_its_example() -> None:
    assert {event["UserEvent"] for event, _ in SUPERVISOR_KNOWN} == set(SUPERVISOR_EVENTS)


@pytest.mark.parametrize("word", ["Leg", "Supervisor", "Mode", "Agent"])
def test_a_question_that_lacks_a_word_is_none(word: str) -> None:
    with pytest.raises(MalformedInput, match=word):
        translate({**ASKS, word: ""})


def test_a_channel_that_has_taken_a_call_over_is_a_leg_of_that_call_and_any_other_is_none() -> None:
    left = {"Event": "BridgeLeave", "Channel": "PJSIP/1009-00000003", "Uniqueid": str(LEG), "BridgeNumChannels": "1"}
    ended = {"Event": "Hangup", "Channel": "PJSIP/1009-00000003", "Uniqueid": str(LEG), "Cause": "16"}
    took = {"ChanVariable": "HL_TOOK=hl1-1764000000.12"}
    assert translate(left) is None
    assert translate(ended) is None
    assert translate(left | took) == PairParted(call=CallId("hl1-1764000000.12"), leg=LEG, by="agent")
    assert translate(ended | took) == LegEnded(leg=LEG, outcome="hung_up")
