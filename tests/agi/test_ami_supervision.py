"""What supervision says to Asterisk: only names that we put together ourselves, and in an order in which nobody is lost."""

from dataclasses import replace
from typing import get_args

import pytest

from agi.ami import AmiTelephony
from agi.ami_supervision import SUPERVISION
from hotline.errors import OurMistake, Refused
from hotline.identity import AgentId, CallId, LegId
from hotline.line import Done
from hotline.supervision import CallSupervisor, MarkCitizen, Mode, RefuseSupervisor, SendSupervisor, SupervisionOrder, TakeOver
from tests.agi.test_ami import play
from tests.fakes.fake_ami import Action, reply, well

CALL, OWN, CHANNEL, CITIZEN = CallId("hl1-1764000000.1"), LegId("hl1-1764000000.40"), "PJSIP/1009-00000003", "PJSIP/telecom-00000001"
CHIEF, AGENT = AgentId("1009"), AgentId("1001")
SEND = SendSupervisor(
    channel=CHANNEL, mode=Mode.BARGE, call=CALL, citizen=CITIZEN, agent=AGENT, agent_leg=LegId(f"leg-{CALL}-1764000000123")
)
TAKE = TakeOver(call=CALL, citizen=CITIZEN, supervisor=CHIEF, channel=CHANNEL, leg=OWN)


def said(action: Action) -> tuple[str, ...]:
    """An action in short."""
    return tuple(action[key] for key in ("Action", "Channel", "Variable", "Value", "Exten", "Channel1", "Channel2") if key in action)


def carried_out(order: SupervisionOrder, *, hears: str = "PJSIP/1001-00000002", barges: str = "") -> list[tuple[str, ...]]:
    """What an order says. `hears`: with whom the citizen talks; `barges`: who has barged in."""

    def answer(action: Action) -> str:
        values = {"CONTEXT": "waiting", "BRIDGEPEER": hears, "HL_KEYS": "bring-110", "HL_SUPERVISOR": barges}
        return reply(action, Value=values[action["Variable"]]) if action["Action"] == "Getvar" else well(action)

    async def scene(telephony: AmiTelephony) -> None:
        assert await telephony.do(order) == Done()

    return [said(action) for action in play(scene, answer)]


def test_his_phone_is_rung_into_the_context_in_which_he_asks() -> None:
    async def scene(telephony: AmiTelephony) -> None:
        assert await telephony.do(CallSupervisor(supervisor=CHIEF, agent=AGENT, mode=Mode.LISTEN)) == Done()

    [action] = play(scene, well)
    assert (action["Action"], action["Channel"], action["Context"], action["Exten"]) == ("Originate", "PJSIP/1009", "supervise", "s")


def test_he_is_sent_to_the_talk_and_who_barges_in_is_known_to_the_citizens_channel() -> None:
    assert carried_out(SEND) == [
        ("Setvar", CITIZEN, "HL_SUPERVISOR", CHANNEL),
        ("Setvar", CHANNEL, "HL_CALL", CALL),
        ("Setvar", CHANNEL, "HL_TALK", CITIZEN),
        ("Setvar", CHANNEL, "HL_SPIED", "1001"),
        ("Setvar", CHANNEL, "HL_SPIED_LEG", SEND.agent_leg),
        ("Redirect", CHANNEL, "barge"),
    ]


@pytest.mark.parametrize(("barges", "cleared"), [(CHANNEL, True), ("PJSIP/1008-00000009", False), ("", False)])
def test_who_does_not_barge_in_any_more_takes_back_his_own_mark_and_no_others(barges: str, cleared: bool) -> None:
    said = carried_out(replace(SEND, mode=Mode.LISTEN), barges=barges)
    assert (("Setvar", CITIZEN, "HL_SUPERVISOR", "") in said) is cleared
    assert said[-1] == ("Redirect", CHANNEL, "listen")


def test_he_gets_the_citizen_and_an_agents_keys_and_the_mark_of_a_leg_last() -> None:
    said = carried_out(TAKE)
    bridge = said.index(("Bridge", CITIZEN, CHANNEL))
    assert ("Setvar", CHANNEL, "DYNAMIC_FEATURES", "bring-110") in said[:bridge]
    assert ("Setvar", CHANNEL, "GROUP(three-way)", CALL) in said[:bridge]
    assert ("Setvar", CITIZEN, "HL_AGENT", "1009") in said[bridge:]
    assert ("Setvar", CITIZEN, "HL_LEG", OWN) in said[bridge:]
    assert said[-1] == ("Setvar", CHANNEL, "HL_TOOK", CALL)


def test_who_is_alone_with_the_citizen_already_is_only_made_his_agent() -> None:
    said = carried_out(replace(TAKE, together=True))
    assert not [each for each in said if each[0] == "Bridge"]
    assert said[-1] == ("Setvar", CHANNEL, "HL_TOOK", CALL)
    assert ("Setvar", CHANNEL, "HL_CITIZEN", CITIZEN) in said


@pytest.mark.parametrize(("context", "hears"), [("waiting", "waiting"), ("three-way", ""), ("joined-before", "")])
def test_who_talks_with_no_agent_cannot_be_taken_over(context: str, hears: str) -> None:
    async def scene(telephony: AmiTelephony) -> None:
        with pytest.raises(Refused):
            await telephony.do(TAKE)

    def answer(action: Action) -> str:
        values = {"CONTEXT": context, "BRIDGEPEER": hears}
        return reply(action, Value=values[action["Variable"]]) if action["Action"] == "Getvar" else well(action)

    assert {action["Action"] for action in play(scene, answer)} == {"Getvar"}


def test_a_caller_is_marked_where_a_survey_reads_it() -> None:
    assert carried_out(MarkCitizen(channel=CITIZEN, skills=("teochew", "tax"), priority=65)) == [
        ("Setvar", CITIZEN, "HL_SKILLS", "teochew&tax"),
        ("Setvar", CITIZEN, "HL_PRIORITY", "65"),
    ]


def test_a_skill_that_means_something_to_asterisk_is_refused_before_it_is_said() -> None:
    async def scene(telephony: AmiTelephony) -> None:
        with pytest.raises(OurMistake):
            await telephony.do(MarkCitizen(channel=CITIZEN, skills=("x,y",), priority=65))

    assert play(scene, well) == []


def test_telling_somebody_who_has_hung_up_is_fine() -> None:
    async def scene(telephony: AmiTelephony) -> None:
        assert await telephony.do(RefuseSupervisor(channel=CHANNEL)) == Done()

    def answer(action: Action) -> str:
        return reply(action, "Error", Message="No such channel") if action["Action"] == "Redirect" else well(action)

    [action] = play(scene, answer)
    assert said(action) == ("Redirect", CHANNEL, "refused")


def test_every_order_of_supervision_is_known() -> None:
    assert set(SUPERVISION) == set(get_args(SupervisionOrder))
