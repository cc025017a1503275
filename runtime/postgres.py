"""Finds PostgreSQL for tests and benches: the system's own when new enough, else unpacked from Debian without installing anything.

PostgreSQL's programs start one another by their paths (initdb starts postgres), so the unpacked ones cannot be started through the loader
by a command line as the others are: `wrap` puts a script of the same name in the place of each, which does it.
"""

import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from runtime.binaries import Wanted, ask_version, find_unpacked, loader_argv
from runtime.places import runtime_home
from runtime.versions import at_least

POSTGRES_ROOT = "root-postgres"
POSTGRES = Wanted(
    name="postgres", oldest="14", ask="--version", answer=re.compile(r"\(PostgreSQL\) ([\d.]+)"), path="usr/lib/postgresql/bin/postgres",
    package="postgresql", folder=POSTGRES_ROOT,
)  # fmt: skip
"""`path` is a link that `wrap` makes: the packages' own folder has their version in its name, and the next suite another one."""
_NEEDED = ("postgres", "initdb")
_REAL = ".real"
_SYSTEM = "usr/lib/postgresql"


@dataclass(frozen=True, kw_only=True)
class PostgresHome:
    """A PostgreSQL whose programs can be started by their paths below `bin`, by any user but root."""

    bin: Path
    version: str
    origin: str


def find_postgres(var: Path) -> PostgresHome | None:
    """PostgreSQL >= 14, or None. `var` is the project's folder of everything that changes."""
    return system_postgres(Path("/")) or _unpacked(runtime_home(var))


def system_postgres(root: Path) -> PostgresHome | None:
    """The newest of the machine's own, which Debian keeps beside the search path: /usr/lib/postgresql/VERSION/bin."""
    found = shutil.which(POSTGRES.name)
    folders = [*(root / _SYSTEM).glob("*/bin"), *([Path(found).resolve().parent] if found else [])]
    homes = [home for folder in folders if (home := _home(folder))]
    return max(homes, key=lambda home: int(home.version.split(".")[0]), default=None)


def wrap(root: Path) -> None:
    """Make the programs that were unpacked into `root` startable by their paths, wherever `root` is moved to; and make the link to them."""
    folder = max((root / _SYSTEM).glob("*/bin"))
    loader, _, libraries, _ = loader_argv(Path("$root"), "")
    for name in _NEEDED:
        program, real = folder / name, folder / f"{name}{_REAL}"
        program.rename(real)
        program.write_text(
            '#!/bin/sh\n# The program beside this one, with the libraries that came with it.\nhere="${0%/*}"\nroot="$here/../../../../.."\n'
            f'exec "{loader}" --library-path "{libraries}" --argv0 "$0" "$here/{real.name}" "$@"\n'
        )
        program.chmod(0o755)
    (root / _SYSTEM / "bin").symlink_to(Path(folder.parent.name) / "bin")


def _home(folder: Path) -> PostgresHome | None:
    if not all((folder / name).exists() for name in _NEEDED):
        return None
    version = ask_version((str(folder / POSTGRES.name),), POSTGRES)
    if version is None or not at_least(version, POSTGRES.oldest):
        return None
    return PostgresHome(bin=folder, version=version, origin="system")


def _unpacked(home: Path) -> PostgresHome | None:
    program = find_unpacked(POSTGRES, home)
    if program is None:
        return None
    place = (home / POSTGRES_ROOT / POSTGRES.path).resolve().parent
    return PostgresHome(bin=place, version=program.version, origin="unpacked")
