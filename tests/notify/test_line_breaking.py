"""Chinese lines end where a printer would end them."""

from hypothesis import given
from hypothesis import strategies as st

from notify.line_breaking import NOT_FIRST, NOT_LAST, lines


def by_count(text: str) -> float:
    return float(len(text))


def test_no_closing_mark_begins_a_line() -> None:
    assert lines("一二三，四五六", 3, by_count) == ["一二", "三，四", "五六"]


def test_no_opening_mark_ends_a_line() -> None:
    assert lines("一二《三四》五", 3, by_count) == ["一二", "《三", "四》五"]


def test_a_number_stays_whole_where_it_can() -> None:
    assert lines("编号2026号", 5, by_count) == ["编号", "2026号"]
    assert lines("123456", 4, by_count) == ["1234", "56"]


def test_nothing_makes_no_line() -> None:
    assert lines("", 3, by_count) == []


@given(st.text(alphabet="一二三，。《》（）12a", max_size=60), st.integers(min_value=4, max_value=12))
def test_nothing_is_lost_and_no_line_is_too_wide(text: str, width: int) -> None:
    broken = lines(text, width, by_count)
    assert "".join(broken) == text
    assert all(0 < len(line) <= width for line in broken) or any(mark in text for mark in NOT_FIRST | NOT_LAST)


@given(st.text(alphabet="一二三四五六", max_size=60))
def test_plain_text_fills_its_lines(text: str) -> None:
    assert [len(line) for line in lines(text, 5, by_count)[:-1]] == [5] * (max(len(text) - 1, 0) // 5)
