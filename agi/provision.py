"""Renders `asterisk-conf/` into a system's own folder and lays its sounds beside it.

`render` is pure; `provision` writes, each file at once and readable by the owner only (passwords stand in some of them). Files that did
not change are not touched, and what a former version left behind is removed.
"""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from agi.pcm import ringing_tone, telephone_wav
from agi.site import AgentPhone, Site
from hotline.dialling import LONGEST as LONGEST_OUT
from hotline.dialling import SHORTEST as SHORTEST_OUT
from hotline.errors import BadSettings
from hotline.phone import LONGEST, SHORTEST

TEMPLATES = Path(__file__).resolve().parent.parent / "asterisk-conf"
LANGUAGE = "zh_CN"
NOTE_SECONDS = 8
"""What the lifeline's note-taker script gets; whatever still runs then is ended."""
AGENTS_MAIN = ("pjsip_agents.conf", "queues.conf", "lifeline_queues.conf")
"""What follows from the agents, beside the files of their telephones."""
_FOLDERS = ("etc", "lib", "spool", "run", "log", "db", "keys", "agi-bin", "sounds", "moh", "ringing")


def render(site: Site, templates: Path = TEMPLATES) -> dict[str, str]:
    """Every configuration file by name. Raises `BadSettings` when there is no template."""
    names = sorted(path.name for path in templates.glob("*.conf.j2"))
    if not names:
        raise BadSettings(f"{templates}: no configuration templates; the checkout is incomplete")
    return {name.removesuffix(".j2"): _rendered(name, site, templates) for name in names} | _agent_files(site, templates)


def _agent_files(site: Site, templates: Path = TEMPLATES) -> dict[str, str]:
    return {name: _rendered("pjsip_agents_part.j2", site, templates, agents) for name, agents in site.agent_files.items()}


def note_taker(site: Site, templates: Path = TEMPLATES) -> str:
    """The script that Asterisk itself starts for the lifeline (context `note-taker`)."""
    return _rendered("note-taker.sh.j2", site, templates)


def _rendered(name: str, site: Site, templates: Path, agents: Sequence[AgentPhone] = ()) -> str:
    environment = Environment(
        loader=FileSystemLoader(templates),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,
    )
    return environment.get_template(name).render(
        site=site,
        agents=agents,
        language=LANGUAGE,
        shortest=SHORTEST,
        longest=LONGEST,
        note_seconds=NOTE_SECONDS,
        shortest_out=SHORTEST_OUT,
        longest_out=LONGEST_OUT,
    )


def provision(site: Site, templates: Path = TEMPLATES) -> Path:
    """Bring the system's folder up to date and return the path of its asterisk.conf. Raises `BadSettings`."""
    for folder in (*(site.home / name for name in _FOLDERS), site.recordings):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    lay_event_log(site)
    _link(site.home / "documentation", site.documentation)
    files = render(site, templates)
    etc = site.home / "etc"
    for name, text in files.items():
        _write(etc / name, text.encode())
    for stale in etc.glob("*.conf"):
        if stale.name not in files:
            stale.unlink()
    _write(site.home / "agi-bin" / "note-taker", note_taker(site, templates).encode(), mode=0o700)
    lay_sounds(site)
    _write(site.home / "ringing" / "ringing.wav", ringing_tone())
    return etc / "asterisk.conf"


def lay_agents(site: Site, templates: Path = TEMPLATES) -> frozenset[str]:
    """Bring only what follows from the agents up to date, while the switch runs; returns the names of the files that changed.

    A file of telephones that is not needed any more is left to `provision`: nothing includes it.
    """
    files = {name: _rendered(f"{name}.j2", site, templates) for name in AGENTS_MAIN} | _agent_files(site, templates)
    etc = site.home / "etc"
    return frozenset(name for name, text in files.items() if _write(etc / name, text.encode()))


def lay_event_log(site: Site) -> None:
    """The folder of the switch's own event log, on the second volume when there is one: it is the second source of every record.

    A log that has begun on the first volume stays there, or the worker would lose its place in it. A second volume that is away does not
    keep the switch from starting: it writes on the first one then.
    """
    folder, second = site.home / "log" / "cel-custom", site.var / "second"
    if folder.is_symlink() and not folder.is_dir():
        folder.unlink()
    if not second.is_dir() or folder.is_symlink() or (folder.exists() and any(folder.iterdir())):
        folder.mkdir(mode=0o700, exist_ok=True)
        return
    (second / "cel").mkdir(mode=0o700, exist_ok=True)
    if folder.exists():
        folder.rmdir()
    folder.symlink_to(second / "cel")


def lay_sounds(site: Site) -> int:
    """Lay down prompts and music where they changed, as PCM (agi/pcm.py says why); returns how many were.

    A prompt that is no longer wanted goes: a voice that may not be used any more must not speak on from a former start.
    """
    music = {wav.relative_to(site.music).as_posix(): wav for wav in site.music.rglob("*.wav")}
    for folder, wanted in ((site.home / "sounds", site.sounds), (site.home / "moh", music)):
        for stale in {path for path in folder.rglob("*") if path.is_file()} - {folder / name for name in wanted}:
            stale.unlink()
    return _lay(site.sounds, site.home / "sounds") + _lay(music, site.home / "moh")


def _lay(wavs: Mapping[str, Path], target: Path) -> int:
    changed = {target / name: wav for name, wav in sorted(wavs.items()) if not _laid(target / name, wav.stat())}
    for laid, wav in changed.items():
        laid.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _write(laid, telephone_wav(wav))
        os.utime(laid, ns=(wav.stat().st_atime_ns, wav.stat().st_mtime_ns))
    return len(changed)


def _laid(laid: Path, wav: os.stat_result) -> bool:
    """By time and length: in an image that was built reproducibly every file of every voice has the same time."""
    if not laid.exists():
        return False
    there = laid.stat()
    return there.st_mtime_ns == wav.st_mtime_ns and there.st_size == wav.st_size


def _write(path: Path, content: bytes, mode: int = 0o600) -> bool:
    """True when it was written: it was not so before."""
    if path.exists() and path.read_bytes() == content:
        return False
    fresh = path.with_name(path.name + ".new")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
    fresh.replace(path)
    return True


def _link(link: Path, target: Path) -> None:
    if link.is_symlink() and link.readlink() == target:
        return
    link.unlink(missing_ok=True)
    link.symlink_to(target)
