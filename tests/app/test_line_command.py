"""What the staff do with the menu: check, publish, look, go back."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.line_book import LineBook, in_force
from app.line_command import NotFit, back, check, parsed, picture, publish, ready_line, show, user, versions
from app.places import PROJECT
from app.settings import Line, Settings
from hotline.errors import BadSettings, MalformedInput

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
SETTINGS = Settings(lines=(Line(number="12345", name="揭阳市12345市民服务热线"),))
SHIPPED = (PROJECT / "config" / "line.toml").read_text(encoding="utf-8")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "line.toml"
    file.write_text(SHIPPED, encoding="utf-8")
    return file


@pytest.fixture
def book(tmp_path: Path) -> LineBook:
    return LineBook(tmp_path / "book")


def rewritten(file: Path, old: str, new: str) -> Path:
    file.write_text(file.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    return file


def counts(book: LineBook, now: datetime = NOW) -> str:
    present = in_force(book.publications(), now)
    return present.version if present else ""


def test_a_good_file_is_told_with_its_version(file: Path) -> None:
    assert check(file, SETTINGS, NOW)[-1].startswith("可以发布 fit to be published：版本 2026.1，3 个菜单")


def test_a_broken_file_is_told_with_line_and_fix_and_never_published(file: Path, book: LineBook) -> None:
    rewritten(file, '"menu:main"', '"menu:gone"')
    with pytest.raises(NotFit, match=r"(?s)line.toml: 有 \d+ 处要改.*第 \d+ 行：去处 menu:gone 不存在。改法：") as refusal:
        check(file, SETTINGS, NOW)
    with pytest.raises(NotFit, match="menu:gone"):
        publish(file, SETTINGS, book, now=NOW)
    assert "Traceback" not in str(refusal.value)
    assert book.versions() == ()


def test_it_counts_at_once_or_from_a_moment_on(file: Path, book: LineBook) -> None:
    publish(file, SETTINGS, book, now=NOW)
    rewritten(file, '"2026.1"', '"2026.2"')
    publish(file, SETTINGS, book, now=NOW, at=parsed("2026-12-01T03:00"))
    assert [counts(book), counts(book, datetime(2026, 11, 30, 18, 59, tzinfo=UTC))] == ["2026.1", "2026.1"]
    assert counts(book, datetime(2026, 11, 30, 19, 0, tzinfo=UTC)) == "2026.2"
    assert [line.split("  ")[-1] for line in versions(book, NOW)] == ["现用 in force", "待生效 to come"]


def test_yesterday_is_no_moment_to_publish_for(file: Path, book: LineBook) -> None:
    with pytest.raises(MalformedInput, match="已经过去"):
        publish(file, SETTINGS, book, now=NOW, at=NOW - timedelta(days=1))


def test_other_words_need_another_version(file: Path, book: LineBook) -> None:
    publish(file, SETTINGS, book, now=NOW)
    rewritten(file, "timeout_s = 3 ", "timeout_s = 4 ")
    with pytest.raises(MalformedInput, match=r'例如 "2026\.2"'):
        publish(file, SETTINGS, book, now=NOW)


def test_one_command_goes_back(file: Path, book: LineBook) -> None:
    publish(file, SETTINGS, book, now=NOW)
    publish(rewritten(file, '"2026.1"', '"2026.2"'), SETTINGS, book, now=NOW + timedelta(seconds=1))
    later = NOW + timedelta(seconds=2)
    assert "2026.1" in back("", SETTINGS, book, later)[0]
    assert counts(book, later) == "2026.1"
    assert "2026.2" in back("2026.2", SETTINGS, book, later)[0]
    assert counts(book, later) == "2026.2"


def test_going_back_first_cancels_what_is_to_come(file: Path, book: LineBook) -> None:
    publish(file, SETTINGS, book, now=NOW)
    publish(rewritten(file, '"2026.1"', '"2026.2"'), SETTINGS, book, now=NOW, at=NOW + timedelta(days=1))
    assert "已取消定时发布" in back("", SETTINGS, book, NOW)[0]
    assert counts(book, NOW + timedelta(days=2)) == "2026.1"


def test_a_start_tells_that_the_menu_in_force_is_no_longer_fit(file: Path, book: LineBook) -> None:
    publish(file, SETTINGS, book, now=NOW)
    other = Settings(lines=(Line(number="12399", name="另一条热线"),))
    assert "版本 2026.1 不再合格" in ready_line(file, other, book, NOW)


def test_the_menu_in_force_is_shown_as_it_was_written(file: Path, book: LineBook) -> None:
    assert "还没有发布过菜单" in show(book, NOW)[0]
    publish(file, SETTINGS, book, now=NOW)
    assert show(book, NOW) == [f"# 2026.1           2026-11-23 12:00 起  {user()}  现用 in force", SHIPPED.rstrip()]


def test_a_picture_is_drawn(file: Path, tmp_path: Path) -> None:
    picture(file, tmp_path / "line.svg", SETTINGS, NOW)
    assert (tmp_path / "line.svg").read_text(encoding="utf-8").startswith("<svg")
    with pytest.raises(MalformedInput, match="写不进"):
        picture(file, tmp_path / "nowhere" / "line.svg", SETTINGS, NOW)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(BadSettings, match="读不到"):
        check(tmp_path / "absent.toml", SETTINGS, NOW)


def test_the_first_start_publishes_and_refuses_a_broken_file(file: Path, book: LineBook) -> None:
    with pytest.raises(NotFit, match="第 "):
        ready_line(rewritten(file, '"menu:main"', '"menu:gone"'), SETTINGS, book, NOW)
    file.write_text(SHIPPED, encoding="utf-8")
    assert "2026.1 已发布" in ready_line(file, SETTINGS, book, NOW)
    assert ready_line(file, SETTINGS, book, NOW) == "版本 2026.1"


def test_a_later_start_publishes_nothing_and_a_broken_draft_stops_nobody(file: Path, book: LineBook) -> None:
    publish(file, SETTINGS, book, now=NOW)
    assert "scripts/line publish" in ready_line(rewritten(file, '"menu:main"', '"menu:gone"'), SETTINGS, book, NOW)
    assert counts(book) == "2026.1"


def test_a_system_without_a_menu_starts_all_the_same(tmp_path: Path, book: LineBook) -> None:
    assert "没有 line.toml" in ready_line(tmp_path / "absent.toml", SETTINGS, book, NOW)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-10-01T03:00", datetime(2026, 9, 30, 19, 0, tzinfo=UTC)),
        ("2026-10-01T03:00Z", datetime(2026, 10, 1, 3, 0, tzinfo=UTC)),
    ],
)
def test_a_moment_without_a_zone_is_china_s(text: str, moment: datetime) -> None:
    assert parsed(text) == moment


def test_what_is_no_moment_is_told() -> None:
    with pytest.raises(MalformedInput, match="2026-10-01T03:00"):
        parsed("tomorrow")
