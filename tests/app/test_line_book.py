"""The book of menus: versions for ever, publications in order, whole writes."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.line_book import LineBook, Publication, after, in_force
from hotline.errors import MalformedInput

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def book(tmp_path: Path) -> LineBook:
    book = LineBook(tmp_path / "line")
    for version in ("2026.1", "2026.2", "2026.3"):
        book.keep(version, f"version = {version!r}")
    return book


def counts(book: LineBook, now: datetime = NOW) -> str:
    present = in_force(book.publications(), now)
    return present.version if present else ""


def test_an_empty_book_has_nothing(tmp_path: Path) -> None:
    book = LineBook(tmp_path / "absent")
    assert (book.publications(), book.versions(), book.text_of("1")) == ((), (), None)
    assert not (tmp_path / "absent").exists()


def test_the_last_publication_that_has_begun_counts(book: LineBook) -> None:
    book.publish("2026.1", since=NOW - DAY, by="clerk", now=NOW - DAY)
    book.publish("2026.2", since=NOW + DAY, by="clerk", now=NOW)
    assert [counts(book, NOW - 2 * DAY), counts(book), counts(book, NOW + DAY)] == ["", "2026.1", "2026.2"]
    assert book.publications()[1] == Publication(version="2026.2", since=NOW + DAY, by="clerk", decided=NOW)


def test_of_two_for_the_same_moment_the_later_decision_counts(book: LineBook) -> None:
    book.publish("2026.2", since=NOW, by="clerk", now=NOW - DAY)
    book.publish("2026.1", since=NOW, by="clerk", now=NOW)
    assert counts(book) == "2026.1"


def test_back_is_the_version_before(book: LineBook) -> None:
    for days, version in ((3, "2026.1"), (2, "2026.2"), (1, "2026.2")):
        book.publish(version, since=NOW - days * DAY, by="clerk", now=NOW)
    assert book.back(by="clerk", now=NOW) == "2026.1"
    assert (counts(book), len(book.publications())) == ("2026.1", 4)


def test_back_first_drops_what_is_to_come_and_leaves_what_counts(book: LineBook) -> None:
    for days, version in ((-2, "2026.1"), (-1, "2026.2"), (1, "2026.3")):
        book.publish(version, since=NOW + days * DAY, by="clerk", now=NOW)
    assert book.back(by="clerk", now=NOW) == "2026.2"
    assert [counts(book), counts(book, NOW + 2 * DAY)] == ["2026.2", "2026.2"]
    assert book.back(by="clerk", now=NOW) == "2026.1"


def test_there_is_no_way_back_from_the_first(book: LineBook) -> None:
    book.publish("2026.1", since=NOW, by="clerk", now=NOW)
    with pytest.raises(MalformedInput, match="没有更早的版本"):
        book.back(by="clerk", now=NOW)


def test_a_kept_version_never_changes(book: LineBook) -> None:
    book.keep("2026.3", "version = '2026.3'")
    with pytest.raises(MalformedInput, match=r'例如 "2026\.4"'):
        book.keep("2026.3", "other words")


@pytest.mark.parametrize("version", ["", "../x", "draft-1", ".hidden", "x" * 41, "版本"])
def test_some_names_are_none(book: LineBook, version: str) -> None:
    with pytest.raises(MalformedInput, match="不能用作版本名"):
        book.keep(version, "text")


def test_a_version_that_is_not_kept_cannot_be_published(book: LineBook) -> None:
    with pytest.raises(MalformedInput, match=r"2026\.1、2026\.2"):
        book.publish("2026.9", since=NOW, by="clerk", now=NOW)


def test_a_draft_has_a_name_by_its_words_and_is_no_version(book: LineBook) -> None:
    first, second = book.keep_draft("2026.3", "one"), book.keep_draft("2026.3", "two")
    assert first != second
    assert first.startswith("draft-2026.3-")
    assert (book.text_of(first), len(book.versions())) == ("one", 3)


def test_a_broken_list_is_told_and_the_next_publication_writes_it_anew(book: LineBook) -> None:
    for broken in ('{"publications": [{"version": "2026.1"}]}', "[]", "{", '{"publications": 3}'):
        book.published.write_text(broken, encoding="utf-8")
        with pytest.raises(MalformedInput, match="publish once more"):
            book.publications()
    book.publish("2026.1", since=NOW, by="clerk", now=NOW)
    assert counts(book) == "2026.1"


def test_nobody_else_can_read_it_and_no_half_file_stays(book: LineBook) -> None:
    book.publish("2026.1", since=NOW, by="clerk", now=NOW)
    assert book.published.stat().st_mode & 0o777 == 0o600
    assert sorted(path.name for path in book.published.parent.iterdir()) == [".lock", "published.json", "versions"]


@pytest.mark.parametrize(("version", "next_"), [("2026.1", "2026.2"), ("spring", "spring.2"), ("7", "8"), ("a.9", "a.10")])
def test_the_next_name_is_a_number_more(version: str, next_: str) -> None:
    assert after(version) == next_
