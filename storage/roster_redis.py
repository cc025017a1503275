"""The Roster door on Redis: one hash, and the number of the term that may write into it."""

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Final, cast

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from hotline.errors import Deposed, DoorClosed

log = logging.getLogger(__name__)

KEY: Final = "hotline:roster"
TERM: Final = "hotline:roster:term"
PATIENCE_S: Final = 0.15
RECALL_S: Final = 1.0
"""A whole roster: tens of thousands of citizens who are known."""

_MOST: Final = 2000
"""Words in one command: Lua's unpack takes some thousands."""

# KEYS hash, term; ARGV my term, how many to forget, their keys, then key and word by turns. Returns 2 = kept,
# 1 = kept in what was empty, 0 = a newer term writes here.
_KEEP: Final = """
local before = tonumber(redis.call('get', KEYS[2]) or '0')
if before > tonumber(ARGV[1]) then return 0 end
redis.call('set', KEYS[2], ARGV[1])
local gone = tonumber(ARGV[2])
if gone > 0 then redis.call('hdel', KEYS[1], unpack(ARGV, 3, 2 + gone)) end
if #ARGV > 2 + gone then redis.call('hset', KEYS[1], unpack(ARGV, 3 + gone)) end
return before > 0 and 2 or 1
"""


class RosterRedis:
    """The roster over Redis' unix socket."""

    def __init__(self, socket: Path, *, patience_s: float = PATIENCE_S) -> None:
        self._redis = _redis(socket, patience_s)
        self._patient = _redis(socket, max(RECALL_S, patience_s))

    async def recall(self, epoch: int) -> Mapping[str, str]:
        """Everything that was kept; older terms keep nothing from now on. Raises `DoorClosed` after a second."""
        try:
            await self._patient.eval(_KEEP, 2, KEY, TERM, epoch, 0)
            return cast("dict[str, str]", await self._patient.hgetall(KEY))
        except (RedisError, OSError) as error:
            raise DoorClosed(f"值班名册读不到 the roster cannot be read ({type(error).__name__})") from None

    async def keep(self, epoch: int, words: Mapping[str, str | None]) -> bool:
        """Keep these; False: Redis was empty. Raises `Deposed`, and `DoorClosed` after `patience_s`."""
        names = list(words)
        parts = [names[first : first + _MOST] for first in range(0, len(names), _MOST)] or [[]]
        return all([await self._keep(epoch, {name: words[name] for name in part}) for part in parts])

    async def shut(self) -> None:
        """Close the connections."""
        await self._redis.aclose()
        await self._patient.aclose()

    async def _keep(self, epoch: int, words: Mapping[str, str | None]) -> bool:
        gone = [name for name, word in words.items() if word is None]
        kept = [part for name, word in words.items() if word is not None for part in (name, word)]
        try:
            done = await self._redis.eval(_KEEP, 2, KEY, TERM, epoch, len(gone), *gone, *kept)
        except (RedisError, OSError) as error:
            raise DoorClosed(f"值班名册写不进 the roster cannot be written ({type(error).__name__})") from None
        if not done:
            raise Deposed(f"term {epoch} is over")
        return int(done) > 1


def _redis(socket: Path, patience_s: float) -> "Redis":
    return Redis(
        unix_socket_path=str(socket),
        socket_timeout=patience_s,
        socket_connect_timeout=patience_s,
        decode_responses=True,
        retry=Retry(NoBackoff(), 0),
    )
