"""Finds Asterisk, Redis and SIPp: the system's own when new enough, else unpacked from Debian without installing anything.

Unpacked programs are started through the C library's loader that came with them, so the machine's own libraries do not matter.
`LD_LIBRARY_PATH` stays unset: what they start in turn runs with the machine's libraries.
"""

import os
import platform
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from runtime.commands import plain_environment
from runtime.errors import SetupError
from runtime.places import runtime_home
from runtime.unpacking import read_records
from runtime.versions import at_least

ROOT = "root"
TEST_ROOT = "root-test"
_SYSTEM_FOLDERS = ("/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin")
_LOADERS = {
    "x86_64": ("x86_64-linux-gnu", "ld-linux-x86-64.so.2"),
    "aarch64": ("aarch64-linux-gnu", "ld-linux-aarch64.so.1"),
}
_ANSWERS_WITHIN_S = 20.0


@dataclass(frozen=True, kw_only=True)
class Program:
    """A program that answered with its version. `argv` is how its command line begins; `origin` is 'system' or 'unpacked'."""

    argv: tuple[str, ...]
    version: str
    origin: str


@dataclass(frozen=True, kw_only=True)
class AsteriskHome:
    """Asterisk with the folders that asterisk.conf must name: `astmoddir` and `astdatadir`."""

    program: Program
    module_dir: Path
    data_dir: Path


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """A program that we need: its oldest useful version, how it tells its version, and the package and folder it comes in."""

    name: str
    oldest: str
    ask: str
    answer: re.Pattern[str]
    path: str
    package: str
    folder: str


ASTERISK = Wanted(
    name="asterisk", oldest="22.10.1", ask="-V", answer=re.compile(r"Asterisk (\S+)"), path="usr/sbin/asterisk",
    package="asterisk", folder=ROOT,
)  # fmt: skip
REDIS = Wanted(
    name="redis-server", oldest="6.2", ask="--version", answer=re.compile(r"\bv=(\S+)"), path="usr/bin/redis-server",
    package="redis-server", folder=ROOT,
)  # fmt: skip
SIPP = Wanted(
    name="sipp", oldest="3.6", ask="-v", answer=re.compile(r"SIPp v([\d.]+)"), path="usr/bin/sipp", package="sip-tester", folder=TEST_ROOT,
)  # fmt: skip


def find_asterisk(var: Path) -> AsteriskHome | None:
    """Asterisk >= 22.10.1 with its folders, or None. `var` is the project's folder of everything that changes."""
    system = find_system(ASTERISK)
    modules = _system_modules()
    if system and modules:
        return AsteriskHome(program=system, module_dir=modules, data_dir=_system_data())
    unpacked = find_unpacked(ASTERISK, runtime_home(var))
    return asterisk_home(unpacked, runtime_home(var) / ROOT) if unpacked else None


def find_redis(var: Path) -> Program | None:
    """redis-server >= 6.2, or None."""
    return find_system(REDIS) or find_unpacked(REDIS, runtime_home(var))


def find_sipp(var: Path) -> Program | None:
    """SIPp, for tests that make calls, or None."""
    return find_system(SIPP) or find_unpacked(SIPP, runtime_home(var))


def find_system(wanted: Wanted) -> Program | None:
    """The machine's own program when it is new enough, else None."""
    path = shutil.which(wanted.name, path=os.pathsep.join([os.environ.get("PATH", ""), *_SYSTEM_FOLDERS]))
    version = ask_version((path,), wanted) if path else None
    if path is None or version is None or not at_least(version, wanted.oldest):
        return None
    return Program(argv=(path,), version=version, origin="system")


def find_unpacked(wanted: Wanted, home: Path) -> Program | None:
    """The program as it was unpacked below `home`, with the version it told then, or None."""
    record = read_records(home).get(wanted.folder)
    version = record.programs.get(wanted.name) if record else None
    if version is None or not at_least(version, wanted.oldest) or not (home / wanted.folder / wanted.path).exists():
        return None
    return Program(argv=loader_argv(home / wanted.folder, wanted.path), version=version, origin="unpacked")


def asterisk_home(program: Program, root: Path) -> AsteriskHome:
    """The folders of an Asterisk that was unpacked into `root`."""
    return AsteriskHome(
        program=program,
        module_dir=root / "usr/lib" / triplet() / "asterisk/modules",
        data_dir=root / "usr/share/asterisk",
    )


def loader_argv(root: Path, path: str, machine: str = "") -> tuple[str, ...]:
    """How the program at `path` below `root` is started through the loader in `root`; `machine` as `uname -m` tells it.

    Raises SetupError on a kind of machine that we know no loader of.
    """
    libraries = root / "usr/lib" / triplet(machine)
    loader = _LOADERS[machine or platform.machine()][1]
    return (str(libraries / loader), "--library-path", str(libraries), str(root / path))


def triplet(machine: str = "") -> str:
    """Debian's name of the machine's library folder. Raises SetupError on a kind of machine that we do not know."""
    machine = machine or platform.machine()
    if machine not in _LOADERS:
        raise SetupError(
            f"Unpacked programs run on x86_64 and aarch64, not on {machine}.",
            "Install Asterisk >= 22.10.1 and Redis >= 6.2 by hand.",
        )
    return _LOADERS[machine][0]


def ask_version(argv: tuple[str, ...], wanted: Wanted) -> str | None:
    """The version that the program tells when it is started; None when it does not start or tells none."""
    try:
        done = subprocess.run(
            [*argv, wanted.ask], stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace", check=False,
            timeout=_ANSWERS_WITHIN_S, env=plain_environment(),
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired):
        return None
    match = wanted.answer.search(done.stdout + done.stderr)
    return match[1] if match else None


def _system_modules() -> Path | None:
    places = [Path(f"{lib}/asterisk/modules") for lib in (f"/usr/lib/{_own_triplet()}", "/usr/lib", "/usr/lib64", "/usr/local/lib")]
    return next((place for place in places if (place / "app_dial.so").exists()), None)


def _system_data() -> Path:
    return Path("/usr/share/asterisk") if Path("/usr/share/asterisk").is_dir() else Path("/var/lib/asterisk")


def _own_triplet() -> str:
    return _LOADERS.get(platform.machine(), ("", ""))[0]
