"""How soon a written message was answered (GB/T 33358-2016), as values that can be kept and counted."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol

ANSWERED_WITHIN: Final = timedelta(minutes=3)
"""GB/T 33358-2016: 短信等其他方式 are answered within three minutes."""


@dataclass(frozen=True, kw_only=True)
class Answered:
    """One message and how long it waited: from the medium's own time to the moment at which our answer was ready."""

    key: str
    channel: str
    number: str
    sent_at: datetime
    answered_at: datetime

    @property
    def waited(self) -> timedelta:
        """Never less than nothing, whatever the medium's clock says."""
        return max(self.answered_at - self.sent_at, timedelta())


class AnswerBook(Protocol):
    """Which messages were answered, and when. Nothing of their words."""

    async def keep(self, answered: Answered) -> None:
        """The first answer to each key counts. Raises `DoorClosed`."""

    async def since(self, begin: datetime) -> list[Answered]:
        """Those that were answered from then on, oldest first."""


@dataclass(frozen=True, kw_only=True)
class AnswerFigures:
    """One channel. `longest_s`: seconds; `late`: keys of those that waited longer than `ANSWERED_WITHIN`."""

    channel: str
    count: int
    within: int
    longest_s: float
    late: tuple[str, ...]


def figures(answered: Iterable[Answered]) -> list[AnswerFigures]:
    """By channel, in the order of their names. Every figure leads to its messages."""
    by_channel: dict[str, list[Answered]] = {}
    for each in answered:
        by_channel.setdefault(each.channel, []).append(each)
    return [_of(channel, by_channel[channel]) for channel in sorted(by_channel)]


def _of(channel: str, all_of_it: list[Answered]) -> AnswerFigures:
    late = tuple(each.key for each in all_of_it if each.waited > ANSWERED_WITHIN)
    longest = max(each.waited for each in all_of_it).total_seconds()
    return AnswerFigures(channel=channel, count=len(all_of_it), within=len(all_of_it) - len(late), longest_s=longest, late=late)
