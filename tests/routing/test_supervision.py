"""Who may be at whose talk, what follows from it, and that each act is audited, also the refused ones."""

from dataclasses import replace

import pytest

from hotline.audit import Act
from hotline.call_facts import AgentJoined, AgentOffered, AgentParted, EmergencyAsked, SupervisorLeft
from hotline.identity import AgentId, LegId
from hotline.line import (
    CallTold,
    CitizenWaits,
    DropLeg,
    JoinedPair,
    LegAnswered,
    LegEnded,
    LineOrder,
    PairParted,
    PhoneChanged,
    PhoneReachable,
    PhoneState,
    Priority,
    RingAgent,
)
from hotline.supervision import (
    AtTalk,
    CallSupervisor,
    MarkCitizen,
    Mode,
    RefuseSupervisor,
    SendSupervisor,
    SupervisionOrder,
    SupervisorAsks,
    SupervisorGone,
    SupervisorReady,
    TakeOver,
)
from hotline.wishes import MoveCaller, Supervise, Transfer
from routing.board import SupervisedView, view_of
from routing.handlers import Happening, step
from routing.model import Joined, Surveyed, Switchboard, Tick
from routing.moves import OfferState, Presence
from routing.moving import Moving
from routing.supervising import Supervision, SupervisionDone, SupervisionRefused
from routing.turn import Turn
from tests.routing.words import A1, A2, C1, C2, at, citizen, gone, new_board, snapshot, survey

CHIEF = AgentId("1009")
OWN = LegId("hl1-1764000000.40")
CHANNEL = "PJSIP/1009-00000003"
ASKS = SupervisorAsks(leg=OWN, channel=CHANNEL, supervisor="1009", agent="1001", mode="listen")


def play(board: Switchboard, *happenings: Happening, seconds: float = 0) -> Turn:
    """All these, one after the other; the turn of the last."""
    turn = Turn(board=board, now=at(seconds))
    for happening in happenings:
        turn = step(turn.board, happening, at(seconds))
    return turn


def house() -> Switchboard:
    """1001 and 1009, who is a supervisor and rests."""
    board = new_board(A1, CHIEF)
    chief = replace(board.agents[CHIEF], supervisor=True, presence=Presence.PAUSED, reason="meal")
    phones = {A1: PhoneState.IDLE, CHIEF: PhoneState.IDLE}
    return play(replace(board, agents={**board.agents, CHIEF: chief}), survey(phones=phones)).board


def leg_of(board: Switchboard) -> LegId:
    return next(offer.leg for offer in board.offers.values() if offer.agent == A1)


def talking() -> Switchboard:
    """1001 talks with a citizen."""
    board = play(house(), CitizenWaits(citizen=citizen())).board
    return play(board, LegAnswered(leg=leg_of(board), agent=A1, call=C1), Joined(leg=leg_of(board))).board


def orders(turn: Turn) -> list[LineOrder]:
    return [order for order in turn.orders if isinstance(order, SupervisionOrder | DropLeg | RingAgent)]


def audited(turn: Turn) -> list[tuple[str, str, str, str, str]]:
    return [(act.by, act.act, act.agent, act.call, act.outcome.partition(":")[0]) for act in turn.audits]


def sent(board: Switchboard, mode: Mode) -> SendSupervisor:
    return SendSupervisor(channel=CHANNEL, mode=mode, call=C1, citizen="PJSIP/t-1", agent=A1, agent_leg=leg_of(board))


@pytest.mark.parametrize("mode", [Mode.LISTEN, Mode.WHISPER, Mode.BARGE])
def test_a_supervisor_is_led_to_a_talk_and_it_is_audited(mode: Mode) -> None:
    board = talking()
    turn = play(board, replace(ASKS, mode=str(mode)))
    assert orders(turn) == [sent(board, mode)]
    assert turn.audits == (Act(at=at(0), by="1009", act=str(mode), agent="1001", call=str(C1)),)
    assert turn.board.supervisions[OWN].mode is mode


@pytest.mark.parametrize(
    "asked",
    [
        replace(ASKS, supervisor="1001", agent="1009"),
        replace(ASKS, supervisor="7777"),
        replace(ASKS, supervisor="telecom"),
        replace(ASKS, agent="1009"),
        replace(ASKS, agent="7777"),
        replace(ASKS, agent=""),
        replace(ASKS, mode="record"),
    ],
)
def test_nobody_else_and_nothing_else_and_that_is_audited_too(asked: SupervisorAsks) -> None:
    turn = play(talking(), asked)
    assert orders(turn) == [RefuseSupervisor(channel=CHANNEL)]
    assert [each[0] for each in audited(turn)] == [asked.supervisor]
    assert audited(turn)[0][4] == "refused"
    assert not turn.board.supervisions


@pytest.mark.parametrize(("mode", "granted"), [("listen", True), ("whisper", True), ("barge", False), ("take_over", False)])
def test_nobody_enters_a_talk_with_an_emergency_centre_or_a_second_supervisor(mode: str, granted: bool) -> None:
    board = talking()
    urgent = play(board, CallTold(call=C1, fact=EmergencyAsked(how="agent", service="110"))).board
    assert bool(play(urgent, replace(ASKS, mode=mode)).board.supervisions) is granted
    other = Supervision(leg=LegId("x"), channel="PJSIP/1008-1", supervisor=A2, agent=A1, call=C1, mode=Mode.BARGE, since=at(0))
    entered = replace(board, supervisions={other.leg: other})
    assert (OWN in play(entered, replace(ASKS, mode=mode)).board.supervisions) is granted


def test_there_is_nothing_to_listen_to_before_and_after_a_talk() -> None:
    assert orders(play(house(), ASKS)) == [RefuseSupervisor(channel=CHANNEL)]
    board = talking()
    parted = play(board, PairParted(call=C1, leg=leg_of(board), by="agent")).board
    assert orders(play(parted, ASKS)) == [RefuseSupervisor(channel=CHANNEL)]


def test_another_mode_by_key_or_from_the_desk_leads_the_same_channel_on() -> None:
    board = play(talking(), ASKS).board
    assert orders(play(board, replace(ASKS, mode="barge"))) == [sent(board, Mode.BARGE)]
    turn = play(board, Supervise(id="w1", by="1009", agent="1001", mode="whisper"))
    assert orders(turn) == [sent(board, Mode.WHISPER)]
    assert turn.answers[0].answer.done


def test_from_the_desk_his_phone_is_rung_and_only_its_own_question_is_granted() -> None:
    turn = play(talking(), Supervise(id="w1", by="1009", agent="1001", mode="listen"))
    assert orders(turn) == [CallSupervisor(supervisor=CHIEF, agent=A1, mode=Mode.LISTEN)]
    assert (turn.answers[0].answer.done, turn.audits) == (True, ())


def test_a_busy_phone_is_not_rung() -> None:
    turn = play(talking(), PhoneChanged(agent=CHIEF, state=PhoneState.TALKING), Supervise(id="w1", by="1009", agent="1001", mode="listen"))
    assert (orders(turn), turn.answers[0].answer.done) == ([], False)
    assert "话机" in turn.answers[0].answer.words


def test_who_cannot_be_led_there_is_told_and_forgotten() -> None:
    turn = play(talking(), ASKS)
    [order] = [order for order in turn.orders if isinstance(order, SendSupervisor)]
    turn = play(turn.board, SupervisionRefused(order=order))
    assert orders(turn) == [RefuseSupervisor(channel=CHANNEL)]
    assert [(each[1], each[4]) for each in audited(turn)] == [("listen", "refused")], "it was written down as done"
    assert not turn.board.supervisions


def test_his_going_ends_nothing_but_his_own_part() -> None:
    turn = play(talking(), ASKS, SupervisorGone(leg=OWN))
    assert (turn.board.supervisions, orders(turn), turn.notes) == ({}, [], ())


def test_his_dead_phone_is_let_go() -> None:
    board = play(talking(), ASKS, PhoneReachable(agent=CHIEF, reachable=False)).board
    assert DropLeg(leg=OWN) not in play(board, Tick(), seconds=17).orders
    assert DropLeg(leg=OWN) in play(board, Tick(), seconds=18).orders


# ── taking over ──────────────────────────────────────────────────────────────────────────────────

TAKES = TakeOver(call=C1, citizen="PJSIP/t-1", supervisor=CHIEF, channel=CHANNEL, leg=OWN)
STAYS = replace(TAKES, together=True)


def taken_over() -> Turn:
    return play(talking(), replace(ASKS, mode="take_over"), SupervisorReady(leg=OWN), SupervisionDone(order=TAKES))


def test_he_stands_still_and_then_his_channel_becomes_the_talks_leg() -> None:
    board = play(talking(), ASKS).board
    turn = play(board, replace(ASKS, mode="take_over"))
    assert orders(turn) == [sent(board, Mode.TAKE_OVER)]
    turn = play(turn.board, SupervisorReady(leg=OWN))
    assert orders(turn) == [TAKES]
    turn = play(turn.board, SupervisionDone(order=TAKES))
    leg = leg_of(board)
    assert [note.fact for note in turn.notes] == [AgentParted(agent="1001", leg=leg, by="us"), AgentJoined(agent="1009", leg=OWN)]
    assert orders(turn) == [DropLeg(leg=leg)]
    assert turn.board.offers[OWN].state is OfferState.JOINED
    assert turn.board.agents[CHIEF].presence is Presence.TALKING
    assert not turn.board.supervisions


def test_a_talk_that_ends_meanwhile_is_not_taken_over() -> None:
    board = play(talking(), replace(ASKS, mode="take_over")).board
    turn = play(board, PairParted(call=C1, leg=leg_of(board), by="citizen"), SupervisorReady(leg=OWN))
    assert orders(turn) == [DropLeg(leg=OWN)]
    assert orders(play(talking(), SupervisorReady(leg=OWN))) == [DropLeg(leg=OWN)]


def test_after_it_he_is_what_he_was_before() -> None:
    board = taken_over().board
    turn = play(board, LegEnded(leg=leg_of(board), outcome="hung_up"))
    assert turn.board.agents[A1].presence is Presence.READY
    turn = play(turn.board, PairParted(call=C1, leg=OWN, by="agent"), LegEnded(leg=OWN, outcome="hung_up"), SupervisorGone(leg=OWN))
    assert not turn.board.offers
    assert turn.board.agents[CHIEF].presence is Presence.PAUSED


def test_the_citizens_end_ends_it_as_any_talk() -> None:
    turn = play(taken_over().board, gone())
    assert next(note.fact for note in turn.notes) == AgentParted(agent="1009", leg=OWN, by="citizen")
    assert C1 in turn.closed


def test_a_take_over_that_is_refused_leaves_the_talk_as_it_was() -> None:
    board = talking()
    turn = play(board, replace(ASKS, mode="take_over"), SupervisorReady(leg=OWN), SupervisionRefused(order=TAKES))
    assert orders(turn) == [RefuseSupervisor(channel=CHANNEL)]
    assert turn.board.offers == board.offers


def test_an_agent_who_leaves_a_talk_of_three_leaves_the_citizen_to_him() -> None:
    board = play(talking(), replace(ASKS, mode="barge")).board
    turn = play(board, PairParted(call=C1, leg=leg_of(board), by="agent"))
    assert orders(turn) == [STAYS]
    assert audited(turn) == [("1009", "take_over", "1001", str(C1), "done")], "he asked for nothing, and has taken over"
    turn = play(turn.board, SupervisionDone(order=STAYS))
    assert [note.fact for note in turn.notes] == [SupervisorLeft(supervisor="1009"), AgentJoined(agent="1009", leg=OWN)]


def test_who_only_listens_is_left_nothing() -> None:
    board = play(talking(), ASKS).board
    assert orders(play(board, PairParted(call=C1, leg=leg_of(board), by="agent"))) == []


# ── the line ─────────────────────────────────────────────────────────────────────────────────────


def line() -> Switchboard:
    """1001 is away; C2 waits longer than C1."""
    away = survey(phones={A1: PhoneState.ABSENT, CHIEF: PhoneState.IDLE})
    return play(house(), away, CitizenWaits(citizen=citizen(C2, waited=60)), CitizenWaits(citizen=citizen(waited=1))).board


def test_a_caller_is_moved_to_the_front_and_it_stands_on_his_channel() -> None:
    turn = play(line(), MoveCaller(id="w1", by="1009", call=str(C1), why="孕妇"))
    assert orders(turn) == [MarkCitizen(channel="PJSIP/t-1", skills=(), priority=Priority.MOVED)]
    assert turn.audits[0] == Act(at=at(0), by="1009", act="move to front", call=str(C1), why="孕妇")
    assert turn.answers[0].answer.done
    turn = play(turn.board, PhoneChanged(agent=A1, state=PhoneState.IDLE))
    assert [order.call for order in turn.orders if isinstance(order, RingAgent)] == [C1]


def test_a_caller_is_moved_to_another_skill() -> None:
    board = line()
    knows = replace(board, agents={**board.agents, A1: replace(board.agents[A1], levels={"teochew": 3})})
    turn = play(knows, MoveCaller(by="1009", call=str(C1), skills=("teochew",)))
    assert turn.board.waiting[C1].skills == ("teochew",)
    assert audited(turn) == [("1009", "move to teochew", "", str(C1), "done")]


def test_a_caller_is_moved_to_an_agent_who_is_ready_and_rung_there_at_once() -> None:
    board = play(line(), PhoneChanged(agent=A1, state=PhoneState.ABSENT)).board
    idle = replace(board, agents={**board.agents, A1: replace(board.agents[A1], phone=PhoneState.IDLE)})
    turn = play(idle, MoveCaller(by="1009", call=str(C1), agent="1001"))
    assert [(order.call, order.agent) for order in turn.orders if isinstance(order, RingAgent)] == [(C1, A1)]
    assert AgentOffered(agent="1001", leg=leg_of(turn.board), why="moved_by=1009") in [note.fact for note in turn.notes]


@pytest.mark.parametrize(
    ("wish", "words"),
    [
        (MoveCaller(id="w1", by="1001", call=str(C1)), "班长"),
        (MoveCaller(id="w1", by="1009", call="hl1-1764000000.9"), "不在排队"),
        (MoveCaller(id="w1", by="1009", call="x y"), "不在排队"),
        (MoveCaller(id="w1", by="1009", call=str(C1), agent="1001"), "不能接听"),
        (MoveCaller(id="w1", by="1009", call=str(C1), agent="x"), "不能接听"),
        (MoveCaller(id="w1", by="1009", call=str(C1), skills=("hakka",)), "技能"),
    ],
)
def test_what_cannot_be_moved_is_refused_in_words(wish: MoveCaller, words: str) -> None:
    board = line()
    turn = play(board, wish)
    assert (turn.answers[0].answer.done, words in turn.answers[0].answer.words) == (False, True)
    assert [each[4] for each in audited(turn)] == ["refused"]
    assert turn.board.waiting == board.waiting


def test_of_whom_two_agents_talk_at_the_moment_is_not_moved() -> None:
    wish = Transfer(agent="1001", to="1002", how="attended")
    asking = Moving(
        call=C1, channel="PJSIP/t-1", agent=A1, home=LegId(f"leg-{C1}-1"), to="agent:1002", attended=True, wish=wish, since=at(0)
    )
    turn = play(replace(line(), transfers={C1: asking}), MoveCaller(id="w1", by="1009", call=str(C1)))
    assert (turn.answers[0].answer.done, [order for order in orders(turn) if isinstance(order, MarkCitizen)]) == (False, [])


def test_for_whom_a_phone_rings_already_is_not_moved() -> None:
    board = play(house(), CitizenWaits(citizen=citizen())).board
    turn = play(board, MoveCaller(id="w1", by="1009", call=str(C1)))
    assert (turn.answers[0].answer.done, orders(turn)) == (False, [])


@pytest.mark.parametrize("agents_see", [True, False])
def test_the_board_shows_who_is_at_whose_talk_and_whether_the_agent_may_see_it(agents_see: bool) -> None:
    board = play(talking(), ASKS).board
    rules = replace(board.rules, agents_see_supervision=agents_see)
    view = view_of(replace(board, rules=rules), at(4))
    assert view.supervised == (SupervisedView(call=C1, agent=A1, supervisor=CHIEF, mode="listen", for_s=4.0, agent_sees=agents_see),)


def test_a_survey_finds_him_again_and_forgets_whom_it_does_not_show() -> None:
    found = AtTalk(leg=OWN, channel=CHANNEL, supervisor=CHIEF, agent=A1, call=C1, mode=Mode.BARGE)
    board = talking()
    pair = JoinedPair(call=C1, leg=leg_of(board), agent=A1, channel="PJSIP/t-1")
    busy = {A1: PhoneState.TALKING, CHIEF: PhoneState.TALKING}
    seen = replace(snapshot(calls=frozenset({C1}), legs=frozenset({pair.leg}), phones=busy), joined=(pair,))
    turn = play(board, Surveyed(snapshot=replace(seen, supervisors=(found,))), seconds=5)
    assert turn.board.supervisions[OWN].mode is Mode.BARGE
    later = play(turn.board, Surveyed(snapshot=replace(seen, supervisors=(found,))), seconds=9)
    assert later.board.supervisions == turn.board.supervisions
    assert OWN in play(later.board, replace(ASKS, mode="listen"), Surveyed(snapshot=seen), seconds=10).board.supervisions
    assert not play(later.board, Surveyed(snapshot=seen), seconds=10).board.supervisions
