"""Pushes run beside everything else, one for each revision at a time, and a backend that hangs holds nobody."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Semaphore

import pytest

from storage.pushing import THREADS, Pushing

CALL = "hl1-1764000001.12"


class Backend:
    """Each attempt waits for `let`; `begun` counts up at its begin."""

    def __init__(self) -> None:
        self.begun, self.ended, self.gate = Semaphore(0), Semaphore(0), Event()
        self.asked: list[tuple[str, int]] = []
        self.trouble: Exception | None = None

    def attempt(self, call: str, revision: int) -> None:
        self.asked.append((call, revision))
        self.begun.release()
        assert self.gate.wait(10)
        try:
            if self.trouble:
                raise self.trouble
        finally:
            self.ended.release()


@contextmanager
def pushing(backend: Backend) -> Iterator[Pushing]:
    pushing = Pushing(backend.attempt)
    yield pushing
    backend.gate.set()
    pushing.stop(10)


def _begun_again(pushes: Pushing, backend: Backend) -> bool:
    pushes.begin(CALL, 1)
    return backend.begun.acquire(timeout=0.02)


def test_a_push_that_is_under_way_is_not_begun_twice_and_another_one_is() -> None:
    backend = Backend()
    with pushing(backend) as pushes:
        for revision in (1, 1, 2):
            pushes.begin(CALL, revision)
        assert all(backend.begun.acquire(timeout=10) for _ in range(2))
    assert sorted(backend.asked) == [(CALL, 1), (CALL, 2)]


def test_one_that_is_over_may_be_begun_again_whatever_came_of_it(caplog: pytest.LogCaptureFixture) -> None:
    backend = Backend()
    backend.trouble = OSError("the disk")
    backend.gate.set()
    with pushing(backend) as pushes:
        pushes.begin(CALL, 1)
        assert backend.begun.acquire(timeout=10)
        assert any(_begun_again(pushes, backend) for _ in range(500))
    assert "the outbox tries again" in caplog.text


def test_a_backend_that_hangs_holds_so_many_threads_and_the_others_wait_for_them() -> None:
    backend = Backend()
    with pushing(backend) as pushes:
        for number in range(THREADS + 5):
            pushes.begin(f"hl1-1764000001.{number}", 1)
        assert all(backend.begun.acquire(timeout=10) for _ in range(THREADS))
        assert not backend.begun.acquire(blocking=False)
    assert len(backend.asked) == THREADS


def test_a_worker_that_ends_begins_none_and_waits_only_so_long() -> None:
    backend = Backend()
    pushes = Pushing(backend.attempt)
    pushes.begin(CALL, 1)
    assert backend.begun.acquire(timeout=10)
    pushes.stop(0)
    pushes.begin(CALL, 2)
    backend.gate.set()
    assert backend.ended.acquire(timeout=10)
    pushes.stop(10)
    assert backend.asked == [(CALL, 1)]
