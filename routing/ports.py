"""Doors that only this room speaks."""

from collections.abc import Collection
from typing import Protocol

from hotline.call_facts import CallFact
from hotline.identity import CallId
from routing.board import BoardView


class Board(Protocol):
    """The live state for wall boards and announcements (大屏). It is a luxury: no call depends on it."""

    async def publish(self, view: BoardView) -> None:
        """Show this from now on, for a few seconds. Never raises and never takes long: an outage is logged once."""

    async def latest(self) -> BoardView | None:
        """What was published last, or None: nothing yet, nothing fresh, or the board is out of order."""


class Journals(Protocol):
    """The call journals as the process sees them that closes them (`hotline.ports.Journal`, and one look over all of them)."""

    def write(self, call: CallId, fact: CallFact) -> None:
        """As `hotline.ports.Journal.write`."""

    def close(self, call: CallId) -> None:
        """As `hotline.ports.Journal.close`."""

    def orphans(self, known: Collection[str]) -> list[CallId]:
        """Calls whose journal is open though they are not among the `known` ones."""
