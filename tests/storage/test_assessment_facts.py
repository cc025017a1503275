"""What a ticket's real history says about the units that had it: lived through by the real commands."""

from datetime import datetime

import pytest

from assessment.model import Handling
from hotline.workdays import CHINA
from storage.assessment_facts import handlings
from tests.tickets.cases import (
    CALLER,
    GOOD,
    MONDAY,
    OFFICE,
    THE_CLOCK,
    Life,
    called_back,
    filed,
    handler,
    in_review,
    received,
    sent,
)
from tickets import commands as c
from tickets.inner_commands import DeemAnswered
from tickets.moves import MoveRefused
from tickets.terms import Appeal, Step
from tickets.ticket import Fault, Satisfaction

TAX = handler("tax")


def of(life: Life) -> tuple[Handling, ...]:
    return handlings(life.ticket, life.history)


def only(life: Life) -> Handling:
    (it,) = of(life)
    return it


def test_a_ticket_that_went_its_way_says_when_everything_was() -> None:
    it = only(called_back())
    assert (it.ticket, it.unit, it.appeal, it.secrecy) == ("20260302000001", "tax", "咨询", 0)
    assert it.began == it.contacted == it.replied == it.closed == it.called_back == MONDAY
    assert it.due == datetime(2026, 3, 10, tzinfo=CHINA)
    assert it.contact_due == datetime(2026, 3, 4, tzinfo=CHINA)
    assert (it.satisfied, it.left, it.redone, it.urged) == ("满意", None, None, ())


def test_what_no_unit_had_is_nobody_s() -> None:
    assert of(filed()) == ()


def test_a_return_that_was_agreed_to_ends_one_unit_s_part_and_begins_another_s() -> None:
    asked = c.AskReturn(facts="不属于税务事项", legal_basis="水法第十二条", proposed="water")
    life = received().later(hours=2).do(asked, TAX).later(hours=1).do(c.DispatchAgain(lead="water", why="属水利"), OFFICE)
    first, second = of(life)
    assert (first.unit, first.left, first.returned, first.return_asked) == ("tax", life.at, life.at, (life.history[-2].at,))
    assert (second.unit, second.began, second.left, second.due) == ("water", life.at, None, life.ticket.dues[Step.ANSWER].until)


def test_a_return_that_was_refused_is_the_unit_s_still() -> None:
    asked = c.AskReturn(facts="不属于税务事项", legal_basis="水法第十二条", proposed="water")
    life = received().do(asked, TAX).later(hours=1).do(c.RefuseReturn(why="属税务"), OFFICE)
    it = only(life)
    assert (it.left, it.returned, it.return_refused) == (None, None, (life.at,))


def test_a_return_goes_to_another_unit_or_is_refused_so_each_one_that_is_counted_is_one() -> None:
    asked = c.AskReturn(facts="不属于税务事项", legal_basis="水法第十二条", proposed="water")
    life = received().do(asked, TAX).later(hours=1)
    with pytest.raises(MoveRefused):
        life.do(c.DispatchAgain(lead="tax", why="仍属税务"), OFFICE)
    assert only(life).returned is None


def test_three_days_in_vain_count_as_an_answer() -> None:
    life = received()
    for day in ("2026-03-02T10:00", "2026-03-03T10:00", "2026-03-04T10:00"):
        life.on(day).do(c.LogAttempt(reached=False), TAX)
    life.on("2026-03-05T00:00").do(DeemAnswered(), THE_CLOCK)
    assert only(life).replied == life.at
    assert only(life).contacted is None


def test_reminders_are_counted_each_with_its_time() -> None:
    life = sent().on("2026-03-06T09:00").do(c.Urge(), THE_CLOCK)
    urged = life.at
    life.on("2026-03-10T00:00").do(c.SendNotice(), THE_CLOCK)
    noticed = life.at
    life.on("2026-03-17T00:00").do(c.HandToInspection(clause="19-3"), THE_CLOCK)
    it = only(life)
    assert (it.urged, it.noticed, it.handed_over) == ((urged,), (noticed,), (life.at,))


def test_an_extension_that_was_granted_moves_the_term() -> None:
    until = datetime(2026, 3, 20, tzinfo=CHINA)
    ask = c.AskExtension(until=until, legal_term="30日", basis="行政许可法第四十二条", why="需现场鉴定")
    life = received().do(ask, TAX)
    before = only(life).due
    life.later(hours=1).do(c.DecideExtension(granted=True, why="同意"), OFFICE)
    assert before == datetime(2026, 3, 10, tzinfo=CHINA)
    assert (only(life).due, only(life).extended) == (life.ticket.dues[Step.ANSWER].until, (life.at,))


def test_an_extension_that_was_refused_moves_nothing() -> None:
    ask = c.AskExtension(until=datetime(2026, 3, 20, tzinfo=CHINA), legal_term="30日", basis="行政许可法第四十二条", why="需现场鉴定")
    life = received().do(ask, TAX).do(c.DecideExtension(granted=False, why="理由不足"), OFFICE)
    assert (only(life).due, only(life).extended) == (datetime(2026, 3, 10, tzinfo=CHINA), ())


def test_who_is_not_content_by_the_unit_s_fault_is_a_redo_and_otherwise_is_not() -> None:
    ours = in_review().later(hours=1).do(c.Judge(fault=Fault.SUBJECTIVE, why="未到现场"), OFFICE)
    assert (only(ours).satisfied, only(ours).redone) == ("不满意", ours.at)
    other = in_review().do(c.Judge(fault=Fault.OBJECTIVE, why="政策所限"), OFFICE)
    assert (only(other).satisfied, only(other).redone) == ("不满意", None)


def test_who_says_nothing_is_not_rated() -> None:
    silent = c.CallBack(reached=True, satisfied=Satisfaction.SILENT, timely=True, sound=True)
    life = received(Appeal.COMPLAINT).do(c.Reply(text=GOOD, satisfied=Satisfaction.SILENT), TAX).do(c.ReportClosed(result="已办理"), TAX)
    assert only(life.do(silent, CALLER)).satisfied == ""


def test_a_secret_ticket_s_handling_says_so() -> None:
    assert only(sent(Appeal.REPORT)).secrecy >= 2
