"""催办、催办通知书、移交监察 (article 19)."""

from datetime import datetime, timedelta

import pytest

from app.term_tables import shipped
from hotline.national_days import national
from hotline.workdays import CHINA
from tickets.terms import Appeal, Step, due
from tickets.urging import Next, Reminder, next_step

FOLLOW = (shipped("jieyang-2015"),)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=CHINA)


TERM = due(Step.ANSWER, Appeal.HELP, at("2026-03-02T09:00"), follow=FOLLOW, calendar=national())  # until Monday 9 March, 24:00


def following(*done: Reminder, explained: bool = False, noticed: str = "") -> Next | None:
    noticed_at = at(noticed) if noticed else None
    return next_step(TERM, Appeal.HELP, explained=explained, done=set(done), noticed_at=noticed_at, follow=FOLLOW, calendar=national())


def test_he_is_urged_on_the_working_day_before_the_last_one() -> None:
    assert following() == Next(what=Reminder.URGED, at=at("2026-03-06T09:00"))  # a Friday


def test_when_the_term_is_over_the_notice_goes_out() -> None:
    assert following(Reminder.URGED) == Next(what=Reminder.NOTICED, at=at("2026-03-10T00:00"))


def test_five_working_days_later_it_goes_to_the_inspection() -> None:
    assert following(Reminder.URGED, Reminder.NOTICED) == Next(what=Reminder.HANDED_OVER, at=at("2026-03-17T00:00"))
    assert following(*Reminder) is None


@pytest.mark.parametrize(
    ("noticed", "handed_over"),
    [
        ("2026-03-10T00:00", "2026-03-17T00:00"),  # before the day's work: that day is his
        ("2026-03-10T08:59", "2026-03-17T00:00"),
        ("2026-03-10T09:00", "2026-03-18T00:00"),
        ("2026-03-20T10:00", "2026-03-28T00:00"),
        ("2026-03-05T10:00", "2026-03-17T00:00"),  # never earlier than by the term itself
    ],
)
def test_whoever_was_noticed_has_five_working_days_to_explain(noticed: str, handed_over: str) -> None:
    found = following(Reminder.URGED, Reminder.NOTICED, noticed=noticed)
    assert found == Next(what=Reminder.HANDED_OVER, at=at(handed_over))


@pytest.mark.parametrize("done", [(Reminder.URGED,), (Reminder.URGED, Reminder.NOTICED)])
def test_a_unit_that_has_given_its_reasons_is_urged_and_no_more(done: tuple[Reminder, ...]) -> None:
    assert following(explained=True) == following()
    assert following(*done, explained=True) is None


def test_the_moments_only_go_forward() -> None:
    moments = [step.at for step in (following(), following(Reminder.URGED), following(Reminder.URGED, Reminder.NOTICED)) if step]
    assert moments == sorted(moments)
    assert moments[1] == TERM.until
    assert moments[2] - moments[1] >= timedelta(days=5)
