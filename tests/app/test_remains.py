"""What is kept of a frozen process."""

import asyncio
import os
import stat
import sys
from pathlib import Path

import pytest

from app.remains import keep, threads_of


def test_every_thread_is_told_with_its_name_and_state() -> None:
    text = threads_of(os.getpid())
    assert f"{os.getpid()} {Path('/proc/self/comm').read_text(encoding='utf-8').strip()} " in text
    assert len(text.splitlines()) == 1 + len(list(Path("/proc/self/task").iterdir()))


def test_a_process_that_is_gone_leaves_only_a_head() -> None:
    assert len(threads_of(2**22 + 1).splitlines()) == 1


def a_gcore(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    """A gcore that is this shell script."""
    program = tmp_path / "bin" / "gcore"
    program.parent.mkdir()
    program.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{program.parent}:{os.environ['PATH']}")
    monkeypatch.setattr("app.remains.SPARE_BYTES", 0)


def test_only_the_last_core_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    a_gcore(tmp_path, monkeypatch, 'echo core > "$2.$3"')
    (tmp_path / "frozen-core.1").write_text("old", encoding="utf-8")
    asyncio.run(keep(4321, tmp_path))
    assert sorted(path.name for path in tmp_path.glob("frozen-*")) == ["frozen-core.4321", "frozen-threads.txt"]


def test_a_core_that_takes_too_long_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    a_gcore(tmp_path, monkeypatch, "exec sleep 60")
    monkeypatch.setattr("app.remains.CORE_WITHIN_S", 0.01)
    asyncio.run(asyncio.wait_for(keep(os.getpid(), tmp_path), 5.0))
    assert not list(tmp_path.glob("frozen-core.*"))


def test_a_short_disk_gets_no_core(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    a_gcore(tmp_path, monkeypatch, 'echo core > "$2.$3"')
    monkeypatch.setattr("app.remains.SPARE_BYTES", sys.maxsize)
    asyncio.run(keep(os.getpid(), tmp_path))
    assert [path.name for path in tmp_path.glob("frozen-*")] == ["frozen-threads.txt"]


def test_a_disk_that_refuses_is_told_and_nothing_else(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    asyncio.run(keep(os.getpid(), tmp_path / "absent"))
    assert "nothing is kept" in caplog.text
