"""Who wants an SMS lies in the outbox once, and never again when it was sent."""

import json
import logging
import stat
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from storage.sms_outbox import SmsOutbox
from storage.surge_files import SurgeFiles

ABOUT = "typhoon-1764000000"
NAME = f"hl1-1764000003.1-{ABOUT}.json"


@pytest.fixture
def outbox(tmp_path: Path) -> SmsOutbox:
    notices = SurgeFiles(tmp_path / "surge")
    notices.begin("typhoon", "请勿外出。", datetime.fromtimestamp(1764000000, UTC))
    return SmsOutbox(tmp_path / "sms", notices)


def record(caller: str = "19900000001", about: str = ABOUT) -> dict[str, Any]:
    return {"call": "hl1-1764000003.1", "caller": caller, "sms": [{"at": "2025-11-24T16:00:10Z", "about": about}]}


def test_a_wish_lies_there_once_for_the_owner_only(outbox: SmsOutbox) -> None:
    assert outbox.take(record()) == 1
    assert outbox.take(record()) == 0
    [file] = outbox.wanted.iterdir()
    assert file.name == NAME
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert json.loads(file.read_text(encoding="utf-8")) == {
        "call": "hl1-1764000003.1",
        "number": "19900000001",
        "about": ABOUT,
        "text": "请勿外出。",
        "at": "2025-11-24T16:00:10Z",
    }


def test_what_was_sent_is_not_wanted_again(outbox: SmsOutbox) -> None:
    outbox.take(record())
    outbox.sent.mkdir()
    (outbox.wanted / NAME).rename(outbox.sent / NAME)
    assert outbox.take(record()) == 0
    assert list(outbox.wanted.iterdir()) == []


@pytest.mark.parametrize("caller", ["", "06630000001"])
def test_nobody_is_written_to_without_a_mobile_telephone(outbox: SmsOutbox, caller: str) -> None:
    assert outbox.take(record(caller)) == 0
    assert not outbox.wanted.exists()


def test_a_record_of_before_there_were_notices_asks_for_nothing(outbox: SmsOutbox) -> None:
    assert outbox.take({"call": "hl1-1764000003.1", "caller": "19900000001"}) == 0


def test_a_notice_that_nobody_knows_is_said_and_holds_nothing_up(outbox: SmsOutbox, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        assert outbox.take(record(about="../../x-1")) == 0
    assert "公告短信无法登记" in caplog.text
    assert "19900000001" not in caplog.text
