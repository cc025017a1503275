"""催办、催办通知书、移交监察、重算期限 (articles 19, 20, 28)."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from hotline.access import NotAllowed
from hotline.errors import MalformedInput
from hotline.national_days import national
from hotline.workdays import CHINA, Holiday, WorkCalendar
from tests.tickets.cases import (
    AGENT,
    MONDAY,
    OFFICE,
    RULES,
    SUPERVISOR,
    THE_CLOCK,
    Life,
    closed,
    filed,
    handler,
    off,
    received,
    replied,
    sent,
)
from tickets import commands as c
from tickets.inner_commands import ReckonAgain
from tickets.moments import moments
from tickets.moves import MoveRefused
from tickets.terms import Appeal, Step
from tickets.urging import Reminder

TAX = handler("tax")
LATE = "2026-03-10T00:00"
"""The first moment after a consultation's five working days."""
EXPLAIN = c.Explain(why="等待鉴定结论")
HAND_OVER = c.HandToInspection(clause="19-3")


def test_it_is_urged_before_the_term_ends() -> None:
    life = sent().on("2026-03-06T09:00").do(c.Urge(), THE_CLOCK)
    assert life.told() == [("urged", "staff:tax")]
    assert life.last.notices[0].values["due"] == "3月9日"
    with pytest.raises(MoveRefused, match="请发《催办通知书》"):
        sent().on(LATE).do(c.Urge(), OFFICE)
    assert sent(rules=off("19-1")).on(LATE).do(c.Urge(), OFFICE).ticket.reminders


def test_an_early_reminder_by_hand_takes_the_place_of_none() -> None:
    """届满前催办 (article 19) is the one before the term ends, whatever was said to the unit on its first day."""
    life = sent().do(c.Urge(), AGENT)
    assert (life.told(), life.ticket.reminders) == ([("urged", "staff:tax")], frozenset())
    assert [(each.what.value, each.at) for each in moments(life.ticket, RULES)] == [("urge", datetime(2026, 3, 6, 9, tzinfo=CHINA))]
    assert life.on("2026-03-06T08:59").do(c.Urge(), AGENT).ticket.reminders == frozenset()
    assert life.on("2026-03-06T09:00").do(c.Urge(), AGENT).ticket.reminders == {Reminder.URGED}


def test_the_notice_goes_to_the_unit_and_its_leader_when_it_is_overdue() -> None:
    life = sent().on(LATE).do(c.SendNotice(), THE_CLOCK)
    assert life.told() == [("overdue", "staff:tax"), ("overdue", "leader:tax")]
    assert life.ticket.late == {Step.ANSWER}
    with pytest.raises(MoveRefused, match="已发过催办通知书"):
        life.do(c.SendNotice(), OFFICE)
    with pytest.raises(NotAllowed):
        sent().on(LATE).do(c.SendNotice(), AGENT)


def test_no_notice_before_the_term_is_over_or_after_reasons_were_reported() -> None:
    explained = received().on("2026-03-06T09:00").do(EXPLAIN, TAX).on(LATE)
    for life in (sent().on("2026-03-09T23:59"), explained):
        with pytest.raises(MoveRefused, match="不发催办通知书"):
            life.do(c.SendNotice(), OFFICE)
    free = received(rules=off("19-2")).do(EXPLAIN, TAX).on(LATE)
    assert free.do(c.SendNotice(), OFFICE).ticket.reminders


def noticed(rules: object = RULES) -> Life:
    assert isinstance(rules, type(RULES))
    return sent(rules=rules).on(LATE).do(c.SendNotice(), THE_CLOCK)


def test_five_working_days_after_a_vain_notice_it_goes_to_the_inspection() -> None:
    with pytest.raises(MoveRefused, match="5个工作日且未报告说明理由"):
        noticed().on("2026-03-16T23:59").do(HAND_OVER, THE_CLOCK)
    life = noticed().on("2026-03-17T00:00").do(HAND_OVER, THE_CLOCK)
    assert life.told() == [("handed_over", "inspection"), ("handed_over", "leader:tax")]
    [made] = life.ticket.inspections
    assert (made.clause, any("answer" in each for each in made.evidence)) == ("19-3", True)
    with pytest.raises(MoveRefused):
        noticed().do(EXPLAIN, TAX).on("2026-03-17T00:00").do(HAND_OVER, THE_CLOCK)
    assert noticed(off("19-3")).do(HAND_OVER, THE_CLOCK).ticket.inspections


@pytest.mark.parametrize(
    ("clause", "proven", "missing"),
    [
        ("28-1", {"consequence": "延误救助"}, {"consequence": ""}),
        ("28-3", {"verified": "市政管办2026年3月5日核实"}, {"verified": ""}),
        ("28-4", {"verified": "回听录音核实"}, {"verified": " "}),
        ("28-5", {"consequence": "诉求人受到骚扰"}, {"consequence": ""}),
        ("28-6", {}, {"evidence": ()}),
    ],
)
def test_each_of_the_events_of_article_28_needs_its_proof(clause: str, proven: dict[str, Any], missing: dict[str, Any]) -> None:
    evidence = ("业务单记录第3条",)
    command = replace(c.HandToInspection(clause=clause, evidence=evidence), **proven)
    assert received().do(command, OFFICE).ticket.inspections[0].clause == clause
    with pytest.raises(MoveRefused) as refused:
        received().do(replace(command, **missing), OFFICE)
    assert refused.value.article == clause
    assert received(rules=off(clause)).do(replace(command, **missing), OFFICE).ticket.inspections
    with pytest.raises(NotAllowed):
        received().do(command, SUPERVISOR)


def test_delay_is_proven_by_the_tickets_own_terms() -> None:
    command = c.HandToInspection(clause="28-2", evidence=("逾期",))
    with pytest.raises(MoveRefused, match="没有逾期的记录"):
        received().do(command, OFFICE)
    assert received(rules=off("28-2")).do(command, OFFICE).ticket.inspections
    assert received().on("2026-03-04T00:00").do(command, OFFICE).ticket.inspections
    assert received().on("2026-03-04T00:00").do(c.Contact(), TAX).do(command, OFFICE).ticket.inspections
    with pytest.raises(MoveRefused, match="没有逾期的记录"):
        replied().on("2026-05-01T00:00").do(command, OFFICE)


def test_without_evidence_nothing_is_handed_over() -> None:
    with pytest.raises(MoveRefused, match="要附证据"):
        received().do(c.HandToInspection(clause="28-1", consequence="x"), OFFICE)
    with pytest.raises(MalformedInput, match="条款应是"):
        received().do(c.HandToInspection(clause="29-1"), OFFICE)
    with pytest.raises(MoveRefused, match="没有承办单位"):
        filed().do(c.HandToInspection(clause="28-6", evidence=("x",)), OFFICE)


def test_nobody_is_urged_about_what_no_unit_has() -> None:
    for command in (c.Urge(), c.SendNotice(), HAND_OVER):
        with pytest.raises(MoveRefused):
            closed().do(command, OFFICE)


def test_when_the_holidays_are_announced_provisional_dates_move_and_the_unit_is_told() -> None:
    beyond = max(national().years) + 1
    life = sent(Appeal.COMPLAINT, at=MONDAY.replace(year=beyond - 1, month=12, day=20))
    before = life.ticket.dues[Step.ANSWER]
    assert before.provisional
    assert life.do(ReckonAgain(), THE_CLOCK).whats() == []
    spring = Holiday(name="春节", first=date(beyond, 1, 10), last=date(beyond, 1, 24))
    known = WorkCalendar(holidays=(spring,), years=national().years | {beyond})
    life.rules = replace(RULES, calendar=known)
    life.do(ReckonAgain(), THE_CLOCK)
    after = life.ticket.dues[Step.ANSWER]
    assert (after.provisional, after.last_day > before.last_day) == (False, True)
    assert life.told() == [("due_reckoned", "staff:tax")]
    assert life.do(ReckonAgain(), THE_CLOCK).whats() == []


def test_an_extension_is_no_provisional_date() -> None:
    life = received()
    until = life.ticket.dues[Step.ANSWER].until + timedelta(days=400)
    life.do(c.AskExtension(until=until, legal_term="x", basis="y", why="z"), TAX).do(c.DecideExtension(granted=True), OFFICE)
    assert life.do(ReckonAgain(), THE_CLOCK).whats() == []
