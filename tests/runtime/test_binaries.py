import re
from dataclasses import replace
from pathlib import Path

import pytest

from runtime.binaries import (
    ASTERISK,
    REDIS,
    ROOT,
    Program,
    Wanted,
    ask_version,
    asterisk_home,
    find_system,
    find_unpacked,
    loader_argv,
    triplet,
)
from runtime.errors import SetupError
from runtime.unpacking import Record, write_record

TOOL = replace(ASTERISK, name="hotline-tool", answer=re.compile(r"Tool (\S+)"))


def script(folder: Path, text: str) -> Path:
    path = folder / TOOL.name
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path


def unpacked(home: Path, wanted: Wanted, version: str) -> None:
    program = home / wanted.folder / wanted.path
    program.parent.mkdir(parents=True)
    program.write_text("")
    write_record(home, wanted.folder, Record(suite="sid", programs={wanted.name: version}))


@pytest.mark.parametrize(
    ("machine", "loader"),
    [
        ("x86_64", "x86_64-linux-gnu/ld-linux-x86-64.so.2"),
        ("aarch64", "aarch64-linux-gnu/ld-linux-aarch64.so.1"),
    ],
)
def test_an_unpacked_program_is_started_by_the_loader_it_came_with(machine: str, loader: str) -> None:
    libraries = f"/there/usr/lib/{machine}-linux-gnu"
    expected = (f"/there/usr/lib/{loader}", "--library-path", libraries, "/there/usr/sbin/asterisk")
    assert loader_argv(Path("/there"), "usr/sbin/asterisk", machine) == expected


def test_an_unknown_machine_is_told_what_to_do() -> None:
    with pytest.raises(SetupError, match="by hand"):
        triplet("riscv64")


def test_the_systems_own_program_is_taken_when_new_enough(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = script(tmp_path, "echo Tool 22.10.1~dfsg")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find_system(TOOL) == Program(argv=(str(path),), version="22.10.1~dfsg", origin="system")


@pytest.mark.parametrize("text", ["echo Tool 22.9.0", "echo nothing", "exit 1"])
def test_an_old_or_broken_one_is_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    script(tmp_path, text)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find_system(TOOL) is None


def test_a_version_is_heard_whatever_the_exit_status(tmp_path: Path) -> None:
    assert ask_version((str(script(tmp_path, "echo Tool 3.8.0 >&2; exit 99")),), TOOL) == "3.8.0"
    assert ask_version((str(tmp_path / "nothing"),), TOOL) is None


@pytest.mark.parametrize(
    ("wanted", "line", "version"),
    [
        (ASTERISK, "Asterisk 22.10.1+dfsg+~cs6-1", "22.10.1+dfsg+~cs6-1"),
        (REDIS, "Redis server v=8.0.6 sha=00000000:0", "8.0.6"),
    ],
)
def test_the_words_of_the_real_programs_are_understood(wanted: Wanted, line: str, version: str) -> None:
    match = wanted.answer.search(line)
    assert match is not None
    assert match[1] == version


def test_what_was_unpacked_and_noted_is_found(tmp_path: Path) -> None:
    unpacked(tmp_path, ASTERISK, "22.10.1+dfsg")
    found = find_unpacked(ASTERISK, tmp_path)
    assert found == Program(argv=loader_argv(tmp_path / ROOT, ASTERISK.path), version="22.10.1+dfsg", origin="unpacked")


def test_what_was_unpacked_but_is_too_old_gone_or_not_noted_is_not(tmp_path: Path) -> None:
    assert find_unpacked(ASTERISK, tmp_path) is None
    unpacked(tmp_path, ASTERISK, "22.9.0")
    assert find_unpacked(ASTERISK, tmp_path) is None
    write_record(tmp_path, ROOT, Record(suite="sid", programs={ASTERISK.name: "22.10.1"}))
    assert find_unpacked(ASTERISK, tmp_path) is not None
    (tmp_path / ROOT / ASTERISK.path).unlink()
    assert find_unpacked(ASTERISK, tmp_path) is None


def test_an_unpacked_asterisk_knows_its_folders(tmp_path: Path) -> None:
    home = asterisk_home(Program(argv=("x",), version="22.10.1", origin="unpacked"), tmp_path)
    assert home.module_dir == tmp_path / "usr/lib" / triplet() / "asterisk/modules"
    assert home.data_dir == tmp_path / "usr/share/asterisk"
