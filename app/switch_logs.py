"""Asterisk's own logs turn over by size, as ours do (app/logging.py). Asterisk lets them grow until the disk is full: a scanner that
knocks at the SIP port writes a gigabyte a day, and then recordings and journals are lost."""

from pathlib import Path
from typing import Final

from app.logging import KEPT, MOST_BYTES

LOGS: Final = ("messages", "security")
"""As named in asterisk-conf/logger.conf.j2."""


def turn_over(folder: Path, *, most_bytes: int = MOST_BYTES) -> bool:
    """Put each log that is too big aside under a number; the oldest of `KEPT` goes. Raises `OSError`.

    True: tell Asterisk `logger reload`, so that it lets go of them.
    """
    big = [name for name in LOGS if (folder / name).exists() and (folder / name).stat().st_size > most_bytes]
    for name in big:
        for number in range(KEPT - 1, 0, -1):
            older = folder / f"{name}.{number}"
            if older.exists():
                older.replace(folder / f"{name}.{number + 1}")
        (folder / name).replace(folder / f"{name}.1")
    return bool(big)
