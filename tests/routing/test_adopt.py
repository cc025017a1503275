"""What a new leader finds on the line and takes over."""

from dataclasses import replace
from datetime import timedelta

import pytest

from hotline.call_facts import AgentJoined
from hotline.identity import AgentId, LegId
from hotline.line import DropLeg, Join, JoinedPair, LegAnswered, LegEnded, LegRings, OpenLeg, RingAgent, Snapshot
from hotline.wishes import AgentWants
from routing.handlers import step
from routing.model import Rules, Surveyed, Switchboard
from routing.moves import OfferState, Presence
from tests.routing.words import A1, A2, C1, C2, at, citizen, new_board, snapshot

LEG = LegId("leg-hl1-1764000000.1-0000100000000")
LEG2 = LegId("leg-hl1-1764000000.1-0000100000001")


def found(board: Switchboard, shown: Snapshot) -> tuple[Switchboard, list[object]]:
    turn = step(board, Surveyed(snapshot=shown), at(0))
    return turn.board, list(turn.orders)


def line(*open_legs: OpenLeg, answered: bool = False) -> Snapshot:
    legs = frozenset(each.leg for each in open_legs)
    shown = snapshot(citizen(C1), legs=legs, answered=legs if answered else frozenset())
    return replace(shown, open_legs=open_legs)


def test_a_telephone_that_rings_for_who_waits_rings_on_and_is_joined_when_it_is_answered() -> None:
    board, orders = found(new_board(A1, A2), line(OpenLeg(leg=LEG, agent=A1, call=C1)))
    assert orders == []
    assert [(offer.leg, offer.agent, offer.state) for offer in board.offers.values()] == [(LEG, A1, OfferState.RINGING)]
    assert board.agents[A1].presence is Presence.OFFERED
    turn = step(board, LegAnswered(leg=LEG, agent=A1, call=C1), at(1))
    assert [type(order) for order in turn.orders] == [Join]


def test_who_has_answered_already_is_joined_at_once() -> None:
    board, orders = found(new_board(A1, A2), line(OpenLeg(leg=LEG, agent=A1, call=C1), answered=True))
    assert orders == [Join(call=C1, channel=citizen(C1).channel, agent=A1, leg=LEG)]
    assert board.offers[LEG].state is OfferState.ANSWERED


def test_of_two_telephones_for_one_citizen_one_rings_on() -> None:
    two = (OpenLeg(leg=LEG, agent=A1, call=C1), OpenLeg(leg=LEG2, agent=A2, call=C1))
    board, orders = found(new_board(A1, A2), line(*two))
    assert list(board.offers) == [LEG]
    assert orders == [DropLeg(leg=LEG2)]


@pytest.mark.parametrize(
    "leg", [OpenLeg(leg=LEG, agent=A1, call=C2), OpenLeg(leg=LEG, agent=AgentId("9999"), call=C1)], ids=["nobody waits", "no such agent"]
)
def test_a_leg_that_is_for_nobody_is_dropped(leg: OpenLeg) -> None:
    board, orders = found(new_board(A1, A2), line(leg))
    assert DropLeg(leg=LEG) in orders
    assert LEG not in board.offers


def test_a_leg_to_an_agent_who_is_paused_is_dropped() -> None:
    board = new_board(A1)
    board = replace(board, agents={A1: replace(board.agents[A1], presence=Presence.PAUSED, reason="meal")})
    assert DropLeg(leg=LEG) in found(board, line(OpenLeg(leg=LEG, agent=A1, call=C1)))[1]


def test_one_that_was_refused_by_the_switch_is_followed_by_another_agent() -> None:
    board, _ = found(new_board(A1, A2), line(OpenLeg(leg=LEG, agent=A1, call=C1)))
    turn = step(board, LegEnded(leg=LEG, outcome="failed"), at(1))
    assert [order.agent for order in turn.orders if isinstance(order, RingAgent)] == [A2]


def left(board: Switchboard, word: str, **fields: object) -> Switchboard:
    agent = replace(board.agents[A1], **fields)  # type: ignore[arg-type]
    return replace(board, agents={**board.agents, A1: agent}, left_busy={A1: word})


def test_a_talk_that_ended_while_nobody_led_is_followed_by_the_work_after_it() -> None:
    board = new_board(A1)
    board = replace(board, rules=replace(board.rules, after_call=timedelta(seconds=30)))
    after, _ = found(left(board, "talking"), snapshot())
    assert (after.agents[A1].presence, after.agents[A1].until) == (Presence.AFTER_CALL, at(30))
    assert after.left_busy == {}


@pytest.mark.parametrize("word", ["talking", "called"])
def test_what_he_wished_in_a_call_that_is_over_is_obeyed_now(word: str) -> None:
    wish = AgentWants(agent=A1, what="paused", reason="meal")
    board = replace(new_board(A1), rules=Rules(pauses={"meal": timedelta(minutes=30)}))
    after, _ = found(left(board, word, wanted=wish), snapshot())
    assert (after.agents[A1].presence, after.agents[A1].reason) == (Presence.PAUSED, "meal")


def test_who_still_talks_goes_on_and_keeps_what_he_wished() -> None:
    wish = AgentWants(agent=A1, what="paused", reason="meal")
    pair = JoinedPair(call=C1, leg=LEG, agent=A1, channel=citizen(C1).channel)
    shown = replace(snapshot(calls=frozenset({C1}), legs=frozenset({LEG})), joined=(pair,))
    turn = step(left(new_board(A1), "talking", wanted=wish), Surveyed(snapshot=shown), at(0))
    assert turn.board.agents[A1].presence is Presence.TALKING
    assert turn.board.agents[A1].wanted == wish
    assert not [note for note in turn.notes if isinstance(note.fact, AgentJoined)]


OLD, OURS = LegId("leg-hl1-1764000000.2-0000300000007"), LegId("leg-hl1-1764000000.2-0000400000007")


@pytest.mark.parametrize(("leg", "linked", "dropped"), [(OLD, True, True), (OURS, True, False), (OLD, False, False)])
def test_a_telephone_that_rings_by_the_last_word_of_a_leader_who_thawed_is_let_go(leg: LegId, linked: bool, dropped: bool) -> None:
    board = replace(new_board(A1), epoch=4, linked=linked)
    turn = step(board, LegRings(leg=leg), at(0))
    assert list(turn.orders) == ([DropLeg(leg=leg)] if dropped else [])


def test_one_that_was_adopted_may_ring() -> None:
    board, _ = found(replace(new_board(A1, A2), epoch=4), line(OpenLeg(leg=LEG, agent=A1, call=C1)))
    turn = step(board, LegRings(leg=LEG), at(1))
    assert turn.orders == ()
    assert turn.board.agents[A1].presence is Presence.RINGING
