"""受理、当场答复、不予受理 (articles 5, 6, 7, 8, 11, 12, 17)."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from hotline.access import NotAllowed
from hotline.errors import MalformedInput
from hotline.workdays import CHINA
from tests.tickets.cases import ACCOUNT, AGENT, CITIZEN, MONDAY, MONITOR, OFFICE, PHONE, RULES, Life, filed, handler, off, received
from tickets import commands as c
from tickets.declining import DeclineReason
from tickets.intake import kept_until
from tickets.model import Channel
from tickets.moves import MoveRefused, TicketState
from tickets.terms import Appeal
from tickets.ticket import Citizen, LinkKind, Secrecy

ANSWER = c.AnswerAtOnce(basis="kb-7/3", answer="带执照到窗口办理")


def test_a_matter_is_filed_and_its_citizen_told() -> None:
    life = filed()
    assert (life.ticket.state, life.ticket.version, life.ticket.filed_at) == (TicketState.OPEN, 1, MONDAY)
    assert life.ticket.citizen == CITIZEN
    assert life.told() == [("accepted", "citizen")]


@pytest.mark.parametrize(
    "said", [{"citizen": Citizen(account=ACCOUNT)}, {"citizen": Citizen(anonymous=True)}, {"channel": Channel.SMS, "answered": True}]
)
def test_who_has_no_telephone_or_was_answered_by_his_medium_is_not_told_once_more(said: dict[str, Any]) -> None:
    assert filed(**said).told() == []


def test_no_notice_holds_a_number_or_a_word_of_the_citizen() -> None:
    assert PHONE not in repr(filed().last.notices)


def test_a_unit_or_a_watcher_files_nothing() -> None:
    for actor in (handler("tax"), MONITOR):
        with pytest.raises(NotAllowed):
            Life().do(c.File(channel=Channel.PHONE, appeal=Appeal.HELP, title="x"), actor)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"title": " ", "content": ""}, "请填写标题或诉求内容"),
        ({"title": "长" * 201}, "标题最多200个字"),
        ({"content": "长" * 4001}, "诉求内容最多4000个字"),
        ({"ordered_until": MONDAY + timedelta(days=1)}, "同时填写交办件"),
        ({"order_doc": "交办1号"}, "同时填写交办件"),
        ({"ordered_until": MONDAY, "order_doc": "交办1号"}, "办结期限已过"),
        ({"happened_at": MONDAY.replace(tzinfo=None)}, "没有时区"),
        ({"repeats": "20200101000001"}, "没有所重复的业务单"),
    ],
)
def test_what_cannot_be_is_refused_with_what_to_do(said: dict[str, Any], words: str) -> None:
    with pytest.raises(MalformedInput, match=words):
        filed(**said)


def test_who_is_in_danger_is_transferred_before_anything_is_written() -> None:
    with pytest.raises(MoveRefused, match="先转接110") as refused:
        filed(Appeal.HELP, life_at_risk=True)
    assert refused.value.article == "6-3"
    life = filed(Appeal.HELP, life_at_risk=True, transferred_to="120")
    assert life.ticket.urgent
    assert ("emergency_filed", "office") in life.told()
    assert filed(Appeal.HELP, life_at_risk=True, rules=off("6-3")).ticket.life_at_risk


def test_danger_that_comes_in_writing_is_told_to_the_office_at_once() -> None:
    assert ("emergency_filed", "office") in filed(Appeal.HELP, life_at_risk=True, channel=Channel.WECHAT).told()


def test_a_report_is_secret_and_held_from_its_first_day() -> None:
    life = filed(Appeal.REPORT)
    assert (life.ticket.secrecy, life.ticket.hold) == (Secrecy.REPORT, True)
    assert filed(Appeal.REPORT, secrecy=Secrecy.SECRET).ticket.secrecy is Secrecy.SECRET
    assert filed(Appeal.REPORT, rules=off("10-1b")).ticket.secrecy is Secrecy.OPEN
    assert not filed().ticket.hold


def test_a_matter_is_corrected_only_while_no_unit_works_by_it() -> None:
    life = filed().do(c.Amend(title="更正", appeal=Appeal.REPORT, urgent=True), AGENT)
    assert (life.ticket.title, life.ticket.appeal, life.ticket.urgent, life.ticket.secrecy) == ("更正", Appeal.REPORT, True, Secrecy.REPORT)
    assert life.ticket.content == "想问个体户减免怎么办理"
    with pytest.raises(MoveRefused, match="已派出"):
        received().do(c.Amend(title="更正"), AGENT)
    with pytest.raises(MalformedInput, match="没有要更正的内容"):
        filed().do(c.Amend(), AGENT)


def test_another_call_about_it_is_noted_once() -> None:
    life = filed().do(c.NoteCall(call="hl1-1.2"), AGENT).do(c.NoteCall(call="hl1-1.2"), AGENT)
    assert (life.ticket.calls, life.ticket.version) == (("hl1-1.2",), 2)


def test_a_consultation_is_answered_at_once_by_the_knowledge_base_and_written_down() -> None:
    life = filed().do(ANSWER, AGENT)
    assert (life.ticket.state, life.ticket.basis) == (TicketState.ANSWERED_AT_ONCE, "kb-7/3")
    assert life.ticket.reply is not None
    assert life.ticket.reply.text == "带执照到窗口办理"
    for bad in (c.AnswerAtOnce(basis=" ", answer="x"), c.AnswerAtOnce(basis="kb-7/3")):
        with pytest.raises(MoveRefused, match="知识库依据和答复内容（第11-1条）"):
            filed().do(bad, AGENT)
        assert filed(rules=off("11-1")).do(bad, AGENT).ticket.state is TicketState.ANSWERED_AT_ONCE


@pytest.mark.parametrize("appeal", [Appeal.COMPLAINT, Appeal.REPORT, Appeal.RIGHTS])
def test_a_complaint_is_dispatched_and_never_settled_by_an_entry(appeal: Appeal) -> None:
    with pytest.raises(MoveRefused, match="请派发业务单"):
        filed(appeal).do(ANSWER, AGENT)
    assert filed(appeal, rules=off("8-1")).do(ANSWER, AGENT).ticket.state is TicketState.ANSWERED_AT_ONCE


def test_what_is_not_accepted_has_a_reason_and_a_place_to_go() -> None:
    life = filed().do(c.Decline(reason=DeclineReason.MILITARY), AGENT)
    assert life.ticket.declined is not None
    assert (life.ticket.state, life.ticket.declined.where) == (TicketState.DECLINED, "军队、武警有关部门")
    assert life.told() == [("declined", "citizen")]
    with pytest.raises(MoveRefused, match="告知诉求人的去处") as refused:
        filed().do(c.Decline(reason=DeclineReason.RUMOURS), AGENT)
    assert refused.value.article == "6-2"
    assert filed(rules=off("6-2")).do(c.Decline(reason=DeclineReason.RUMOURS), AGENT).ticket.state is TicketState.DECLINED


def test_what_belongs_to_another_channel_is_told_where() -> None:
    letters = c.Decline(reason=DeclineReason.LETTERS)
    told, off_told = filed().do(letters, AGENT).ticket.declined, filed(rules=off("7-1")).do(letters, AGENT).ticket.declined
    assert told is not None
    assert told.where == "信访部门"
    assert off_told is not None
    assert off_told.where == ""


def test_what_happened_in_this_city_is_not_declined_as_anothers() -> None:
    outside = c.Decline(reason=DeclineReason.OUTSIDE)
    with pytest.raises(MoveRefused, match="事发地在本市"):
        filed(place="445202").do(outside, AGENT)
    assert filed(place="440100").do(outside, AGENT).ticket.state is TicketState.DECLINED


def test_what_nobody_can_tell_is_left_to_the_office_with_a_reason() -> None:
    life = filed(code="03").do(c.LeaveToOffice(why="多个部门"), AGENT)
    assert (life.ticket.state, life.told()) == (TicketState.TO_DESIGNATE, [("to_designate", "office")])
    with pytest.raises(MalformedInput, match="请填写原因"):
        filed(code="03").do(c.LeaveToOffice(why=" "), AGENT)


def test_what_repeats_a_final_ticket_can_only_be_declined() -> None:
    final = replace(filed().ticket, number="20260101000001", final=True)
    life = Life().do(c.File(channel=Channel.PHONE, appeal=Appeal.HELP, title="又来", repeats=final.number), AGENT, others=(final,))
    assert life.ticket.repeats_final
    assert [(link.to, link.how) for link in life.ticket.links] == [(final.number, LinkKind.REPEAT)]
    for command in (ANSWER, c.LeaveToOffice(why="x"), c.Dispatch(lead="tax", why="x")):
        with pytest.raises(MoveRefused, match="不再受理") as refused:
            life.do(command, AGENT)
        assert refused.value.article == "17-2"
    assert life.do(c.Decline(reason=DeclineReason.FINAL), AGENT).ticket.state is TicketState.DECLINED


def test_what_repeats_one_that_is_not_final_goes_its_way() -> None:
    earlier = replace(filed().ticket, number="20260101000001")
    life = Life().do(c.File(channel=Channel.PHONE, appeal=Appeal.HELP, title="又来", repeats=earlier.number), AGENT, others=(earlier,))
    with pytest.raises(MoveRefused, match="才不再受理"):
        life.do(c.Decline(reason=DeclineReason.FINAL), AGENT)
    assert life.do(ANSWER, OFFICE).ticket.state is TicketState.ANSWERED_AT_ONCE


@pytest.mark.parametrize(
    ("day", "years", "until"),
    [("2026-03-02", 2, "2028-03-02"), ("2028-02-29", 2, "2030-03-01"), ("2028-02-29", 4, "2032-02-29"), ("2026-03-02", 5, "2031-03-02")],
)
def test_archives_are_kept_two_years_and_longer_where_the_city_says_so(day: str, years: int, until: str) -> None:
    at = datetime.combine(date.fromisoformat(day), datetime.min.time(), tzinfo=CHINA)
    assert kept_until(at, replace(RULES, keep_years=years)) == until


def test_keeping_less_than_two_years_is_refused() -> None:
    with pytest.raises(MalformedInput, match="至少保存2年"):
        replace(RULES, keep_years=1)
    assert filed().do(ANSWER, AGENT).ticket.kept_until == date(2028, 3, 2)


def test_what_turns_out_to_be_a_report_is_held_and_no_longer_published() -> None:
    life = filed(Appeal.HELP).do(c.Publish(title="排队", words="窗口排队"), OFFICE)
    assert (life.ticket.hold, life.ticket.published) == (False, True)
    life.do(c.Amend(appeal=Appeal.REPORT), AGENT)
    assert (life.ticket.secrecy, life.ticket.hold, life.ticket.published) == (Secrecy.REPORT, True, False)
    without = filed(Appeal.HELP, rules=off("10-1b")).do(c.Amend(appeal=Appeal.REPORT), AGENT)
    assert without.ticket.hold, "by the rules for cases, whoever sees it"
    assert not filed(Appeal.HELP).do(c.Amend(title="更正"), AGENT).ticket.hold


def test_times_that_came_in_another_zone_are_kept_as_chinas() -> None:
    until = datetime(2026, 5, 19, 17, tzinfo=UTC)
    ticket = filed(ordered_until=until, order_doc="市应急〔2026〕1号", happened_at=until - timedelta(days=90)).ticket
    assert (ticket.ordered_until, ticket.happened_at) == (until, until - timedelta(days=90))
    assert [each.utcoffset() for each in (ticket.ordered_until, ticket.happened_at) if each] == [timedelta(hours=8)] * 2
    assert filed().do(c.Amend(happened_at=until), AGENT).ticket.happened_at.utcoffset() == timedelta(hours=8)  # type: ignore[union-attr]
    with pytest.raises(MalformedInput, match="没有时区"):
        filed().do(c.Amend(happened_at=datetime(2026, 3, 1)), AGENT)  # noqa: DTZ001


@pytest.mark.parametrize("said", [{"appeal": Appeal.REPORT}, {"code": "02"}])
def test_what_decides_terms_and_units_is_not_changed_while_a_return_is_asked(said: dict[str, Any]) -> None:
    """The unit goes on by the old terms if the return is refused: another type would have others, another matter other rules."""
    life = received().do(c.AskReturn(facts="x", legal_basis="y", proposed="z"), handler("tax"))
    with pytest.raises(MoveRefused, match="先收回或另行转派"):
        life.do(c.Amend(**said), AGENT)
    assert life.do(c.Amend(title="更正", appeal=Appeal.CONSULTATION, code="01"), AGENT).ticket.title == "更正"
    assert life.do(c.Withdraw(why="类型有误"), OFFICE).do(c.Amend(**said), AGENT).ticket.dues == {}
