"""What transfers and outgoing calls say to Asterisk, and in which order: whatever fails, the citizen was not touched before."""

import pytest

from agi.ami import AmiTelephony
from agi.ami_transfers import TRANSFERS
from hotline.errors import OurMistake, Refused
from hotline.identity import AgentId, CallId, LegId
from hotline.line import Done
from hotline.transfers import (
    GUEST,
    Announce,
    Confer,
    Consult,
    JoinConsulted,
    LeadCitizen,
    PlaceCall,
    Rejoin,
    ReleaseCitizen,
    RingUnit,
    TransferOrder,
)
from tests.agi.test_ami import play
from tests.fakes.fake_ami import Action, reply, well

CALL, CITIZEN = CallId("hl1-1764000000.1"), "PJSIP/telecom-00000001"
HOME, OTHER = LegId(f"leg-{CALL}-1764000000123"), LegId(f"leg-{CALL}-1764000000124")
AGENT = AgentId("1001")
LEAD = LeadCitizen(call=CALL, channel=CITIZEN, skills=("tax", "teochew"), held=True, stays=HOME)
UNIT = RingUnit(leg=OTHER, call=CALL, number="06630000188", trunk="telecom", shown="12345", most=8, ring_seconds=20)


def said(action: Action) -> tuple[str, ...]:
    """An action in short."""
    return tuple(
        action[key] for key in ("Action", "Channel", "Variable", "Value", "Exten", "Channel1", "Channel2", "ExtraExten") if key in action
    )


def carried_out(order: TransferOrder, *, context: str = "waiting", used: str = "0", fails: str = "") -> list[tuple[str, ...]]:
    """What an order says. `fails`: this action is refused."""

    def answer(action: Action) -> str:
        if action["Action"] == fails:
            return reply(action, "Error", Message="gone")
        return reply(action, Value=context if action["Variable"] == "CONTEXT" else used) if action["Action"] == "Getvar" else well(action)

    async def scene(telephony: AmiTelephony) -> None:
        if fails or context != "waiting" or used != "0":
            with pytest.raises(Refused):
                await telephony.do(order)
        else:
            assert await telephony.do(order) == Done()

    return [said(action) for action in play(scene, answer)]


def test_he_is_led_to_the_front_of_the_line_and_his_agents_leg_stays() -> None:
    assert carried_out(LEAD) == [
        ("Getvar", CITIZEN, "CONTEXT"),
        ("Setvar", HOME, "HL_CONSULT", "1"),
        ("Setvar", HOME, "HL_CITIZEN", ""),
        ("Setvar", CITIZEN, "HL_SKILLS", "tax&teochew"),
        ("Setvar", CITIZEN, "HL_HELD", "1"),
        ("Redirect", CITIZEN, "line"),
    ]


def test_a_leg_whose_citizen_was_gone_is_not_marked_any_more() -> None:
    assert carried_out(LEAD, fails="Redirect")[-1] == ("Setvar", HOME, "HL_CONSULT", "")


@pytest.mark.parametrize(
    "order",
    [
        LEAD,
        Rejoin(call=CALL, channel=CITIZEN, agent=AGENT, leg=HOME),
        JoinConsulted(call=CALL, channel=CITIZEN, agent=AGENT, leg=OTHER, home=HOME),
        Confer(call=CALL, channel=CITIZEN, leg=HOME, other=OTHER),
        Announce(call=CALL, channel=CITIZEN, agent=AGENT, leg=HOME),
    ],
    ids=lambda order: type(order).__name__,
)
def test_nobody_is_pulled_out_of_an_emergency_call(order: TransferOrder) -> None:
    assert carried_out(order, context="emergency-110") == [("Getvar", CITIZEN, "CONTEXT")]


def test_the_leg_is_taken_before_the_citizen_and_its_mark_goes_last() -> None:
    assert carried_out(JoinConsulted(call=CALL, channel=CITIZEN, agent=AGENT, leg=OTHER, home=HOME))[-4:] == [
        ("Bridge", OTHER, CITIZEN),
        ("Setvar", CITIZEN, "HL_HELD", ""),
        ("Setvar", OTHER, "HL_CONSULT", ""),
        ("Setvar", HOME, "HL_CONSULT", ""),
    ]


def test_two_agents_hear_each_other_and_both_are_marked() -> None:
    assert carried_out(Consult(call=CALL, leg=HOME, other=OTHER)) == [("Setvar", OTHER, "HL_CONSULT", "1"), ("Bridge", HOME, OTHER)]


def test_all_three_go_into_the_conference_and_the_citizen_last() -> None:
    assert carried_out(Confer(call=CALL, channel=CITIZEN, leg=HOME, other=OTHER))[-3:] == [
        ("Redirect", HOME, "member", "member"),
        ("Getvar", CITIZEN, "CONTEXT"),
        ("Redirect", CITIZEN, "conference"),
    ]


def test_nobody_is_led_into_a_conference_to_which_one_of_the_others_cannot_come() -> None:
    said = carried_out(Confer(call=CALL, channel=CITIZEN, leg=HOME, other=OTHER), fails="Redirect")
    assert [action for action in said if action[0] == "Redirect"] == [("Redirect", HOME, "member", "member")], "he stands in line still"


def test_a_unit_is_called_with_our_number_and_counts_as_a_call_of_its_trunk() -> None:
    def answer(action: Action) -> str:
        return reply(action, Value="7") if action["Action"] == "Getvar" else well(action)

    async def scene(telephony: AmiTelephony) -> None:
        assert await telephony.do(UNIT) == Done()

    asked, action = play(scene, answer)
    assert asked["Variable"] == "GROUP_COUNT(telecom@trunk)"
    assert (action["Channel"], action["ChannelId"], action["CallerID"]) == ("PJSIP/06630000188@telecom", OTHER, "12345")
    assert (action["Context"], action["Timeout"], GUEST) == ("guest-leg", "20000", "00")


@pytest.mark.parametrize("used", ["8", "9", "", "none"])
def test_a_full_trunk_is_kept_for_citizens(used: str) -> None:
    assert carried_out(UNIT, used=used) == [("Getvar", "GROUP_COUNT(telecom@trunk)")]


def test_who_is_announced_is_said_digit_by_digit_to_both() -> None:
    words = "your-agent&digit-1&digit-0&digit-0&digit-1&at-your-service"
    assert carried_out(Announce(call=CALL, channel=CITIZEN, agent=AGENT, leg=HOME))[1:] == [
        ("Setvar", HOME, "HL_ANNOUNCED", words),
        ("Setvar", CITIZEN, "HL_ANNOUNCED", words),
        ("Redirect", CITIZEN, "citizen", "agent"),
    ]


def test_a_click_rings_the_agents_own_phone_first() -> None:
    def answer(action: Action) -> str:
        return well(action)

    async def scene(telephony: AmiTelephony) -> None:
        assert await telephony.do(PlaceCall(agent=AGENT, number="19900000002", ticket="T-1", ring_seconds=20)) == Done()

    [action] = play(scene, answer)
    assert (action["Channel"], action["Context"], action["Exten"]) == ("PJSIP/1001", "out-calls", "19900000002")


@pytest.mark.parametrize(("number", "ticket"), [("1990000,2", ""), ("19900000002", "T-1,System(x)")])
def test_nothing_that_means_something_to_asterisk_is_sent(number: str, ticket: str) -> None:
    async def scene(telephony: AmiTelephony) -> None:
        with pytest.raises(OurMistake):
            await telephony.do(PlaceCall(agent=AGENT, number=number, ticket=ticket, ring_seconds=20))

    assert play(scene, well) == []


def test_he_who_is_kept_for_nobody_is_spoken_to_again() -> None:
    assert carried_out(ReleaseCitizen(call=CALL, channel=CITIZEN)) == [("Setvar", CITIZEN, "HL_HELD", "")]


def test_every_order_is_carried_out() -> None:
    assert set(TRANSFERS) == set(TransferOrder.__args__)
