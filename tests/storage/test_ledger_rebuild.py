"""A lost ledger is made anew from the kept journals. With a real worker: tests/live/test_database.py."""

from pathlib import Path

import pytest

from hotline.identity import CallId
from storage.journal_sweep import JournalSweep, Part
from storage.layout import Layout
from storage.ledger import open_ledger
from storage.ledger_rebuild import LedgerStands, rebuild
from storage.migrate import LedgerGone, prepare_ledger

CALLS = tuple(CallId(f"hl1-{second}.1") for second in (1763900000, 1764000000))  # two days
PARTS = sorted(Part(call=call, number=number) for call in CALLS for number in (1, 2))


@pytest.fixture
def lost(tmp_path: Path) -> Layout:
    """Two days of calls, and no ledger."""
    layout = Layout(var=tmp_path)
    layout.make()
    for part in PARTS:
        kept = layout.journal_kept(part.call)
        kept.mkdir(exist_ok=True)
        (kept / part.name).write_text("")
    (tmp_path / "db" / "ledger.sqlite-wal").write_text("of the file that is gone")
    return layout


@pytest.mark.slow
def test_every_kept_journal_goes_back_to_the_worker_and_the_ledger_is_there(lost: Layout) -> None:
    assert rebuild(lost) == 4
    assert JournalSweep(lost).closed() == PARTS
    prepare_ledger(lost)
    ledger = open_ledger(lost.ledger)
    assert ledger.latest(1) == []
    ledger._engine.dispose()


@pytest.mark.slow
def test_interrupted_before_the_ledger_it_can_be_asked_again(lost: Layout, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as dies:
        dies.setattr("storage.ledger_rebuild._bring_back", lambda *_: (_ for _ in ()).throw(OSError("no space")))
        with pytest.raises(OSError, match="no space"):
            rebuild(lost)
    with pytest.raises(LedgerGone):
        prepare_ledger(lost)
    assert rebuild(lost) == 4


def test_where_a_ledger_stands_nothing_is_touched(lost: Layout) -> None:
    lost.ledger.write_text("a ledger")
    with pytest.raises(LedgerStands):
        rebuild(lost)
    assert JournalSweep(lost).closed() == []
