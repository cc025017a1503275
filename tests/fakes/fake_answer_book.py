"""`hotline.answer_times.AnswerBook` in memory."""

from datetime import datetime

from hotline.answer_times import Answered
from hotline.errors import DoorClosed


class FakeAnswerBook:
    """Keeps the first answer to each key; `closed` makes it refuse."""

    def __init__(self) -> None:
        self._kept: dict[str, Answered] = {}
        self.closed = False

    async def keep(self, answered: Answered) -> None:
        """The first one counts."""
        if self.closed:
            raise DoorClosed("the fake book is closed")
        self._kept.setdefault(answered.key, answered)

    async def since(self, begin: datetime) -> list[Answered]:
        """Oldest first."""
        return sorted((each for each in self._kept.values() if each.answered_at >= begin), key=lambda each: each.answered_at)
