"""Cells are dealt to lanes without losing one, and every broken promise is a missed bar with its reason."""

from pathlib import Path

import pytest

from bench.kill_matrix import SHARE, lane_words, line_of, report_of, shares_of
from bench.matrix_table import all_cells, quick_cells
from bench.matrix_verdict import Verdict


def test_every_cell_is_dealt_exactly_once_and_no_portion_is_too_large() -> None:
    for cells in (all_cells(), quick_cells(), all_cells()[:1]):
        shares = shares_of(cells)
        assert sorted(cell.name for share in shares for cell in share) == sorted(cell.name for cell in cells)
        assert all(0 < len(share) <= SHARE for share in shares)


def test_only_cells_that_need_it_get_a_disk_of_their_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("bench.kill_matrix.words_on_a_small_disk", lambda _place, _mib, words: words)
    for share in shares_of(all_cells()):
        special = {bool(cell.row.needs) for cell in share}
        assert len(special) == 1
        assert ("--disk" in lane_words(share, tmp_path)) == special.pop()


def test_a_cell_that_breaks_a_promise_misses_its_bar_and_says_why() -> None:
    cells = quick_cells()[:2]
    good = Verdict(cell=cells[0].name, seconds=1.0, troubles=())
    bad = Verdict(cell=cells[1].name, seconds=9.0, troubles=("2 records instead of 1",), story="0.0 music")
    report = report_of(cells, {verdict.cell: verdict for verdict in (good, bad)}, 60.0)
    assert [bar.ok for bar in report.bars] == [True, False]
    assert "2 records instead of 1" in report.as_json()
    assert "0.0 music" in line_of(bad, 1, 2)
