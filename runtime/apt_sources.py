"""Reads which mirror this machine gets its packages from: both formats of sources.list(5)."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from runtime.errors import SetupError

_ALIASES = frozenset({"stable", "oldstable", "testing", "unstable", "sid"})
_ONE_LINE = re.compile(r"^deb\s+(?:\[(?P<options>[^]]*)\]\s+)?(?P<uri>\S+)\s+(?P<suite>\S+)\s+(?P<components>[^#]+)")
_TRUE = frozenset({"yes", "true", "with", "on", "enable"})


@dataclass(frozen=True, kw_only=True)
class Source:
    """One mirror and one suite of it. `signed_by` is empty, a path, a key id, or a whole armoured key."""

    uri: str
    suite: str
    components: tuple[str, ...]
    signed_by: str = ""
    trusted: bool = False


def parse_one_line(text: str) -> list[Source]:
    """The binary sources of a `*.list` file; comments, deb-src, CD-ROMs and flat repositories are passed over."""
    matches = (_ONE_LINE.match(line.strip()) for line in text.splitlines())
    found = (_from_line(match) for match in matches if match)
    return [source for source in found if _is_archive(source)]


def parse_deb822(text: str) -> list[Source]:
    """The binary sources of a `*.sources` file; disabled stanzas are passed over."""
    return [source for stanza in _stanzas(text) for source in _from_stanza(stanza) if _is_archive(source)]


def read_sources(etc_apt: Path) -> list[Source]:
    """Every binary source that apt itself would read below `etc_apt`, in apt's order; unreadable files are passed over."""
    parts = sorted((etc_apt / "sources.list.d").glob("*"))
    found: list[Source] = []
    for path in [etc_apt / "sources.list", *parts]:
        if path.suffix == ".list" and path.is_file():
            found += parse_one_line(_text(path))
        elif path.suffix == ".sources" and path.is_file():
            found += parse_deb822(_text(path))
    return found


def own_sources(sources: Iterable[Source], codename: str) -> list[Source]:
    """Those of the distribution's own release: no security, updates or third-party archives.

    Raises SetupError when there is none.
    """
    suites = {codename} if codename else _ALIASES
    every = [source for source in sources if "main" in source.components]
    found = [source for source in every if source.suite in suites] or [source for source in every if source.suite in _ALIASES]
    if not found:
        raise SetupError(
            "This machine's apt sources name no mirror of its own distribution.",
            "Give apt a mirror (sources.list(5)), or install Asterisk >= 22.10.1, Redis >= 6.2 and python3-venv by hand.",
        )
    return found


def codename(os_release: Path) -> str:
    """The release's short name (`bookworm`) from os-release(5); empty when it tells none."""
    match = re.search(r'^VERSION_CODENAME="?([^"\n]*)"?', _text(os_release) if os_release.is_file() else "", re.MULTILINE)
    return match[1] if match else ""


def _from_line(match: re.Match[str]) -> Source:
    options = dict(word.split("=", 1) for word in (match["options"] or "").split() if "=" in word)
    return Source(
        uri=match["uri"],
        suite=match["suite"],
        components=tuple(match["components"].split()),
        signed_by=options.get("signed-by", ""),
        trusted=options.get("trusted", "no") in _TRUE,
    )


def _stanzas(text: str) -> Iterator[dict[str, str]]:
    lines = (line for line in text.splitlines() if not line.startswith("#"))
    for block in re.split(r"\n[ \t]*\n", "\n".join(lines)):
        fields: dict[str, str] = {}
        name = ""
        for line in block.splitlines():
            if line[:1] in (" ", "\t") and name:
                fields[name] += "\n" + ("" if line.strip() == "." else line.strip())
            elif ":" in line:
                name, value = line.split(":", 1)
                name = name.strip().lower()
                fields[name] = value.strip()
        if fields:
            yield fields


def _from_stanza(fields: dict[str, str]) -> Iterator[Source]:
    if "deb" not in fields.get("types", "").split() or fields.get("enabled", "yes").lower() not in _TRUE:
        return
    for uri in fields.get("uris", "").split():
        for suite in fields.get("suites", "").split():
            yield Source(
                uri=uri,
                suite=suite,
                components=tuple(fields.get("components", "").split()),
                signed_by=fields.get("signed-by", "").strip(),
                trusted=fields.get("trusted", "no").lower() in _TRUE,
            )


def _is_archive(source: Source) -> bool:
    return not source.uri.startswith("cdrom:") and not source.suite.endswith("/")


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
