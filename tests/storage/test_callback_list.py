"""The list of calls that are owed, as the worker writes it and routing reads it."""

import stat
from pathlib import Path

import pytest

from hotline.callbacks import Owed
from hotline.identity import CallId
from storage.callback_list import CallbackFile, CallbackList
from tests.fakes.fake_clock import NOON

OWED = Owed(
    call=CallId("hl1-1764000000.1"), number="19900000001", called="12345", reason="asked", since=1764000000.5, skills=("tax",), attempts=1
)


class Ledger:
    def __init__(self, *owed: Owed) -> None:
        self.list = owed

    def owed(self) -> tuple[Owed, ...]:
        return self.list


def test_routing_reads_what_the_worker_writes_and_hears_of_it_once(tmp_path: Path) -> None:
    path, ledger = tmp_path / "callbacks.json", Ledger(OWED)
    file = CallbackFile(path)
    assert file.news() is None, "no worker yet"
    there = CallbackList(path, ledger)
    there.round(NOON)
    assert file.news() == (OWED,)
    assert file.news() is None
    written = path.stat().st_ino
    there.round(NOON)
    assert path.stat().st_ino == written, "what says nothing new is not written anew"
    ledger.list = ()
    there.round(NOON)
    assert file.news() == ()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize("text", ["", "{}x", '[{"call": "no call"}]', '[{"call": "hl1-1764000000.1", "more": 1}]', "[1]"])
def test_a_list_that_cannot_be_read_is_no_news_and_shows_no_number(tmp_path: Path, text: str, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "callbacks.json").write_text(text)
    assert CallbackFile(tmp_path / "callbacks.json").news() is None
    assert "callbacks.json" in caplog.text
