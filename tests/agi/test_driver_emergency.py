"""The call driver and the emergency key: it acts at once in everything that a visit does."""

import pytest

from agi.sounds import Sounds
from hotline.call_facts import CheckpointPassed
from hotline.emergency import KeyPlan
from ivr.facts import CallArrived
from ivr.orders import Checkpoint, Collect, Flow, HangUp, LeaveTo, Order, Record, Say, Wait
from tests.agi.visits import said, visit

STAR, ONE = "200 result=42", "200 result=49"
LEAVES = 'EXEC "Goto" "emergency,s,1"'


@pytest.mark.parametrize(
    ("order", "replies"),
    [
        (Say(prompts=("short", "long")), (STAR,)),
        (Say(prompts=("short", "long"), until_key=False), ("200 result=0", STAR)),
        (Collect(question="q", prompts=("short",)), ("200 result=*",)),
        (Collect(question="q", prompts=("short", "long")), (STAR,)),
        (Collect(question="q", prompts=("long",), most=18), ("200 result=0", ONE, ONE, STAR)),
        (Collect(question="q", prompts=("long",), most=18, end="*"), ("200 result=0", ONE, STAR)),
        (Collect(question="q", prompts=("long",), most=18, end="*"), (STAR,)),
        (Wait(seconds=8), (STAR,)),
        (Record(name="night"), ("200 result=42 (dtmf) endpos=8000",)),
    ],
)
def test_the_emergency_key_acts_at_once_whatever_is_going_on(order: Order, replies: tuple[str, ...], sounds: Sounds) -> None:
    visited = visit(said(Checkpoint(name="here"), order, HangUp()), sounds, *replies)
    assert visited.heard[-1] == LEAVES
    assert visited.outcome == "handed_over:emergency"
    assert CheckpointPassed(name="emergency-key", values="") in visited.facts
    assert visited.closed is False


@pytest.mark.parametrize("order", [Say(prompts=("long",)), Collect(question="q", prompts=("long",), most=3), Wait(seconds=8)])
def test_nothing_stands_between_the_key_and_the_way_out(order: Order, sounds: Sounds) -> None:
    heard = visit(said(Checkpoint(name="here"), order, HangUp()), sounds, STAR).heard
    assert [line.split(" ")[0] for line in heard[1:]] == ["WAIT" if isinstance(order, Wait) else "STREAM", "EXEC"]
    assert "emergency-key" not in "".join(heard), "the checkpoint to which he may come back stays"


def test_a_flow_may_lead_to_a_service_by_itself(sounds: Sounds) -> None:
    assert visit(said(LeaveTo(service="119")), sounds, name="offer-emergency").heard == ['EXEC "Goto" "emergency-119,s,1"']


def test_a_flow_that_breaks_as_it_is_left_keeps_nobody_from_the_emergency(sounds: Sounds) -> None:
    def flow(arrival: CallArrived) -> Flow:
        try:
            yield Say(prompts=("long",))
        finally:
            raise OSError

    assert visit(flow, sounds, STAR, name="waiting").heard[-1] == LEAVES


def test_the_emergency_key_is_a_setting(sounds: Sounds) -> None:
    plan = KeyPlan(key="9", services={"1": "120"})
    order = Say(prompts=("long",), until_key=False)
    visited = visit(said(order, Record(name="night"), HangUp()), sounds, "200 result=0", "200 result=57 (dtmf) endpos=8000", plan=plan)
    assert next(line for line in visited.heard if line.startswith(("STREAM", "RECORD"))).endswith(' "9"')
    assert ' "#09" ' in "".join(visited.heard)
    assert visited.heard[-1] == LEAVES
