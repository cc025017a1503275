"""A PostgreSQL of one's own, for tests and benches: a fresh cluster in a temporary folder, reached by a socket alone, gone afterwards.

Nothing is synced to the disk (`fsync` off) unless asked: who tests what a power cut leaves must ask. PostgreSQL refuses to run as root, so
root hands it to the user `nobody`.
"""

import os
import pwd
import shutil
import signal
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp
from typing import Any, Final

import psycopg

from hotline.errors import HotlineError
from runtime.postgres import PostgresHome

USER: Final = "hotline"
_STARTS_WITHIN_S: Final = 60
_FAST: Final = {"fsync": "off", "full_page_writes": "off"}
_SMALL: Final = {
    "shared_buffers": "64MB",
    "max_connections": "50",
    "jit": "off",
    "timezone": "UTC",
    "listen_addresses": "",
    "autovacuum": "off",
}


class PostgresSilent(HotlineError):
    """It did not come up; the message holds its last words."""


@dataclass(kw_only=True)
class OwnPostgres:
    """A running cluster. `folder` holds its socket."""

    home: PostgresHome
    folder: Path
    options: Mapping[str, str]
    _running: "subprocess.Popen[bytes] | None" = None

    def url(self, database: str = "postgres") -> str:
        """For SQLAlchemy."""
        return f"postgresql+psycopg://{USER}@/{database}?host={self.folder}"

    def make(self, database: str) -> str:
        """A new empty database; returns its URL."""
        with psycopg.connect(host=str(self.folder), user=USER, dbname="postgres", autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{database}"')  # type: ignore[call-overload,unused-ignore]  # a name of ours
        return self.url(database)

    def start(self) -> None:
        """Let it run. Raises `PostgresSilent`."""
        with (self.folder / "log").open("ab") as log:
            argv = [str(self.home.bin / "postgres"), "-D", str(self.folder / "db"), "-k", str(self.folder)]
            argv += [word for name, value in self.options.items() for word in ("-c", f"{name}={value}")]
            self._running = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True, **_nobody())
        self._await(self._running)

    def kill(self) -> None:
        """SIGKILL to the whole of it, as the kernel does that has no memory left; the next `start` recovers."""
        if self._running is not None:
            self._running.send_signal(signal.SIGSTOP)  # so that no child has time for last words
            for each in (*_children(self._running.pid), self._running.pid):  # each has a session of its own
                with suppress(ProcessLookupError):
                    os.kill(each, signal.SIGKILL)
            self._running.wait()
            (self.folder / "db" / "postmaster.pid").unlink(missing_ok=True)

    def stop(self) -> None:
        """In order, waiting for nobody's session."""
        if self._running is not None:
            self._running.send_signal(signal.SIGINT)
            self._running.wait()

    def _await(self, running: "subprocess.Popen[bytes]") -> None:
        for _ in range(_STARTS_WITHIN_S * 20):
            if self._answers():
                return
            if running.poll() is not None:
                break
            signal.sigtimedwait([], 0.05)  # nothing tells us when a foreign process is ready
        raise PostgresSilent(f"PostgreSQL 没有启动 did not come up: {self._last_words()}")

    def _answers(self) -> bool:
        try:
            with psycopg.connect(host=str(self.folder), user=USER, dbname="postgres", connect_timeout=5):
                return True
        except psycopg.OperationalError:
            return False

    def _last_words(self) -> str:
        return (self.folder / "log").read_text(errors="replace")[-2000:]


def _children(pid: int) -> list[int]:
    """By /proc: the fourth word of `stat`, behind the name in brackets."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError, IndexError):
            if stat.read_text(errors="replace").rpartition(")")[2].split()[1] == str(pid):
                found.append(int(stat.parent.name))
    return found


@contextmanager
def own_postgres(home: PostgresHome, **options: str) -> Iterator[OwnPostgres]:
    """A cluster that runs until the block ends; `options` of postgresql.conf. Raises `PostgresSilent`."""
    folder = Path(mkdtemp(prefix="hl-pg-"))  # short: a socket's path may have 107 bytes, unix(7)
    try:
        _make_cluster(home, folder)
        cluster = OwnPostgres(home=home, folder=folder, options={**_SMALL, **_FAST, **options})
        cluster.start()
        try:
            yield cluster
        finally:
            cluster.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _make_cluster(home: PostgresHome, folder: Path) -> None:
    if os.geteuid() == 0:
        nobody = pwd.getpwnam("nobody")
        os.chown(folder, nobody.pw_uid, nobody.pw_gid)
    argv = [str(home.bin / "initdb"), "-D", str(folder / "db"), "-U", USER, "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"]
    made = subprocess.run(argv, capture_output=True, text=True, check=False, cwd=folder, **_nobody())
    if made.returncode:
        raise PostgresSilent(f"initdb: {(made.stdout + made.stderr)[-2000:]}")


def _nobody() -> dict[str, Any]:
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
