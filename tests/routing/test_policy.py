"""Who gets whom on the line: the switchboard in the choice's words, and kept true whatever happens."""

from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest

from hotline.identity import AgentId, CallId, LegId
from hotline.line import CitizenWaits, LegAnswered, LegEnded, PhoneChanged, PhoneState, Priority, WaitingCitizen
from routing.handlers import Happening, step
from routing.matching import ChoiceRules, SkillRule
from routing.model import Agent, Joined, JoinRefused, RingRefused, Switchboard, Tick, fresh_switchboard
from routing.moves import OfferState, Presence
from routing.policy import REST, built, caller_of, choices, choosing_of, levels_on_duty, seat_of, why_still_waiting, worked
from routing.turn import Turn
from tests.fakes.fake_clock import NOON
from tests.routing.words import A1, A2, C1, C2, RULES, at, citizen, gone, survey

AGENT = Agent(id=A1, phone=PhoneState.IDLE, since=NOON, idle_since=at(-60))


def board_of(*agents: Agent, rules: ChoiceRules | None = None) -> Switchboard:
    board = fresh_switchboard({}, replace(RULES, choice=rules or ChoiceRules()), NOON)
    return replace(board, agents={agent.id: agent for agent in agents}, linked=True)


def with_citizens(board: Switchboard, *citizens: WaitingCitizen) -> Switchboard:
    return replace(board, waiting={each.call: each for each in citizens})


def chosen(board: Switchboard) -> list[tuple[str, str]]:
    return [(each.call, each.agent) for each in choices(board, NOON)]


def test_nobody_waits_or_nobody_is_there() -> None:
    assert chosen(board_of(AGENT)) == []
    assert chosen(with_citizens(board_of(), citizen())) == []


def test_the_agent_who_is_idle_longest_gets_the_citizen_who_waits_longest_and_the_choice_says_why() -> None:
    board = with_citizens(board_of(AGENT, replace(AGENT, id=A2, idle_since=at(-90))), citizen(C1, waited=5), citizen(C2, waited=50))
    assert chosen(board) == [(C2, A2), (C1, A1)]
    assert choices(board, NOON)[0].why == "asked=none waited_s=50 ready=2"


def test_where_work_is_balanced_who_has_talked_least_is_asked_first() -> None:
    rested, fresh = replace(AGENT, idle_since=at(-90), load=300.0), replace(AGENT, id=A2, load=20.0)
    board = board_of(rested, fresh)
    assert chosen(with_citizens(replace(board, rules=replace(board.rules, by_load=True)), citizen())) == [(C1, A2)]
    assert chosen(with_citizens(board, citizen())) == [(C1, A1)]


@pytest.mark.parametrize(
    ("priority", "waited", "first"),
    [(Priority.EMERGENCY, 9000, C1), (Priority.SPOTTED, 899, C1), (Priority.ELDERLY, 59, C1), (Priority.ELDERLY, 61, C2), (0, 1, C2)],
)
def test_a_reason_to_go_first_is_worth_so_many_seconds_and_only_an_emergency_all(priority: int, waited: float, first: str) -> None:
    board = with_citizens(board_of(AGENT), replace(citizen(C1), priority=priority), citizen(C2, waited=waited))
    assert chosen(board) == [(first, A1)]


def test_a_talk_counts_half_after_two_hours_and_the_order_does_not_depend_on_when_one_asks() -> None:
    once = worked(AGENT, 100, at(0))
    assert once.load > AGENT.load
    assert worked(AGENT, 50, at(7200)).load == pytest.approx(once.load)
    assert worked(AGENT, 60, at(7200)).load > once.load > worked(AGENT, 40, at(7200)).load
    assert worked(worked(AGENT, 50, at(0)), 50, at(0)).load == pytest.approx(once.load)


def test_a_skill_may_give_a_head_start_and_a_seat_may_be_kept_for_it() -> None:
    rules = ChoiceRules(skills={"enterprise": SkillRule(head_start_s=40.0)}, kept={"enterprise": 30.0})
    desk = replace(AGENT, levels={"enterprise": 2}, kept_for="enterprise")
    board = board_of(desk, rules=rules)
    enterprise = citizen(C1, skills=("enterprise",))
    assert caller_of(enterprise, board).head_start_s == 40.0
    assert chosen(with_citizens(board, enterprise, citizen(C2, waited=20))) == [(C1, A1)]
    assert chosen(with_citizens(board, citizen(C2, waited=29))) == []
    assert chosen(with_citizens(board, citizen(C2, waited=31))) == [(C2, A1)]


@pytest.mark.parametrize("phone", [PhoneState.RINGING, PhoneState.TALKING, PhoneState.ABSENT])
def test_an_agent_whose_phone_is_not_idle_has_no_seat(phone: PhoneState) -> None:
    assert seat_of(replace(AGENT, phone=phone), by_load=False) is None


@pytest.mark.parametrize("presence", [each for each in Presence if each is not Presence.READY])
def test_an_agent_who_is_not_ready_has_no_seat(presence: Presence) -> None:
    assert seat_of(replace(AGENT, presence=presence), by_load=False) is None


def test_who_only_rests_from_a_missed_call_is_on_duty_and_who_is_at_table_is_not() -> None:
    able = replace(AGENT, levels={"tax": 1}, presence=Presence.PAUSED)
    assert levels_on_duty(replace(able, reason=REST)) == {"tax": 1}
    assert levels_on_duty(replace(able, reason="meal")) is None
    assert levels_on_duty(replace(able, presence=Presence.OFFLINE)) is None
    assert levels_on_duty(replace(able, presence=Presence.TALKING, phone=PhoneState.TALKING)) == {"tax": 1}
    assert levels_on_duty(replace(able, presence=Presence.READY, phone=PhoneState.ABSENT)) is None


def test_a_skill_is_waited_for_while_somebody_on_duty_has_it() -> None:
    able = replace(AGENT, id=A2, levels={"tax": 1}, presence=Presence.TALKING)
    board = with_citizens(board_of(AGENT, able), citizen(waited=29, skills=("tax",)))
    assert chosen(board) == []
    assert why_still_waiting(board, C1, NOON) == "needs=tax waited_s=29 ready=1 tax: on_duty=1 asking=1 gives_up_a_skill_in_s=1"
    assert [each.agent for each in choices(board, NOON + timedelta(seconds=1))] == [A1]
    assert chosen(replace(board, agents={A1: AGENT, A2: replace(able, presence=Presence.OFFLINE)})) == [(C1, A1)]


def test_somebody_else_may_decide_about_a_citizen() -> None:
    board = with_citizens(board_of(AGENT), citizen(C1, waited=50), citizen(C2))
    assert [each.call for each in choices(board, NOON, without=(C1,))] == [C2]


def test_who_is_being_offered_stands_in_no_line_and_nobody_says_why_he_waits() -> None:
    board = step(with_citizens(board_of(AGENT)), CitizenWaits(citizen=citizen()), NOON).board
    assert choosing_of(board).line.places == ()
    assert why_still_waiting(board, C1, NOON) == ""


def _anything(chance: Random, board: Switchboard) -> Happening:
    call, agent = CallId(f"hl1-1764000000.{chance.randrange(1, 7)}"), AgentId(f"100{chance.randrange(1, 5)}")
    skills = tuple(chance.sample(("tax", "water"), chance.randint(0, 2)))
    legs = sorted(board.offers) or [LegId("leg-hl1-1764000000.9-1")]
    leg = chance.choice(legs)
    offer = board.offers.get(leg)
    come = replace(citizen(call, waited=chance.randrange(90), skills=skills), caller="", priority=chance.choice([0, 0, 30, 100]))
    things: list[Happening] = [
        CitizenWaits(citizen=come),
        PhoneChanged(agent=agent, state=chance.choice(list(PhoneState))),
        LegEnded(leg=leg, outcome=chance.choice(["hung_up", "busy"])),
        RingRefused(leg=leg),
        gone(call),
        Tick(),
        survey(*board.waiting.values(), calls=board.calls, legs=frozenset(board.offers)),
    ]
    if offer and offer.state is OfferState.RINGING:
        things.append(LegAnswered(leg=offer.leg, agent=offer.agent, call=offer.call))
    if offer and offer.state is OfferState.ANSWERED:
        things += [Joined(leg=offer.leg), JoinRefused(leg=offer.leg)]
    return chance.choice(things)


@pytest.mark.parametrize("seed", range(12))
def test_whatever_happens_what_is_kept_is_what_the_switchboard_says(seed: int) -> None:
    chance = Random(seed)
    skills = {AgentId("1001"): ("tax:3",), AgentId("1002"): ("water",), AgentId("1003"): (), AgentId("1004"): ("tax", "water:2")}
    board = step(fresh_switchboard(skills, RULES, NOON), survey(), NOON).board
    kept = 0
    for number in range(60):
        board = step(board, _anything(chance, board), at(number / 3)).board
        fresh = built(replace(board, choosing=None))
        true = choosing_of(board)
        kept += true is (board.choosing or (None,))[0]
        assert replace(true, served=0, gave_up=0) == fresh
    assert kept == 60


def test_the_agent_who_talked_with_him_is_waited_for_a_moment_unless_he_has_sent_him_on() -> None:
    board = board_of(AGENT, replace(AGENT, id=A2, idle_since=at(-90)))
    board = replace(board, knows=board.knows.learnt("19900000001", A1, at(-3600)))
    assert chosen(with_citizens(board, citizen())) == [(C1, A1)]
    assert "same_agent" in choices(with_citizens(board, citizen()), NOON)[0].why
    assert chosen(with_citizens(board, replace(citizen(), priority=Priority.TRANSFERRED))) == [(C1, A2)]
    assert chosen(with_citizens(board, citizen(waited=8))) == [(C1, A2)]


def test_who_talked_with_us_a_short_time_ago_has_a_head_start() -> None:
    board = board_of()
    known = replace(board, knows=board.knows.learnt("19900000001", A1, at(-7000)))
    assert (caller_of(citizen(), board).head_start_s, caller_of(citizen(), known).head_start_s) == (0.0, 30.0)
    assert caller_of(replace(citizen(), priority=Priority.ELDERLY), known).head_start_s == 60.0
    old = replace(board, knows=board.knows.learnt("19900000001", A1, at(-7300)))
    assert caller_of(citizen(), old).head_start_s == 0.0


def test_what_somebody_put_in_by_hand_is_seen() -> None:
    board = Turn(board=with_citizens(board_of(AGENT)), now=NOON).wait(citizen(C1)).board
    by_hand = replace(board, waiting={C2: citizen(C2)})
    assert [*choosing_of(by_hand).line.callers] == [C2]
