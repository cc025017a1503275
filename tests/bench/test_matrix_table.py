"""The matrix is complete, its quick choice touches every row and column, and the document says what the table says."""

from pathlib import Path

import pytest

from bench.matrix_table import MOMENTS, ROWS, all_cells, cell_named, document, expected, quick_cells

DOCUMENT = Path(__file__).parents[2] / "docs" / "kill-matrix.md"


def test_the_document_is_what_the_table_says() -> None:
    assert DOCUMENT.read_text(encoding="utf-8") == document(), "python -m bench.matrix_table > docs/kill-matrix.md"


def test_every_row_meets_every_moment_once() -> None:
    cells = all_cells()
    assert len({cell.name for cell in cells}) == len(cells) == len(ROWS) * len(MOMENTS)


def test_the_quick_choice_has_every_row_once_and_every_moment() -> None:
    chosen = quick_cells()
    assert [cell.row.name for cell in chosen] == [row.name for row in ROWS]
    assert {cell.moment.name for cell in chosen} == {moment.name for moment in MOMENTS}


def test_only_the_switch_s_own_death_may_end_a_call() -> None:
    for cell in all_cells():
        assert (cell.reaches == "again") == cell.row.name.startswith("asterisk-")
        assert ("cut_off" in cell.completeness) == (cell.reaches == "again")


def test_a_cell_is_found_by_its_name_and_a_wrong_name_is_said() -> None:
    assert cell_named("redis-killed/survey") == expected(next(row for row in ROWS if row.name == "redis-killed"), MOMENTS[-1])
    with pytest.raises(ValueError, match="no such cell"):
        cell_named("redis-killed/lunch")
