"""拨测: an agent's phone rings and hears a draft."""

import pytest

from agi.ami_guard import checked
from app.line_call import originate, phone_of
from app.settings import Agent, Settings
from hotline.errors import MalformedInput

SETTINGS = Settings(agents=(Agent(id="1001", name="坐席1001"),))


def test_the_phone_that_answers_becomes_a_caller_on_the_draft() -> None:
    action = originate(phone=phone_of("1001", SETTINGS), number="12345", draft="draft-2026.2-0a1b2c3d")
    assert (action["Channel"], action["Context"], action["Exten"]) == ("PJSIP/1001", "from-phones", "12345")
    assert "HL_VALUES=plan=draft-2026.2-0a1b2c3d" in action["Variable"]
    checked(action)


@pytest.mark.parametrize("agent", ["1009", "", "1001/x", "sip:evil"])
def test_nobody_but_an_agent_is_rung(agent: str) -> None:
    with pytest.raises(MalformedInput, match=r"没有这个坐席.*1001"):
        phone_of(agent, SETTINGS)
