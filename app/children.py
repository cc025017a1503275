"""The processes of one system: what each is started from, and how it is started so that it outlives its supervisor."""

import asyncio
import hashlib
import os
import shutil
import signal
import sys
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

from app.pidfile import Claim, boot_id, is_alive, read_claim
from app.places import PROJECT, Places
from app.settings import Settings

SERVED = ("agi", "watchdog", "routing", "standby", "worker", "console")
"""Our own Python processes, `python -m app.cli serve NAME`. `standby` is a second `routing`: one of the two leads (routing/office.py)."""

STOP_STAGES = (("asterisk",), ("routing", "standby", "watchdog"), ("agi", "worker", "console"), ("redis",))
"""The switch first: then routing still sees its calls end and closes their journals; the watchdog before what it watches.
One stage goes down at the same time."""

STOP_ORDER = tuple(name for stage in STOP_STAGES for name in stage)

MUTE_LIMITS_S: Final[Mapping[str, float]] = MappingProxyType(
    {"asterisk": 10.0, "redis": 10.0, "agi": 5.0, "watchdog": 5.0, "routing": 8.0, "standby": 8.0, "worker": 20.0, "console": 20.0}
)
"""Seconds without a sign of life until a process is killed and started again. Asterisk: without any of several (app/switch_signs.py).
agi serves who listens to a prompt, routing assigns agents; the worker may be held up by a slow disk, and nobody waits for it."""

BUSY_SWITCH_S: Final = 60.0

MOST_OUTPUT = 1_000_000

# The shell writes the pid file and then becomes the program under the same pid: there is no moment in which the process runs
# without a file by which the next supervisor finds it. $1 pid file, $2 boot, $3 fingerprint, then the program.
_LAUNCH = r"""
umask 077
read -r stat < "/proc/$$/stat" || exit 70
printf '%s\n%s\n%s\n%s\n' "$$" "$stat" "$2" "$3" > "$1.new" && mv -f "$1.new" "$1" || exit 71
cd "$4" || exit 72
shift 4
exec "$@"
"""


@dataclass(frozen=True, kw_only=True)
class ChildSpec:
    """One process: its words, what it was made from, and how patient we are with it.

    `grace_s`: seconds from SIGTERM to SIGKILL. `mute_limit_s`: seconds without an answer after which it is killed; None = never.
    `busy_limit_s`: the same while it works hard (Asterisk carries calls: slow is not frozen). `replaceable`: a changed fingerprint may
    restart it at any time. `remains`: a folder for what is kept of it before it is killed for its silence (app/remains.py).
    """

    name: str
    argv: tuple[str, ...]
    fingerprint: str
    grace_s: float = 5.0
    mute_limit_s: float | None = 20.0
    busy_limit_s: float | None = None
    replaceable: bool = True
    remains: Path | None = None


def plan(*, settings: Settings, config: Path, places: Places, asterisk: Sequence[str], redis: Sequence[str]) -> tuple[ChildSpec, ...]:
    """All processes in the order of their start. `asterisk`, `redis`: how these programs are called on this machine."""
    code = fingerprint_of_code()
    inputs = [_bytes(config), _bytes(places.secrets), code.encode()]
    return (
        ChildSpec(
            name="asterisk",
            argv=(*asterisk, "-C", str(places.asterisk_conf), "-f", "-n"),
            fingerprint=fingerprint([_bound_at_start(settings)]),
            grace_s=10.0,
            mute_limit_s=MUTE_LIMITS_S["asterisk"],
            busy_limit_s=BUSY_SWITCH_S,
            replaceable=False,
            remains=places.asterisk_log,
        ),
        ChildSpec(
            name="redis",
            argv=redis_argv(redis, places),
            fingerprint=fingerprint([repr(redis_argv(redis, places)).encode()]),
            mute_limit_s=MUTE_LIMITS_S["redis"],
        ),
        *(
            ChildSpec(
                name=name,
                argv=served_argv(name, config, places),
                fingerprint=fingerprint([name.encode(), *inputs]),
                mute_limit_s=MUTE_LIMITS_S[name],
            )
            for name in SERVED
        ),
    )


def _bound_at_start(settings: Settings) -> bytes:
    """What Asterisk reads only when it starts; everything else it learns by a reload."""
    sip = settings.sip
    return repr((sip.bind, sip.port, sip.rtp_ports, settings.asterisk, settings.node)).encode()


def served_argv(name: str, config: Path, places: Places) -> tuple[str, ...]:
    """The words that start one of our own processes."""
    return (sys.executable, "-m", "app.cli", "serve", name, "--config", str(config), "--var", str(places.var))


def redis_argv(redis: Sequence[str], places: Places) -> tuple[str, ...]:
    """Live state only: no file, no TCP port, a socket for this user alone."""
    options = {
        "port": "0",
        "unixsocket": str(places.redis_socket),
        "unixsocketperm": "700",
        "save": "",
        "appendonly": "no",
        "daemonize": "no",
    }
    return (*redis, *(word for key, value in options.items() for word in (f"--{key}", value)), "--dir", str(places.run))


def fingerprint(parts: Iterable[bytes]) -> str:
    """A short hash over parts, each counted by its length."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()[:24]


def fingerprint_of_code(root: Path = PROJECT) -> str:
    """Changes when a source file of ours does: then `up` restarts our own processes with the new code."""
    rooms = ("agi", "app", "console", "hotline", "ivr", "records", "recordings", "routing", "storage", "tickets")
    files = sorted(path for room in rooms for path in (root / room).rglob("*.py"))
    return fingerprint(f"{path.relative_to(root)}:{path.stat().st_size}:{path.stat().st_mtime_ns}".encode() for path in files)


def running(places: Places, name: str) -> Claim | None:
    """The living process of this name, whoever started it."""
    claim = read_claim(places.pid_file(name))
    if claim is None or not is_alive(claim):
        return None
    return claim


def launch(spec: ChildSpec, places: Places) -> int:
    """Start it in a session of its own, output to log/NAME.out (a pipe would break with its reader). Returns the pid."""
    output = places.log / f"{spec.name}.out"
    _turn_over(output)
    places.alive_file(spec.name).unlink(missing_ok=True)  # a dead process's last sign of life is none of the new one's
    words = ["sh", "-c", _LAUNCH, "launch", str(places.pid_file(spec.name)), boot_id(), spec.fingerprint, str(PROJECT), *spec.argv]
    appending = os.O_WRONLY | os.O_CREAT | os.O_APPEND
    files = [
        (os.POSIX_SPAWN_OPEN, 0, "/dev/null", os.O_RDONLY, 0),
        (os.POSIX_SPAWN_OPEN, 1, str(output), appending, 0o600),
        (os.POSIX_SPAWN_DUP2, 1, 2),
    ]
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    return os.posix_spawn(
        "/bin/sh", words, environment, file_actions=files, setsid=True, setsigmask=[], setsigdef=[signal.SIGINT, signal.SIGPIPE]
    )


def tell(claim: Claim, sign: signal.Signals) -> None:
    """Send a signal to exactly that process; one that is gone is fine."""
    if is_alive(claim):
        with suppress(ProcessLookupError):
            os.kill(claim.pid, sign)


def collect(pid: int) -> None:
    """Take away the remains of a child of ours; one that is not ours is collected by others."""
    with suppress(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)


async def end(claim: Claim, grace_s: float) -> None:
    """SIGTERM, then after so many seconds SIGKILL; returns when the process is gone."""
    tell(claim, signal.SIGTERM)
    with suppress(TimeoutError):
        async with asyncio.timeout(grace_s):
            await _gone(claim)
    tell(claim, signal.SIGKILL)
    await _gone(claim)


async def _gone(claim: Claim) -> None:
    while is_alive(claim):  # noqa: ASYNC110 - an adopted process tells nobody that it ends
        await asyncio.sleep(0.02)
    collect(claim.pid)


def is_over(pid: int) -> bool:
    """True if a child of ours has ended; collects it."""
    try:
        return os.waitpid(pid, os.WNOHANG)[0] == pid
    except ChildProcessError:
        return True


def _turn_over(output: Path) -> None:
    if output.exists() and output.stat().st_size > MOST_OUTPUT:
        shutil.move(output, output.with_suffix(".out.1"))


def _bytes(path: Path) -> bytes:
    return path.read_bytes() if path.exists() else b""
