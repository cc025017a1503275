"""A `Notifier` in memory."""

from hotline.errors import DoorClosed
from hotline.notices import Letter, NoticeRefused, Sent


class FakeNotifier:
    """`closed`: nobody answers; `refuses`: it says no to every letter."""

    def __init__(self) -> None:
        self.letters: dict[str, Letter] = {}
        self.closed = False
        self.refuses = False

    async def send(self, letter: Letter) -> Sent:
        """Once in effect for each key."""
        if self.closed:
            raise DoorClosed("短信平台没有回答 no answer")
        if self.refuses:
            raise NoticeRefused("短信平台拒绝 refused")
        self.letters.setdefault(letter.key, letter)
        return Sent(reference=f"fake-{letter.key}")
