"""坐席轨迹: how each agent stood, and from when: `var/presence/YYYYMMDD.jsonl`, a day of China time per file, one line per move."""

import json
import logging
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import Final

from hotline.errors import HotlineError
from hotline.identity import AgentId
from routing.moves import Presence
from routing.turn import PresenceMoved

log = logging.getLogger(__name__)

FOLDER: Final = "presence"
_CHINA: Final = timezone(timedelta(hours=8))


class PresenceFiles:
    """The `Days` door. Lines of one `write` are on the disk together; what a crash tears is the last line at most."""

    def __init__(self, var: Path) -> None:
        self._folder = var / FOLDER
        self._down = False

    def write(self, lines: Sequence[PresenceMoved]) -> None:
        """As `routing.ports.Days.write`."""
        if not lines:
            return
        try:
            self._folder.mkdir(mode=0o700, exist_ok=True)
            with (self._folder / f"{lines[0].at.astimezone(_CHINA):%Y%m%d}.jsonl").open("a", encoding="utf-8") as file:
                file.write("".join(_text(line) for line in lines))
        except OSError as error:
            if not self._down:
                log.error("坐席轨迹写不进（%s），话务不受影响 agents' days are not written down; calls go on", error.strerror)
            self._down = True
        else:
            self._down = False


def day_of(var: Path, day: date) -> Iterator[PresenceMoved]:
    """The lines of one day in China, in order; a torn line is left out. An agent without a line stood as on the day before."""
    path = var / FOLDER / f"{day:%Y%m%d}.jsonl"
    if not path.exists():
        return
    with path.open(encoding="utf-8", errors="replace") as file:
        for number, text in enumerate(file, 1):
            try:
                yield _line(text)
            except (ValueError, KeyError, TypeError, HotlineError):
                log.warning("%s: line %d cannot be read", path.name, number)


def _text(line: PresenceMoved) -> str:
    return json.dumps(asdict(line) | {"at": line.at.isoformat()}, ensure_ascii=False) + "\n"


def _line(text: str) -> PresenceMoved:
    words = json.loads(text)
    return PresenceMoved(
        at=datetime.fromisoformat(words["at"]),
        agent=AgentId(words["agent"]),
        presence=Presence(words["presence"]),
        there=bool(words["there"]),
        reason=str(words["reason"]),
        by=str(words["by"]),
    )
