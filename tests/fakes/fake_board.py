"""A board in memory."""

from routing.board import BoardView


class FakeBoard:
    """The Board door: shows what was published last."""

    def __init__(self) -> None:
        self._view: BoardView | None = None

    async def publish(self, view: BoardView) -> None:
        """Keep it."""
        self._view = view

    async def latest(self) -> BoardView | None:
        """Show it."""
        return self._view
