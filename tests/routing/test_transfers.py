"""A transfer never loses the citizen: whoever of the others is gone at any moment, he has an agent or stands first in line."""

from dataclasses import replace
from itertools import permutations
from typing import TypeVar

import pytest

from hotline.call_facts import AgentJoined, AgentParted, ConsultBegan, ConsultEnded, TransferAsked, TransferEnded
from hotline.dialling import Calling
from hotline.identity import LegId
from hotline.line import CitizenLeft, CitizenWaits, DropLeg, Join, LegAnswered, LegEnded, LineOrder, PhoneChanged, PhoneState, RingAgent
from hotline.transfers import GUEST, Confer, Consult, JoinConsulted, LeadCitizen, Rejoin, ReleaseCitizen, RingUnit, TransferOrder
from hotline.wishes import Transfer, TransferStep
from routing.handlers import Happening, step
from routing.model import Joined, OrderDone, OrderRefused, RingRefused, Switchboard, Tick
from routing.moves import OfferState
from routing.moving import Stage
from routing.turn import Turn
from tests.routing.words import A1, A2, C1, at, citizen, gone, new_board, survey

UNIT = "06630000188"
WAITS = CitizenWaits(citizen=replace(citizen(), priority=70))


Order = TypeVar("Order", bound=LineOrder)


class Floor:
    """Two agents and a citizen who talks with the first; what is ordered is carried out when the test says so."""

    def __init__(self) -> None:
        board = replace(new_board(A1, A2), calling=Calling(trunks={"telecom": 10, "mobile": 10}, shown="12345", shortcuts={"9": "queue"}))
        self.turn = Turn(board=board, now=at(0))
        self.seconds = 0.0
        self.facts: list[object] = []
        self.orders: list[LineOrder] = []
        self.answers: list[tuple[bool, str]] = []
        self.do(survey(), PhoneChanged(agent=A2, state=PhoneState.TALKING), CitizenWaits(citizen=citizen()))
        self.home = self.last(RingAgent).leg
        self.do(LegAnswered(leg=self.home, agent=A1, call=C1), Joined(leg=self.home), PhoneChanged(agent=A2, state=PhoneState.IDLE))

    @property
    def board(self) -> Switchboard:
        return self.turn.board

    def do(self, *happenings: Happening) -> None:
        for happening in happenings:
            self.turn = step(self.turn.board, happening, at(self.seconds))
            self.facts += [note.fact for note in self.turn.notes]
            self.orders += self.turn.orders
            self.answers += [(each.answer.done, each.answer.words) for each in self.turn.answers]

    def last(self, kind: type[Order]) -> Order:
        return next(order for order in reversed(self.orders) if isinstance(order, kind))

    def done(self, kind: type[TransferOrder]) -> None:
        self.do(OrderDone(order=self.last(kind)))

    def wishes(self, to: str, how: str = "attended") -> None:
        self.do(Transfer(id="w", agent=A1, to=to, how=how))

    def led(self, to: str, how: str = "attended") -> None:
        """Wished, led into the line, and the other is being rung."""
        self.wishes(to, how)
        self.done(LeadCitizen)
        self.do(WAITS, LegAnswered(leg=self.home, agent=A1, call=C1))

    def consulting(self, to: str = A2) -> None:
        self.led(to)
        self.answer()
        self.done(Consult)

    def answer(self) -> None:
        rung = next(order for order in reversed(self.orders) if isinstance(order, RingAgent | RingUnit))
        self.do(LegAnswered(leg=rung.leg, agent=getattr(rung, "agent", GUEST), call=C1))

    @property
    def other(self) -> LegId:
        return next(order for order in reversed(self.orders) if isinstance(order, RingAgent | RingUnit)).leg

    def ended(self) -> list[str]:
        return [fact.outcome for fact in self.facts if isinstance(fact, TransferEnded)]

    def talks_with(self) -> set[str]:
        return {offer.agent for offer in self.board.offers.values() if offer.state is OfferState.JOINED}


@pytest.fixture
def floor() -> Floor:
    return Floor()


def test_he_asks_comes_back_and_nobody_was_joined_meanwhile(floor: Floor) -> None:
    floor.wishes(A2)
    lead = floor.last(LeadCitizen)
    assert lead == LeadCitizen(call=C1, channel="PJSIP/t-1", held=True, stays=floor.home)
    floor.done(LeadCitizen)
    assert floor.answers == [(True, "")]
    floor.do(WAITS)
    floor.answer()
    assert not [order for order in floor.orders if isinstance(order, Consult)], "he may still be in the talk's bridge"
    floor.do(LegAnswered(leg=floor.home, agent=A1, call=C1))
    assert floor.last(Consult) == Consult(call=C1, leg=floor.home, other=floor.other)
    floor.done(Consult)
    floor.do(TransferStep(agent=A1, step="cancel"))
    assert floor.last(DropLeg) == DropLeg(leg=floor.other)
    floor.do(LegAnswered(leg=floor.home, agent=A1, call=C1))
    assert floor.last(Rejoin) == Rejoin(call=C1, channel="PJSIP/t-1", agent=A1, leg=floor.home)
    floor.done(Rejoin)
    floor.do(LegEnded(leg=floor.other, outcome="hung_up"))
    assert (floor.board.transfers, dict(floor.board.waiting), floor.talks_with()) == ({}, {}, {A1})
    told = [type(fact) for fact in floor.facts if isinstance(fact, TransferAsked | ConsultBegan | ConsultEnded | TransferEnded)]
    assert told == [TransferAsked, ConsultBegan, ConsultEnded, TransferEnded]
    assert [fact.agent for fact in floor.facts if isinstance(fact, AgentJoined)] == [A1]


def test_he_asks_and_hands_over(floor: Floor) -> None:
    floor.consulting()
    floor.do(TransferStep(agent=A1, step="complete"))
    assert floor.last(JoinConsulted) == JoinConsulted(call=C1, channel="PJSIP/t-1", agent=A2, leg=floor.other, home=floor.home)
    floor.done(JoinConsulted)
    assert floor.talks_with() == {A2}
    assert [(type(fact), fact.agent) for fact in floor.facts if isinstance(fact, AgentJoined | AgentParted)][1:] == [
        (AgentJoined, A2), (AgentParted, A1)
    ]  # fmt: skip
    assert floor.ended() == ["joined"]
    assert dict(floor.board.waiting) == {}


def test_who_hangs_up_while_he_asks_has_handed_over(floor: Floor) -> None:
    floor.consulting()
    floor.do(LegEnded(leg=floor.home, outcome="hung_up"))
    assert floor.last(JoinConsulted) == JoinConsulted(call=C1, channel="PJSIP/t-1", agent=A2, leg=floor.other, home=floor.home)


def test_who_hangs_up_while_it_rings_has_handed_over_when_it_is_answered(floor: Floor) -> None:
    floor.led(A2)
    floor.do(LegEnded(leg=floor.home, outcome="hung_up"))
    floor.answer()
    assert floor.last(Join) == Join(call=C1, channel="PJSIP/t-1", agent=A2, leg=floor.other)
    floor.do(Joined(leg=floor.other))
    assert (floor.ended(), floor.talks_with()) == (["joined"], {A2})


def test_all_three_talk(floor: Floor) -> None:
    floor.consulting(UNIT)
    floor.do(TransferStep(id="w", agent=A1, step="conference"))
    assert floor.last(Confer) == Confer(call=C1, channel="PJSIP/t-1", leg=floor.home, other=floor.other)
    floor.done(Confer)
    assert floor.talks_with() == {A1, GUEST}
    assert (floor.ended(), floor.board.transfers) == (["conference"], {})
    floor.do(gone())
    assert not [offer for offer in floor.board.offers.values() if offer.state is OfferState.JOINED]


@pytest.mark.parametrize("outcome", ["busy", "no_answer", "refused", "absent"])
def test_whoever_is_not_reached_leaves_him_with_his_agent(floor: Floor, outcome: str) -> None:
    floor.led(A2)
    floor.do(LegEnded(leg=floor.other, outcome=outcome))
    assert floor.last(Rejoin) == Rejoin(call=C1, channel="PJSIP/t-1", agent=A1, leg=floor.home)
    assert floor.ended() == [outcome]


@pytest.mark.parametrize("outcome", ["no_answer", "absent", "unreachable"])
def test_a_blind_transfer_that_fails_rings_his_agent_again_and_then_the_front_of_the_line(floor: Floor, outcome: str) -> None:
    floor.led(A2, "blind")
    floor.do(LegEnded(leg=floor.home, outcome="hung_up"))
    floor.do(LegEnded(leg=floor.other, outcome="busy"))
    again = floor.last(RingAgent)
    assert (again.agent, floor.ended()) == (A1, ["busy"])
    floor.do(LegEnded(leg=again.leg, outcome=outcome))
    assert floor.board.transfers == {}, "once, and not for ever"
    assert floor.last(ReleaseCitizen) == ReleaseCitizen(call=C1, channel="PJSIP/t-1")
    assert floor.board.waiting[C1].priority == 70


def test_a_blind_transfer_that_comes_back_is_a_talk_like_any_other(floor: Floor) -> None:
    floor.led(A2, "blind")
    floor.do(LegEnded(leg=floor.home, outcome="hung_up"), LegEnded(leg=floor.other, outcome="busy"))
    floor.answer()
    floor.do(Joined(leg=floor.other))
    assert (floor.board.transfers, floor.talks_with(), floor.ended()) == ({}, {A1}, ["busy"])


def test_a_unit_is_tried_over_one_trunk_after_the_other(floor: Floor) -> None:
    floor.led(f"unit:{UNIT}", "blind")
    first = floor.last(RingUnit)
    floor.do(RingRefused(leg=first.leg))
    second = floor.last(RingUnit)
    assert [first.trunk, second.trunk] == ["telecom", "mobile"]
    floor.answer()
    floor.do(Joined(leg=second.leg))
    assert (floor.talks_with(), floor.ended()) == ({GUEST}, ["joined"])


@pytest.mark.parametrize(("to", "where", "outcome"), [("queue", "line", "queued"), ("9", "line", "queued"), ("survey", "survey", "survey")])
def test_back_to_the_line_and_to_the_survey(floor: Floor, to: str, where: str, outcome: str) -> None:
    floor.wishes(to, "blind")
    assert floor.last(LeadCitizen) == LeadCitizen(call=C1, channel="PJSIP/t-1", where=where)
    floor.done(LeadCitizen)
    assert (floor.ended(), floor.board.transfers, floor.talks_with()) == ([outcome], {}, set())


@pytest.mark.parametrize(
    ("to", "words"),
    [
        ("agent:1001", "不能接听"), ("agent:7777", "不知道"), ("0086100", "国际"), ("110", "紧急"), ("0663110", "紧急"), ("95566", "范围"),
        ("skill:unknown", "不知道"), ("somewhere", "不知道"), ("", "不知道"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_refused_in_words_and_nothing_changes(floor: Floor, to: str, words: str) -> None:
    floor.wishes(to)
    [(done, said)] = floor.answers
    assert (done, words in said) == (False, True)
    assert floor.board.transfers == {}
    assert floor.talks_with() == {A1}


def test_who_does_not_talk_has_nobody_to_transfer_and_no_step_to_take(floor: Floor) -> None:
    floor.do(
        Transfer(id="w", agent=A2, to="queue"), TransferStep(id="w", agent=A1, step="complete"), TransferStep(id="w", agent=A1, step="x")
    )
    assert [done for done, _ in floor.answers] == [False, False, False]


def test_one_transfer_at_a_time(floor: Floor) -> None:
    floor.wishes(A2)
    floor.wishes("queue")
    assert [words for _, words in floor.answers] == ["这一通话正在转接 a transfer of this call is under way"]


def test_a_citizen_who_is_gone_ends_it_and_lets_both_go(floor: Floor) -> None:
    floor.consulting()
    floor.do(gone())
    assert {order.leg for order in floor.orders if isinstance(order, DropLeg)} >= {floor.other}
    assert floor.board.transfers == {}
    assert not [offer for offer in floor.board.offers.values() if offer.state is OfferState.JOINED]


def test_his_emergency_key_lets_both_go(floor: Floor) -> None:
    floor.led(A2)
    floor.do(CitizenLeft(call=C1))
    assert {order.leg for order in floor.orders if isinstance(order, DropLeg)} >= {floor.other, floor.home}
    assert (floor.board.transfers, floor.ended()) == ({}, ["citizen_left"])


@pytest.mark.parametrize("kind", [LeadCitizen, Consult, JoinConsulted, Confer, Rejoin])
def test_whatever_the_switch_refuses_he_is_with_an_agent_or_first_in_line(floor: Floor, kind: type[TransferOrder]) -> None:
    steps: dict[type, str] = {JoinConsulted: "complete", Confer: "conference", Rejoin: "cancel"}
    if kind is LeadCitizen:
        floor.wishes(A2)
    elif kind is Consult:
        floor.led(A2)
        floor.answer()
    else:
        floor.consulting()
        floor.do(TransferStep(agent=A1, step=steps[kind]), LegAnswered(leg=floor.home, agent=A1, call=C1))
    floor.do(OrderRefused(order=floor.last(kind)))
    safe(floor)


def safe(floor: Floor) -> None:
    """He stands in line (kept for somebody who can come, or for everybody), or talks with his agent: no consultation is a talk of his."""
    moving = floor.board.transfers.get(C1)
    in_a_talk = bool(floor.talks_with()) and (moving is None or moving.stage is Stage.LEADING)
    assert C1 in floor.board.waiting or in_a_talk, moving
    if moving is not None and moving.stage in (Stage.RINGING, Stage.CONSULTING):  # in all others the answer to an order ends it
        assert floor.board.offers.keys() & {moving.leg, moving.home}, "he is kept for nobody"


EVENTS = ["home_ends", "other_ends", "other_answers", "cancel", "complete", "conference", "refuse", "tick"]


@pytest.mark.parametrize("events", tuple(permutations(EVENTS, 2)), ids="+".join)
@pytest.mark.parametrize("begun", ["led", "consulting"])
def test_whatever_happens_in_whatever_order_nobody_is_lost(floor: Floor, begun: str, events: tuple[str, ...]) -> None:
    floor.led(A2) if begun == "led" else floor.consulting()
    for name in events:
        happens(floor, name)
        safe(floor)
    floor.do(LegEnded(leg=floor.home, outcome="hung_up"))  # a consultation may last
    for _ in range(4):
        floor.seconds += 60
        floor.do(Tick())
    assert floor.board.transfers == {}, "whatever is not answered is given up"
    safe(floor)


def happens(floor: Floor, name: str) -> None:
    match name:
        case "home_ends":
            floor.do(LegEnded(leg=floor.home, outcome="hung_up"))
        case "other_ends":
            floor.do(LegEnded(leg=floor.other, outcome="no_answer"))
        case "other_answers":
            floor.answer()
        case "refuse":
            order = floor.orders[-1]
            if isinstance(order, Consult | Rejoin | JoinConsulted | Confer):
                floor.do(OrderRefused(order=order))
        case "tick":
            floor.seconds += 8
            floor.do(Tick())
        case step:
            floor.do(TransferStep(agent=A1, step=step))
