"""办理: 接收、转派、沟通、联系、答复、反馈 (articles 5, 9, 13, 14, 20)."""

from datetime import date

import pytest

from hotline.access import NotAllowed
from hotline.errors import MalformedInput
from tests.tickets.cases import AGENT, GOOD, OFFICE, THE_CLOCK, Life, closed, filed, handler, off, received, replied, sent
from tickets import commands as c
from tickets.inner_commands import DeemAnswered
from tickets.moves import MoveRefused, TicketState
from tickets.substance import Flag
from tickets.terms import Appeal, Step
from tickets.ticket import Satisfaction

TAX = handler("tax")
REPLY = c.Reply(text=GOOD, satisfied=Satisfaction.CONTENT)


def test_a_unit_receives_before_it_does_anything() -> None:
    for command in (c.Contact(), REPLY, c.LogAttempt(reached=False), c.SubDispatch(to="tax-rc")):
        with pytest.raises(MoveRefused, match="请先接收业务单") as refused:
            sent().do(command, TAX)
        assert refused.value.article == "9-1"
    assert sent().do(c.Receive(), TAX).do(c.Contact(), TAX).ticket.state is TicketState.IN_HAND
    assert sent(rules=off("9-1")).do(c.Contact(), TAX).whats() == ["received", "contacted"]


def test_only_the_lead_receives() -> None:
    with pytest.raises(NotAllowed, match="不由贵单位接收"):
        filed().do(c.Dispatch(), AGENT).do(c.Receive(), handler("rc"))
    with pytest.raises(NotAllowed):
        sent().do(c.Receive(), AGENT)


def test_a_late_first_contact_is_written_down_as_late() -> None:
    assert received().on("2026-03-03T23:59").do(c.Contact(), TAX).ticket.late == frozenset()
    assert received().on("2026-03-04T00:00").do(c.Contact(), TAX).ticket.late == {Step.CONTACT}
    assert received(rules=off("20-1")).on("2026-03-04T00:00").do(c.Contact(), TAX).ticket.late == frozenset()


def test_it_is_passed_on_only_to_an_approved_unit_below() -> None:
    life = received().do(c.SubDispatch(to="tax-rc"), TAX)
    assert (life.ticket.below, life.told()) == (("tax-rc",), [("dispatched", "staff:tax-rc")])
    assert life.do(c.SubDispatch(to="tax-rc"), TAX).whats() == []
    with pytest.raises(MoveRefused, match="不是贵单位的三级平台（第5-1条）"):
        received().do(c.SubDispatch(to="rc-street"), TAX)
    assert received(rules=off("5-1")).do(c.SubDispatch(to="rc-street"), TAX).ticket.below == ("rc-street",)
    with pytest.raises(MoveRefused, match="未经市政管办同意，不能转派（第9-7条）"):
        received().do(c.SubDispatch(to="tax-new"), TAX)
    assert received(rules=off("9-7")).do(c.SubDispatch(to="tax-new"), TAX).ticket.below == ("tax-new",)


def test_an_accused_unit_below_gets_nothing() -> None:
    with pytest.raises(MoveRefused, match="是被反映单位"):
        received(Appeal.COMPLAINT, accused=frozenset({"tax-rc"})).do(c.SubDispatch(to="tax-rc"), TAX)


def test_who_handled_it_answers_the_citizen_and_the_unit_above_reports() -> None:
    below = handler("tax-rc")
    life = received().do(c.SubDispatch(to="tax-rc"), TAX).do(REPLY, below).do(c.SubReport(text="已办"), below)
    assert life.ticket.reply
    assert life.ticket.reply.by_unit == "tax-rc"
    assert life.ticket.sub_reported == {"tax-rc"}
    with pytest.raises(MoveRefused, match="由二级平台反馈热线平台（第5-1条）"):
        life.do(c.ReportClosed(result="已办"), below)
    assert life.do(c.ReportClosed(result="已办"), TAX).ticket.state is TicketState.CLOSED
    with pytest.raises(NotAllowed):
        received().do(c.SubReport(text="x"), TAX)


def test_assisting_units_say_what_they_did() -> None:
    life = filed().do(c.Dispatch(), AGENT).do(c.AssistReply(text="已配合"), handler("rc"))
    assert life.ticket.assisted == {"rc"}
    with pytest.raises(NotAllowed):
        life.do(c.AssistReply(text="x"), TAX)


def test_every_attempt_is_kept_and_reaching_him_is_the_first_contact() -> None:
    life = received().do(c.LogAttempt(reached=False), TAX).later(hours=1).do(c.LogAttempt(reached=True), TAX)
    assert [attempt.reached for attempt in life.ticket.attempts] == [False, True]
    assert (life.whats(), life.ticket.state) == (["attempted", "contacted"], TicketState.IN_HAND)
    for at in (life.at.replace(tzinfo=None), life.at.replace(hour=23), life.at.replace(day=1)):
        with pytest.raises(MalformedInput):
            life.do(c.LogAttempt(reached=False, at=at), TAX)


def three_days() -> Life:
    life = received()
    for day in ("2026-03-03T10:00", "2026-03-04T10:00", "2026-03-05T10:00"):
        life.on(day).do(c.LogAttempt(reached=False), TAX)
    return life


def test_three_days_in_a_row_in_vain_count_as_the_answer_when_the_third_is_over() -> None:
    life = three_days()
    with pytest.raises(MoveRefused, match="还没有连续3天"):
        life.on("2026-03-05T23:59").do(DeemAnswered(), THE_CLOCK)
    life.on("2026-03-06T00:00").do(DeemAnswered(), THE_CLOCK)
    assert (life.ticket.state, life.ticket.deemed, len(life.ticket.attempts)) == (TicketState.REPLIED, True, 3)
    with pytest.raises(NotAllowed, match="请由系统办理"):
        three_days().on("2026-03-06T00:00").do(DeemAnswered(), OFFICE)


def test_the_reply_that_he_could_not_be_given_is_kept() -> None:
    life = three_days().on("2026-03-06T09:00").do(DeemAnswered(), THE_CLOCK)
    with pytest.raises(MoveRefused, match="答复资料存档（第14-3条）"):
        life.do(c.ReportClosed(result="已办"), TAX)
    life.do(c.ReportClosed(result=GOOD), TAX)
    assert life.ticket.reply
    assert life.ticket.reply.text == GOOD


@pytest.mark.parametrize(
    ("text", "flag"), [("  ", "空白"), ("根据《税收征收管理法》第三条、第五条的规定。", "只列条文"), ("您好，已收悉，正在处理中。", "敷衍")]
)
def test_a_reply_that_says_nothing_is_refused(text: str, flag: str) -> None:
    with pytest.raises(MoveRefused, match=flag) as refused:
        received().do(c.Reply(text=text, satisfied=Satisfaction.CONTENT), TAX)
    assert refused.value.article == "13-1"
    assert received(rules=off("13-1")).do(c.Reply(text=text, satisfied=Satisfaction.CONTENT), TAX).ticket.reply


def test_a_thin_reply_is_flagged_for_whoever_calls_back() -> None:
    life = received().do(c.Reply(text="已经到现场修好了路灯，今晚起照常亮。", satisfied=Satisfaction.CONTENT), TAX)
    assert life.ticket.reply
    assert life.ticket.reply.flags == (Flag.THIN,)


def test_he_is_asked_whether_he_is_content() -> None:
    with pytest.raises(MoveRefused, match="征求诉求人是否满意"):
        received().do(c.Reply(text=GOOD, satisfied=None), TAX)
    assert received(rules=off("14-1a")).do(c.Reply(text=GOOD, satisfied=None), TAX).ticket.reply


def test_a_written_reply_that_he_wants_comes_before_the_report() -> None:
    asked = c.Reply(text=GOOD, satisfied=Satisfaction.CONTENT, written_asked=True)
    life = received().do(asked, TAX)
    with pytest.raises(MoveRefused, match="请先给书面答复"):
        life.do(c.ReportClosed(result="已办"), TAX)
    life.do(c.GiveWritten(document="揭税函〔2026〕1号"), TAX).do(c.ReportClosed(result="已办"), TAX)
    assert life.ticket.reply
    assert life.ticket.reply.written == "揭税函〔2026〕1号"
    assert received(rules=off("14-1b")).do(asked, TAX).do(c.ReportClosed(result="已办"), TAX).ticket.closed_at


def test_he_may_ask_for_it_later_and_it_is_owed_then() -> None:
    life = closed().do(c.AskWritten(), AGENT)
    assert life.ticket.reply
    assert life.ticket.reply.written_asked
    with pytest.raises(MoveRefused, match="还没有答复"):
        received().do(c.AskWritten(), AGENT)
    with pytest.raises(MoveRefused, match="还没有答复"):
        received().do(c.GiveWritten(document="x"), TAX)


def test_the_answer_is_reported_on_its_day_or_late() -> None:
    assert replied().ticket.dues[Step.FEEDBACK].last_day == date(2026, 3, 2)
    assert replied().do(c.ReportClosed(result="已办"), TAX).ticket.late == frozenset()
    assert replied().on("2026-03-03T00:00").do(c.ReportClosed(result="已办"), TAX).ticket.late == {Step.FEEDBACK}
    assert replied(rules=off("14-2")).on("2026-03-03T00:00").do(c.ReportClosed(result="已办"), TAX).ticket.late == frozenset()


def test_a_late_answer_is_written_down_as_late() -> None:
    assert received().on("2026-03-09T23:59").do(REPLY, TAX).ticket.late == {Step.CONTACT}
    assert received().on("2026-03-10T00:00").do(REPLY, TAX).ticket.late == {Step.CONTACT, Step.ANSWER}


def test_an_answered_consultation_belongs_into_the_knowledge_base() -> None:
    assert replied().told() == [("knowledge_draft", "staff:tax")]
    assert replied().last.entries[-1].values["knowledge"] is True
    assert replied(Appeal.COMPLAINT).told() == []
    assert replied(rules=off("13-2")).told() == []


def test_closing_begins_the_callbacks_term_and_the_archives_years() -> None:
    life = closed()
    assert (life.ticket.dues[Step.CALLBACK].last_day, life.ticket.kept_until) == (date(2026, 3, 5), date(2028, 3, 2))
    assert Step.CALLBACK not in closed(rules=off("15-1")).ticket.dues
    assert closed(rules=off("5-2")).ticket.kept_until == date(2026, 3, 2)


def test_who_asks_to_return_it_goes_on_with_it_meanwhile() -> None:
    life = received().do(c.AskReturn(facts="x", legal_basis="y", proposed="z"), TAX).do(c.Contact(), TAX)
    assert life.ticket.state is TicketState.RETURN_ASKED
    assert life.do(REPLY, TAX).ticket.state is TicketState.REPLIED
