"""The plans at hand: news within a look, old versions for old calls, and nothing that is broken ever takes the line down."""

import asyncio
import logging
from datetime import timedelta
from pathlib import Path
from types import MappingProxyType

import pytest

from app.line_book import LineBook
from app.line_shelf import LineShelf
from ivr.line_acceptance import Verdict
from ivr.line_plan import StaffPlan
from tests.fakes.fake_clock import NOON, FakeClock

DAY = timedelta(days=1)
PLAIN = StaffPlan(version="plain", numbers=MappingProxyType({}))


def judge(text: str) -> Verdict:
    """A text is its version; `bad` is refused."""
    return Verdict(plan=None if "bad" in text else StaffPlan(version=text, numbers=MappingProxyType({})), findings=())


@pytest.fixture
def book(tmp_path: Path) -> LineBook:
    book = LineBook(tmp_path / "line")
    for version in ("1", "2"):
        book.keep(version, version)
    book.keep("3", "bad")
    return book


def publish(book: LineBook, version: str, days: int = 0) -> None:
    book.publish(version, since=NOON + days * DAY, by="clerk", now=NOON)


def shelf_of(book: LineBook, clock: FakeClock | None = None) -> LineShelf:
    shelf = LineShelf(book, plain=PLAIN, judge=judge, clock=clock or FakeClock())
    shelf.look()
    return shelf


def heard(shelf: LineShelf, version: str = "") -> str:
    return shelf.plan("12345", version).version


def test_without_a_publication_the_plain_plan_is_heard(book: LineBook) -> None:
    assert heard(shelf_of(book)) == "plain"


def test_a_publication_is_heard_at_the_next_look_and_old_calls_keep_theirs(book: LineBook) -> None:
    publish(book, "1")
    shelf = shelf_of(book)
    publish(book, "2")
    assert heard(shelf) == "1"
    shelf.look()
    assert [heard(shelf), heard(shelf, "1")] == ["2", "1"]


def test_a_publication_for_later_counts_from_its_moment_on(book: LineBook) -> None:
    publish(book, "1")
    publish(book, "2", days=1)
    clock = FakeClock()
    shelf = shelf_of(book, clock)
    assert heard(shelf) == "1"
    asyncio.run(clock.advance(DAY.total_seconds()))
    assert heard(shelf) == "2"


def test_the_watch_looks_twice_a_second(book: LineBook) -> None:
    clock = FakeClock()
    shelf = shelf_of(book, clock)

    async def story() -> None:
        async with asyncio.TaskGroup() as group:
            watching = group.create_task(shelf.watch())
            await clock.advance(1)
            publish(book, "1")
            await clock.advance(1)
            watching.cancel()

    asyncio.run(story())
    assert heard(shelf) == "1"


def test_a_version_that_cannot_be_used_is_an_alarm_and_the_one_before_it_stays(book: LineBook, caplog: pytest.LogCaptureFixture) -> None:
    publish(book, "1")
    publish(book, "3")
    assert heard(shelf_of(book)) == "1"
    assert [record.levelno for record in caplog.records].count(logging.CRITICAL) == 1


def test_what_is_published_for_later_is_judged_at_once(book: LineBook, caplog: pytest.LogCaptureFixture) -> None:
    publish(book, "1")
    publish(book, "3", days=1)
    shelf_of(book)
    assert "version 3 cannot be used" in caplog.text


def test_a_version_that_was_mended_is_heard_after_the_next_publication(book: LineBook) -> None:
    publish(book, "3")
    shelf = shelf_of(book)
    assert heard(shelf) == "plain"
    (book.published.parent / "versions" / "3.toml").write_text("3", encoding="utf-8")
    publish(book, "3")
    shelf.look()
    assert heard(shelf) == "3"


def test_whatever_breaks_while_a_menu_is_judged_the_line_goes_on(book: LineBook, caplog: pytest.LogCaptureFixture) -> None:
    def breaks(_text: str) -> Verdict:
        raise ZeroDivisionError

    publish(book, "1")
    shelf = LineShelf(book, plain=PLAIN, judge=breaks, clock=FakeClock())
    shelf.look()
    assert heard(shelf) == "plain"
    assert "ALARM" in caplog.text


def test_a_broken_list_is_an_alarm_and_the_menu_stays(book: LineBook, caplog: pytest.LogCaptureFixture) -> None:
    publish(book, "1")
    shelf = shelf_of(book)
    book.published.write_text("{", encoding="utf-8")
    shelf.look()
    assert heard(shelf) == "1"
    assert "ALARM" in caplog.text


def test_a_list_that_vanishes_leaves_the_plain_plan(book: LineBook) -> None:
    publish(book, "1")
    shelf = shelf_of(book)
    book.published.unlink()
    shelf.look()
    assert heard(shelf) == "plain"


def test_an_older_version_that_is_no_longer_at_hand_comes_from_the_book_and_an_unknown_one_is_the_published(book: LineBook) -> None:
    publish(book, "2")
    shelf = shelf_of(book)
    assert [heard(shelf, "1"), heard(shelf, "nowhere"), heard(shelf, "../../etc")] == ["1", "2", "2"]


def test_a_draft_is_heard_under_its_own_name(book: LineBook) -> None:
    draft = book.keep_draft("2", "2")
    assert heard(shelf_of(book), draft) == draft
