"""Brings the programs that are missing: finds the mirror, downloads, unpacks, tries each once, and only then puts them in place."""

import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TypeVar

from runtime.apt_sources import codename, own_sources, read_sources
from runtime.binaries import (
    ASTERISK,
    REDIS,
    ROOT,
    SIPP,
    TEST_ROOT,
    AsteriskHome,
    Program,
    Wanted,
    ask_version,
    find_asterisk,
    find_redis,
    find_sipp,
    find_unpacked,
    loader_argv,
)
from runtime.errors import SetupError
from runtime.places import locked, runtime_home
from runtime.postgres import POSTGRES, POSTGRES_ROOT, PostgresHome, find_postgres, wrap
from runtime.private_apt import Deb, PrivateApt, update_lists, without
from runtime.progress import Progress
from runtime.unpacking import Record, fix_links, packages_of, put_in_place, read_records, trim, unpack, write_record
from runtime.versions import at_least

SUITE = "sid"
Found = TypeVar("Found", AsteriskHome, PostgresHome, Program)
_FOLDERS: dict[str, tuple[Wanted, ...]] = {ROOT: (ASTERISK, REDIS), TEST_ROOT: (SIPP,), POSTGRES_ROOT: (POSTGRES,)}
# Dependencies of installing, not of running: nothing that we start reads them.
_NEVER_RUN = (
    "adduser", "base-passwd", "debconf", "dirmngr", "gnupg", "gpg", "libc-gconv-modules-extra", "libpython3", "login.defs", "media-types",
    "passwd", "perl-base", "pinentry", "python3", "tzdata",
)  # fmt: skip
_NEVER_RUN_BY_POSTGRES = (
    "libc-l10n", "libjson-perl", "libllvm", "libperl", "libsystemd-shared", "libtext-", "locales", "perl", "postgresql-client-common",
    "postgresql-common", "procps", "ssl-cert", "systemd", "ucf",
)  # fmt: skip
_ETC_APT = Path("/etc/apt")
_OS_RELEASE = Path("/etc/os-release")
_BY_HAND = "Install Asterisk >= 22.10.1 and Redis >= 6.2 by hand, then run the command again."


def ensure_asterisk(var: Path, progress: Progress) -> AsteriskHome:
    """Asterisk, brought here first when there is none. Raises SetupError when that is not possible."""
    home = find_asterisk(var)
    if home is None:
        bring(ROOT, var, progress)
        home = find_asterisk(var)
    return _must(home, ASTERISK)


def ensure_redis(var: Path, progress: Progress) -> Program:
    """redis-server, brought here first when there is none. Raises SetupError when that is not possible."""
    program = find_redis(var)
    if program is None:
        bring(ROOT, var, progress)
        program = find_redis(var)
    return _must(program, REDIS)


def ensure_sipp(var: Path, progress: Progress) -> Program:
    """SIPp, brought here first when there is none. Raises SetupError when that is not possible."""
    program = find_sipp(var)
    if program is None:
        bring(TEST_ROOT, var, progress)
        program = find_sipp(var)
    return _must(program, SIPP)


def ensure_postgres(var: Path, progress: Progress) -> PostgresHome:
    """PostgreSQL, for tests and benches, brought here first when there is none. Raises SetupError when that is not possible."""
    home = find_postgres(var)
    if home is None:
        bring(POSTGRES_ROOT, var, progress)
        home = find_postgres(var)
    return _must(home, POSTGRES)


def upgrade(var: Path, progress: Progress) -> None:
    """Replace whatever was unpacked by what the mirror carries today. The system's own programs are left alone."""
    for folder in read_records(runtime_home(var)):
        bring(folder, var, progress, anew=True)


def bring(folder: str, var: Path, progress: Progress, *, anew: bool = False) -> None:
    """Unpack the programs of `folder`, one process at a time; done already by another process: nothing (unless `anew`)."""
    home = runtime_home(var)
    with locked(home / "lock"):
        if anew or not all(find_unpacked(wanted, home) for wanted in _FOLDERS[folder]):
            _bring(folder, home, progress)


def machine_apt(home: Path, suite: str = "") -> PrivateApt:
    """A private apt on this machine's mirror, for `suite` or (empty) for the machine's own release.

    Raises SetupError when this machine has no apt or no mirror.
    """
    if shutil.which("apt-get") is None or shutil.which("dpkg-deb") is None:
        raise SetupError("This machine has no apt: only Debian and its kin can be prepared automatically.", _BY_HAND)
    source = own_sources(read_sources(_ETC_APT), codename(_OS_RELEASE))[0]
    name = suite or source.suite
    return PrivateApt(home / "apt" / name, source, name)


def _bring(folder: str, home: Path, progress: Progress) -> None:
    apt = machine_apt(home, SUITE)
    update_lists(apt, progress)
    never = _NEVER_RUN + (_NEVER_RUN_BY_POSTGRES if folder == POSTGRES_ROOT else ())
    debs = without(apt.closure([wanted.package for wanted in _FOLDERS[folder]]), never)
    with tempfile.TemporaryDirectory(prefix=f"{folder}.", dir=home) as draft:
        record = _make(folder, apt, debs, Path(draft), progress)
        write_record(home, folder, None)
        put_in_place(Path(draft) / folder, home / folder)
        write_record(home, folder, record)


def _make(folder: str, apt: PrivateApt, debs: Sequence[Deb], draft: Path, progress: Progress) -> Record:
    names = ", ".join(wanted.name for wanted in _FOLDERS[folder])
    with progress.step(f"下载 / downloading {names} ({len(debs)} packages)") as step:
        files = apt.download(debs, draft / "debs", step)
    root = draft / folder
    with progress.step(f"解包 / unpacking {names}"):
        unpack(files, root)
        trim(root)
        fix_links(root)
        if folder == POSTGRES_ROOT:
            wrap(root)
    programs = {wanted.name: _try(wanted, root) for wanted in _FOLDERS[folder]}
    return Record(suite=apt.suite, programs=programs, packages=packages_of(debs, files))


def _try(wanted: Wanted, root: Path) -> str:
    program = root / wanted.path
    argv = (str(program.resolve()),) if wanted is POSTGRES else loader_argv(root, wanted.path)
    version = ask_version(argv, wanted)
    if version is None or not at_least(version, wanted.oldest):
        raise SetupError(f"The unpacked {wanted.name} tells version {version}; {wanted.oldest} or newer is needed.", _BY_HAND)
    return version


def _must(found: Found | None, wanted: Wanted) -> Found:
    if found is None:
        raise SetupError(f"{wanted.name} >= {wanted.oldest} is not here.", _BY_HAND)
    return found
