"""Rows with a time, found by a sweep (articles 13, 14, 19)."""

from datetime import datetime

from hotline.workdays import CHINA
from tests.tickets.cases import OFFICE, RULES, THE_CLOCK, Life, closed, filed, handler, off, received, replied, sent
from tickets import commands as c
from tickets.moments import Moment, Watch, excused, moments
from tickets.terms import Step

TAX = handler("tax")


def waiting(life: Life) -> list[tuple[str, datetime]]:
    return [(moment.what.value, moment.at) for moment in moments(life.ticket, life.rules)]


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=CHINA)


def test_only_what_a_unit_has_is_waited_for() -> None:
    assert waiting(filed()) == []
    assert waiting(sent()) == [("urge", at("2026-03-06T09:00"))]
    assert waiting(closed()) == []


def test_one_reminder_follows_the_other() -> None:
    life = sent().on("2026-03-06T09:00").do(c.Urge(), THE_CLOCK)
    assert waiting(life) == [("notice", at("2026-03-10T00:00"))]
    life.on("2026-03-10T00:00").do(c.SendNotice(), THE_CLOCK)
    assert waiting(life) == [("hand_over", at("2026-03-17T00:00"))]
    life.on("2026-03-17T00:00").do(c.HandToInspection(clause="19-3"), THE_CLOCK)
    assert waiting(life) == []


def test_nobody_is_urged_any_more_when_the_term_is_over() -> None:
    assert moments(sent().ticket, RULES, now=at("2026-03-10T00:00")) == (Moment(what=Watch.NOTICE, at=at("2026-03-10T00:00")),)


def test_a_switched_off_reminder_is_left_out() -> None:
    assert waiting(sent(rules=off("19-1"))) == [("notice", at("2026-03-10T00:00"))]
    assert waiting(sent(rules=off("19-1", "19-2", "19-3"))) == []


def test_who_waits_for_the_offices_word_on_an_extension_has_reported() -> None:
    life = received().on("2026-03-06T09:00").do(c.Urge(), THE_CLOCK)
    ask = c.AskExtension(until=at("2026-03-21T00:00"), legal_term="x", basis="y", why="z")
    assert excused(life.do(ask, TAX).ticket)
    assert waiting(life) == []
    assert not excused(life.do(c.DecideExtension(granted=False, why="不复杂"), OFFICE).ticket)
    assert waiting(life) == [("notice", at("2026-03-10T00:00"))]


def test_who_wants_to_return_it_is_urged_all_the_same() -> None:
    asked = c.AskReturn(facts="x", legal_basis="y", proposed="z")
    assert waiting(sent().do(asked, TAX)) == [("urge", at("2026-03-06T09:00"))]
    assert waiting(sent(rules=off("13-4")).do(asked, TAX)) == []


def test_who_has_answered_is_reminded_once_to_report_it() -> None:
    life = replied()
    assert waiting(life) == [("feedback", at("2026-03-03T00:00"))]
    life.on("2026-03-03T00:00").do(c.Urge(), THE_CLOCK)
    assert (waiting(life), life.told()) == ([], [("report_due", "staff:tax")])
    assert life.ticket.late == {Step.FEEDBACK}
    assert waiting(replied(rules=off("14-2"))) == []


def test_three_vain_days_are_over_at_midnight() -> None:
    def tried(life: Life) -> Life:
        for day in ("2026-03-03T10:00", "2026-03-04T10:00", "2026-03-05T10:00"):
            life.on(day).do(c.LogAttempt(reached=False), TAX)
        return life

    assert ("deem_answered", at("2026-03-06T00:00")) in waiting(tried(received()))
    assert all(what != "deem_answered" for what, _ in waiting(tried(received(rules=off("14-3a")))))
