"""Wishes in memory."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

from hotline.errors import DoorClosed
from hotline.wishes import Wish, WishAnswer


class FakeWishes:
    """The Wishes door: asker and leader in one process. `patience_s`: how long an asker waits."""

    def __init__(self, *, patience_s: float = 1.0) -> None:
        self._patience_s = patience_s
        self._wished: asyncio.Queue[Wish] = asyncio.Queue()
        self._waiting: dict[str, asyncio.Future[WishAnswer]] = {}
        self._taken: dict[str, Wish] = {}
        self._asked = 0

    async def ask(self, wish: Wish) -> WishAnswer:
        """Wish it and wait."""
        self._asked += 1
        wish = replace(wish, id=f"w{self._asked}")
        self._waiting[wish.id] = asyncio.get_running_loop().create_future()
        self._wished.put_nowait(wish)
        try:
            return await asyncio.wait_for(self._waiting[wish.id], self._patience_s)
        except TimeoutError:
            raise DoorClosed("nobody leads") from None
        finally:
            del self._waiting[wish.id]

    async def wishes(self) -> AsyncIterator[Wish]:
        """What was taken and not answered, then what is new."""
        for wish in tuple(self._taken.values()):
            if wish.id in self._waiting:
                yield wish
        while True:
            wish = await self._wished.get()
            if wish.id in self._waiting:
                self._taken[wish.id] = wish
                yield wish

    async def answer(self, wish: str, answer: WishAnswer) -> None:
        """Tell whoever waits."""
        self._taken.pop(wish, None)
        if (waiting := self._waiting.get(wish)) and not waiting.done():
            waiting.set_result(answer)
