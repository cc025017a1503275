"""A small real disk of one's own, so that it can be filled: a tmpfs in a mount namespace of a child process, for root and ordinary users.

    @on_a_small_disk(mib=64)                       the whole test runs again in a child process that has the disk
    def test_something(disk: SmallDisk) -> None:   fixture `disk` of this module: import it
        journal = JournalFiles(disk.place, …)
        disk.fill()

    words_on_a_small_disk(place, 64, ["python", "-m", "…"])    the same for a process that is no test: `place` is its disk, for it alone

Nobody outside sees the disk, and it is gone with the last process on it.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path

import pytest

_PLACE = "HOTLINE_TEST_SMALL_DISK"
_MOUNT = 'mount -t tmpfs -o "size=$2m,mode=0700" tmpfs "$1" && shift 2 && exec "$@"'
_WAYS = (("unshare", "--user", "--map-root-user", "--mount"), ("unshare", "--mount"))
"""An ordinary user becomes the root of a user namespace of his own; where those are forbidden, real root does without."""

PROJECT = Path(__file__).parents[2]
WITHIN_S = 300.0
STEP = 64 * 1024


class SmallDisk:
    """The disk that this process stands on."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self._filler = place / "filler"

    def fill(self, *, leave: int = 0) -> None:
        """Until so many bytes are left, to the last byte when none are."""
        with self._filler.open("ab", buffering=0) as file:
            for step in (STEP, 4096, 1):
                with suppress(OSError):
                    while self.free() - leave >= step:
                        file.write(b"\0" * step)

    def free(self) -> int:
        """Bytes that may still be written."""
        stat = os.statvfs(self.place)
        return stat.f_bavail * stat.f_frsize

    def make_room(self) -> None:
        """Take away what `fill` wrote."""
        self._filler.unlink(missing_ok=True)

    def set_writable(self, writable: bool) -> None:
        """Remount it: what a file system does to itself after an error. Raises when a file on it is open for writing."""
        subprocess.run(["mount", "-o", f"remount,{'rw' if writable else 'ro'}", str(self.place)], check=True, capture_output=True)


def words_on_a_small_disk(place: Path, mib: int, words: Sequence[str]) -> list[str]:
    """The command that runs `words` with an empty disk of so many MiB at the folder `place`. Skips where forbidden (fails in CI)."""
    return [*_way(), "sh", "-c", _MOUNT, "small-disk", str(place), str(mib), *words]


def on_a_small_disk(*, mib: int) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Run this test in a child process that has a disk of so many MiB (fixture `disk`)."""

    def decorate(test: Callable[..., None]) -> Callable[..., None]:
        if _PLACE in os.environ:
            return test

        def outside(request: pytest.FixtureRequest) -> None:
            with tempfile.TemporaryDirectory(prefix="hl-d-") as place:
                _run_inside(Path(place), mib, f"{request.path}::{test.__name__}")

        outside.__name__, outside.__doc__ = test.__name__, test.__doc__
        return outside

    return decorate


@pytest.fixture
def disk() -> SmallDisk:
    """The small disk of a test that is marked with `on_a_small_disk`."""
    return SmallDisk(Path(os.environ[_PLACE]))


def _run_inside(place: Path, mib: int, test: str) -> None:
    pytest_words = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", test]
    known = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    done = subprocess.run(
        words_on_a_small_disk(place, mib, pytest_words),
        cwd=PROJECT,
        env={**known, _PLACE: str(place)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=WITHIN_S,
    )
    assert done.returncode == 0, f"on the small disk:\n{done.stdout[-8000:]}"


@cache
def _way() -> tuple[str, ...]:
    seen = []
    for way in _WAYS:
        with tempfile.TemporaryDirectory(prefix="hl-d-") as place:
            tried = subprocess.run([*way, "sh", "-c", _MOUNT, "small-disk", place, "1", "true"], capture_output=True, text=True)
        if tried.returncode == 0:
            return way
        seen.append(tried.stderr.strip())
    pytest.skip(f"no small disk can be mounted here, neither in a user namespace nor as root: {seen}")
