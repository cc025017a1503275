"""The lease on a real Redis: the door's promises, and what happens when Redis itself is killed, frozen, slow or empty."""

import asyncio
import signal
import subprocess
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import cast

import pytest
from redis.asyncio import Redis

from app.children import redis_argv
from app.places import PROJECT, Places
from runtime.binaries import find_redis
from storage.lease_redis import LEASE, LeaseRedis
from storage.node_lock import NodeLock
from storage.roster_redis import RosterRedis
from tests.checks.check_leadership import CHECKS, Candidates
from tests.routing.test_office import STEP_S, Story
from tests.routing.two_processes import Process
from tests.storage.own_redis import await_socket, own_redis


class TwoOnRedis:
    """Two processes of one machine; each has file descriptors of its own, so the lock tells them apart."""

    def __init__(self, places: Places) -> None:
        self.now = 1000.0
        self.locks = [NodeLock(places.run), NodeLock(places.run)]
        self.first, self.second = (LeaseRedis(places.redis_socket, lock, seconds=lambda: self.now, patience_s=0.05) for lock in self.locks)

    async def pass_time(self, seconds: float) -> None:
        """On everybody's clock: Redis' key grows older by as much."""
        self.now += seconds
        redis = self.first._redis
        left = await redis.pttl(LEASE) - round(seconds * 1000)
        await (redis.pexpire(LEASE, left) if left > 0 else redis.delete(LEASE))

    async def shut(self) -> None:
        for lease in (self.first, self.second):
            await lease.shut()
        for lock in self.locks:
            lock.shut()


Given = tuple[Places, "subprocess.Popen[bytes]"]


@pytest.fixture
def given() -> Iterator[Given]:
    with own_redis() as made:
        yield made


def tell(given: Given, story: Callable[[TwoOnRedis], Awaitable[None]]) -> None:
    async def run() -> None:
        who = TwoOnRedis(given[0])
        try:
            await story(who)
        finally:
            await who.shut()

    asyncio.run(run())


def another_redis(places: Places) -> "subprocess.Popen[bytes]":
    """Started again, and empty."""
    places.redis_socket.unlink(missing_ok=True)
    found = find_redis(PROJECT / "var")
    assert found
    running = subprocess.Popen(redis_argv(found.argv, places), stdout=subprocess.DEVNULL)
    await_socket(places.redis_socket)
    return running


@pytest.mark.live
@pytest.mark.parametrize("check", CHECKS)
def test_the_lease_keeps_the_doors_promises(given: Given, check: Callable[[Candidates], Awaitable[None]]) -> None:
    tell(given, check)


@pytest.mark.live
@pytest.mark.parametrize("sign", [signal.SIGKILL, signal.SIGSTOP])
def test_who_leads_goes_on_without_redis_and_nobody_else_begins(given: Given, sign: signal.Signals) -> None:
    async def story(who: TwoOnRedis) -> None:
        epoch = await who.first.claim()
        assert epoch
        given[1].send_signal(sign)
        for _ in range(8):
            who.now += 0.3
            assert await who.first.claim() == epoch
            assert who.first.holds(epoch)
            assert await who.second.claim() is None

    tell(given, story)


@pytest.mark.live
def test_nobody_waits_for_the_lease_of_a_leader_who_is_dead(given: Given) -> None:
    async def story(who: TwoOnRedis) -> None:
        epoch = await who.first.claim()
        assert epoch
        assert await who.second.claim() is None
        who.locks[0].release()  # as the kernel does when its process dies
        assert await who.second.claim() == epoch + 1
        assert not who.first.holds(epoch)

    tell(given, story)


@pytest.mark.live
def test_the_lock_of_the_dead_is_no_office_when_another_leads_by_lease(given: Given) -> None:
    async def story(who: TwoOnRedis) -> None:
        assert await who.first.claim()
        await who.pass_time(1.3)
        second = await who.second.claim()
        assert second
        who.locks[0].release()
        third = NodeLock(given[0].run)
        again = LeaseRedis(given[0].redis_socket, third, seconds=lambda: who.now)
        assert await again.claim() is None, "he was the first to take the lock, but its owner did not lead"
        assert await who.second.claim() == second
        await again.shut()
        third.shut()

    tell(given, story)


@pytest.mark.live
def test_without_redis_the_next_begins_as_soon_as_the_leader_is_dead(given: Given) -> None:
    async def story(who: TwoOnRedis) -> None:
        epoch = await who.first.claim()
        assert epoch
        given[1].kill()
        who.locks[0].release()  # as the kernel does when its process dies
        later = await who.second.claim()
        assert later == epoch + 1
        assert who.second.holds(later)
        assert not who.first.holds(epoch)

    tell(given, story)


@pytest.mark.live
def test_an_empty_redis_gives_the_office_to_who_goes_on_by_the_lock_and_not_to_who_asks_first(given: Given) -> None:
    async def story(who: TwoOnRedis) -> None:
        epoch = await who.first.claim()
        assert epoch
        given[1].kill()
        given[1].wait()
        with another_redis(given[0]) as redis:
            try:
                assert await who.second.claim() is None, "he lets a whole lease pass"
                assert who.first.holds(epoch)
                assert await who.first.claim() == epoch
                assert await who.second.claim() is None
            finally:
                redis.kill()

    tell(given, story)


@pytest.mark.live
def test_an_empty_redis_gives_the_office_to_another_when_a_whole_lease_has_passed(given: Given) -> None:
    async def story(who: TwoOnRedis) -> None:
        epoch = await who.first.claim()
        assert epoch
        await who.second._redis.flushall()
        assert await who.second.claim() is None
        await who.pass_time(1.3)
        assert await who.second.claim() == epoch + 1, "the machine's own file knows the number"
        assert not who.first.holds(epoch)

    tell(given, story)


@pytest.mark.live
def test_a_leader_who_was_followed_by_lease_and_then_alone_has_the_lock_takes_it_by_a_newer_term(given: Given) -> None:
    async def story(who: TwoOnRedis) -> None:
        assert await who.first.claim()
        await who.pass_time(1.3)
        second = await who.second.claim()
        assert second
        given[1].kill()
        assert await who.second.claim() == second, "his lease has not run out"
        assert await who.first.claim() is None, "he has the lock, but a leader lives"
        who.now += 1.7
        assert not who.second.holds(second)
        assert await who.first.claim() == second + 1

    tell(given, story)


@pytest.mark.live
def test_a_lock_holder_whom_redis_does_not_answer_overthrows_no_leader_who_lives(given: Given) -> None:
    async def story(who: TwoOnRedis) -> None:
        assert await who.first.claim()
        await who.pass_time(1.3)
        second = await who.second.claim()
        first_redis, who.first._redis = who.first._redis, LeaseRedis(Path("nowhere"), who.locks[0])._redis
        for _ in range(8):
            assert await who.first.claim() is None
            assert await who.second.claim() == second
            await TwoOnRedis.pass_time(cast("TwoOnRedis", _Clocks(who, who.second)), 0.3)
        who.first._redis = first_redis

    tell(given, story)


class _Clocks:
    """`pass_time` with the Redis of the other one."""

    def __init__(self, who: TwoOnRedis, other: LeaseRedis) -> None:
        self._who = who
        self.first = other

    @property
    def now(self) -> float:
        return self._who.now

    @now.setter
    def now(self, moment: float) -> None:
        self._who.now = moment


class ManyOnRedis:
    """As many processes as come and go, each with a lock and connections of its own, all on one Redis; time is the story's."""

    def __init__(self, places: Places) -> None:
        self._places = places
        self._redis = Redis(unix_socket_path=str(places.redis_socket), decode_responses=True)
        self.shuts: list[Callable[[], Awaitable[None]]] = [self._redis.aclose]

    def doors_of(self, process: Process) -> tuple[LeaseRedis, RosterRedis]:
        lock, clock = NodeLock(self._places.run), process.world.clock
        lease = LeaseRedis(self._places.redis_socket, lock, seconds=lambda: clock.now().timestamp())
        roster = RosterRedis(self._places.redis_socket, patience_s=1)
        process.on_death.append(lock.release)
        self.shuts += [lease.shut, roster.shut]
        return lease, roster

    async def a_step(self) -> None:
        """Redis has had time to answer everybody, and its lease is older by as much as the story."""
        await asyncio.sleep(0.004)
        left = await self._redis.pttl(LEASE) - round(STEP_S * 1000)
        await (self._redis.pexpire(LEASE, left) if left > 0 else self._redis.delete(LEASE))


@pytest.mark.live
@pytest.mark.parametrize("seed", range(3))
def test_whatever_is_struck_nobody_is_offered_twice_lost_or_starved_with_a_real_redis(given: Given, seed: int) -> None:
    async def run() -> Story:
        many = ManyOnRedis(given[0])
        story = Story(seed, strikes=6, doors_of=many.doors_of)
        story.between_steps = many.a_step
        await story.run()
        for shut in many.shuts:
            await shut()
        return story

    asyncio.run(run()).check()
