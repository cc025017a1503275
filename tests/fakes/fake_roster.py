"""A roster in memory, which may be lost."""

from collections.abc import Mapping

from hotline.errors import Deposed, DoorClosed


class FakeRoster:
    """The Roster door. `lost`: it does not answer. `writes`: how often something was kept."""

    def __init__(self) -> None:
        self.words: dict[str, str] = {}
        self.lost = False
        self.writes = 0
        self._epoch = 0

    async def recall(self, epoch: int) -> Mapping[str, str]:
        """Everything that was kept."""
        self._answer()
        self._epoch = max(self._epoch, epoch)
        return dict(self.words)

    async def keep(self, epoch: int, words: Mapping[str, str | None]) -> bool:
        """Keep these."""
        self._answer()
        if epoch < self._epoch:
            raise Deposed(f"term {epoch} is over")
        whole, self._epoch = self._epoch > 0, epoch
        self.writes += bool(words)
        for name, word in words.items():
            if word is None:
                self.words.pop(name, None)
            else:
                self.words[name] = word
        return whole

    def restart(self) -> None:
        """It is empty now, and answers."""
        self.words, self._epoch, self.lost = {}, 0, False

    def _answer(self) -> None:
        if self.lost:
            raise DoorClosed("lost")
