"""突发公告: which notice is on, as one word for the dialplan (`var/surge/now`), and the text of each for SMS (`var/surge/ID.json`).

scripts/surge writes; the dialplan reads `now` at each step of a wait, the worker the text when somebody has asked for it.
"""

import json
import os
from datetime import datetime
from pathlib import Path

from hotline.errors import MalformedInput
from hotline.surge import SurgeNotice


class SurgeFiles:
    """The folder of one system. Raises `OSError` when it cannot be written."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def begin(self, kind: str, text: str, now: datetime) -> SurgeNotice:
        """This notice is on from now on; one that was on is over. Raises `MalformedInput`."""
        notice = SurgeNotice(id=f"{kind}-{int(now.timestamp())}", text=text)
        self._folder.mkdir(parents=True, exist_ok=True)
        _write(self._folder / f"{notice.id}.json", json.dumps({"id": notice.id, "text": text}, ensure_ascii=False))
        _write(self._folder / "now", notice.id)
        return notice

    def end(self) -> bool:
        """No notice is on. False: none was."""
        there = (self._folder / "now").exists()
        (self._folder / "now").unlink(missing_ok=True)
        return there

    def now(self) -> SurgeNotice | None:
        """What is on. Raises `MalformedInput` for what nobody but a hand can have written."""
        try:
            return self.named((self._folder / "now").read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None

    def named(self, name: str) -> SurgeNotice:
        """A notice of now or of before; one without a text when nothing is kept of it. Raises `MalformedInput`."""
        notice = SurgeNotice(id=name)
        try:
            kept = json.loads((self._folder / f"{notice.id}.json").read_text(encoding="utf-8"))
            return SurgeNotice(id=notice.id, text=kept["text"])
        except FileNotFoundError:
            return notice
        except (ValueError, KeyError, TypeError) as error:
            raise MalformedInput(f"{self._folder / notice.id}.json: 读不懂 cannot be read: {error}") from None


def _write(path: Path, text: str) -> None:
    fresh = path.with_name(path.name + ".new")
    with fresh.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
