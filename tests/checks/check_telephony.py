"""What every `Telephony` door promises. Run on the fake and on a real Asterisk with real phones.

A stage lets people do things; `next_fact` waits for the next fact of a kind. Facts of other kinds are kept for later: which of two
comes first is promised only within one leg and within one call.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Protocol, TypeVar

import pytest

from hotline.errors import Refused
from hotline.identity import AgentId, CallId, LegId
from hotline.line import (
    BringIn,
    CitizenGone,
    CitizenWaits,
    DropLeg,
    Join,
    JoinedPair,
    LegAnswered,
    LegEnded,
    LineFact,
    OfferEmergency,
    PairParted,
    RingAgent,
    Snapshot,
    Survey,
    WaitingCitizen,
)
from hotline.ports import Telephony
from hotline.wishes import Wish
from tests.fakes.fake_telephony import Manner

Fact = TypeVar("Fact")

NUMBERS = iter(range(1_764_000_000_000, 1_764_000_100_000))


class Ear:
    """Listens to a line, and forgets nothing that nobody has asked for yet."""

    def __init__(self, facts: AsyncIterator[LineFact | Wish]) -> None:
        self._facts = facts
        self._kept: list[LineFact | Wish] = []

    async def next_fact(self, kind: type[Fact]) -> Fact:
        """The first fact of this kind that was not given before."""
        for fact in self._kept:
            if isinstance(fact, kind):
                self._kept.remove(fact)
                return fact
        async for fact in self._facts:
            if isinstance(fact, kind):
                return fact
            self._kept.append(fact)
        raise AssertionError("the line has nothing more to say")


class Stage(Protocol):
    """A line with two agents: the phone of 1001 is idle before each check, that of 1002 is not there."""

    @property
    def telephony(self) -> Telephony: ...

    async def next_fact(self, kind: type[Fact]) -> Fact: ...

    async def manner(self, agent: AgentId, manner: Manner) -> None: ...

    async def citizen_calls(self) -> None: ...

    async def citizen_hangs_up(self) -> None: ...

    async def agent_hangs_up(self, agent: AgentId) -> None: ...


AGENT = AgentId("1001")
AWAY = AgentId("1002")


def a_leg(call: CallId) -> LegId:
    return LegId(f"leg-{call}-{next(NUMBERS)}")


async def a_waiting_citizen(stage: Stage) -> WaitingCitizen:
    await stage.citizen_calls()
    return (await stage.next_fact(CitizenWaits)).citizen


async def ring(stage: Stage, citizen: WaitingCitizen, agent: AgentId = AGENT, seconds: int = 5) -> LegId:
    leg = a_leg(citizen.call)
    await stage.telephony.do(RingAgent(agent=agent, leg=leg, call=citizen.call, caller=citizen.caller, ring_seconds=seconds))
    return leg


async def join(stage: Stage, citizen: WaitingCitizen, leg: LegId, agent: AgentId = AGENT) -> None:
    await stage.telephony.do(Join(call=citizen.call, channel=citizen.channel, agent=agent, leg=leg))


async def a_joined_pair(stage: Stage) -> tuple[WaitingCitizen, LegId]:
    await stage.manner(AGENT, Manner.ANSWERS)
    citizen = await a_waiting_citizen(stage)
    leg = await ring(stage, citizen)
    answered = await stage.next_fact(LegAnswered)
    assert answered == LegAnswered(leg=leg, agent=AGENT, call=citizen.call)
    await join(stage, citizen, leg)
    return citizen, leg


async def survey(stage: Stage) -> Snapshot:
    snapshot = await stage.telephony.do(Survey())
    assert isinstance(snapshot, Snapshot)
    return snapshot


async def who_waits_is_announced_and_shown_by_a_survey(stage: Stage) -> None:
    citizen = await a_waiting_citizen(stage)
    assert (citizen.called, citizen.caller) == ("12345", "19900000001")
    snapshot = await survey(stage)
    assert snapshot.waiting == (citizen,)
    assert snapshot.calls == {citizen.call}
    assert snapshot.phones.keys() >= {AGENT}
    await stage.citizen_hangs_up()
    gone = await stage.next_fact(CitizenGone)
    assert (gone.call, gone.called, gone.caller) == (citizen.call, "12345", "19900000001")
    assert gone.by == "citizen"
    assert gone.cause in (0, 16)  # a BYE without a Reason header (RFC 3326) leaves Asterisk without a cause
    assert citizen.call not in (await survey(stage)).calls


async def a_joined_pair_parts_when_the_agent_hangs_up(stage: Stage) -> None:
    citizen, leg = await a_joined_pair(stage)
    snapshot = await survey(stage)
    assert snapshot.joined == (JoinedPair(call=citizen.call, leg=leg, agent=AGENT, channel=citizen.channel),)
    assert snapshot.waiting == ()
    assert snapshot.answered == {leg}
    await stage.agent_hangs_up(AGENT)
    assert await stage.next_fact(PairParted) == PairParted(call=citizen.call, leg=leg, by="agent")
    assert await stage.next_fact(LegEnded) == LegEnded(leg=leg, outcome="hung_up")


async def a_joined_pair_parts_when_the_citizen_hangs_up(stage: Stage) -> None:
    citizen, leg = await a_joined_pair(stage)
    await stage.citizen_hangs_up()
    assert (await stage.next_fact(CitizenGone)).call == citizen.call
    assert await stage.next_fact(PairParted) == PairParted(call=citizen.call, leg=leg, by="citizen")
    assert (await stage.next_fact(LegEnded)).leg == leg


async def an_agent_who_is_busy_says_so(stage: Stage) -> None:
    await _comes_to(stage, Manner.BUSY, "busy")


async def an_agent_who_refuses_says_so(stage: Stage) -> None:
    await _comes_to(stage, Manner.REFUSES, "refused")


async def an_agent_without_a_phone_is_absent(stage: Stage) -> None:
    citizen = await a_waiting_citizen(stage)
    leg = await ring(stage, citizen, AWAY)
    assert await stage.next_fact(LegEnded) == LegEnded(leg=leg, outcome="absent")


async def a_ringing_leg_can_be_dropped_and_dropped_again(stage: Stage) -> None:
    await stage.manner(AGENT, Manner.RINGS)
    citizen = await a_waiting_citizen(stage)
    leg = await ring(stage, citizen)
    while leg not in (await survey(stage)).legs:
        pass
    await stage.telephony.do(DropLeg(leg=leg))
    assert (await stage.next_fact(LegEnded)).leg == leg
    await stage.telephony.do(DropLeg(leg=leg))


async def nobody_is_joined_with_a_leg_that_is_not_there(stage: Stage) -> None:
    citizen = await a_waiting_citizen(stage)
    with pytest.raises(Refused):
        await join(stage, citizen, a_leg(citizen.call))
    assert (await survey(stage)).waiting == (citizen,)


async def nobody_is_joined_with_a_citizen_who_is_gone(stage: Stage) -> None:
    await stage.manner(AGENT, Manner.ANSWERS)
    citizen = await a_waiting_citizen(stage)
    leg = await ring(stage, citizen)
    await stage.next_fact(LegAnswered)
    await stage.citizen_hangs_up()
    await stage.next_fact(CitizenGone)
    with pytest.raises(Refused):
        await join(stage, citizen, leg)
    await stage.telephony.do(DropLeg(leg=leg))


async def a_service_is_brought_into_a_talk_and_the_two_stay_together(stage: Stage) -> None:
    citizen, leg = await a_joined_pair(stage)
    await stage.telephony.do(BringIn(call=citizen.call, channel=citizen.channel, agent=AGENT, leg=leg, service="110"))
    while [pair.leg for pair in (await survey(stage)).joined] != [leg]:
        pass
    await stage.agent_hangs_up(AGENT)
    assert await stage.next_fact(LegEnded) == LegEnded(leg=leg, outcome="hung_up")


async def nobody_is_brought_into_a_talk_with_a_leg_that_is_not_there(stage: Stage) -> None:
    citizen = await a_waiting_citizen(stage)
    with pytest.raises(Refused):
        await stage.telephony.do(BringIn(call=citizen.call, channel=citizen.channel, agent=AGENT, leg=a_leg(citizen.call), service="110"))
    assert [waiting.call for waiting in (await survey(stage)).waiting] == [citizen.call]


async def who_is_asked_about_a_spotted_word_stands_in_line(stage: Stage) -> None:
    citizen = await a_waiting_citizen(stage)
    await stage.telephony.do(OfferEmergency(call=citizen.call, channel=citizen.channel, service="110"))
    assert [waiting.call for waiting in (await survey(stage)).waiting] == [citizen.call]


async def nobody_is_asked_about_a_spotted_word_while_he_talks(stage: Stage) -> None:
    citizen, leg = await a_joined_pair(stage)
    with pytest.raises(Refused):
        await stage.telephony.do(OfferEmergency(call=citizen.call, channel=citizen.channel, service="110"))
    assert [pair.leg for pair in (await survey(stage)).joined] == [leg]


async def _comes_to(stage: Stage, manner: Manner, outcome: str) -> None:
    await stage.manner(AGENT, manner)
    citizen = await a_waiting_citizen(stage)
    leg = await ring(stage, citizen)
    assert await stage.next_fact(LegEnded) == LegEnded(leg=leg, outcome=outcome)
    assert (await survey(stage)).waiting == (citizen,)


CHECKS: tuple[Callable[[Stage], Awaitable[None]], ...] = (
    who_waits_is_announced_and_shown_by_a_survey,
    a_joined_pair_parts_when_the_agent_hangs_up,
    a_joined_pair_parts_when_the_citizen_hangs_up,
    an_agent_who_is_busy_says_so,
    an_agent_who_refuses_says_so,
    an_agent_without_a_phone_is_absent,
    a_ringing_leg_can_be_dropped_and_dropped_again,
    nobody_is_joined_with_a_leg_that_is_not_there,
    nobody_is_joined_with_a_citizen_who_is_gone,
    a_service_is_brought_into_a_talk_and_the_two_stay_together,
    nobody_is_brought_into_a_talk_with_a_leg_that_is_not_there,
    who_is_asked_about_a_spotted_word_stands_in_line,
    nobody_is_asked_about_a_spotted_word_while_he_talks,
)
