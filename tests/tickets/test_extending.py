"""延期、说明理由 (articles 19, 21)."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from hotline.access import NotAllowed
from hotline.errors import MalformedInput
from hotline.workdays import CHINA
from tests.tickets.cases import GOOD, OFFICE, SUPERVISOR, Life, filed, handler, off, received, replied
from tickets import commands as c
from tickets.moves import MoveRefused
from tickets.terms import Step
from tickets.ticket import Satisfaction

TAX = handler("tax")
UNTIL = datetime(2026, 3, 21, tzinfo=CHINA)
ASK = c.AskExtension(until=UNTIL, legal_term="30日", basis="《行政许可法》第四十二条", why="需现场鉴定")
REPLY = c.Reply(text=GOOD, satisfied=Satisfaction.CONTENT)


def granted(life: Life) -> Life:
    return life.do(ASK, TAX).do(c.DecideExtension(granted=True), OFFICE)


def test_it_is_asked_before_the_term_is_over() -> None:
    life = received().on("2026-03-09T23:59").do(ASK, TAX)
    assert life.told() == [("extension_asked", "office")]
    assert life.last.notices[0].values["until"] == "3月20日", "the last day on which it is in time"
    with pytest.raises(MoveRefused, match="不能再申请延期"):
        received().on("2026-03-10T00:00").do(ASK, TAX)
    assert received(rules=off("21-1")).on("2026-03-10T00:00").do(ASK, TAX).ticket.extension


@pytest.mark.parametrize("missing", ["legal_term", "basis", "why"])
def test_it_names_the_legal_term_the_basis_and_the_reason(missing: str) -> None:
    said: dict[str, Any] = {missing: " "}
    with pytest.raises(MoveRefused, match="写明承诺时限、法定时限、依据和理由"):
        received().do(replace(ASK, **said), TAX)
    assert received(rules=off("21-1")).do(replace(ASK, **said), TAX).ticket.extension


@pytest.mark.parametrize("until", [datetime(2026, 3, 10, tzinfo=CHINA), UNTIL.replace(tzinfo=None)])
def test_the_promised_date_lies_after_the_present_one(until: datetime) -> None:
    with pytest.raises(MalformedInput, match="应晚于现在的期限"):
        received().do(replace(ASK, until=until), TAX)


def test_the_office_decides_and_then_the_promised_date_is_the_term() -> None:
    life = received().do(ASK, TAX)
    assert life.ticket.dues[Step.ANSWER].until < UNTIL
    with pytest.raises(NotAllowed, match="请由市政管办办理"):
        life.do(c.DecideExtension(granted=True), SUPERVISOR)
    life.do(c.DecideExtension(granted=True), OFFICE)
    assert life.ticket.dues[Step.ANSWER].until == UNTIL
    assert "需现场鉴定" in life.ticket.dues[Step.ANSWER].why
    assert life.told() == [("extension_decided", "staff:tax")]


def test_a_refusal_has_a_reason_and_the_term_stands() -> None:
    life = received().do(ASK, TAX)
    with pytest.raises(MalformedInput, match="不同意的理由"):
        life.do(c.DecideExtension(granted=False), OFFICE)
    life.do(c.DecideExtension(granted=False, why="不复杂"), OFFICE)
    assert life.ticket.dues[Step.ANSWER].until < UNTIL
    with pytest.raises(MoveRefused, match="没有待审核的延期申请"):
        life.do(c.DecideExtension(granted=True), OFFICE)


def test_one_is_decided_before_the_next_is_asked() -> None:
    with pytest.raises(MoveRefused, match="正在审核"):
        received().do(ASK, TAX).do(ASK, TAX)


def test_the_citizen_is_told_only_of_what_is_granted_and_before_the_answer() -> None:
    with pytest.raises(MoveRefused, match="未经市政管办同意，不能告知诉求人"):
        received().do(ASK, TAX).do(c.TellExtension(), TAX)
    assert received(rules=off("21-2")).do(ASK, TAX).do(c.TellExtension(), TAX).ticket.extension
    life = granted(received())
    with pytest.raises(MoveRefused, match="先将延期时限和理由告知诉求人"):
        life.do(REPLY, TAX)
    life.do(c.TellExtension(how="短信"), TAX)
    assert life.told() == [("extended", "citizen")]
    assert life.ticket.extension
    assert life.ticket.extension.told_at == life.at
    assert life.do(REPLY, TAX).ticket.reply


def test_nothing_is_extended_that_no_unit_has() -> None:
    with pytest.raises(NotAllowed):
        filed().do(ASK, TAX)
    with pytest.raises(MoveRefused, match="没有可延长的时限"):
        replied().do(ASK, TAX)
    with pytest.raises(MoveRefused, match="不必再审核延期"):
        received().do(ASK, TAX).do(REPLY, TAX).do(c.DecideExtension(granted=True), OFFICE)


def test_reasons_are_reported_also_when_the_term_is_over() -> None:
    life = received().later(days=30).do(c.Explain(why="等待鉴定结论"), TAX)
    assert life.ticket.explained
    with pytest.raises(MalformedInput, match="请填写理由"):
        life.do(c.Explain(why=" "), TAX)
    assert life.told() == [("explained", "office")]
    assert life.at > UNTIL - timedelta(days=1)


def test_reasons_are_reported_when_the_term_runs_out_and_are_more_than_a_mark() -> None:
    """Who has reported is neither noticed nor handed over: one full stop on the first day would end article 19."""
    explain = c.Explain(why="等待鉴定结论")
    with pytest.raises(MoveRefused, match="届满前一个工作日") as early:
        received().on("2026-03-06T08:59").do(explain, TAX)
    assert early.value.article == "19-2"
    assert received().on("2026-03-06T09:00").do(explain, TAX).ticket.explained
    assert received(rules=off("19-2")).do(explain, TAX).ticket.explained
    for mark in ("。", "……！！！！", "待鉴定"):
        with pytest.raises(MalformedInput, match="理由"):
            received().on("2026-03-09T17:00").do(c.Explain(why=mark), TAX)


def test_everybody_is_told_the_last_day_and_by_chinas_clock() -> None:
    """17:00 in London is 01:00 of the next day here: the unit has the 20th of May until one in the morning, and no day more."""
    until = datetime(2026, 5, 19, 17, tzinfo=UTC)
    life = received().do(replace(ASK, until=until), TAX)
    assert life.last.notices[0].values["until"] == "5月20日"
    assert life.ticket.extension
    assert life.ticket.extension.until.utcoffset() == timedelta(hours=8)
    life.do(c.DecideExtension(granted=True), OFFICE)
    due = life.ticket.dues[Step.ANSWER]
    assert (due.until, due.last_day, "2026年05月20日" in due.why) == (until, date(2026, 5, 20), True)
    life.do(c.TellExtension(how="短信"), TAX)
    assert life.last.notices[0].values["until"] == "5月20日"
    midnight = received().do(ASK, TAX).do(c.DecideExtension(granted=True), OFFICE)
    assert "2026年03月20日" in midnight.ticket.dues[Step.ANSWER].why
    assert midnight.do(c.TellExtension(how="短信"), TAX).last.notices[0].values["until"] == "3月20日"
