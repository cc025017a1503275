"""A place in line without a channel, and calls for those whom nobody answered: the agent first, never more than there are agents."""

from collections.abc import Sequence
from dataclasses import replace

from hotline.call_facts import Arrived, CallbackAsked, CallbackBegan, OutCallBegan, OutCallOver
from hotline.callbacks import CUT_OFF, EMERGENCY, MISSED, CallBack, Owed
from hotline.identity import CallId
from hotline.line import CallTold, CitizenLeft, CitizenWaits, LegAnswered, LegEnded, PhoneChanged, PhoneState, RingAgent
from routing.callbacks import CallsOwed
from routing.handlers import Happening, step
from routing.model import Joined, RingRefused, Switchboard, Tick
from routing.moves import Presence
from routing.owing import CallbackRules
from routing.turn import Turn
from tests.routing.words import A1, A2, C1, C2, RULES, at, citizen, gone, new_board, only_leg, survey

C3 = CallId("hl1-1764000000.3")
OUT = CallId("hl1-1764000100.7")
BUSY = PhoneChanged(agent=A1, state=PhoneState.TALKING)
IDLE = PhoneChanged(agent=A1, state=PhoneState.IDLE)
ASKED = CallTold(
    call=C1,
    fact=CallbackAsked(since=at(-60).timestamp(), skills=()),
    arrived=Arrived(called="12345", caller="19900000001", trunk="t"),
)
HE_ASKS = (BUSY, CitizenWaits(citizen=citizen(waited=60)), CitizenLeft(call=C1), ASKED, gone())
LOST = Owed(call=C3, number="19900000003", called="12345", reason=MISSED, since=at(-900).timestamp())


def play(*happenings: Happening, board: Switchboard | None = None, ready: int = 1, seconds: float = 0) -> Turn:
    if board is None:
        board = replace(new_board(A1), rules=replace(RULES, callbacks=CallbackRules(ready=ready)))
        board = step(board, survey(), at(0)).board
    turn = Turn(board=board, now=at(seconds))
    for happening in happenings:
        turn = step(turn.board, happening, at(seconds))
    return turn


def other(call: CallId = C2, waited: float = 30) -> CitizenWaits:
    return CitizenWaits(citizen=replace(citizen(call, waited=waited), caller="19900000002"))


def began(turn: Turn) -> Sequence[Happening]:
    """The agent picks up, and the citizen is called."""
    [order] = [each for each in turn.orders if isinstance(each, CallBack)]
    arrived = Arrived(called=order.number, caller="12345", trunk="phones")
    return (
        CallTold(call=OUT, fact=OutCallBegan(agent=order.agent, how="callback"), arrived=arrived),
        CallTold(call=OUT, fact=CallbackBegan(task=order.task, attempt=order.attempt)),
    )


def over(outcome: str) -> CallTold:
    return CallTold(call=OUT, fact=OutCallOver(outcome=outcome))


def orders(turn: Turn, kind: type[CallBack | RingAgent]) -> list[str]:
    found = [each for each in turn.orders if isinstance(each, CallBack | RingAgent) and isinstance(each, kind)]
    return [each.task if isinstance(each, CallBack) else each.call for each in found]


# ── the place that is kept ───────────────────────────────────────────────────────────────────────


def test_his_place_stands_before_who_came_later_and_the_agent_is_reserved_before_he_is_called() -> None:
    turn = play(*HE_ASKS, other(), IDLE)
    assert (orders(turn, CallBack), orders(turn, RingAgent)) == ([C1], [])
    [order] = [each for each in turn.orders if isinstance(each, CallBack)]
    assert (order.agent, order.number, order.attempt) == (A1, "19900000001", 1)
    assert order.why.startswith("asked&")
    assert turn.board.agents[A1].presence is Presence.OFFERED
    assert set(turn.board.waiting) == {C2}


def test_who_waited_longer_goes_before_him() -> None:
    turn = play(*HE_ASKS, other(waited=90), IDLE)
    assert (orders(turn, CallBack), orders(turn, RingAgent)) == ([], [C2])


def test_as_long_as_he_is_on_the_phone_and_without_a_number_he_has_no_place() -> None:
    still_there = play(*HE_ASKS[:-1], IDLE)
    assert not orders(still_there, CallBack)
    withheld = replace(ASKED, arrived=Arrived(called="12345", caller="", trunk="t"))
    assert not play(*HE_ASKS[:3], withheld, gone(), IDLE).board.callbacks.owed


def test_a_survey_does_not_take_away_the_place_of_him_who_has_no_channel() -> None:
    board = play(*HE_ASKS).board
    busy = {A1: PhoneState.TALKING}
    after = play(survey(phones=busy), survey(phones=busy), board=board, seconds=5).board
    assert set(after.waiting) == {C1}


def test_while_he_talks_nobody_else_calls_him_and_then_nothing_is_owed() -> None:
    turn = play(*HE_ASKS, IDLE)
    turn = play(*began(turn), board=turn.board, seconds=2)
    assert turn.board.agents[A1].presence is Presence.TALKING
    more = play(PhoneChanged(agent=A2, state=PhoneState.IDLE), Tick(), board=turn.board, seconds=3)
    assert not orders(more, CallBack)
    done = play(over("talked"), board=more.board, seconds=40)
    assert not done.board.callbacks.owed
    assert not done.board.callbacks.flights
    assert done.board.agents[A1].presence is Presence.READY


def test_who_does_not_answer_is_tried_again_after_a_pause_and_not_for_ever() -> None:
    turn = play(*HE_ASKS, IDLE)
    turn = play(*began(turn), over("no_answer"), board=turn.board, seconds=2)
    assert turn.board.callbacks.owed[C1].attempts == 1
    assert not orders(play(Tick(), board=turn.board, seconds=600), CallBack)
    second = play(Tick(), board=turn.board, seconds=603)
    assert [each.attempt for each in second.orders if isinstance(each, CallBack)] == [2]
    second = play(*began(second), over("busy"), board=second.board, seconds=604)
    third = play(Tick(), board=second.board, seconds=604 + 3601)
    last = play(*began(third), over("busy"), board=third.board, seconds=4300)
    assert not last.board.callbacks.owed


def test_an_agent_who_hangs_up_before_he_answers_has_not_tried_him() -> None:
    turn = play(*HE_ASKS, IDLE)
    turn = play(*began(turn), over("given_up"), board=turn.board, seconds=2)
    assert turn.board.callbacks.owed[C1].attempts == 0
    assert orders(play(Tick(), board=turn.board, seconds=63), CallBack) == [C1]


def test_an_agent_who_does_not_take_it_has_missed_a_call_and_his_place_stands_again() -> None:
    turn = play(*HE_ASKS, IDLE)
    [order] = [each for each in turn.orders if isinstance(each, CallBack)]
    missed = play(LegEnded(leg=order.leg, outcome="no_answer"), board=turn.board, seconds=20)
    assert (missed.board.agents[A1].presence, missed.board.agents[A1].misses) == (Presence.PAUSED, 1)
    assert set(missed.board.waiting) == {C1}
    refused = play(RingRefused(leg=order.leg), board=turn.board, seconds=1)
    assert (refused.board.agents[A1].presence, set(refused.board.waiting)) == (Presence.READY, set()), "not his fault"
    assert orders(play(Tick(), board=refused.board, seconds=62), CallBack) == [C1]
    silent = play(Tick(), board=turn.board, seconds=26)
    assert set(silent.board.waiting) == {C1}


def test_a_call_whose_end_nobody_told_is_tried_again() -> None:
    turn = play(*HE_ASKS, IDLE)
    turn = play(*began(turn), replace(gone(OUT), caller="12345"), Tick(), board=turn.board, seconds=5)
    assert (turn.board.callbacks.owed[C1].attempts, dict(turn.board.callbacks.flights)) == (1, {})


def test_who_calls_again_has_his_own_place_back_and_is_owed_nothing_when_he_talks() -> None:
    again = CitizenWaits(citizen=citizen(C2))
    turn = play(*HE_ASKS, again)
    assert set(turn.board.waiting) == {C2}
    assert turn.board.waiting[C2].since == at(-60).timestamp()
    found = play(survey(citizen(C2), phones={A1: PhoneState.TALKING}), board=turn.board, seconds=1).board
    assert found.waiting[C2].since == at(-60).timestamp(), "a survey does not take it from him"
    turn = play(IDLE, board=found)
    leg = only_leg(turn.board)
    turn = play(LegAnswered(leg=leg, agent=A1, call=C2), Joined(leg=leg), board=turn.board, seconds=3)
    assert not turn.board.callbacks.owed
    assert not turn.board.waiting


def test_who_got_through_elsewhere_loses_the_place_that_he_needs_no_more() -> None:
    place = Owed(call=C1, number="19900000001", called="12345", reason="asked", since=at(-60).timestamp())
    board = play(BUSY, CallsOwed(owed=(place,)), Tick()).board
    assert set(board.waiting) == {C1}
    assert not play(CallsOwed(owed=()), board=board, seconds=1).board.waiting


def test_a_leader_who_did_not_order_it_learns_of_a_callback_under_way() -> None:
    turn = play(*HE_ASKS, IDLE)
    events = began(turn)
    fresh = play(BUSY, CallsOwed(owed=(turn.board.callbacks.owed[C1],)), Tick(), *events)
    assert fresh.board.callbacks.flights[C1].call == OUT
    assert not fresh.board.waiting


def test_a_new_leader_knows_his_place_before_the_first_survey_gives_the_agent_to_another() -> None:
    place = Owed(call=C1, number="19900000001", called="12345", reason="asked", since=at(-60).timestamp())
    later = replace(citizen(C2, waited=30), caller="19900000002")
    turn = play(CallsOwed(owed=(place,)), survey(later), board=new_board(A1))
    assert (orders(turn, CallBack), orders(turn, RingAgent)) == ([C1], [])


# ── who was missed ───────────────────────────────────────────────────────────────────────────────


def test_who_was_missed_is_called_when_nobody_waits_and_agents_are_left_over() -> None:
    owed = CallsOwed(owed=(LOST,))
    assert orders(play(owed, Tick()), CallBack) == [C3]
    assert not orders(play(owed, Tick(), ready=2), CallBack)
    assert not orders(play(owed, BUSY, other(), Tick()), CallBack)
    assert not orders(play(CallsOwed(owed=(replace(LOST, due=at(60).timestamp()),)), Tick()), CallBack)
    assert not orders(play(owed, Tick(), seconds=9.5 * 3600), CallBack), "not at night"


def test_who_was_cut_off_comes_before_and_who_was_missed_first_before_the_others() -> None:
    later, cut = replace(LOST, call=C2, since=LOST.since + 5), replace(LOST, call=C1, reason=CUT_OFF, priority=60, since=LOST.since + 9)
    assert orders(play(CallsOwed(owed=(later, LOST, cut)), Tick()), CallBack) == [C1]
    assert orders(play(CallsOwed(owed=(later, LOST)), Tick()), CallBack) == [C3]


def test_one_for_whom_no_agent_fits_takes_no_place_in_line() -> None:
    hard = replace(LOST, skills=("teochew",), since=at(0).timestamp())
    turn = play(CallsOwed(owed=(hard,)), Tick())
    assert not turn.board.waiting


def test_whose_emergency_nobody_answered_is_called_before_all_who_wait_and_at_night() -> None:
    urgent = replace(LOST, reason=EMERGENCY, priority=80, since=at(0).timestamp(), attempts=1)
    owed = CallsOwed(owed=(urgent,))
    turn = play(BUSY, other(waited=800), owed, Tick(), IDLE, ready=5)
    assert (orders(turn, CallBack), orders(turn, RingAgent)) == ([C3], [])
    assert orders(play(owed, seconds=12 * 3600), CallBack) == [C3]


def test_a_live_emergency_goes_before_a_callback() -> None:
    urgent = replace(LOST, reason=EMERGENCY, priority=80)
    live = CitizenWaits(citizen=replace(citizen(C2), caller="19900000002", priority=100))
    turn = play(BUSY, live, CallsOwed(owed=(urgent,)), IDLE)
    assert (orders(turn, CallBack), orders(turn, RingAgent)) == ([], [C2])
