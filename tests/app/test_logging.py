"""One line per event, and no citizen's number in it."""

import logging
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.logging import OneLine, to_file, without_numbers


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("caller 19900000123 waits", "caller 199****0123 waits"),
        ("caller +8619900000123", "caller 199****0123"),
        ("from 0663-0001234", "from 0663****1234"),
        ("from 06630001234", "from 0663****1234"),
        ("call hl1-1764000000.12 pid=12345 12345", "call hl1-1764000000.12 pid=12345 12345"),
        ("at 2026-11-23T06:00:00.123456Z", "at 2026-11-23T06:00:00.123456Z"),
    ],
)
def test_telephone_numbers_are_masked_and_nothing_else(said: str, kept: str) -> None:
    assert without_numbers(said) == kept


def record(message: str, **more: object) -> logging.LogRecord:
    return logging.makeLogRecord({"name": "agi.server", "levelname": "WARNING", "msg": message, "created": 0.5, **more})


def test_an_event_is_one_line_whatever_it_says() -> None:
    assert OneLine().format(record("first\r\nsecond")) == "1970-01-01T00:00:00.500Z WARNING agi.server first | second"


def test_a_traceback_stays_on_the_line_and_is_masked_too() -> None:
    try:
        raise ValueError("19900000123")
    except ValueError:
        line = OneLine().format(record("broke", exc_info=sys.exc_info()))
    assert "\n" not in line
    assert "ValueError: 199****0123" in line


@pytest.fixture
def handler(tmp_path: Path) -> Iterator[logging.Handler]:
    root = logging.getLogger()
    level = root.level
    made = to_file(tmp_path / "x.log")
    yield made
    root.removeHandler(made)
    root.setLevel(level)
    made.close()


def test_every_logger_of_the_process_writes_to_its_file(handler: logging.Handler, tmp_path: Path) -> None:
    logging.getLogger("somebody.else").info("caller %s", "19900000123")
    handler.flush()
    assert (tmp_path / "x.log").read_text(encoding="utf-8").endswith("INFO somebody.else caller 199****0123\n")
