"""The answer to a code goes to the channel on which it was dialled, as the name of a prompt and nothing else."""

import pytest

from agi.ami import AmiTelephony
from agi.variables import ANSWER
from hotline.errors import OurMistake
from hotline.line import AnswerCode, Done
from tests.agi.test_ami import play
from tests.fakes.fake_ami import well

CHANNEL = "PJSIP/1001-0000002a"


def test_the_prompt_is_set_on_the_channel_that_dialled() -> None:
    async def scene(telephony: AmiTelephony) -> None:
        assert await telephony.do(AnswerCode(channel=CHANNEL, prompt="agent-paused")) == Done()

    [action] = play(scene, well)
    assert (action["Action"], action["Channel"], action["Variable"], action["Value"]) == ("Setvar", CHANNEL, ANSWER, "agent-paused")


def test_what_is_no_prompt_never_reaches_the_dialplan() -> None:
    async def scene(telephony: AmiTelephony) -> None:
        with pytest.raises(OurMistake):
            await telephony.do(AnswerCode(channel=CHANNEL, prompt="x,1,Hangup()"))

    assert play(scene, well) == []
