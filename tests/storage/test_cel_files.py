"""The switch's event log is read while it is written, renamed, cut and taken away."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from storage.cel_files import KEEP, CelFiles, Place, Reading, china_day
from tests.storage.cel_writing import append, cel_line

NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)
CALL = "hl1-1795406400.1"


def line(event: str, at: datetime = NOON) -> bytes:
    return cel_line(event, at, CALL)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "cel").mkdir()
    return tmp_path / "cel"


@pytest.fixture
def files(folder: Path) -> CelFiles:
    return reader(folder)


def reader(folder: Path) -> CelFiles:
    return CelFiles(folder, folder.parent / "read.json")


def events(reading: Reading) -> list[str]:
    return [each.event for _, each in reading.lines]


def all_of(files: CelFiles, *, rounds: int = 4) -> tuple[list[str], list[str]]:
    """Events and troubles of several rounds."""
    readings = [files.read() for _ in range(rounds)]
    return [event for each in readings for event in events(each)], [trouble for each in readings for trouble in each.troubles]


def test_what_is_new_is_read_once(files: CelFiles, folder: Path) -> None:
    assert files.read() == Reading()
    append(folder, line("A"), line("B"))
    assert events(files.read()) == ["A", "B"]
    append(folder, line("C"))
    assert all_of(files) == (["C"], [])


def test_a_line_that_is_being_written_is_waited_for(files: CelFiles, folder: Path) -> None:
    append(folder, line("A"), line("B")[:20])
    assert events(files.read()) == ["A"]
    append(folder, line("B")[20:])
    assert all_of(files) == (["B"], [])


def test_a_later_reader_goes_on_at_the_place_that_was_kept(files: CelFiles, folder: Path) -> None:
    append(folder, line("A"), line("B"))
    places = [place for place, _ in files.read().lines]
    files.keep(places[1])
    append(folder, line("C"))
    assert all_of(reader(folder)) == (["B", "C"], [])


def test_what_is_written_around_midnight_is_read_whole_and_in_order(files: CelFiles, folder: Path) -> None:
    append(folder, line("A"))
    files.read()
    before = (folder / "calls.csv").open("ab")
    append(folder, line("B"))
    files.turn_over(china_day(NOON) + timedelta(days=1))
    assert sorted(path.name for path in folder.iterdir()) == ["calls-20261123.csv"]
    append(folder, line("D", NOON + timedelta(days=1)))
    assert events(files.read()) == ["B"]
    files.read()
    before.write(line("C"))  # opened before it was renamed
    before.close()
    assert all_of(files) == (["C", "D"], [])


def test_a_reader_that_was_away_for_days_reads_each_of_them(files: CelFiles, folder: Path) -> None:
    append(folder, line("A"), line("B"))
    files.keep(files.read().lines[1][0])
    for day in range(1, 4):
        files.turn_over(china_day(NOON) + timedelta(days=day))
        append(folder, line(f"day {day}", NOON + timedelta(days=day)))
    assert all_of(reader(folder), rounds=12) == (["B", "day 1", "day 2", "day 3"], [])


def test_on_the_same_day_nothing_is_put_aside_and_an_old_day_goes(files: CelFiles, folder: Path) -> None:
    append(folder, line("A"))
    old = folder / "calls-20261001.csv"
    old.write_bytes(line("old"))
    os.utime(old, ((NOON - KEEP - timedelta(days=1)).timestamp(),) * 2)
    files.turn_over(china_day(NOON))
    assert [path.name for path in folder.iterdir()] == ["calls.csv"]


def test_a_day_that_is_put_aside_twice_overwrites_nothing(files: CelFiles, folder: Path) -> None:
    for event in ("A", "B"):
        append(folder, line(event))
        files.turn_over(china_day(NOON) + timedelta(days=1))
    assert len(list(folder.glob("calls-20261123*.csv"))) == 2


def test_a_file_that_was_removed_is_a_trouble_and_its_last_lines_are_not_lost(files: CelFiles, folder: Path) -> None:
    append(folder, line("A"))
    files.read()
    append(folder, line("B"))
    (folder / "calls.csv").unlink()
    append(folder, line("C"))
    found, troubles = all_of(files)
    assert found == ["B", "C"]
    assert [trouble for trouble in troubles if "removed" in trouble] == troubles != []


def test_a_file_that_was_removed_and_comes_back_later_is_read(files: CelFiles, folder: Path) -> None:
    append(folder, line("A"))
    files.read()
    (folder / "calls.csv").unlink()
    assert len(all_of(files)[1]) == 1
    append(folder, line("B"))
    assert all_of(files) == (["B"], [])


def test_a_file_that_was_cut_is_a_trouble_and_read_from_its_begin(files: CelFiles, folder: Path) -> None:
    append(folder, line("A"), line("B"))
    files.read()
    os.truncate(folder / "calls.csv", 0)
    append(folder, line("C"))
    found, troubles = all_of(files)
    assert (found, len(troubles)) == (["C"], 1)


def test_a_file_that_went_while_nobody_read_is_a_trouble(files: CelFiles, folder: Path) -> None:
    append(folder, line("A"))
    files.read()
    files.keep(files.place)
    (folder / "calls.csv").rename(folder.parent / "elsewhere")
    append(folder, line("B"))
    found, troubles = all_of(reader(folder))
    assert (found, len(troubles)) == (["B"], 1)


def test_lines_that_cannot_be_read_are_a_trouble_and_cost_no_other(files: CelFiles, folder: Path) -> None:
    append(folder, line("A"), b'"torn\n', line("B"))
    found, troubles = all_of(files)
    assert (found, len(troubles)) == (["A", "B"], 1)


def test_a_place_that_cannot_be_read_means_from_the_begin(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    (folder.parent / "read.json").write_text("{", encoding="utf-8")
    append(folder, line("A"))
    assert all_of(reader(folder)) == (["A"], [])
    assert "cannot be read" in caplog.text


def test_no_place_is_kept_before_anything_was_read(files: CelFiles, folder: Path) -> None:
    files.keep(Place(inode=0, offset=0))
    assert not (folder.parent / "read.json").exists()
    files.close()
