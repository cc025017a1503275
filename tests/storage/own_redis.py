"""A Redis of a test's own."""

import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from app.children import redis_argv
from app.places import PROJECT, Places
from runtime.binaries import find_redis


@contextmanager
def own_redis() -> Iterator[tuple[Places, "subprocess.Popen[bytes]"]]:
    """Its folder (short: a socket's path may have 107 bytes, unix(7)) and its process, which may be frozen or killed."""
    found = find_redis(PROJECT / "var")
    if found is None:
        pytest.skip("no Redis >= 6.2 on this machine: run scripts/up")
    with TemporaryDirectory(prefix="hl-") as folder:
        places = Places(var=Path(folder))
        places.make()
        with subprocess.Popen(redis_argv(found.argv, places), stdout=subprocess.DEVNULL) as running:
            await_socket(places.redis_socket)
            yield places, running
            running.kill()


def await_socket(socket: Path) -> None:
    """Redis is there."""
    until = time.monotonic() + 10
    while not socket.exists():
        assert time.monotonic() < until, "Redis does not come up"
