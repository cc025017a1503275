"""Lists of telephone numbers that the line asks for each call: one number on a line, `#` begins a remark.

- 长者直通 (VAR/straight-to-human.txt): citizens who go straight to a human, without a menu. The operator's.
- 断线优先 (VAR/first-in-line.txt): citizens whom we cut off and owe a call; who calls again himself goes first. The worker writes it.

A file is read again when it changes, no restart. Its numbers are personal data (个人信息保护法): no log has them.
"""

import logging
from pathlib import Path
from typing import Final

from hotline.phone import read_caller

log = logging.getLogger(__name__)

FILE: Final = "straight-to-human.txt"
MOST_BYTES: Final = 4_000_000
"""Some hundred thousand numbers; more is not a list for care."""
_Stamp = tuple[int, int, int]


class CareList:
    """Asked once for a call. Never raises: without a readable file nobody is on the list, and a file that broke leaves the former list."""

    def __init__(self, path: Path, *, area_code: str, named: str = "长者直通名单") -> None:
        """`area_code` completes local numbers, as it does for callers; `named`: what the log calls it."""
        self._path = path
        self._named = named
        self._area_code = area_code
        self._stamp: _Stamp | None = None
        self._numbers: frozenset[str] = frozenset()

    def __call__(self, caller: str) -> bool:
        """Whether this caller, in the kept form, is on it."""
        self._look()
        return bool(caller) and caller in self._numbers

    def _look(self) -> None:
        try:
            there = self._path.stat()
            stamp = (there.st_mtime_ns, there.st_size, there.st_ino)
            if stamp != self._stamp:
                self._stamp = stamp
                self._take(self._path.read_text(encoding="utf-8") if there.st_size <= MOST_BYTES else None)
        except FileNotFoundError:
            self._stamp, self._numbers = None, frozenset()
        except (OSError, UnicodeDecodeError) as error:
            log.error("%s读不到 %s cannot be read (%s); the former list counts", self._named, self._path.name, type(error).__name__)

    def _take(self, text: str | None) -> None:
        if text is None:
            log.error("%s过大 %s is larger than %d bytes; the former list counts", self._named, self._path.name, MOST_BYTES)
            return
        read = {number: read_caller(line, area_code=self._area_code) for number, line in numbered(text)}
        bad = [str(number) for number, kept in read.items() if not kept]
        if bad:
            log.warning("%s有读不懂的行 %s: not a telephone number in line %s", self._named, self._path.name, ", ".join(bad[:20]))
        self._numbers = frozenset(kept for kept in read.values() if kept)
        log.info("%s %s: %d numbers", self._named, self._path.name, len(self._numbers))


def numbered(text: str) -> list[tuple[int, str]]:
    """The lines that say something, with their numbers from 1."""
    lines = ((number, line.partition("#")[0].strip()) for number, line in enumerate(text.lstrip("\ufeff").splitlines(), start=1))
    return [(number, line) for number, line in lines if line]
