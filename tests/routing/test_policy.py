"""Who gets whom, as a table."""

from dataclasses import replace

import pytest

from hotline.identity import AgentId
from hotline.line import PhoneState, WaitingCitizen
from routing.model import Agent
from routing.moves import Presence
from routing.policy import choose
from tests.fakes.fake_clock import NOON
from tests.routing.words import A1, A2, C1, C2, at, citizen

IDLE = Agent(id=A1, phone=PhoneState.IDLE, idle_since=at(-60), since=at(-60))
LONGER = replace(IDLE, id=A2, idle_since=at(-90))


def chosen(waiting: list[WaitingCitizen], *agents: Agent) -> list[tuple[str, str]]:
    return [(choice.call, choice.agent) for choice in choose(waiting, agents, NOON)]


def test_nobody_waits_or_nobody_is_there() -> None:
    assert chosen([], IDLE) == []
    assert chosen([citizen()]) == []


def test_the_agent_who_is_idle_longest_gets_the_citizen_who_waits_longest() -> None:
    assert chosen([citizen(C1, waited=5), citizen(C2, waited=50)], IDLE, LONGER) == [(C2, A2), (C1, A1)]


def test_an_emergency_comes_before_every_longer_wait_and_then_the_order_is_that_of_waiting() -> None:
    urgent, handed_in = replace(citizen(C1, waited=1), priority=100), replace(citizen(C2, waited=500), priority=50)
    assert chosen([handed_in, urgent], IDLE) == [(C1, A1)]
    assert chosen([citizen(C1, waited=900), handed_in], IDLE) == [(C2, A1)]
    [choice] = choose([urgent], [IDLE], NOON)
    assert choice.why.endswith(" priority=100")


def test_the_order_does_not_depend_on_the_order_of_arguments() -> None:
    twice = [citizen(C2, waited=5), citizen(C1, waited=5)]
    assert chosen(twice, IDLE, replace(LONGER, idle_since=IDLE.idle_since)) == [(C1, A1), (C2, A2)]


def test_all_required_skills_are_needed_and_more_do_no_harm() -> None:
    able = replace(IDLE, skills=frozenset({"teochew", "water", "tax"}))
    half = replace(LONGER, skills=frozenset({"water"}))
    assert chosen([citizen(skills=("teochew", "water"))], half, able) == [(C1, A1)]
    assert chosen([citizen(skills=("teochew", "water"))], half, replace(able, phone=PhoneState.TALKING)) == []


@pytest.mark.parametrize("able", [(), (replace(IDLE, skills=frozenset({"teochew"}), phone=PhoneState.ABSENT),)])
def test_a_skill_that_nobody_has_who_is_there_is_not_waited_for(able: tuple[Agent, ...]) -> None:
    water = replace(LONGER, skills=frozenset({"water"}))
    assert chosen([citizen(skills=("teochew",))], *able, water) == [(C1, A2)]
    assert chosen([citizen(skills=("teochew", "water"))], *able, water, replace(IDLE, idle_since=at(-900))) == [(C1, A2)]


def test_a_citizen_for_whom_nobody_fits_does_not_hold_up_the_next() -> None:
    talking = replace(LONGER, skills=frozenset({"teochew"}), phone=PhoneState.TALKING)
    assert chosen([citizen(C1, waited=100, skills=("teochew",)), citizen(C2)], IDLE, talking) == [(C2, A1)]


@pytest.mark.parametrize("phone", [PhoneState.RINGING, PhoneState.TALKING, PhoneState.ABSENT])
def test_an_agent_whose_phone_is_not_idle_is_left_out(phone: PhoneState) -> None:
    assert chosen([citizen()], replace(IDLE, phone=phone)) == []


@pytest.mark.parametrize("presence", [Presence.OFFERED, Presence.TALKING, Presence.PAUSED])
def test_an_agent_who_has_something_to_do_or_rests_is_left_out(presence: Presence) -> None:
    assert chosen([citizen()], replace(IDLE, presence=presence)) == []


def test_each_choice_says_why() -> None:
    able = [replace(IDLE, skills=frozenset({"water"})), replace(LONGER, skills=frozenset({"water"}))]
    [choice] = choose([citizen(waited=7.2, skills=("water",))], able, NOON)
    assert choice.why == "skills=water fitting=2 idle_s=90 waited_s=7"


def test_nobody_is_chosen_twice() -> None:
    agents = [replace(IDLE, id=AgentId(str(number))) for number in range(1001, 1006)]
    waiting = [citizen(C1), citizen(C2)]
    choices = choose(waiting, agents, NOON)
    assert len({choice.agent for choice in choices}) == len({choice.call for choice in choices}) == 2
