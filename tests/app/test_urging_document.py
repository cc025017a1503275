"""《催办通知书》 out of a ticket's real history."""

from datetime import date, datetime

from app.urging_document import urging_document, urging_notice_of
from hotline.access import Actor
from hotline.workdays import CHINA
from tests.tickets.cases import CLEARED, OFFICE, RULES, THE_CLOCK, Life, handler, sent
from tickets import commands as c
from tickets.terms import Appeal
from tickets.views import View, seen_by


def view(life: Life, actor: Actor = OFFICE) -> View:
    found = seen_by(life.ticket, life.history, actor, RULES)
    assert found is not None
    return found


def overdue(appeal: Appeal = Appeal.CONSULTATION) -> Life:
    life = sent(appeal)
    due = life.ticket.dues
    ends = next(each.until for step, each in due.items() if step.value == "answer")
    life.at = datetime(2026, 3, 6, 9, tzinfo=CHINA)
    life.do(c.Urge(), THE_CLOCK)
    life.at = ends
    return life.do(c.SendNotice(), THE_CLOCK)


def test_before_one_was_issued_there_is_none() -> None:
    assert urging_notice_of(view(sent()), RULES) is None
    assert urging_document(view(sent()), RULES) is None


def test_it_says_what_the_ticket_s_history_says() -> None:
    notice = urging_notice_of(view(overdue()), RULES)
    assert notice is not None
    assert (notice.unit, notice.appeal, notice.number) == ("市税务局", "咨询", "20260302000001-1")
    assert (notice.due, notice.urged_at) == (datetime(2026, 3, 10, tzinfo=CHINA), datetime(2026, 3, 6, 9, tzinfo=CHINA))
    assert notice.inspection_after == date(2026, 3, 16)
    assert "5个工作日" in notice.due_why


def test_the_unit_that_is_late_reads_the_same() -> None:
    life = overdue()
    assert urging_notice_of(view(life, handler("tax")), RULES) == urging_notice_of(view(life), RULES)


def test_of_a_report_it_does_not_say_what_it_is() -> None:
    notice = urging_notice_of(view(overdue(Appeal.REPORT), CLEARED), RULES)
    assert notice is not None
    assert "举报" not in str(notice)


def test_later_moves_do_not_change_what_was_issued() -> None:
    life = overdue()
    before = urging_notice_of(view(life), RULES)
    life.later(days=1).do(c.Explain(why="需现场勘验"), handler("tax"))
    assert urging_notice_of(view(life), RULES) == before


def test_it_is_drawn() -> None:
    drawn = urging_document(view(overdue()), RULES, copy_to_leader=True)
    assert drawn is not None
    assert drawn.startswith(b"%PDF-")


def test_who_is_noticed_late_reads_how_long_he_has_from_the_notice() -> None:
    notice = urging_notice_of(view(sent().on("2026-04-01T10:00").do(c.SendNotice(), THE_CLOCK)), RULES)
    assert notice is not None
    assert (notice.due, notice.inspection_after) == (datetime(2026, 3, 10, tzinfo=CHINA), date(2026, 4, 9))
