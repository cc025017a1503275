"""回访、复核、重办、确认、归档、公开 (articles 5, 10, 15, 16, 17, 18)."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from hotline.access import Actor, NotAllowed
from hotline.errors import MalformedInput
from tests.tickets.cases import (
    AGENT,
    ARCHIVIST,
    CALLER,
    NAME,
    OFFICE,
    PHONE,
    SUPERVISOR,
    THE_CLOCK,
    Life,
    called_back,
    closed,
    filed,
    handler,
    in_review,
    off,
    received,
    replied,
)
from tickets import commands as c
from tickets.inner_commands import OpenRedo
from tickets.moves import MoveRefused, TicketState
from tickets.terms import Appeal, Step
from tickets.ticket import Fault, LinkKind, Satisfaction, Ticket

CONTENT: dict[str, Any] = {"reached": True, "satisfied": Satisfaction.CONTENT, "timely": True, "sound": True}
SUBJECTIVE = c.Judge(fault=Fault.SUBJECTIVE, why="未到现场")


def redo_of(life: Life, *, number: str = "20260302000099") -> Life:
    """The ticket that the judgement makes."""
    [follow_up] = life.last.follow_ups
    assert isinstance(follow_up.command, OpenRedo)
    return Life(life.rules, number=number, at=life.at).do(follow_up.command, THE_CLOCK)


def judged(life: Life) -> Life:
    return life.do(SUBJECTIVE, OFFICE)


def test_every_callback_is_kept_and_late_ones_are_late() -> None:
    life = closed().do(c.CallBack(reached=False), CALLER).on("2026-03-06T00:00").do(c.CallBack(**CONTENT), CALLER)
    assert [made.reached for made in life.ticket.callbacks] == [False, True]
    assert (life.ticket.state, life.ticket.satisfied) == (TicketState.CALLED_BACK, Satisfaction.CONTENT)
    assert life.ticket.late == {Step.CALLBACK}
    assert closed(rules=off("15-1")).on("2026-03-06T00:00").do(c.CallBack(**CONTENT), CALLER).ticket.late == frozenset()


@pytest.mark.parametrize("missing", ["satisfied", "timely", "sound"])
def test_a_callback_asks_for_satisfaction_speed_and_quality(missing: str) -> None:
    call = c.CallBack(**CONTENT | {missing: None})
    with pytest.raises(MoveRefused, match="检查办理时效和质量"):
        closed().do(call, CALLER)
    assert closed(rules=off("15-2")).do(call, CALLER).ticket.state is TicketState.CALLED_BACK


def test_who_is_not_reached_three_times_is_no_longer_waited_for() -> None:
    life = closed()
    for expected in (TicketState.CLOSED, TicketState.CLOSED, TicketState.CALLED_BACK):
        assert life.do(c.CallBack(reached=False), CALLER).ticket.state is expected
    assert (life.ticket.satisfied, len(life.ticket.callbacks)) == (None, 3)


def test_no_unit_calls_back() -> None:
    with pytest.raises(NotAllowed):
        closed().do(c.CallBack(**CONTENT), handler("tax"))


def test_who_is_not_content_is_judged_by_a_person() -> None:
    life = closed().do(c.CallBack(**CONTENT | {"satisfied": Satisfaction.NOT}, complaint="没人来"), CALLER)
    assert (life.whats(), life.ticket.state, life.ticket.complaint) == (["called_back", "complained_of"], TicketState.IN_REVIEW, "没人来")
    for actor in (THE_CLOCK, CALLER, handler("tax"), AGENT):
        with pytest.raises(NotAllowed):
            life.do(SUBJECTIVE, actor)


@pytest.mark.parametrize("fault", [Fault.OBJECTIVE, Fault.UNREASONABLE])
def test_no_fault_of_the_unit_no_redo(fault: Fault) -> None:
    life = in_review().do(c.Judge(fault=fault, why="条件所限"), SUPERVISOR)
    assert (life.ticket.state, life.ticket.fault, life.last.follow_ups) == (TicketState.CALLED_BACK, fault, ())


def test_the_units_own_fault_makes_a_new_ticket_that_hangs_on_the_old_one() -> None:
    life = in_review().do(SUBJECTIVE, SUPERVISOR)
    redo = redo_of(life)
    assert life.ticket.state is TicketState.REDONE
    assert [(link.to, link.how) for link in life.ticket.links] == [(redo.number, LinkKind.REDO)]
    assert (redo.ticket.state, redo.ticket.lead, redo.ticket.redo_of, redo.ticket.redo_count) == (TicketState.SENT, "tax", life.number, 1)
    assert (redo.ticket.content, redo.ticket.citizen) == (life.ticket.content, life.ticket.citizen)
    assert redo.told() == [("redo", "staff:tax")]
    assert redo.ticket.dues[Step.ANSWER].last_day == date(2026, 3, 9)
    assert in_review(rules=off("16-1")).do(SUBJECTIVE, SUPERVISOR).last.follow_ups == ()
    with pytest.raises(MoveRefused, match="不在复核中"):
        closed().do(SUBJECTIVE, SUPERVISOR)


def test_a_redo_whose_unit_may_not_have_it_any_more_is_designated() -> None:
    life = in_review(Appeal.COMPLAINT)
    life.do(c.MarkAccused(units=frozenset({"tax"})), OFFICE).do(SUBJECTIVE, OFFICE)
    redo = redo_of(life)
    assert (redo.ticket.state, redo.ticket.lead) == (TicketState.TO_DESIGNATE, "")


def again(redo: Life) -> Life:
    """The redo is answered, closed and complained of once more."""
    unit = handler("tax")
    reply = c.Reply(text="已重新到现场核实，减免手续已于当日办结，资料已当面交给您。", satisfied=Satisfaction.NOT)
    redo.do(c.Receive(), unit).do(reply, unit).do(c.ReportClosed(result="已办"), unit)
    return redo.do(c.ComplainOf(words="还是没有解决"), CALLER)


def test_a_second_redo_needs_the_offices_word() -> None:
    redo = again(redo_of(judged(in_review())))
    with pytest.raises(MoveRefused, match="要经市政管办确认（第17-1条）"):
        redo.do(SUBJECTIVE, SUPERVISOR)
    assert redo_of(redo.do(SUBJECTIVE, OFFICE), number="20260302000100").ticket.redo_count == 2
    assert again(redo_of(judged(in_review(rules=off("17-1"))))).do(SUBJECTIVE, SUPERVISOR).ticket.state is TicketState.REDONE


def test_a_redo_that_the_office_confirms_is_final() -> None:
    def confirmed(by: Actor) -> Ticket:
        redo = again(redo_of(judged(in_review())))
        return redo.do(c.Judge(fault=Fault.UNREASONABLE, why="已按要求办理"), OFFICE).do(c.ConfirmClosed(), by).ticket

    assert confirmed(OFFICE).final
    assert not confirmed(SUPERVISOR).final
    assert not called_back().do(c.ConfirmClosed(), OFFICE).ticket.final


def test_a_written_reply_is_owed_until_the_end() -> None:
    life = called_back().do(c.AskWritten(), AGENT)
    with pytest.raises(MoveRefused, match="书面答复还没有给"):
        life.do(c.ConfirmClosed(), OFFICE)
    life.do(c.GiveWritten(document="揭税函〔2026〕1号"), handler("tax")).do(c.ConfirmClosed(), OFFICE)


def test_only_the_archivist_archives_and_only_what_is_confirmed() -> None:
    life = called_back()
    with pytest.raises(MoveRefused, match="不能归档（第18条）"):
        life.do(c.Archive(), ARCHIVIST)
    life.do(c.ConfirmClosed(), SUPERVISOR)
    with pytest.raises(NotAllowed, match="请由档案专人办理"):
        life.do(c.Archive(), OFFICE)
    assert life.do(c.Archive(), ARCHIVIST).ticket.state is TicketState.ARCHIVED
    assert called_back(rules=off("18-1")).do(c.ConfirmClosed(), OFFICE).do(c.Archive(), OFFICE).ticket.state is TicketState.ARCHIVED


def test_what_is_held_is_kept_beyond_its_time() -> None:
    life = called_back().do(c.Hold(on=True, why="行政复议"), ARCHIVIST)
    assert life.ticket.hold
    assert life.do(c.Hold(on=True, why="x"), ARCHIVIST).whats() == []
    assert not life.do(c.Hold(on=False, why="已结案"), OFFICE).ticket.hold


def test_what_is_published_is_the_houses_own_text() -> None:
    life = called_back().do(c.Publish(title="减免办理指引", words="可到窗口办理"), SUPERVISOR)
    assert (life.ticket.published, life.ticket.public_title) == (True, "减免办理指引")
    for words in (NAME, f"请拨{PHONE}"):
        with pytest.raises(MalformedInput, match="不能有诉求人"):
            called_back().do(c.Publish(title="x", words=words), SUPERVISOR)
    with pytest.raises(MoveRefused, match="保密的业务单不能公开"):
        filed(Appeal.REPORT).do(c.Publish(title="x", words="y"), OFFICE)
    assert not life.do(c.RaiseSecrecy(to=life.ticket.secrecy.CONTACT, why="x"), AGENT).ticket.published
    assert life.do(c.Unpublish(), OFFICE).whats() == []


def test_what_another_system_told_is_noted_once() -> None:
    told = c.NoteOutside(system="city", event="e-1", state="办理中")
    life = received().do(told, OFFICE).do(told, OFFICE)
    assert (life.ticket.outside_events, life.whats()) == (("city/e-1",), [])


def test_a_complaint_needs_words() -> None:
    with pytest.raises(MalformedInput, match="请填写不满意的原因"):
        closed().do(c.ComplainOf(words=" "), CALLER)


def test_an_order_of_its_own_does_not_bind_the_redo() -> None:
    life = replied(Appeal.COMPLAINT)
    ordered = replace(life.ticket, ordered_until=life.at, order_doc="交办1号")
    redo = Life(number="20260302000099").do(OpenRedo(of=ordered, why="x"), THE_CLOCK)
    assert redo.ticket.dues[Step.ANSWER].last_day == date(2026, 4, 14)
