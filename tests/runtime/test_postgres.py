import subprocess
from pathlib import Path

import pytest

from runtime.binaries import loader_argv
from runtime.places import OVERRIDE
from runtime.postgres import POSTGRES, POSTGRES_ROOT, PostgresHome, find_postgres, system_postgres, wrap
from runtime.unpacking import Record, write_record


def _program(path: Path, says: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f'#!/bin/sh\necho "{says}"\n')
    path.chmod(0o755)


def _installed(root: Path, version: str) -> Path:
    folder = root / "usr/lib/postgresql" / version.partition(".")[0] / "bin"
    for name in ("postgres", "initdb"):
        _program(folder / name, f"{name} (PostgreSQL) {version} (Debian)")
    return folder


def test_the_newest_of_the_machines_own_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    for version in ("9.6", "15.18", "17.2"):
        _installed(tmp_path, version)
    assert system_postgres(tmp_path) == PostgresHome(bin=tmp_path / "usr/lib/postgresql/17/bin", version="17.2", origin="system")


def test_one_without_initdb_or_too_old_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    (_installed(tmp_path, "16.1") / "initdb").unlink()
    assert system_postgres(tmp_path) is None
    _installed(tmp_path, "13.9")
    assert system_postgres(tmp_path) is None


def test_what_was_unpacked_is_found_by_its_record(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = tmp_path / "home"
    monkeypatch.setenv(OVERRIDE, str(home))
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("runtime.postgres.system_postgres", lambda _root: None)
    assert find_postgres(tmp_path) is None
    folder = _installed(home / POSTGRES_ROOT, "18.6")
    wrap(home / POSTGRES_ROOT)
    write_record(home, POSTGRES_ROOT, Record(suite="sid", programs={"postgres": "18.6"}))
    found = find_postgres(tmp_path)
    assert found is not None
    assert (found.bin, found.version, found.origin) == (folder.resolve(), "18.6", "unpacked")


def test_a_wrapped_program_is_started_by_its_own_loader_wherever_it_was_moved(tmp_path: Path) -> None:
    _installed(tmp_path / "draft", "18.6")
    wrap(tmp_path / "draft")
    loader = Path(loader_argv(tmp_path / "draft", "")[0])
    _program(loader, "$@")
    (tmp_path / "draft").rename(tmp_path / "root")
    program = (tmp_path / "root" / POSTGRES.path).resolve()
    said = subprocess.run([str(program), "-V"], capture_output=True, text=True, check=True).stdout.split()
    assert said[0] == "--library-path"
    assert said[2:4] == ["--argv0", str(program)], "it must find its own folder"
    assert Path(said[4]).resolve() == program.with_name("postgres.real")
    assert said[5] == "-V"
