"""A place in line, as it is laid down on the citizen's channel."""

from agi.ami import AmiTelephony
from hotline.announcements import TellPlace
from hotline.identity import CallId
from hotline.line import Done
from tests.agi.test_ami import play
from tests.fakes.fake_ami import Action, reply, well

ORDER = TellPlace(call=CallId("hl1-1764000000.1"), channel="PJSIP/telecom-00000001", ahead=3, least=2, most=5, at=1764000090)


async def scene(telephony: AmiTelephony) -> None:
    assert await telephony.do(ORDER) == Done()


def test_his_place_is_one_variable_of_plain_words() -> None:
    [action] = play(scene, well)
    assert (action["Action"], action["Channel"], action["Variable"]) == ("Setvar", ORDER.channel, "HL_PLACE")
    assert action["Value"] == "ahead=3&least=2&most=5&at=1764000090"


def test_a_citizen_who_is_gone_is_told_nothing_and_that_is_fine() -> None:
    def gone(action: Action) -> str:
        return well(action) if action["Action"] == "Login" else reply(action, "Error", Message="No such channel")

    play(scene, gone)
