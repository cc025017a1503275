"""One complete system in a folder of its own: real Asterisk, and as many of our processes as a test asks for.

Several cells live side by side: all ports are free ones, all files are below `cell.var`. `settle()` after each test is what makes
the tests honest: nothing may be left over (asterisk.md §11).
"""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterable, Mapping
from functools import partial
from pathlib import Path
from typing import Any, Self

from app.calling_settings import Joined, OutCalls
from app.children import redis_argv, served_argv
from app.places import PROJECT, Places
from app.provisioning import provision_asterisk
from app.settings import Agent, Agi, Asterisk, Console, Emergency, Line, Presence, Secrets, Settings, Sip, Storage, Trunk, Waiting
from runtime.binaries import AsteriskHome, find_redis
from tests.live.ami import AmiTap
from tests.live.patience import patience
from tests.live.ports import free_port, free_range
from tests.live.switch import LiveAsterisk, until
from tests.live.tones import lay_tones

AMI_PASSWORD = "a-test-cell-has-no-secrets-0000"
AGENTS = ("1001", "1002")
NO_CARRIER_YET = "No response received from 'sip:127.0.0.4:.* on registration attempt"
"""A cell boots before its carrier: on a busy machine its first REGISTER finds nobody in time. Said before the first test's end or never."""
LINES = (
    Line(number="12345", name="揭阳市12345市民服务热线", aliases=("0663-12345",)),
    Line(number="12350", name="分中心", greeting="still-there"),
)


class Cell:
    """A system under test. Use as a context manager; `start` boots Asterisk, `serve` starts processes of ours.

    Unless `prompts` says otherwise, each prompt is a short tone of its own (tests/live/tones.py): quick, and known by its content.
    `folder`: on which disk it stands (tests/live/small_disk.py). `supervisors`: more agents, who may supervise.
    """

    def __init__(
        self,
        home: AsteriskHome,
        *,
        trunks: Iterable[Trunk] = (),
        passwords: Mapping[str, str] | None = None,
        waiting: Waiting | None = None,
        step_seconds: int = 3,
        lines: tuple[Line, ...] = LINES,
        prompts: Path | None = None,
        skills: Mapping[str, tuple[str, ...]] | None = None,
        emergency: Emergency | None = None,
        folder: Path | None = None,
        storage: Storage | None = None,
        supervisors: tuple[str, ...] = (),
        agents: tuple[str, ...] = AGENTS,
        say_agent_number: bool = False,
        out_calls: OutCalls | None = None,
    ) -> None:
        self.home = home
        self._prompts = prompts
        self.var = Path(tempfile.mkdtemp(prefix="hl-cell-", dir=folder))
        self.places = Places(var=self.var)
        tcp, udp = socket.SOCK_STREAM, socket.SOCK_DGRAM
        self.settings = Settings(
            node=f"t{os.getpid()}",
            sip=Sip(port=free_port(udp), rtp_ports=free_range(400)),
            asterisk=Asterisk(ami_port=free_port(tcp)),
            agi=Agi(port=free_port(tcp), step_seconds=step_seconds),
            console=Console(port=free_port(tcp)),
            lines=lines,
            agents=tuple(
                Agent(id=id_, name=f"坐席{id_}", skills=(skills or {}).get(id_, ()), supervisor=id_ in supervisors)
                for id_ in (*agents, *supervisors)
            ),
            trunks=tuple(trunks),
            waiting=waiting or Waiting(ring_seconds=5, visit_every_seconds=5),
            presence=Presence(misses_in_a_row=0),  # one story's agents who took no call are there again in the next
            emergency=emergency or Emergency(),
            storage=storage or Storage(),
            out_calls=out_calls or OutCalls(),
            joined=Joined(say_agent_number=say_agent_number),
        )
        self.secrets = Secrets.model_validate(
            {
                "ami_password": AMI_PASSWORD,
                "agent_passwords": {id_: f"agent-{id_}-in-a-test" for id_ in (*agents, *supervisors)},
                "trunk_passwords": dict(passwords or {}),
                "ticket_token": "",
            }
        )
        self.asterisk = LiveAsterisk(home, self.places.asterisk_conf, self.var / "asterisk" / "log")
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self._ami: AmiTap | None = None
        self._descriptors: int | None = None
        self._settled = False
        self._reached: set[str] = set()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def ami(self) -> AmiTap:
        """Every event of this cell, over a user that only tests have."""
        if self._ami is None:
            self._ami = AmiTap(self.settings.asterisk.ami_port, user="tap", secret=AMI_PASSWORD)
        return self._ami

    @property
    def config(self) -> Path:
        """The settings file that processes of ours read."""
        return self.var / "hotline.toml"

    def start(self) -> Self:
        """Render and boot."""
        self.places.make()
        self.config.write_text(as_toml(self.settings.model_dump(mode="json")), encoding="utf-8")
        self.places.secrets.write_text(as_toml(_plain_secrets(self.secrets)), encoding="utf-8")
        self.places.secrets.chmod(0o600)
        provision_asterisk(self.settings, self.secrets, self.var, self._prompts or lay_tones(self.var / "prompts"))
        with (self.places.asterisk_etc / "manager.conf").open("a", encoding="utf-8") as manager:
            manager.write(f"\n[tap]\nsecret = {AMI_PASSWORD}\nread = all\nwrite = all\nwritetimeout = 5000\n")
        self.asterisk.start()
        self.ami.mark()
        self._descriptors = self.asterisk.descriptors()
        return self

    def reaches(self, *trunks: str) -> None:
        """Return once each of these trunks answers: it may have been asked before its carrier stood, and is asked again only every 15 s."""
        for name in {trunk.name for trunk in self.settings.trunks} & set(trunks) - self._reached:
            until(partial(self._reaches, name), within_s=15, what=f"{name} answers")
            self._reached.add(name)

    def _reaches(self, trunk: str) -> bool:
        reached = re.search(rf"Contact: +{re.escape(trunk)}/\S+ .*Avail", self.cli(f"pjsip show aor {trunk}")) is not None
        if not reached:
            self.cli(f"pjsip qualify {trunk}")
        return reached

    def stop(self) -> None:
        """End everything and remove the folder."""
        for name in list(self._processes):
            self.end(name)
        if self._ami is not None:
            self._ami.close()
            self._ami = None
        self.asterisk.stop()
        shutil.rmtree(self.var, ignore_errors=True)

    def cli(self, command: str) -> str:
        """Asterisk's console."""
        return self.asterisk.cli(command)

    def settle(self, *, allowed: Iterable[str] = ()) -> None:
        """Nothing is left of the last test. `allowed`: regular expressions of log lines that this test was about."""
        spare = 2  # a console connection that is just being closed
        limit = None if self._descriptors is None else self._descriptors + spare
        self.asterisk.settle(allowed=allowed if self._settled else (*allowed, NO_CARRIER_YET), descriptors=limit)
        self._settled = True
        self.ami.mark()

    def phones(self) -> dict[str, str]:
        """The agents' telephones and their passwords."""
        return {name: value.get_secret_value() for name, value in self.secrets.agent_passwords.items()}

    # ── processes of ours ────────────────────────────────────────────────────────────────────────

    def serve(self, *names: str) -> None:
        """Start processes of ours (agi, routing, worker, console) or redis, and wait until each gives a sign of life."""
        for name in names:
            words = self._redis_words() if name == "redis" else served_argv(name, self.config, self.places)
            self.places.alive_file(name).unlink(missing_ok=True)  # a dead process's last sign of life is none of the new one's
            with (self.places.log / f"{name}.out").open("ab") as output:
                self._processes[name] = subprocess.Popen(words, cwd=PROJECT, stdin=subprocess.DEVNULL, stdout=output, stderr=output)
        for name in names:
            until(partial(self._lives, name), within_s=60, what=f"{name} starts; see {self.places.log}")

    def end(self, name: str, sign: signal.Signals = signal.SIGTERM) -> None:
        """Stop one of them, by default in order; SIGKILL is a crash."""
        process = self._processes.pop(name)
        process.send_signal(signal.SIGCONT)
        process.send_signal(sign)
        try:
            process.wait(timeout=8 * patience())
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def send(self, name: str, sign: signal.Signals) -> None:
        """Send a signal to one of them: SIGSTOP freezes it, SIGCONT thaws it."""
        self._processes[name].send_signal(sign)

    def pid_of(self, name: str) -> int:
        """Its pid; 0 = it does not run."""
        return self._processes[name].pid if name in self._processes else 0

    def log_of(self, name: str) -> str:
        """The end of its log and bare output, for messages of failed tests."""
        texts = [
            path.read_text(errors="replace") for path in (self.places.log / f"{name}.log", self.places.log / f"{name}.out") if path.exists()
        ]
        return "\n".join(texts)[-3000:]

    def _lives(self, name: str) -> bool:
        assert self._processes[name].poll() is None, f"{name} ended by itself:\n{self.log_of(name)}"
        sign = self.places.redis_socket if name == "redis" else self.places.alive_file(name)
        return sign.exists()

    def _redis_words(self) -> tuple[str, ...]:
        redis = find_redis(PROJECT / "var")
        assert redis is not None, "no Redis on this machine"
        return redis_argv(redis.argv, self.places)


def as_toml(tree: Mapping[str, Any], above: str = "") -> str:
    """A settings tree as TOML: plain values first, then tables, then lists of tables. JSON's strings and lists are TOML's, too."""
    told = {key: value for key, value in tree.items() if value is not None}
    plain = [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in told.items() if not _is_table(value)]
    tables = [f"[{above}{key}]\n{as_toml(value, f'{above}{key}.')}" for key, value in tree.items() if isinstance(value, Mapping)]
    rows = [f"[[{above}{key}]]\n{as_toml(row, f'{above}{key}.')}" for key, value in tree.items() if _is_rows(value) for row in value]
    return "\n".join([*plain, *tables, *rows]) + "\n"


def _is_table(value: object) -> bool:
    return isinstance(value, Mapping) or _is_rows(value)


def _is_rows(value: object) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], Mapping)


def _plain_secrets(secrets: Secrets) -> dict[str, Any]:
    return {
        "ami_password": secrets.ami_password.get_secret_value(),
        "ticket_token": secrets.ticket_token.get_secret_value(),
        "agent_passwords": {name: value.get_secret_value() for name, value in secrets.agent_passwords.items()},
        "trunk_passwords": {name: value.get_secret_value() for name, value in secrets.trunk_passwords.items()},
    }
