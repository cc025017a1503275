"""Ballast on a real disk. That it helps on a full one is shown in tests/live/test_disk_full.py."""

import errno
import os
from pathlib import Path

import pytest

from storage.alarm_files import alarms_in
from storage.ballast import MIB, Ballast


def test_the_room_is_really_allocated(tmp_path: Path) -> None:
    Ballast(tmp_path).make(2)
    assert (tmp_path / "ballast").stat().st_blocks * 512 >= 2 * MIB
    assert Ballast(tmp_path).mib == 2


def test_making_what_is_there_changes_nothing(tmp_path: Path) -> None:
    Ballast(tmp_path).make(1)
    born = (tmp_path / "ballast").stat().st_ino
    Ballast(tmp_path).make(1)
    assert (tmp_path / "ballast").stat().st_ino == born


def test_another_size_replaces_it_and_none_removes_it(tmp_path: Path) -> None:
    for mib in (1, 2, 0):
        Ballast(tmp_path).make(mib)
        assert Ballast(tmp_path).mib == mib
    assert not list(tmp_path.iterdir())


def test_released_once_by_whoever_is_first(tmp_path: Path) -> None:
    Ballast(tmp_path).make(1)
    assert [Ballast(tmp_path).release() for _ in range(2)] == [True, False]
    assert [alarm.name for alarm in alarms_in(tmp_path)] == ["disk-full"]


def test_without_room_nothing_half_made_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "posix_fallocate", lambda *_: (_ for _ in ()).throw(OSError(errno.ENOSPC, "No space left on device")))
    with pytest.raises(OSError, match="No space"):
        Ballast(tmp_path).make(1)
    assert not list(tmp_path.iterdir())
