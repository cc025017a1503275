"""Logs of our processes: one line per event, to a file of its own that turns over by size, and never a citizen's number."""

import logging
import re
from datetime import UTC, datetime
from logging.handlers import RotatingFileHandler
from pathlib import Path

MOST_BYTES = 10_000_000
KEPT = 5
_TALKATIVE = ("alembic", "httpx", "panoramisk", "uvicorn")

# A safety net under the rule that code logs `PhoneNumber.masked()` only: mobile numbers, and land lines with their area code.
_NUMBER = re.compile(r"(?<!\d)(?:\+?86)?(?:(1[3-9]\d)\d{4}(\d{4})|(0\d{2,3})-?\d{3,4}(\d{4}))(?!\d)")


def without_numbers(text: str) -> str:
    """The text with telephone numbers masked: 199****0001."""
    return _NUMBER.sub(lambda hit: f"{hit[1] or hit[3]}****{hit[2] or hit[4]}", text)


class OneLine(logging.Formatter):
    """`2026-11-23T06:00:00.123Z WARNING agi.server words`, a traceback behind ` | `: grep finds whole events."""

    def format(self, record: logging.LogRecord) -> str:
        """The line, without its end."""
        at = datetime.fromtimestamp(record.created, tz=UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        words = record.getMessage()
        if record.exc_info:
            words += " | " + self.formatException(record.exc_info)
        return without_numbers(f"{at} {record.levelname} {record.name} " + " | ".join(part for part in words.splitlines() if part.strip()))


def to_file(path: Path, *, level: int = logging.INFO) -> logging.Handler:
    """Send everything that this process logs to the file. Returns the handler, so that a test can take it away again."""
    handler = RotatingFileHandler(path, maxBytes=MOST_BYTES, backupCount=KEPT, encoding="utf-8")
    handler.setFormatter(OneLine())
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(level)
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)
    return handler
