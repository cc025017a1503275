"""The audit log is append-only, and shows whoever touches it."""

import asyncio
import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from hotline.audit import Act
from hotline.errors import DoorClosed
from storage.audit_files import AuditFiles, seal_of, verify
from tests.fakes.fake_clock import NOON

LISTEN = Act(at=NOON, by="1009", act="listen", agent="1001", call="hl1-1764000000.1")


def keep(var: Path, *acts: Act, days: int = 0) -> list[Path]:
    for act in acts:
        asyncio.run(AuditFiles(var).keep(replace(act, at=NOON + timedelta(days=days))))
    return sorted((var / "audit").glob("*.jsonl"))


def test_each_act_is_a_line_and_the_chain_holds_over_days_and_writers(tmp_path: Path) -> None:
    keep(tmp_path, LISTEN, LISTEN)
    first, second = keep(tmp_path, LISTEN, days=1)
    lines = [json.loads(line) for path in (first, second) for line in path.read_text().splitlines()]
    assert [line["seq"] for line in lines] == [1, 2, 3]
    assert (lines[0]["by"], lines[0]["act"], lines[0]["agent"], lines[0]["outcome"]) == ("1009", "listen", "1001", "done")
    assert lines[2]["before"] == lines[1]["seal"]
    assert verify(tmp_path) == []


def test_a_changed_line_is_found(tmp_path: Path) -> None:
    [path] = keep(tmp_path, LISTEN, LISTEN)
    path.write_text(path.read_text().replace('"agent": "1001"', '"agent": "1002"', 1))
    assert [(each.line, each.trouble) for each in verify(tmp_path)] == [(1, "changed")]


def test_a_removed_line_is_found(tmp_path: Path) -> None:
    [path] = keep(tmp_path, LISTEN, LISTEN, LISTEN)
    first, _, third = path.read_text().splitlines(keepends=True)
    path.write_text(first + third)
    assert [(each.line, each.trouble) for each in verify(tmp_path)] == [(2, "not the next one")]


def test_a_line_that_was_sealed_anew_breaks_the_chain_behind_it(tmp_path: Path) -> None:
    [path] = keep(tmp_path, LISTEN, LISTEN)
    first, second = path.read_text().splitlines()
    words = {**json.loads(first), "agent": "1002"}
    path.write_text(json.dumps({**words, "seal": seal_of(words)}) + "\n" + second + "\n")
    assert [(each.line, each.trouble) for each in verify(tmp_path)] == [(2, "not the next one")]


def test_a_torn_line_stays_visible_and_the_next_one_is_whole(tmp_path: Path) -> None:
    [path] = keep(tmp_path, LISTEN)
    with path.open("a") as file:
        file.write('{"seq": 2, "at"')
    keep(tmp_path, LISTEN)
    assert [(each.line, each.trouble) for each in verify(tmp_path)] == [(2, "torn")]


def test_when_the_clock_goes_back_over_midnight_the_order_of_the_files_is_kept(tmp_path: Path) -> None:
    keep(tmp_path, LISTEN, days=1)
    assert len(keep(tmp_path, LISTEN)) == 1
    assert verify(tmp_path) == []


def test_an_act_that_cannot_be_written_down_is_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / "audit").write_text("a file where the folder should be")
    with pytest.raises(DoorClosed, match="审计"):
        keep(tmp_path, LISTEN)
