import pytest

from agi.dialled_wishes import WISH_EVENTS
from agi.translate import translate
from hotline.errors import MalformedInput
from hotline.wishes import AgentWants, Transfer, TransferStep

DIALLED = {"Event": "UserEvent", "Channel": "PJSIP/1001-00000001", "Agent": "1001"}
BLIND = DIALLED | {"UserEvent": "TransferWish", "How": "blind", "To": "1002"}
CANCEL = DIALLED | {"UserEvent": "TransferStepWish", "Step": "cancel"}


def test_an_agents_code_is_a_wish_whose_answer_is_heard_on_his_own_leg() -> None:
    assert translate(BLIND) == Transfer(id="phone:PJSIP/1001-00000001", agent="1001", to="1002", how="blind")
    assert translate(CANCEL) == TransferStep(id="phone:PJSIP/1001-00000001", agent="1001", step="cancel")


def test_a_code_without_its_number_is_still_a_wish_and_is_refused_in_words_by_routing() -> None:
    assert translate(BLIND | {"To": ""}) == Transfer(id="phone:PJSIP/1001-00000001", agent="1001", to="", how="blind")


PAUSES = DIALLED | {"UserEvent": "AgentWants", "What": "paused", "Reason": "xmeal"}


def test_what_an_agent_dials_about_himself_is_his_wish_with_its_reason() -> None:
    assert translate(PAUSES) == AgentWants(id="phone:PJSIP/1001-00000001", agent="1001", what="paused", reason="meal")
    assert translate(PAUSES | {"What": "ready", "Reason": "x"}) == AgentWants(id="phone:PJSIP/1001-00000001", agent="1001", what="ready")


@pytest.mark.parametrize("event", [BLIND, CANCEL, PAUSES], ids=["transfer", "step", "presence"])
def test_a_wish_that_lacks_a_word_is_refused_by_name(event: dict[str, str]) -> None:
    assert event["UserEvent"] in WISH_EVENTS
    for header in event.keys() - {"Event", "UserEvent"}:
        with pytest.raises(MalformedInput, match=header):
            translate({name: value for name, value in event.items() if name != header})
