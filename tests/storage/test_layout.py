"""Where things lie."""

from pathlib import Path

from hotline.identity import CallId
from storage.layout import Layout


def test_making_the_folders_twice_is_fine(tmp_path: Path) -> None:
    layout = Layout(var=tmp_path / "var")
    layout.make()
    layout.make()
    for folder in (layout.journal_open, layout.journal_closed, layout.journal_late, layout.spool, layout.ledger.parent):
        assert folder.is_dir()


def test_a_journal_rests_by_its_day_in_china(tmp_path: Path) -> None:
    assert Layout(var=tmp_path).journal_kept(CallId("hl1-1764000001.2")) == tmp_path / "journal" / "kept" / "20251125"
