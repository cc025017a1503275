"""One term of office, as its desk sees it: whether it still lasts, and what the roster has of it."""

import logging
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from hotline.errors import Deposed, DoorClosed
from routing.memory import changed
from routing.model import LEGS_PER_TERM, Switchboard
from routing.ports import Roster

log = logging.getLogger(__name__)

LOOK_EVERY: Final = 5
"""Ticks after which the roster is asked whether it still stands: a Redis that was started again is empty."""


class Term:
    """`epoch` 0: a desk that is alone and keeps nothing. `holds`: that of `Leadership`. `kept`: the switchboard that the roster has."""

    def __init__(
        self,
        *,
        epoch: int = 0,
        holds: Callable[[int], bool] = lambda epoch: True,
        roster: Roster | None = None,
        kept: Switchboard | None = None,
    ) -> None:
        self.epoch = epoch
        self._holds = holds
        self._roster = roster
        self._kept = kept
        self._owed = kept is None
        self._ticks = 0

    def check(self) -> None:
        """Raises `Deposed` when another may lead."""
        if not self._holds(self.epoch):
            raise Deposed(f"term {self.epoch} is over")

    async def keep(self, board: Switchboard) -> None:
        """Before anything follows from it: what is new in it. Takes a moment only; what cannot be kept is owed. Raises `Deposed`."""
        if self._roster is None or self._owed:
            return
        if words := changed(self._kept, board):
            await self._write(self._roster, board, words)

    async def tick(self, board: Switchboard) -> None:
        """Once a second: what is owed is written, all of it. Raises `Deposed`."""
        self._ticks += 1
        if self._roster is None:
            return
        if self._owed:
            await self._write(self._roster, board, changed(None, board))
        elif self._ticks % LOOK_EVERY == 0:
            await self._write(self._roster, board, changed(self._kept, board))

    async def _write(self, roster: Roster, board: Switchboard, words: dict[str, str | None]) -> None:
        try:
            whole = await roster.keep(self.epoch, words)
        except DoorClosed as closed:
            if not self._owed:
                log.error("%s; 恢复后补写 it is written when it is back", closed)
            self._owed = True
            return
        if self._owed and whole:
            log.info("值班名册已补写 the roster is whole again")
        self._kept, self._owed = board, not whole


def in_term(board: Switchboard, epoch: int) -> Switchboard:
    """The switchboard of the leader of this term."""
    return replace(board, epoch=epoch, next_leg=epoch * LEGS_PER_TERM)
