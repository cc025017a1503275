"""A package index of our own beside the machine's: no root, nothing installed, the machine's own mirror, keys and proxies.

apt runs with its own lists, cache and an empty status file, so that a package's whole closure (the C library too) is resolved.
Signatures are checked by apt as usual. Tried on Debian 12.
"""

import shutil
import subprocess
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

from runtime.apt_sources import Source
from runtime.commands import plain_environment, run
from runtime.errors import CommandFailedError, MirrorLacksSuiteError
from runtime.progress import Progress, Step

_MIRROR_REMEDY = "Check that this machine reaches its package mirror (`apt-get update` as root), then run the command again."
_NO_SUITE_REMEDY = "Install Asterisk >= 22.10.1 and Redis >= 6.2 by hand (package or source) and run the command again."
_DEBIAN_KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
_BYTES_PER_MB = 1_000_000
_POLL_S = 1.0


@dataclass(frozen=True, kw_only=True)
class Deb:
    """One package file on the mirror; `size` in bytes."""

    name: str
    version: str
    file: str
    size: int


class PrivateApt:
    """apt for the suite `suite` of the mirror `source`, with everything it writes below `home`."""

    def __init__(self, home: Path, source: Source, suite: str) -> None:
        self.home = home
        self.suite = suite
        self._source = source

    def update(self) -> None:
        """Fetch the suite's package lists.

        Raises MirrorLacksSuiteError when the mirror has no such suite, CommandFailedError when it cannot be reached.
        """
        self._write_configuration()
        try:
            self._apt("update", "-o", "APT::Update::Error-Mode=any")
        except CommandFailedError as error:
            if "does not have a Release file" in error.what:
                raise MirrorLacksSuiteError(f"This machine's package mirror has no suite '{self.suite}'.", _NO_SUITE_REMEDY) from error
            raise

    def closure(self, packages: Sequence[str]) -> list[Deb]:
        """`packages` and everything they depend on, down to the C library. Call `update` first."""
        return parse_uris(self._apt("install", "-y", "-qq", "--print-uris", *packages))

    def exactly(self, packages: Sequence[str]) -> list[Deb]:
        """`packages` alone, without what they depend on. Call `update` first."""
        return parse_uris(self._apt("download", "-qq", "--print-uris", *packages))

    def download(self, debs: Sequence[Deb], into: Path, step: Step) -> list[Path]:
        """Fetch `debs` into the folder `into`, noting the megabytes in `step`, and return the files. apt checks their hashes."""
        into.mkdir(parents=True, exist_ok=True)
        wanted = [f"{deb.name}={deb.version}" for deb in debs]
        self._watch(self._argv("download", "-qq", *wanted), into, sum(deb.size for deb in debs), step)
        files = [into / deb.file for deb in debs]
        absent = [path.name for path in files if not path.is_file()]
        if absent:
            raise CommandFailedError(f"apt-get download brought no {', '.join(absent)}.", _MIRROR_REMEDY)
        return files

    def _watch(self, argv: Sequence[str], into: Path, total: int, step: Step) -> None:
        with subprocess.Popen(
            argv, cwd=into, env=plain_environment(), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        ) as apt:
            output = _output(apt, lambda: step.note(f"{_folder_size(into) // _BYTES_PER_MB}/{total // _BYTES_PER_MB} MB"))
        step.note(f"{total / _BYTES_PER_MB:.1f} MB")
        if apt.returncode != 0:
            raise CommandFailedError(f"apt-get download ended with {apt.returncode}:\n{output[-2000:]}", _MIRROR_REMEDY)

    def _apt(self, *words: str) -> str:
        return run(self._argv(*words), remedy=_MIRROR_REMEDY, cwd=self.home)

    def _argv(self, *words: str) -> list[str]:
        return ["apt-get", "-c", str(self.home / "apt.conf"), *words]

    def _write_configuration(self) -> None:
        shutil.rmtree(self.home / "cache", ignore_errors=True)  # apt does not list what it holds already
        for folder in ("lists/partial", "cache/archives/partial", "log"):
            (self.home / folder).mkdir(parents=True, exist_ok=True)
        (self.home / "status").write_text("")
        (self.home / "sources.list").write_text(sources_line(self._source, self.suite, self.home))
        architecture = run(["dpkg", "--print-architecture"], remedy="Asterisk is unpacked from Debian packages: dpkg is needed.").strip()
        (self.home / "apt.conf").write_text(configuration(self.home, architecture))


def configuration(home: Path, architecture: str) -> str:
    """apt.conf(5) for a private apt below `home`: read after the machine's own, whose proxies, keys and passwords stay in force."""
    options = {
        "Dir::Etc::sourcelist": f"{home}/sources.list",
        "Dir::Etc::sourceparts": "/dev/null",
        "Dir::Etc::preferences": "/dev/null",
        "Dir::Etc::preferencesparts": "/dev/null",
        "Dir::State": str(home),
        "Dir::State::lists": f"{home}/lists",
        "Dir::State::status": f"{home}/status",
        "Dir::State::extended_states": f"{home}/extended_states",
        "Dir::Cache": f"{home}/cache",
        "Dir::Cache::archives": f"{home}/cache/archives",
        "Dir::Cache::pkgcache": "",
        "Dir::Cache::srcpkgcache": "",
        "Dir::Log": f"{home}/log",
        "APT::Architecture": architecture,
        "APT::Architectures::": architecture,
        "APT::Install-Recommends": "false",
        "APT::Install-Suggests": "false",
        "APT::Sandbox::User": "",
        "APT::Get::AllowUnauthenticated": "false",
        "Acquire::Check-Valid-Until": "false",
        "Acquire::Languages": "none",
        "Acquire::Retries": "3",
        "Debug::NoLocking": "1",
    }
    cleared = "#clear APT::Architectures;\n#clear APT::Update::Post-Invoke;\n#clear APT::Update::Post-Invoke-Success;\n"
    return cleared + "".join(f'{name} "{value}";\n' for name, value in options.items())


def sources_line(source: Source, suite: str, home: Path) -> str:
    """The one-line source of `suite` on the mirror of `source`, signed by the key that the machine trusts for that mirror."""
    components = " ".join(source.components) if suite == source.suite else "main"
    options = ["check-valid-until=no"]
    key = _keyring(source, home)
    if key:
        options.append(f"signed-by={key}")
    if source.trusted:
        options.append("trusted=yes")
    return f"deb [{' '.join(options)}] {source.uri} {suite} {components}\n"


def parse_uris(text: str) -> list[Deb]:
    """The packages that `apt-get --print-uris` lists, one a line: 'uri' file size hash."""
    rows = (line.split() for line in text.splitlines() if line.startswith("'"))
    return [_deb(file, int(size)) for _uri, file, size, *_hash in rows]


def without(debs: Iterable[Deb], prefixes: tuple[str, ...]) -> list[Deb]:
    """`debs` less those whose package name begins with one of `prefixes`."""
    return [deb for deb in debs if not deb.name.startswith(prefixes)]


def update_lists(apt: PrivateApt, progress: Progress) -> None:
    """Bring the package lists up to date, as one step shown to the person waiting."""
    with progress.step(f"更新软件包索引 / reading the package index of {apt.suite}"):
        apt.update()


def _output(process: subprocess.Popen[str], every_second: Callable[[], None]) -> str:
    while True:
        try:
            return process.communicate(timeout=_POLL_S)[0]
        except subprocess.TimeoutExpired:
            every_second()


def _deb(file: str, size: int) -> Deb:
    name, version, _architecture = file.removesuffix(".deb").split("_", 2)
    return Deb(name=name, version=unquote(version), file=file, size=size)


def _keyring(source: Source, home: Path) -> str:
    if "-----BEGIN" in source.signed_by:
        path = home / "mirror.asc"
        path.write_text(source.signed_by + "\n")
        return str(path)
    if source.signed_by:
        return ",".join(source.signed_by.split())
    return str(_DEBIAN_KEYRING) if _DEBIAN_KEYRING.is_file() else ""


def _folder_size(folder: Path) -> int:
    sizes = 0
    for path in folder.rglob("*"):
        with suppress(FileNotFoundError):  # apt has just given it its final name
            sizes += path.stat().st_size
    return sizes
