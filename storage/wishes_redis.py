"""The Wishes door on Redis: one list of what is wished, one of what a leader has taken and not answered, one short-lived answer per wish.

A wish says until when its asker waits. Nobody obeys it after that: who got no answer looks at the board and wishes again.
"""

import json
import logging
from collections.abc import AsyncIterator
from dataclasses import asdict, replace
from pathlib import Path
from secrets import token_hex
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from hotline.errors import DoorClosed, MalformedInput
from hotline.ports import Clock
from hotline.wishes import Wish, WishAnswer, known_wishes

log = logging.getLogger(__name__)

WISHED: Final = "hotline:wishes"
TAKEN: Final = "hotline:wishes:taken"
ANSWER: Final = "hotline:wish:"
PATIENCE_S: Final = 3.0
"""So long an asker waits, and so long is a wish worth obeying: a change of leaders takes two seconds."""
LOOK_S: Final = 1.0
ANSWER_KEPT_S: Final = 10
ANSWERED_IN_S: Final = 0.2
MOST_WAITING: Final = 1000
"""More unanswered wishes than this are nobody's work: the next asker is told so at once."""


class WishesRedis:
    """Wishes over Redis' unix socket."""

    def __init__(self, socket: Path, *, clock: Clock, patience_s: float = PATIENCE_S) -> None:
        # Any: redis-py's types do not tell its asynchronous client from the other. The patience is longer than any of our blocking
        # commands: redis-py would give up in the middle of one else.
        self._redis: Any = _client(socket, max(patience_s, LOOK_S) + 1)
        # Whoever answers is the leader's only loop: a Redis that freezes in this moment must not hold up the line.
        self._answers: Any = _client(socket, ANSWERED_IN_S)
        self._clock = clock
        self._patience_s = patience_s
        self._taken: dict[str, str] = {}
        self._down = False

    async def ask(self, wish: Wish) -> WishAnswer:
        """As `routing.ports.Wishes.ask`."""
        wish = replace(wish, id=token_hex(8))
        text = _written(wish, self._clock.now().timestamp() + self._patience_s)
        try:
            if await self._redis.llen(WISHED) >= MOST_WAITING:
                raise DoorClosed("请求积压，请稍后再试 too many wishes wait: try again later")
            await self._redis.rpush(WISHED, text)
            said = await self._redis.blpop([ANSWER + wish.id], timeout=self._patience_s)
            withdrawn = 0 if said else await self._redis.lrem(WISHED, 1, text)
        except (RedisError, OSError) as error:
            raise DoorClosed(f"Redis 没有应答，请看看板后再试 no answer from Redis ({type(error).__name__}): look at the board") from error
        if said:
            return TypeAdapter(WishAnswer).validate_json(said[1])
        if withdrawn:
            raise DoorClosed("现在没有人主持分配，请稍后再试 nobody assigns agents now: try again")
        raise DoorClosed("结果未知，请看看板 what became of it is not known: look at the board")

    async def wishes(self) -> AsyncIterator[Wish]:
        """As `routing.ports.Wishes.wishes`."""
        left: list[str] | None = None
        while True:
            try:
                if left is None:
                    left = await self._redis.lrange(TAKEN, 0, -1)
                text = left.pop(0) if left else await self._redis.blmove(WISHED, TAKEN, LOOK_S, "LEFT", "RIGHT")
                wish = await self._fresh(text) if text else None
            except (RedisError, OSError) as error:
                self._say_down(error)
                await self._clock.sleep(LOOK_S)
                continue
            self._down = False
            if wish is not None:
                yield wish

    async def answer(self, wish: str, answer: WishAnswer) -> None:
        """As `routing.ports.Wishes.answer`."""
        try:
            async with self._answers.pipeline(transaction=True) as batch:
                batch.rpush(ANSWER + wish, json.dumps(asdict(answer)))
                batch.expire(ANSWER + wish, ANSWER_KEPT_S)
                if text := self._taken.pop(wish, None):
                    batch.lrem(TAKEN, 1, text)
                await batch.execute()
        except (RedisError, OSError) as error:
            self._say_down(error)

    async def shut(self) -> None:
        """Close the connections."""
        await self._redis.aclose()
        await self._answers.aclose()

    async def _fresh(self, text: str) -> Wish | None:
        """The wish, if somebody still waits for it; else it is thrown away."""
        try:
            until, wish = _read(text)
        except MalformedInput as error:
            log.error("wish left out: %s", error)
        else:
            if until > self._clock.now().timestamp():
                self._taken[wish.id] = text
                return wish
            log.warning("%s came too late", type(wish).__name__)
        await self._redis.lrem(TAKEN, 1, text)
        return None

    def _say_down(self, error: Exception) -> None:
        if not self._down:
            log.error("Redis 不可用，台席请求暂停，功能码照常 no wishes from desks now (%s); feature codes work", type(error).__name__)
        self._down = True


def _client(socket: Path, patience_s: float) -> Redis:
    return Redis(
        unix_socket_path=str(socket),
        socket_timeout=patience_s,
        socket_connect_timeout=min(patience_s, LOOK_S),
        decode_responses=True,
        retry=Retry(NoBackoff(), 0),
    )


def _written(wish: Wish, until: float) -> str:
    return json.dumps({"kind": type(wish).__name__, "until": until, "wish": asdict(wish)}, ensure_ascii=False)


def _read(text: str) -> tuple[float, Wish]:
    """Raises `MalformedInput`; the wish's words are not repeated."""
    try:
        words = json.loads(text)
        kind = known_wishes()[words["kind"]]
        return float(words["until"]), TypeAdapter(kind).validate_python(words["wish"])
    except (ValueError, KeyError, TypeError, ValidationError) as error:
        raise MalformedInput(f"not a wish ({type(error).__name__})") from None
