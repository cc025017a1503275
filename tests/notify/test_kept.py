"""Without a gateway nothing is sent, and everything can be read."""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from notify.kept import READ_AT_START, KeptLetters
from tests.checks.check_notifier import CHECKS, LETTER, OTHER, Stage
from tests.fakes.fake_clock import FakeClock

NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)


class KeptStage:
    """Shut: something that is no folder stands in its place."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.notifier = KeptLetters(folder, FakeClock(NOON))

    def texts(self) -> list[str]:
        return [row["text"] for row in self.notifier.letters()]

    def shut(self) -> None:
        self._folder.touch()

    def reopen(self) -> None:
        self._folder.unlink()


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_the_folder_keeps_its_promise(check: Callable[[Stage], Coroutine[Any, Any, None]], tmp_path: Path) -> None:
    asyncio.run(check(KeptStage(tmp_path / "notices")))


def keep(folder: Path) -> None:
    asyncio.run(KeptLetters(folder, FakeClock(NOON)).send(LETTER))


def test_the_number_stands_there_masked_and_nobody_else_may_read_the_file(tmp_path: Path) -> None:
    keep(tmp_path / "notices")
    (file,) = (tmp_path / "notices").iterdir()
    assert file.name == "20261123.jsonl"
    assert LETTER.number not in file.read_text(encoding="utf-8")
    assert "199****0001" in file.read_text(encoding="utf-8")
    assert oct(file.stat().st_mode & 0o777) == "0o600"


def test_a_new_process_does_not_keep_it_twice(tmp_path: Path) -> None:
    keep(tmp_path)
    keep(tmp_path)
    assert len(KeptLetters(tmp_path, FakeClock(NOON)).letters()) == 1


@pytest.mark.parametrize(("newer", "written"), [(READ_AT_START - 1, 0), (READ_AT_START, 1)])
def test_at_start_only_the_newest_files_are_read_however_much_was_kept(tmp_path: Path, newer: int, written: int) -> None:
    (tmp_path / "20250101.jsonl").write_text(f'\n{{"key": "{LETTER.key}"}}', encoding="utf-8")
    for day in range(newer):
        (tmp_path / f"2026010{day + 1}.jsonl").touch()
    keep(tmp_path)
    assert len(list(tmp_path.glob("20261123.jsonl"))) == written


def test_a_line_that_a_crash_cut_short_spoils_neither_the_one_before_nor_the_one_after(tmp_path: Path) -> None:
    keep(tmp_path)
    with (tmp_path / "20261123.jsonl").open("a", encoding="utf-8") as file:
        file.write('\n{"key": "20261123000001/3/urg')
    asyncio.run(KeptLetters(tmp_path, FakeClock(NOON)).send(OTHER))
    assert [row["key"] for row in KeptLetters(tmp_path, FakeClock(NOON)).letters()] == [LETTER.key, OTHER.key]
