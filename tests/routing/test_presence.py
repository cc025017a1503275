"""Presence: what an agent wishes, what a supervisor forces, what calls do to him."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hotline.call_facts import AgentParted, AgentRang, OfferEnded
from hotline.identity import AgentId, CallId, LegId
from hotline.line import AnswerCode, CitizenWaits, LegAnswered, LegEnded, LegRings, PhoneChanged, PhoneState, Priority
from hotline.wishes import AgentWants, ForcePresence, Wanted, Wish
from routing.handlers import step
from routing.model import Joined, Offer, Rules, Switchboard, Tick, fresh_switchboard
from routing.moves import BUSY, OfferState, Presence, PresenceEvent
from routing.presence import HIS_FAULT, overdue, release_leg, talks
from routing.turn import PresenceMoved, Turn
from tests.routing.words import A1, A2, C1, RULES, at, citizen, gone, new_board, only_leg

LEG = LegId(f"leg-{C1}-1764000000001")
PAUSES = {"meal": timedelta(minutes=30), "training": timedelta()}


def a_board(*, rules: Rules | None = None, supervisor: bool = True) -> Switchboard:
    board = new_board(A1, A2)
    agents = {name: replace(agent, phone=PhoneState.IDLE, supervisor=supervisor and name == A2) for name, agent in board.agents.items()}
    return replace(board, agents=agents, rules=rules or replace(RULES, pauses=PAUSES))


def a_turn(state: OfferState = OfferState.RINGING, board: Switchboard | None = None, seconds: float = 0, called: str = "") -> Turn:
    turn = Turn(board=board or a_board(), now=at(seconds)).presence(A1, PresenceEvent.OFFERED)
    if state in (OfferState.JOINED, OfferState.PARTED):
        turn = turn.presence(A1, PresenceEvent.JOINED)
    return turn.offer(Offer(leg=LEG, agent=A1, call=C1, state=state, since=at(seconds), called=called))


def wants(what: str, reason: str = "", id_: str = "w1") -> AgentWants:
    return AgentWants(agent=A1, what=what, reason=reason, id=id_)


def forces(what: str, reason: str = "", why: str = "培训", by: AgentId = A2) -> ForcePresence:
    return ForcePresence(agent=A1, what=what, reason=reason, why=why, by=by, id="w2")


def told(board: Switchboard, wish: Wish, seconds: float = 1) -> tuple[Switchboard, bool, str]:
    turn = step(board, wish, at(seconds))
    [answer] = turn.answers
    return turn.board, answer.answer.done, answer.answer.words


def presence(board: Switchboard) -> tuple[Presence, str]:
    return board.agents[A1].presence, board.agents[A1].reason


def test_an_agent_pauses_for_a_reason_and_is_ready_again() -> None:
    paused, done, words = told(a_board(), wants(Wanted.PAUSED, "meal"))
    assert (presence(paused), done, words) == ((Presence.PAUSED, "meal"), True, "已示忙 paused")
    ready, done, _ = told(paused, wants(Wanted.READY), seconds=60)
    assert (presence(ready), done) == ((Presence.READY, ""), True)
    assert ready.agents[A1].idle_since == at(60), "who rested does not come before those who waited for a call"


def test_an_agent_logs_off_and_is_not_ready_by_saying_so() -> None:
    off, done, _ = told(a_board(), wants(Wanted.LOGGED_OFF))
    assert (presence(off), done) == ((Presence.OFFLINE, ""), True)
    assert not told(off, wants(Wanted.READY))[1]
    assert not told(off, wants(Wanted.PAUSED, "meal"))[1]
    assert told(off, wants(Wanted.LOGGED_OFF))[1], "what is so already is fine"
    on, done, _ = told(off, wants(Wanted.LOGGED_ON))
    assert (presence(on), done) == ((Presence.READY, ""), True)


@pytest.mark.parametrize(
    ("wish", "words"),
    [
        (wants(Wanted.PAUSED, "nap"), "示忙原因应为 the reason must be one of: meal, training"),
        (wants("asleep"), "不认识的状态 no such presence: asleep"),
        (AgentWants(agent="4711", what=Wanted.READY, id="w"), "没有坐席 4711 there is no such agent"),
        (AgentWants(agent="1001\r\nx", what=Wanted.READY, id="w"), "没有坐席 1001\r\nx there is no such agent"),
        (wants(Wanted.LONGER), "现在不在话后处理 there is no work after a call now"),
    ],
)
def test_a_wish_that_cannot_be_is_refused_with_the_reason_and_changes_nothing(wish: AgentWants, words: str) -> None:
    board = a_board()
    assert told(board, wish) == (board, False, words)


def test_what_was_wished_in_a_talk_is_obeyed_after_it() -> None:
    board, done, words = told(a_turn(OfferState.JOINED).board, wants(Wanted.PAUSED, "meal"))
    assert (presence(board), done, words) == ((Presence.TALKING, ""), True, "已示忙 paused（通话后 after the call）")
    after = release_leg(Turn(board=board, now=at(9)), LEG, "hung_up")
    assert presence(after.board) == (Presence.PAUSED, "meal")
    assert after.board.agents[A1].wanted is None
    assert after.answers == (), "it was answered long ago"


def test_a_wish_in_a_talk_is_taken_back_by_the_wish_to_be_ready() -> None:
    board, _, _ = told(a_turn(OfferState.JOINED).board, wants(Wanted.LOGGED_OFF))
    board, _, _ = told(board, wants(Wanted.READY))
    assert presence(release_leg(Turn(board=board, now=at(9)), LEG, "hung_up").board) == (Presence.READY, "")


def test_work_after_a_call_is_granted_by_the_line_and_ends_by_itself_or_early_or_later() -> None:
    rules = replace(RULES, after_call=timedelta(seconds=30), after_call_of={"12320": timedelta()}, longer=timedelta(seconds=60))
    board = release_leg(a_turn(OfferState.PARTED, a_board(rules=rules), called="12345"), LEG, "hung_up").board
    assert presence(board) == (Presence.AFTER_CALL, "")
    assert presence(step(board, Tick(), at(29)).board)[0] is Presence.AFTER_CALL
    assert presence(step(board, Tick(), at(30)).board)[0] is Presence.READY
    assert presence(told(board, wants(Wanted.READY))[0])[0] is Presence.READY
    longer, done, _ = told(board, wants(Wanted.LONGER))
    assert done
    assert presence(step(longer, Tick(), at(89)).board)[0] is Presence.AFTER_CALL
    assert presence(step(longer, Tick(), at(90)).board)[0] is Presence.READY
    without = release_leg(a_turn(OfferState.PARTED, a_board(rules=rules), called="12320"), LEG, "hung_up").board
    assert presence(without)[0] is Presence.READY


def test_an_agents_own_time_after_a_call_comes_before_that_of_his_line_and_he_may_ask_for_more_while_he_talks() -> None:
    board = a_board()
    board = replace(board, agents={**board.agents, A1: replace(board.agents[A1], after_call=timedelta(seconds=5))})
    board, done, _ = told(a_turn(OfferState.JOINED, board).board, wants(Wanted.LONGER))
    assert done
    board = release_leg(Turn(board=board, now=at(10)), LEG, "hung_up").board
    assert (presence(board), board.agents[A1].until) == ((Presence.AFTER_CALL, ""), at(75))


def test_the_phone_tells_that_it_rings_and_a_late_word_changes_nothing() -> None:
    turn = step(a_turn().board, LegRings(leg=LEG), at(1))
    assert presence(turn.board)[0] is Presence.RINGING
    assert [note.fact for note in turn.notes] == [AgentRang(agent=A1, leg=LEG)]
    talking = a_turn(OfferState.JOINED).board
    assert step(talking, LegRings(leg=LEG), at(1)).board == talking
    assert step(talking, LegRings(leg=LegId("leg-x")), at(1)).board == talking


def miss(board: Switchboard, seconds: float, outcome: str = "no_answer") -> Switchboard:
    return release_leg(a_turn(board=board, seconds=seconds), LEG, outcome).board


def test_who_misses_rests_and_after_three_in_a_row_stays_away_until_he_says_so() -> None:
    board = miss(a_board(), 0)
    assert (presence(board), board.agents[A1].until) == ((Presence.PAUSED, "missed"), at(10))
    board = miss(step(board, Tick(), at(10)).board, 10, "refused")
    board = miss(step(board, Tick(), at(20)).board, 20, "busy")
    agent = board.agents[A1]
    assert (agent.presence, agent.reason, agent.until, agent.misses, agent.missed) == (Presence.PAUSED, "missed", None, 3, 3)
    assert overdue(board.rules, agent, 0), "the board says so at once"
    assert presence(step(board, Tick(), at(9999)).board)[0] is Presence.PAUSED
    board, done, _ = told(board, wants(Wanted.READY), seconds=10000)
    assert (presence(board)[0], done, board.agents[A1].misses, board.agents[A1].missed) == (Presence.READY, True, 0, 3)


def test_an_emergency_does_not_wait_for_who_only_missed_too_many_calls_and_no_pause_of_his_own_is_ended_for_it() -> None:
    board = miss(replace(a_board(), rules=replace(RULES, misses_in_a_row=1, pauses=PAUSES)), 0)
    normal = replace(board, waiting={C1: citizen()})
    assert presence(step(normal, Tick(), at(60)).board)[0] is Presence.PAUSED
    urgent = replace(board, waiting={C1: replace(citizen(), priority=Priority.EMERGENCY)})
    assert presence(step(urgent, Tick(), at(9)).board)[0] is Presence.PAUSED, "he rests"
    assert presence(step(urgent, Tick(), at(10)).board)[0] is Presence.READY
    meal, _, _ = told(urgent, wants(Wanted.PAUSED, "meal"), seconds=2)
    assert presence(step(meal, Tick(), at(60)).board) == (Presence.PAUSED, "meal")


def test_a_supervisor_gives_more_time_after_a_call() -> None:
    rules = replace(RULES, after_call=timedelta(seconds=30), longer=timedelta(seconds=60))
    board = release_leg(a_turn(OfferState.PARTED, a_board(rules=rules)), LEG, "hung_up").board
    longer, done, _ = told(board, forces(Wanted.LONGER))
    assert (done, longer.agents[A1].until, longer.agents[A1].by) == (True, at(90), "")
    assert told(a_board(), forces(Wanted.LONGER))[1] is False


def test_a_taken_call_forgives_the_misses_before_it_and_a_dead_phone_is_not_blamed_on_him() -> None:
    board = step(miss(a_board(), 0), Tick(), at(10)).board
    board = release_leg(a_turn(OfferState.PARTED, board, 20), LEG, "hung_up").board
    assert board.agents[A1].misses == 0
    board = miss(board, 30, "unreachable")
    assert (presence(board), board.agents[A1].misses, board.agents[A1].until) == ((Presence.PAUSED, "unreachable"), 0, at(40))


def test_more_time_after_a_call_that_was_not_taken_is_no_wish_any_more() -> None:
    board, done, _ = told(a_turn().board, wants(Wanted.LONGER))
    assert done
    board = release_leg(Turn(board=board, now=at(5)), LEG, "no_answer").board
    assert (presence(board), board.agents[A1].wanted) == ((Presence.PAUSED, "missed"), None)


def test_a_supervisor_forces_a_pause_and_only_he_ends_it() -> None:
    turn = step(a_board(), forces(Wanted.PAUSED, "training"), at(1))
    assert presence(turn.board) == (Presence.PAUSED, "training")
    [act] = turn.audits
    assert (act.by, act.act, act.agent, act.why, act.outcome) == (A2, "force paused training", A1, "培训", "done")
    for own in (wants(Wanted.READY), wants(Wanted.PAUSED, "meal"), wants(Wanted.LOGGED_ON)):
        assert told(turn.board, own) == (turn.board, False, "班长已强制，请联系班长 a supervisor has decided: ask him")
    assert presence(told(turn.board, wants(Wanted.LOGGED_OFF))[0])[0] is Presence.OFFLINE
    ready = told(turn.board, forces(Wanted.READY))[0]
    assert presence(ready)[0] is Presence.READY
    assert told(ready, wants(Wanted.PAUSED, "meal"))[1], "back at work he may pause as ever"


def test_what_a_supervisor_forces_in_a_talk_waits_for_its_end_and_is_not_undone_by_the_agent() -> None:
    board, done, _ = told(a_turn(OfferState.JOINED).board, forces(Wanted.LOGGED_OFF))
    assert (presence(board)[0], done) == (Presence.TALKING, True)
    assert not told(board, wants(Wanted.READY))[1]
    after = release_leg(Turn(board=board, now=at(9)), LEG, "hung_up").board
    assert (presence(after), after.agents[A1].by) == ((Presence.OFFLINE, ""), A2)
    assert not told(after, wants(Wanted.LOGGED_ON))[1], "he does not log on again himself"


@pytest.mark.parametrize(
    ("wish", "words"),
    [
        (forces(Wanted.LOGGED_OFF, by=A1), "只有班长可以 only a supervisor may do that"),
        (forces(Wanted.LOGGED_OFF, why=" "), "请写明理由 say why: it is kept in the audit"),
        (forces(Wanted.PAUSED, "nap"), "示忙原因应为 the reason must be one of: meal, training"),
    ],
)
def test_a_forced_presence_that_is_refused_is_audited_too(wish: ForcePresence, words: str) -> None:
    board = a_board()
    turn = step(board, wish, at(1))
    assert turn.board == board
    assert [(each.answer.done, each.answer.words) for each in turn.answers] == [(False, words)]
    assert [act.outcome for act in turn.audits] == [f"refused: {words}"]


def test_a_code_is_answered_on_the_phone_that_dialled_it() -> None:
    turn = step(a_board(), wants(Wanted.PAUSED, "meal", id_="phone:PJSIP/1001-0000002a"), at(1))
    assert (turn.orders, turn.answers) == ((AnswerCode(channel="PJSIP/1001-0000002a", prompt="agent-paused"),), ())
    refused = step(a_board(), wants(Wanted.PAUSED, "nap", id_="phone:PJSIP/1001-0000002a"), at(1))
    assert refused.orders == (AnswerCode(channel="PJSIP/1001-0000002a", prompt="code-refused"),)


def test_a_pause_is_overdue_when_it_lasts_longer_than_its_reason_allows() -> None:
    board, _, _ = told(a_board(), wants(Wanted.PAUSED, "meal"))
    agent = board.agents[A1]
    assert [overdue(board.rules, agent, seconds) for seconds in (1800, 1801)] == [False, True]
    assert not overdue(board.rules, replace(agent, reason="training"), 99999), "no limit"
    assert not overdue(board.rules, replace(agent, presence=Presence.READY), 99999)


def test_who_is_found_in_a_talk_is_afterwards_what_he_was_before() -> None:
    for what, reason, after in ((Wanted.PAUSED, "meal", Presence.PAUSED), (Wanted.LOGGED_OFF, "", Presence.OFFLINE)):
        board, _, _ = told(a_board(), wants(what, reason))
        turn = talks(Turn(board=board, now=at(5)), A1)
        assert presence(turn.board)[0] is Presence.TALKING
        turn = turn.offer(Offer(leg=LEG, agent=A1, call=C1, state=OfferState.PARTED, since=at(5)))
        assert presence(release_leg(turn, LEG, "hung_up").board) == (after, reason)


def test_with_logging_on_nobody_is_ready_before_he_says_so() -> None:
    board = new_board(A1)
    assert presence(board)[0] is Presence.READY
    offline = fresh_switchboard({A1: frozenset()}, replace(RULES, log_on=True), at(0))
    assert presence(offline)[0] is Presence.OFFLINE
    assert presence(told(offline, wants(Wanted.LOGGED_ON))[0])[0] is Presence.READY


def test_every_move_of_a_presence_is_a_line_of_his_day() -> None:
    turn = step(a_board(), wants(Wanted.PAUSED, "meal"), at(1))
    assert turn.presences == (PresenceMoved(at=at(1), agent=A1, presence=Presence.PAUSED, there=True, reason="meal"),)
    gone = step(turn.board, PhoneChanged(agent=A1, state=PhoneState.ABSENT), at(2))
    assert gone.presences == (PresenceMoved(at=at(2), agent=A1, presence=Presence.PAUSED, there=False, reason="meal"),)
    assert step(turn.board, PhoneChanged(agent=A1, state=PhoneState.TALKING), at(2)).presences == ()


@pytest.mark.parametrize(
    ("state", "outcome", "fact", "presence"),
    [
        (OfferState.RINGING, "busy", OfferEnded(agent=A1, leg=LEG, outcome="busy"), Presence.PAUSED),
        (OfferState.ANSWERED, "hung_up", OfferEnded(agent=A1, leg=LEG, outcome="refused"), Presence.PAUSED),
        (OfferState.JOINED, "hung_up", AgentParted(agent=A1, leg=LEG, by="agent"), Presence.READY),
        (OfferState.PARTED, "hung_up", None, Presence.READY),
        (OfferState.WITHDRAWN, "hung_up", None, Presence.READY),
    ],
)
def test_the_end_of_a_leg_means_something_else_in_each_state(state: OfferState, outcome: str, fact: object, presence: Presence) -> None:
    turn = release_leg(a_turn(state), LEG, outcome)
    assert [note.fact for note in turn.notes] == ([fact] if fact else [])
    assert turn.board.agents[A1].presence is presence
    assert turn.board.offers == {}


def test_an_unknown_leg_is_nobodys() -> None:
    turn = a_turn()
    assert release_leg(turn, LegId("leg-x"), "busy") == turn


OUTCOMES = {*HIS_FAULT, "unreachable", "joined", "over"}
WISHES = [wants(what, reason) for what in Wanted for reason in ("", "meal")] + [
    forces(what, reason) for what in Wanted for reason in ("", "training")
]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.floats(0.1, 40), st.one_of(st.sampled_from(WISHES), st.sampled_from(sorted(OUTCOMES)))), max_size=25))
def test_whatever_is_wished_and_happens_he_is_taken_exactly_as_long_as_a_call_has_him(steps: list[tuple[float, Wish | str]]) -> None:
    board, now, number = a_board(), 0.0, 0
    board = replace(board, linked=True, agents={A1: board.agents[A1], A2: replace(board.agents[A2], phone=PhoneState.ABSENT)})
    for seconds, what in steps:
        now += seconds
        board = step(board, Tick(), at(now)).board
        if isinstance(what, Wish):
            before = board
            turn = step(board, what, at(now))
            assert len(turn.answers) == 1
            assert turn.board.offers.keys() >= before.offers.keys(), "no wish ends a call"
            board = turn.board
        else:
            number += 1
            board = call(board, CallId(f"hl1-1764000000.{number}"), what, now)
        agent = board.agents[A1]
        assert (agent.presence in BUSY) == bool(board.offers)
        assert agent.wanted is None or agent.presence in BUSY
        assert agent.reason == "" or agent.presence is Presence.PAUSED
        assert agent.by == "" or agent.presence in (Presence.PAUSED, Presence.OFFLINE)


def call(board: Switchboard, who: CallId, outcome: str, now: float) -> Switchboard:
    """A citizen is offered to him if he is available; the call goes so far, and the next one finds it so."""
    if board.offers:
        leg = only_leg(board)
        if outcome in HIS_FAULT or outcome == "over":
            board = step(board, LegEnded(leg=leg, outcome="hung_up" if outcome == "over" else outcome), at(now)).board
        elif board.offers[leg].state is OfferState.RINGING:
            board = step(board, LegAnswered(leg=leg, agent=A1, call=board.offers[leg].call), at(now)).board
            board = step(board, Joined(leg=leg), at(now)).board
        return board
    board = step(board, CitizenWaits(citizen=replace(citizen(who), since=at(now).timestamp())), at(now)).board
    return board if board.offers else step(board, gone(who), at(now)).board
