"""业务单: the table is complete and strict, refusals name the article, and a history replays to the same state."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline.access import NotAllowed, Role
from tickets.moves import (
    PICTURES,
    TICKET_MOVES,
    TICKET_RULES,
    MoveRefused,
    TicketEvent,
    TicketState,
    next_state,
    possible_events,
    replayed,
)

STATES = Path(__file__).resolve().parents[2] / "docs" / "states"
ENDS = {TicketState.ARCHIVED, TicketState.REDONE}


def test_every_state_is_reached_and_only_the_two_ends_are_not_left() -> None:
    assert set(TICKET_MOVES.values()) == set(TicketState) - {TicketState.DRAFT}
    assert {state for state, _ in TICKET_MOVES} == set(TicketState) - ENDS


def test_every_event_has_a_place_a_rule_and_somebody_who_may() -> None:
    assert {event for _, event in TICKET_MOVES} == set(TicketEvent) == set(TICKET_RULES)
    assert all(rule.by and rule.article and rule.words for rule in TICKET_RULES.values())


def test_from_every_state_a_ticket_can_be_brought_to_its_end() -> None:
    ends = set(ENDS)
    for _ in TicketState:
        ends |= {state for (state, _), target in TICKET_MOVES.items() if target in ends}
    assert ends == set(TicketState)


A_LIFE = (
    (TicketEvent.FILED, Role.AGENT),
    (TicketEvent.DISPATCHED, Role.AGENT),
    (TicketEvent.RECEIVED, Role.HANDLER),
    (TicketEvent.RETURN_ASKED, Role.HANDLER),
    (TicketEvent.DISPATCHED_AGAIN, Role.OFFICE),
    (TicketEvent.RECEIVED, Role.HANDLER),
    (TicketEvent.CONTACTED, Role.HANDLER),
    (TicketEvent.REPLIED, Role.HANDLER),
    (TicketEvent.REPORTED_CLOSED, Role.UNIT_LEADER),
    (TicketEvent.CALLED_BACK, Role.CALLBACK_STAFF),
    (TicketEvent.CONFIRMED, Role.SUPERVISOR),
    (TicketEvent.ARCHIVED, Role.ARCHIVIST),
)


def test_a_whole_life() -> None:
    assert replayed(A_LIFE) is TicketState.ARCHIVED
    assert replayed(()) is TicketState.DRAFT


def test_a_history_that_cannot_be_is_refused_where_it_breaks() -> None:
    with pytest.raises(MoveRefused, match="不能答复市民（第13-1条）"):
        replayed((*A_LIFE[:3], A_LIFE[7]))


@pytest.mark.parametrize(
    ("state", "event", "by", "said"),
    [
        (TicketState.SENT, TicketEvent.ARCHIVED, Role.ARCHIVIST, "现在不能归档（第18条）；现在可以：接收业务单、申请退单"),
        (TicketState.ARCHIVED, TicketEvent.FILED, Role.AGENT, "现在可以：没有了"),
        (TicketState.TO_DESIGNATE, TicketEvent.DESIGNATED, Role.AGENT, "话务员不能指定承办单位（第12条）；请由市政管办办理"),
        (TicketState.IN_REVIEW, TicketEvent.JUDGED_UNITS_FAULT, Role.CLOCK, "系统不能认定为承办单位主观原因，发回重办（第16、17条）"),
        (TicketState.RETURN_ASKED, TicketEvent.DISPATCHED_AGAIN, Role.HANDLER, "承办人不能另行转派（第13-3条）；请由班长、市政管办办理"),
    ],
)
def test_a_refusal_says_the_article_and_what_is_possible(state: TicketState, event: TicketEvent, by: Role, said: str) -> None:
    with pytest.raises((MoveRefused, NotAllowed)) as refused:
        next_state(state, event, by=by)
    assert said in str(refused.value)


def test_no_clock_and_no_unit_ever_sends_an_order_back_to_be_redone() -> None:
    assert not TICKET_RULES[TicketEvent.JUDGED_UNITS_FAULT].by & {Role.CLOCK, Role.HANDLER, Role.UNIT_LEADER, Role.CALLBACK_STAFF}


def test_a_unit_that_asks_to_return_an_order_keeps_it_until_the_platform_has_spoken() -> None:
    assert possible_events(TicketState.RETURN_ASKED, by=Role.HANDLER) == (TicketEvent.CONTACTED, TicketEvent.REPLIED)
    assert next_state(TicketState.RETURN_ASKED, TicketEvent.CONTACTED, by=Role.HANDLER) is TicketState.RETURN_ASKED
    judged = possible_events(TicketState.RETURN_ASKED, by=Role.OFFICE)
    assert set(judged) == {TicketEvent.RETURN_REFUSED, TicketEvent.DISPATCHED_AGAIN, TicketEvent.WITHDRAWN}


@given(st.data())
def test_whatever_is_possible_is_carried_out_and_replays_to_the_same_state(data: st.DataObject) -> None:
    state = TicketState.DRAFT
    history: list[tuple[TicketEvent, Role]] = []
    while (events := possible_events(state)) and len(history) < 30:
        event = data.draw(st.sampled_from(events))
        role = data.draw(st.sampled_from(sorted(TICKET_RULES[event].by)))
        state = next_state(state, event, by=role)
        history.append((event, role))
    assert replayed(history) is state


@pytest.mark.parametrize("name", PICTURES)
def test_the_drawn_picture_is_not_stale(name: str) -> None:
    if os.environ.get("HOTLINE_DRAW"):
        (STATES / name).write_text(PICTURES[name], encoding="utf-8")
    assert (STATES / name).read_text(encoding="utf-8") == PICTURES[name], (
        "draw it again: HOTLINE_DRAW=1 scripts/test tests/tickets/test_moves.py"
    )
