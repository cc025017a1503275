"""办理时限: which rule holds, when a term ends, and what is said about it."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.term_tables import shipped
from hotline.errors import MalformedInput
from hotline.national_days import national
from hotline.workdays import CHINA, Holiday
from tickets.terms import Appeal, Due, RuleSet, Step, Term, by_order, due

JIEYANG, GUANGDONG = shipped("jieyang-2015"), shipped("guangdong-2022")


def reckoned(step: Step, appeal: Appeal, began: datetime, *follow: RuleSet) -> Due:
    return due(step, appeal, began, follow=follow or (JIEYANG,), calendar=national())


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=CHINA)


@pytest.mark.parametrize(
    ("step", "appeal", "began", "last"),
    [
        (Step.CONTACT, Appeal.CONSULTATION, "2026-03-02T09:00", date(2026, 3, 3)),
        (Step.ANSWER, Appeal.CONSULTATION, "2026-03-02T09:00", date(2026, 3, 9)),
        (Step.ANSWER, Appeal.HELP, "2026-03-06T23:59", date(2026, 3, 13)),
        (Step.ANSWER, Appeal.SUGGESTION, "2026-03-02T09:00", date(2026, 4, 14)),  # 清明节
        (Step.ANSWER, Appeal.COMPLAINT, "2026-09-21T09:00", date(2026, 11, 9)),  # 中秋节, 国庆节, one make-up Saturday
        (Step.RETURN, Appeal.REPORT, "2026-02-14T09:00", date(2026, 2, 24)),  # worked Saturday before 春节
        (Step.CALLBACK, Appeal.HELP, "2026-04-30T17:00", date(2026, 5, 8)),  # 劳动节
        (Step.FEEDBACK, Appeal.HELP, "2026-03-02T17:00", date(2026, 3, 2)),
        (Step.FEEDBACK, Appeal.HELP, "2026-03-07T17:00", date(2026, 3, 9)),  # a Saturday belongs to Monday
        (Step.KNOWLEDGE, Appeal.CONSULTATION, "2026-03-02T09:00", date(2026, 3, 5)),
        (Step.INSPECTION, Appeal.COMPLAINT, "2026-03-02T09:00", date(2026, 3, 9)),
    ],
)
def test_the_terms_of_the_city(step: Step, appeal: Appeal, began: str, last: date) -> None:
    found = reckoned(step, appeal, at(began))
    assert found.last_day == last
    assert found.until == datetime.combine(last + timedelta(days=1), datetime.min.time(), tzinfo=CHINA)
    assert not found.provisional


@pytest.mark.parametrize(
    ("appeal", "days"),
    [
        (Appeal.CONSULTATION, 2),
        (Appeal.HELP, 10),
        (Appeal.SUGGESTION, 10),
        (Appeal.COMPLAINT, 15),
        (Appeal.REPORT, 15),
        (Appeal.RIGHTS, 15),
    ],
)
def test_the_province_goes_first_where_it_speaks(appeal: Appeal, days: int) -> None:
    began = at("2026-03-02T09:00")
    found = reckoned(Step.ANSWER, appeal, began, GUANGDONG, JIEYANG)
    assert (found.rules, found.last_day) == ("guangdong-2022", national().add_working_days(began.date(), days))
    assert reckoned(Step.CONTACT, appeal, began, GUANGDONG, JIEYANG).rules == "jieyang-2015"


def test_a_set_holds_from_its_day_on() -> None:
    before, after = at("2022-08-31T23:59"), at("2022-09-01T00:00")
    assert reckoned(Step.ANSWER, Appeal.REPORT, before, GUANGDONG, JIEYANG).rules == "jieyang-2015"
    assert reckoned(Step.ANSWER, Appeal.REPORT, after, GUANGDONG, JIEYANG).rules == "guangdong-2022"


def test_the_day_is_chinas_day_wherever_the_clock_stands() -> None:
    evening_in_london = datetime(2026, 3, 1, 17, 0, tzinfo=UTC)  # Monday 01:00 in Jieyang
    assert reckoned(Step.CONTACT, Appeal.HELP, evening_in_london).last_day == date(2026, 3, 3)


def test_it_says_why_just_then() -> None:
    found = reckoned(Step.ANSWER, Appeal.COMPLAINT, at("2026-09-21T09:00"))
    assert found.why == (
        "投诉，办结答复30个工作日（《揭阳市12345市民服务热线管理规定（试行）》揭府办〔2015〕4号 第20条）"
        "；2026年9月21日起，次日起算，至2026年11月9日24时；其间中秋节、国庆节放假不计"
    )
    assert "规定未写明维权的时限，按投诉计算" in reckoned(Step.ANSWER, Appeal.RIGHTS, at("2026-03-02T09:00")).why


def test_a_term_that_reaches_into_a_year_without_a_holiday_table_is_provisional_and_says_so() -> None:
    beyond = max(national().years)
    found = reckoned(Step.ANSWER, Appeal.COMPLAINT, at(f"{beyond}-12-10T09:00"))
    assert found.provisional
    assert f"{beyond + 1}年放假安排尚未公布" in found.why
    assert not reckoned(Step.ANSWER, Appeal.CONSULTATION, at(f"{beyond}-12-10T09:00")).provisional


def test_when_the_table_arrives_the_date_is_reckoned_anew() -> None:
    began, beyond = at(f"{max(national().years)}-12-30T09:00"), max(national().years) + 1
    told = national().with_local(holidays=[Holiday(name="元旦", first=date(beyond, 1, 1), last=date(beyond, 1, 4))])
    before = due(Step.ANSWER, Appeal.CONSULTATION, began, follow=(JIEYANG,), calendar=national())
    after = due(Step.ANSWER, Appeal.CONSULTATION, began, follow=(JIEYANG,), calendar=told)
    assert before.provisional
    assert after.last_day > before.last_day


def test_an_urgent_order_brings_its_own_term() -> None:
    until = at("2026-03-02T18:00")
    assert by_order(until, order="（市应急〔2026〕1号）").until == until


def test_a_list_that_says_nothing_about_a_step_is_refused() -> None:
    with pytest.raises(MalformedInput, match="没有规定投诉的回访时限"):
        reckoned(Step.CALLBACK, Appeal.COMPLAINT, at("2026-03-02T09:00"), GUANGDONG)


def test_two_terms_for_one_thing_are_refused() -> None:
    terms = (Term(step=Step.ANSWER, working_days=5), Term(step=Step.ANSWER, working_days=3, appeals=frozenset({Appeal.HELP})))
    with pytest.raises(MalformedInput, match="办结答复（求助）写了两次"):
        RuleSet(name="own", title="", document="", since=date(2026, 1, 1), terms=terms)
    with pytest.raises(MalformedInput, match="less than none"):
        Term(step=Step.ANSWER, working_days=-1)


@given(hours=st.integers(0, 24_000), step=st.sampled_from(Step), appeal=st.sampled_from(Appeal))
def test_every_term_ends_after_it_began_with_a_working_day(hours: int, step: Step, appeal: Appeal) -> None:
    moment = at("2024-01-01T00:00") + timedelta(hours=hours)
    found = reckoned(step, appeal, moment, GUANGDONG, JIEYANG)
    assert found.until > moment
    assert national().is_workday(found.last_day)
    assert reckoned(step, appeal, moment + timedelta(days=1), GUANGDONG, JIEYANG).until >= found.until


def test_the_last_day_is_chinas_whatever_zone_the_moment_came_in() -> None:
    moment = datetime(2026, 5, 19, 17, tzinfo=UTC)  # the 20th, 01:00, here
    assert by_order(moment, order="1号").last_day == date(2026, 5, 20)
