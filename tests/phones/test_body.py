"""The phone's process by itself: it goes when nobody drives it, and survives nonsense. Calls are in test_softphone.py."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("pjsua2")
pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[2]


def talk(folder: Path, *orders: dict[str, Any] | str) -> tuple[int, list[dict[str, Any]]]:
    """What a phone's process says to these lines; its stdin ends after them."""
    settings = {
        "name": "x",
        "folder": str(folder),
        "rtp_port": 33000,
        "user": "1",
        "password": "",
        "server": "127.0.0.1",
        "port": 9,
        "register": False,
        "address": "127.0.0.1",
        "asserted": "",
        "policy": "ignore",
        "after": 0,
    }
    lines = [order if isinstance(order, str) else json.dumps(order) for order in (settings, *orders)]
    told = subprocess.run(
        [sys.executable, "-m", "phones.body"], cwd=ROOT, input="\n".join(lines) + "\n", capture_output=True, text=True, timeout=20
    )
    return told.returncode, [json.loads(line) for line in told.stdout.splitlines() if line.startswith("{")]


def test_the_process_ends_when_nobody_drives_it(tmp_path: Path) -> None:
    status, events = talk(tmp_path)
    assert status == 0
    assert [event["event"] for event in events] == ["ready"]
    assert events[0]["port"] > 0


def test_an_order_that_does_not_exist_is_refused_by_its_number(tmp_path: Path) -> None:
    status, events = talk(tmp_path, {"id": 5, "do": "sing"})
    assert status == 0
    assert (events[1]["event"], events[1]["id"], events[1]["why"]) == ("failed", 5, "unknown order sing")


def test_no_settings_is_status_two() -> None:
    told = subprocess.run([sys.executable, "-m", "phones.body"], cwd=ROOT, input="", capture_output=True, text=True, timeout=20)
    assert told.returncode == 2
