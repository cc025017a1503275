"""Makes a folder of programs out of Debian packages, without installing them, and writes down what is in it."""

import hashlib
import json
import os
import shutil
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from pathlib import Path

from runtime.commands import run
from runtime.private_apt import Deb

RECORD = "unpacked.json"
_TRIMMED = (
    "usr/share/doc", "usr/share/man", "usr/share/locale", "usr/share/info", "usr/share/lintian", "usr/share/bug", "usr/share/perl",
    "usr/share/bash-completion", "usr/share/zoneinfo", "usr/lib/systemd", "etc/init.d", "var",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Package:
    """One package that was unpacked; `sha256` is that of its .deb file."""

    package: str
    version: str
    sha256: str


@dataclass(frozen=True, kw_only=True)
class Record:
    """What a folder was made of: the suite, its packages, and the programs that were started once with the version they told."""

    suite: str
    programs: dict[str, str] = field(default_factory=dict)
    packages: tuple[Package, ...] = ()


def unpack(debs: Iterable[Path], root: Path) -> None:
    """Lay the files of `debs` out below `root`; no maintainer script runs."""
    root.mkdir(parents=True, exist_ok=True)
    root.chmod(0o755)
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(lambda deb: _extract(deb, root), debs))


def trim(root: Path) -> None:
    """Remove what no program of ours reads: manuals, translations, boot scripts."""
    for folder in _TRIMMED:
        shutil.rmtree(root / folder, ignore_errors=True)


def fix_links(root: Path) -> int:
    """Make every absolute symbolic link whose target exists below `root` relative, so that it stays inside; returns how many."""
    return sum(_fix_link(path, root) for path in sorted(root.rglob("*")) if path.is_symlink())


def packages_of(debs: Sequence[Deb], files: Sequence[Path]) -> tuple[Package, ...]:
    """The packages with the hashes of the files that they came in."""
    return tuple(Package(package=deb.name, version=deb.version, sha256=_sha256(file)) for deb, file in zip(debs, files, strict=True))


def read_records(home: Path) -> dict[str, Record]:
    """What was unpacked below `home`, by folder; empty when nothing was, or when the list is damaged (it will be made again)."""
    try:
        rows = json.loads((home / RECORD).read_text(encoding="utf-8"))
        return {folder: _record(row) for folder, row in rows.items()}
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return {}


def write_record(home: Path, folder: str, record: Record | None) -> None:
    """Note what the folder holds (None: nothing that can be relied on). Readers see the old list or the new one."""
    records = {name: asdict(kept) for name, kept in read_records(home).items() if name != folder}
    if record is not None:
        records[folder] = asdict(record)
    draft = home / f"{RECORD}.new"
    draft.write_text(json.dumps(records, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    draft.replace(home / RECORD)


def put_in_place(fresh: Path, place: Path) -> None:
    """Rename `fresh` to `place`. What was there stays beside it as `*.previous` until the next time: it may still be running."""
    previous = place.with_name(place.name + ".previous")
    shutil.rmtree(previous, ignore_errors=True)
    if place.exists():
        place.rename(previous)
    fresh.rename(place)


def _extract(deb: Path, root: Path) -> None:
    run(["dpkg-deb", "-x", str(deb), str(root)], remedy="Check the free disk space (about 500 MB are needed) and run the command again.")


def _fix_link(link: Path, root: Path) -> bool:
    target = link.readlink()
    if not target.is_absolute() or target.is_relative_to(root):
        return False
    inside = root / target.relative_to("/")
    if not inside.exists() and not inside.is_symlink():
        return False
    link.unlink()
    link.symlink_to(os.path.relpath(inside, link.parent))
    return True


def _sha256(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _record(row: dict[str, object]) -> Record:
    suite, programs, packages = row["suite"], row["programs"], row["packages"]
    if not isinstance(suite, str) or not isinstance(programs, dict) or not isinstance(packages, list):
        raise TypeError(RECORD)
    return Record(suite=suite, programs=programs, packages=tuple(Package(**package) for package in packages))
