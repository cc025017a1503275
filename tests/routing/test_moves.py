"""The tables of agents and offers: complete, strict, and drawn."""

import os
from pathlib import Path

import pytest

from routing.moves import AGENT_MOVES, OFFER_MOVES, PICTURES, OfferEvent, OfferState, Presence, PresenceEvent

STATES = Path(__file__).resolve().parents[2] / "docs" / "states"


def test_every_state_of_an_agent_is_reached_and_left_again() -> None:
    assert set(AGENT_MOVES.values()) == set(Presence)
    assert {state for state, _ in AGENT_MOVES} == set(Presence)
    assert {event for _, event in AGENT_MOVES} == set(PresenceEvent)


def test_every_offer_ends_and_nothing_follows_its_end() -> None:
    assert set(OFFER_MOVES.values()) == set(OfferState) - {OfferState.RINGING}
    assert {event for _, event in OFFER_MOVES} == set(OfferEvent)
    ends = {state for state, event in OFFER_MOVES if event is OfferEvent.LEG_ENDED}
    assert ends == set(OfferState) - {OfferState.OVER, OfferState.JOINED}
    assert not [state for state, _ in OFFER_MOVES if state is OfferState.OVER]


def test_only_a_free_agent_can_be_offered_a_call() -> None:
    assert [state for state, event in AGENT_MOVES if event is PresenceEvent.OFFERED] == [Presence.READY]


@pytest.mark.parametrize("name", PICTURES)
def test_the_drawn_picture_is_not_stale(name: str) -> None:
    if os.environ.get("HOTLINE_DRAW"):
        (STATES / name).write_text(PICTURES[name], encoding="utf-8")
    assert (STATES / name).read_text(encoding="utf-8") == PICTURES[name], (
        "draw it again: HOTLINE_DRAW=1 scripts/test tests/routing/test_moves.py"
    )
