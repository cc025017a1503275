"""One real Asterisk under test: started in its own folder, asked over its console, looked at after each test (asterisk.md §11)."""

import os
import re
import signal
import subprocess
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TypeVar

from app.places import PROJECT
from runtime.binaries import AsteriskHome, find_asterisk
from tests.live.patience import patience

Value = TypeVar("Value")

LOOK_EVERY_S = 0.05
BACKLOG = re.compile(r"^(?P<name>\S+)\s+\d+\s+(?P<queued>\d+)\s+\d+\s+\d+\s+\d+\s*$", re.MULTILINE)
TROUBLE = re.compile(r"\] (WARNING|ERROR)\[")

Deadline = float


def find() -> AsteriskHome | None:
    """The Asterisk of this machine, or None. Every cell, whatever its folder, shares what was unpacked for the checkout."""
    os.environ.setdefault("HOTLINE_RUNTIME", str(PROJECT / "var" / "runtime"))
    return find_asterisk(PROJECT / "var")


def until(asked: Callable[[], Value], *, within_s: Deadline = 5.0, what: str | Callable[[], str] = "") -> Value:
    """The first true answer. Fails the test when there is none in time (on a busy machine: `patience`), saying what was seen last."""
    began = time.monotonic()
    while not (seen := asked()):
        waited = time.monotonic() - began
        if waited > within_s and waited > within_s * patience():
            raise AssertionError(f"not within {waited:.1f} s: {(what() if callable(what) else what) or asked}; last seen: {seen!r}")
        time.sleep(LOOK_EVERY_S)  # noqa: TID251 - the one place where a live test waits, always for something
    return seen


class LiveAsterisk:
    """An Asterisk process of ours."""

    def __init__(self, home: AsteriskHome, conf: Path, log: Path) -> None:
        self.words = (*home.program.argv, "-C", str(conf))
        self.log = log / "messages"
        self._output = log / "console"
        self._read = 0
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """Its process id; fails when it does not run."""
        assert self._process is not None, "Asterisk was not started"
        return self._process.pid

    def start(self) -> None:
        """Start it and return once it is fully booted."""
        self._output.parent.mkdir(parents=True, exist_ok=True)
        with self._output.open("ab") as output:
            self._process = subprocess.Popen(
                [*self.words, "-f", "-n"], stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True
            )
        until(self._booted, within_s=60, what=f"Asterisk boots; see {self.log.parent}")
        self.new_troubles()

    def _booted(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, f"Asterisk ended: {self._output.read_text()[-2000:]}"
        return "fully booted" in self.cli("core waitfullybooted", check=False)

    def stop(self) -> None:
        """End it and everything it carries."""
        if self._process is None:
            return
        self._process.send_signal(signal.SIGCONT)
        self._process.terminate()
        try:
            self._process.wait(timeout=5 * patience())
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None

    def kill(self) -> None:
        """What a crash looks like."""
        os.kill(self.pid, signal.SIGKILL)
        assert self._process is not None
        self._process.wait()
        self._process = None

    def cli(self, command: str, *, check: bool = True) -> str:
        """The console's answer."""
        asked = subprocess.run([*self.words, "-rx", command], capture_output=True, timeout=60, stdin=subprocess.DEVNULL)
        assert asked.returncode == 0 or not check, f"{command}: {asked.stderr.decode(errors='replace')}"
        return asked.stdout.decode(errors="replace")

    def channels(self) -> list[list[str]]:
        """`core show channels concise`, split: name, context, extension, priority, state, application, data, caller, …, unique id."""
        return [line.split("!") for line in self.cli("core show channels concise").splitlines() if line.count("!") >= 12]

    def variable(self, channel: str, name: str) -> str:
        """A channel variable, empty when it is not set."""
        found = re.search(rf"^\s*{re.escape(name)}=(.*)$", self.cli(f"core show channel {channel}"), re.MULTILINE)
        return found[1] if found else ""

    def descriptors(self) -> int:
        """Open files and sockets."""
        return len(list(Path(f"/proc/{self.pid}/fd").iterdir()))

    def backlog(self) -> dict[str, int]:
        """Queues inside Asterisk in which something waits."""
        found = BACKLOG.finditer(self.cli("core show taskprocessors"))
        return {match["name"]: int(match["queued"]) for match in found if int(match["queued"])}

    def new_troubles(self) -> list[str]:
        """Warnings and errors in the log since the last question."""
        return [line for line in self.new_lines() if TROUBLE.search(line)]

    def new_lines(self) -> list[str]:
        """Log lines since the last question."""
        if not self.log.exists():
            return []
        with self.log.open("rb") as log:
            log.seek(self._read)
            fresh = log.read()
        self._read += len(fresh)
        return fresh.decode(errors="replace").splitlines()

    def log_was_put_aside(self) -> None:
        """The log begins anew: read from its top."""
        self._read = 0

    def settle(self, *, allowed: Iterable[str] = (), descriptors: int | None = None) -> None:
        """After a test: no channel, no bridge, no backlog, no open file left over, no warning that is not allowed (regular expressions)."""
        until(lambda: not self.channels(), within_s=8, what=lambda: f"0 channels: {self.cli('core show channels concise')}")
        until(lambda: "\n" not in self.cli("bridge show all").strip(), what="0 bridges")
        until(lambda: not self.backlog(), what="no taskprocessor backlog")
        if descriptors is not None:
            until(lambda: self.descriptors() <= descriptors, what=lambda: f"{descriptors} open files, not {self.descriptors()}")
        bad = [line for line in self.new_troubles() if not any(re.search(pattern, line) for pattern in allowed)]
        assert not bad, "new troubles in Asterisk's log:\n" + "\n".join(bad)
