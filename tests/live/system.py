"""One complete system under its own supervisor, driven by the command line that operators use."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, Self

from app.children import running
from app.pidfile import Claim
from app.places import PROJECT, Places
from app.settings import Agi, Asterisk, Console, Settings, Sip
from tests.live.cell import AGENTS, LINES, as_toml
from tests.live.ports import free_port, free_range
from tests.live.switch import find

UP_WITHIN_S = 120.0


class System:
    """Use as a context manager: everything is down and the folder is gone afterwards.

    It runs a copy of the source: a file that is edited while the tests run would replace processes, as it should.
    """

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="hl-up-"))
        self.tree = self._folder / "tree"
        shutil.copytree(PROJECT, self.tree, ignore=_not_source)
        self.places = Places(var=self._folder / "var")
        self.places.var.mkdir()
        self.config = self.places.var / "hotline.toml"
        tcp = socket.SOCK_STREAM
        self.settings = Settings.model_validate(
            {
                "node": f"u{os.getpid()}",
                "sip": Sip(port=free_port(socket.SOCK_DGRAM), rtp_ports=free_range(100)),
                "asterisk": Asterisk(ami_port=free_port(tcp)),
                "agi": Agi(port=free_port(tcp)),
                "console": Console(port=free_port(tcp)),
                "lines": LINES,
                "agents": [{"id": agent, "name": f"坐席{agent}"} for agent in AGENTS],
            }
        )
        self.write(self.settings)

    def __enter__(self) -> Self:
        find()
        return self

    def __exit__(self, *_: object) -> None:
        self.run("up", "--stop", "--now")
        shutil.rmtree(self._folder, ignore_errors=True)

    def write(self, settings: Settings) -> None:
        """The settings file that an operator would write."""
        self.config.write_text(as_toml(settings.model_dump(mode="json")), encoding="utf-8")

    def words(self, *asked: str) -> list[str]:
        """A command of the command line."""
        return [sys.executable, "-m", "app.cli", *asked, "--config", str(self.config), "--var", str(self.places.var)]

    def run(self, *asked: str) -> subprocess.CompletedProcess[str]:
        """Run it to its end."""
        return subprocess.run(
            self.words(*asked), cwd=self.tree, capture_output=True, text=True, timeout=UP_WITHIN_S, stdin=subprocess.DEVNULL
        )

    def start(self, *asked: str) -> subprocess.Popen[str]:
        """Begin it."""
        return subprocess.Popen(self.words(*asked), cwd=self.tree, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    def up(self) -> str:
        """Bring it up; fails with all that it said."""
        done = self.run("up")
        assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
        return done.stdout

    def health(self) -> dict[str, Any]:
        """How well everything is."""
        return dict(json.loads(self.run("health").stdout))

    def claim(self, name: str) -> Claim:
        """The living process of this name."""
        claim = running(self.places, name)
        assert claim is not None, f"{name} does not run"
        return claim

    def kill(self, name: str) -> int:
        """What a crash looks like; returns the pid."""
        pid = self.claim(name).pid
        os.kill(pid, signal.SIGKILL)
        return pid

    def cli(self, command: str) -> str:
        """Asterisk's console."""
        home = find()
        assert home is not None
        words = [*home.program.argv, "-C", str(self.places.asterisk_conf), "-rx", command]
        return subprocess.run(words, capture_output=True, text=True, timeout=20).stdout

    def channels(self) -> int:
        """How many channels there are."""
        return sum(1 for line in self.cli("core show channels concise").splitlines() if line.count("!") >= 12)

    def call(self) -> None:
        """A citizen who listens for ever: a real SIP call of the switch to itself."""
        self.cli("channel originate PJSIP/12345@self-check application MusicOnHold hotline")


def _not_source(folder: str, names: list[str]) -> list[str]:
    """What no process of ours reads: everything hidden, what the project makes, tests and sounds for people."""
    top = {"var", "tests", "demo", "bench"} if Path(folder) == PROJECT else set()
    return [name for name in names if name.startswith(".") or name == "__pycache__" or name in top]
