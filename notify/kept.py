"""只存不发: where no SMS gateway is set up, each letter becomes a line of a file, and nothing leaves the house.

One file a day, readable by this user alone; the number stands there masked (个人信息保护法 art. 51).
"""

import asyncio
import json
import os
from pathlib import Path
from typing import Final

from hotline.errors import DoorClosed
from hotline.notices import Letter, Sent
from hotline.phone import mask
from hotline.ports import Clock
from hotline.workdays import CHINA

REFERENCE: Final = "kept"
READ_AT_START: Final = 7
"""Newest files: what was kept and not marked as kept before a crash stands in the last one, or in the one before midnight."""


class KeptLetters:
    """The `Notifier` door on a folder. One process writes."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self._folder = folder
        self._clock = clock
        self._known: set[str] | None = None
        self._turn = asyncio.Lock()

    async def send(self, letter: Letter) -> Sent:
        """Write it down, once for each key. Raises `DoorClosed` when the disk does not take it: it waits on in the outbox then."""
        async with self._turn:
            try:
                await asyncio.to_thread(self._keep, letter)
            except OSError as error:
                raise DoorClosed(f"通知存不下来 the letter cannot be kept ({error.strerror})") from error
        return Sent(reference=REFERENCE)

    def letters(self, *, newest: int = 0) -> list[dict[str, str]]:
        """What was kept, the oldest first; `newest`: of so many files alone. A line that a crash cut short is left out: its letter is
        written again."""
        files = sorted(self._folder.glob("*.jsonl"))[-newest:]
        lines = [line for file in files for line in file.read_text(encoding="utf-8").splitlines()]
        return [row for line in lines if (row := _read(line)) is not None]

    def _keep(self, letter: Letter) -> None:
        if self._known is None:
            self._known = {row["key"] for row in self.letters(newest=READ_AT_START)}
        if letter.key in self._known:
            return
        now = self._clock.now().astimezone(CHINA)
        row = {"key": letter.key, "at": now.isoformat(timespec="seconds"), "to": mask(letter.number), "text": letter.text}
        self._append(self._folder / f"{now:%Y%m%d}.jsonl", "\n" + json.dumps(row, ensure_ascii=False))
        self._known.add(letter.key)

    def _append(self, path: Path, line: str) -> None:
        """The line break goes before it, so that a line cut short spoils no other."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.touch(mode=0o600)
        with path.open("a", encoding="utf-8") as file:
            file.write(line)
            file.flush()
            os.fsync(file.fileno())


def _read(line: str) -> dict[str, str] | None:
    try:
        row = json.loads(line)
    except ValueError:
        return None
    return row if isinstance(row, dict) and "key" in row else None
