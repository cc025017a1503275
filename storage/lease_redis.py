"""The Leadership door on Redis: a lease that runs out by itself. Without Redis the machine's own lock decides (docs/decisions/0009).

What makes it safe (测过 tried by killing and freezing at every step, tests/routing/test_office.py):

* The kernel takes the machine's lock from the dead: of a leader who had it nobody waits for the end of his lease.
* The lease runs out on Redis' clock later than on its owner's: the owner counts from before he asked.
* Before everything that it does a process asks `holds`: by its own clock, and by the newest term's number on this machine (node_lock.py).
  One that was frozen and thaws finds a newer number there, whatever its clock says.
* Redis keeps nothing on disk. One that is empty gives the office at once only to who has the machine's lock; others let a whole lease pass.
* Redis is mute: who has the lock goes on, or begins when no leader has lived here for longer than a lease lasts. Nobody else begins.
"""

import logging
import time
import uuid
from collections.abc import Callable
from math import inf
from pathlib import Path
from typing import Final

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from storage.node_lock import NodeLock

log = logging.getLogger(__name__)

LEASE: Final = "hotline:leader"
EPOCH: Final = "hotline:epoch"
HOLD_S: Final = 1.2
PATIENCE_S: Final = 0.4
"""Three questions may be lost, or be answered so late, in the time of a lease."""

# KEYS lease, epoch; ARGV me, my term or 0, the machine's newest term, milliseconds, 1 = I have the machine's lock,
# 2 = and he who led had it, so he leads no more. Returns the term, 0 = another's.
_CLAIM: Final = """
local holder, known = redis.call('get', KEYS[1]), tonumber(redis.call('get', KEYS[2]) or '-1')
local me, mine, newest, hold, locked = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), ARGV[4], ARGV[5] ~= '0'
if holder and holder ~= me and ARGV[5] ~= '2' and not (holder == 'nobody' and locked) then
  local left = redis.call('pttl', KEYS[1])
  return left >= 0 and -math.max(left, 1) or 0
end
if known < 0 and not locked then
  redis.call('set', KEYS[1], 'nobody', 'PX', hold)
  redis.call('set', KEYS[2], newest)
  return 0
end
local term = mine
if mine == 0 or mine < newest or mine < known then term = math.max(known, newest) + 1 end
redis.call('set', KEYS[2], term)
redis.call('set', KEYS[1], me, 'PX', hold)
return term
"""
_RESIGN: Final = "if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) end return 0"


class LeaseRedis:
    """One process' claim to the office. `seconds`: a clock that only goes forward, also while this process is frozen."""

    def __init__(
        self,
        socket: Path,
        lock: NodeLock,
        *,
        hold_s: float = HOLD_S,
        seconds: Callable[[], float] = time.monotonic,
        patience_s: float = PATIENCE_S,
    ) -> None:
        self._redis = Redis(
            unix_socket_path=str(socket),
            socket_timeout=patience_s,
            socket_connect_timeout=patience_s,
            decode_responses=True,
            retry=Retry(NoBackoff(), 0),
        )
        self._lock = lock
        self._hold_s = hold_s
        self._patience_s = patience_s
        self._seconds = seconds
        self._me = uuid.uuid4().hex
        self._epoch = 0
        self._until = 0.0
        self._by_lock = False
        self._mute = False
        self._free_at = inf

    async def claim(self) -> int | None:
        """Take the office or keep it; None = another leads. Takes `patience_s` at most. Never raises."""
        began, locked, newest = self._seconds(), self._lock.take(), self._lock.epoch()
        self._free_at = inf
        left = not self._epoch and self._lock.is_left()
        try:
            words = (self._me, self._epoch, newest, round(self._hold_s * 1000), 2 if left else int(locked))
            epoch = int(await self._redis.eval(_CLAIM, 2, LEASE, EPOCH, *words))
        except (RedisError, OSError) as error:
            return self._without_redis(error, began, left)
        self._heard()
        if epoch <= 0:
            self._lay_down()
            self._free_at = self._seconds() - epoch / 1000 if epoch else inf
            return None
        self._take_up(epoch, newest, until=began + self._hold_s, by_lock=False)
        return epoch

    def holds(self, epoch: int) -> bool:
        """By our own clock, and by the newest term that began on this machine."""
        if epoch != self._epoch or self._lock.epoch() > epoch:
            return False
        return self._by_lock or self._seconds() < self._until

    def free_in(self) -> float:
        """By what Redis said last."""
        return max(0.0, self._free_at - self._seconds())

    async def resign(self) -> None:
        """Give the lease and the lock back."""
        self._lay_down()
        try:
            await self._redis.eval(_RESIGN, 1, LEASE, self._me)
        except (RedisError, OSError) as error:
            log.info("Redis did not take the lease back (%s): it runs out by itself", type(error).__name__)

    async def shut(self) -> None:
        """Close the connections."""
        await self._redis.aclose()

    def _without_redis(self, error: Exception, began: float, left: bool) -> int | None:
        """The machine's lock decides; a leader who has it not stays until his lease runs out, and nobody begins while a leader lives."""
        if not self._mute:
            log.error("Redis does not answer (%s): this machine's lock decides who leads", type(error).__name__)
        self._mute = True
        newest = self._lock.epoch()
        if self._epoch and (self._lock.held or self.holds(self._epoch)) and newest <= self._epoch:
            self._take_up(self._epoch, newest, until=self._until, by_lock=self._lock.held)
            return self._epoch
        if not self._lock.held or not (left or self._lock.silent_s(began) >= self._hold_s + self._patience_s):
            self._epoch = 0  # what is begun anew has a new number
            return None
        self._take_up(newest + 1, newest, until=0.0, by_lock=True)
        return self._epoch

    def _take_up(self, epoch: int, newest: int, *, until: float, by_lock: bool) -> None:
        if epoch > newest:
            self._lock.begin(epoch)
        if epoch != self._epoch:
            log.info("this process leads from now on, term %d", epoch)
        self._epoch, self._until, self._by_lock = epoch, until, by_lock
        self._lock.beat(self._seconds())

    def _lay_down(self) -> None:
        if self._epoch:
            log.info("this process leads no more, term %d", self._epoch)
        self._epoch, self._until, self._by_lock = 0, 0.0, False
        self._lock.release()

    def _heard(self) -> None:
        if self._mute:
            log.info("Redis answers again")
        self._mute = False
