"""并单与关联: one is handled for several, and each caller gets an answer of his own."""

from dataclasses import replace

import pytest

from hotline.errors import MalformedInput
from tests.tickets.cases import AGENT, GOOD, OFFICE, SUPERVISOR, THE_CLOCK, Life, filed, handler, received, replied, sent
from tickets import commands as c
from tickets.declining import DeclineReason
from tickets.inner_commands import AnswerWithMain, FallApart, LetGo, LinkBack, TakeIn
from tickets.moves import MoveRefused, TicketState
from tickets.terms import Appeal, Step
from tickets.ticket import LinkKind, Satisfaction, Ticket

TAX = handler("tax")


def main(life: Life | None = None) -> Ticket:
    return replace((life or sent(Appeal.COMPLAINT)).ticket, number="20260302000002")


def merged(life: Life | None = None) -> Life:
    return (life or filed(Appeal.COMPLAINT)).do(c.Merge(into="20260302000002", why="同一件事"), SUPERVISOR, others=(main(),))


def test_a_merged_ticket_waits_for_the_main_one_which_knows_of_it() -> None:
    life = merged()
    assert (life.ticket.state, life.ticket.merged_into) == (TicketState.MERGED, "20260302000002")
    assert life.last.follow_ups[0].command == TakeIn(number=life.number)
    assert Step.ANSWER in life.ticket.dues
    assert sent(Appeal.COMPLAINT).do(TakeIn(number="7"), THE_CLOCK).ticket.merged == ("7",)


def test_when_the_main_one_is_reported_closed_each_caller_has_his_answer() -> None:
    life = received(Appeal.COMPLAINT).do(TakeIn(number="7"), THE_CLOCK).do(c.Reply(text=GOOD, satisfied=Satisfaction.CONTENT), TAX)
    life.do(c.ReportClosed(result="已办"), TAX)
    [follow_up] = life.last.follow_ups
    assert (follow_up.number, follow_up.command) == ("7", AnswerWithMain(main=life.number, text=GOOD))
    other = merged().do(follow_up.command, THE_CLOCK)
    assert (other.ticket.state, other.told()) == (TicketState.CLOSED, [("answered", "citizen")])
    assert other.ticket.reply
    assert other.ticket.reply.text == GOOD
    assert {Step.CALLBACK} <= set(other.ticket.dues)


def test_a_main_one_that_is_declined_lets_the_others_go() -> None:
    life = filed().do(TakeIn(number="7"), THE_CLOCK).do(c.Decline(reason=DeclineReason.MILITARY), AGENT)
    assert [follow_up.command for follow_up in life.last.follow_ups] == [FallApart(main=life.number)]
    apart = merged().do(FallApart(main="20260302000002"), THE_CLOCK)
    assert (apart.ticket.state, apart.ticket.merged_into) == (TicketState.OPEN, "")


def test_a_main_one_that_is_answered_at_once_answers_for_the_others() -> None:
    life = filed().do(TakeIn(number="7"), THE_CLOCK).do(c.AnswerAtOnce(basis="kb-1", answer="可以"), AGENT)
    assert [follow_up.command for follow_up in life.last.follow_ups] == [AnswerWithMain(main=life.number, text="可以")]


def test_what_was_merged_by_mistake_goes_its_own_way_again() -> None:
    life = merged().do(c.Separate(why="不是一件事"), OFFICE)
    assert (life.ticket.state, life.last.follow_ups[0].command) == (TicketState.OPEN, LetGo(number=life.number))
    assert sent().do(TakeIn(number="7"), THE_CLOCK).do(LetGo(number="7"), THE_CLOCK).ticket.merged == ()


def test_nothing_is_merged_two_deep_or_into_what_is_answered() -> None:
    into = c.Merge(into="20260302000002", why="x")
    for other in (replace(main(), merged_into="3"), main(replied(Appeal.COMPLAINT))):
        with pytest.raises(MoveRefused):
            filed(Appeal.COMPLAINT).do(into, SUPERVISOR, others=(other,))
    with pytest.raises(MoveRefused, match="已并单的不能再并"):
        filed(Appeal.COMPLAINT).do(TakeIn(number="7"), THE_CLOCK).do(into, SUPERVISOR, others=(main(),))
    with pytest.raises(MoveRefused, match="主单已答复"):
        replied().do(TakeIn(number="7"), THE_CLOCK)
    with pytest.raises(MalformedInput, match="请选择要并入的另一张业务单"):
        filed(Appeal.COMPLAINT).do(into, SUPERVISOR)


def test_a_report_is_not_merged_into_what_more_people_see() -> None:
    for life in (filed(Appeal.REPORT), filed(Appeal.COMPLAINT, accused=frozenset({"env"}))):
        with pytest.raises(MoveRefused, match="保密级别更高或被反映单位不同"):
            life.do(c.Merge(into="20260302000002", why="x"), OFFICE, others=(main(),))


def test_two_tickets_are_linked_both_ways_once() -> None:
    life = filed().do(c.LinkTo(to="20260302000002"), AGENT, others=(main(),))
    assert [(link.to, link.how) for link in life.ticket.links] == [("20260302000002", LinkKind.SAME_CAUSE)]
    assert life.last.follow_ups[0].command == LinkBack(to=life.number, how=LinkKind.SAME_CAUSE)
    assert life.do(c.LinkTo(to="20260302000002"), AGENT, others=(main(),)).whats() == []
    assert life.do(LinkBack(to="20260302000002", how=LinkKind.REPEAT), THE_CLOCK).whats() == []


def test_only_repeats_and_common_causes_are_linked_by_hand() -> None:
    with pytest.raises(MalformedInput, match="只能登记"):
        filed().do(c.LinkTo(to="20260302000002", how=LinkKind.REDO), AGENT, others=(main(),))
    with pytest.raises(MalformedInput, match="请选择另一张"):
        filed().do(c.LinkTo(to="x"), AGENT)
