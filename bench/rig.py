"""A line of its own for a bench: the product's Asterisk configuration with the menu of `menu.conf.j2` added, in a folder that goes away."""

import asyncio
import socket
import sys
import tempfile
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from agi.provision import provision
from agi.site import Site
from app.children import redis_argv, served_argv
from app.emergency_trial import end
from app.places import PROJECT, Places
from app.provisioning import site_of
from app.secrets_file import ensure_secrets
from app.settings import Agi, Asterisk, Console, Line, Settings, Sip, Waiting
from app.switch import Switch
from hotline.errors import BadSettings
from phones.tones import tone, write_wav
from runtime.binaries import AsteriskHome, Program, find_asterisk, find_redis, find_sipp
from tests.live.cell import as_toml

PROMPT_SECONDS = 0.2
OF_A_CALL = ("agi", "watchdog", "routing", "standby", "worker")
_SIPP_ENDPOINT = """
[sipp]
type = endpoint
context = bench
disallow = all
allow = alaw
dtmf_mode = info
direct_media = no
aors = sipp

[sipp]
type = aor
max_contacts = 1

[sipp]
type = identify
endpoint = sipp
match = 127.0.0.1
"""


@dataclass(frozen=True, kw_only=True)
class Tools:
    """The programs a bench needs."""

    asterisk: AsteriskHome
    sipp: Program


def find_tools(var: Path = PROJECT / "var") -> Tools:
    """Raises `BadSettings` when one is missing."""
    asterisk, sipp = find_asterisk(var), find_sipp(var)
    if asterisk is None or sipp is None:
        raise BadSettings("Asterisk or SIPp is missing: run scripts/test once, it brings both")
    return Tools(asterisk=asterisk, sipp=sipp)


def free_port(kind: socket.SocketKind = socket.SOCK_STREAM) -> int:
    """A port of loopback that was free a moment ago."""
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def bench_settings() -> Settings:
    """Loopback, free ports, room for 1,500 calls, and a wait in which nobody is spoken to while it is measured."""
    return Settings(
        node="bench",
        sip=Sip(port=free_port(socket.SOCK_DGRAM), rtp_ports=(20000, 24000)),
        asterisk=Asterisk(ami_port=free_port(), max_calls=1500),
        agi=Agi(port=free_port()),
        console=Console(port=free_port()),
        lines=(Line(number="12345", name="bench"),),
        waiting=Waiting(visit_every_seconds=60),
    )


class Rig:
    """`async with Rig(tools) as rig:` An Asterisk that answers SIPp. FastAGI servers are started beside it with `serve`."""

    def __init__(self, tools: Tools, settings: Settings | None = None) -> None:
        self.tools = tools
        self.settings = settings or bench_settings()
        self.asterisk_pid = 0
        self._stack = AsyncExitStack()
        self._folder = tempfile.TemporaryDirectory(prefix="bench-")
        self.places = Places(var=Path(self._folder.name) / "var")
        self._switch: Switch | None = None

    async def __aenter__(self) -> Self:
        self.places.make()
        secrets = ensure_secrets(self.settings, self.places.secrets)
        site = site_of(self.settings, secrets, self.tools.asterisk, self.places.var)
        conf = provision(site)
        self._add_menu(conf.parent, site)
        argv = self.tools.asterisk.program.argv
        try:
            asterisk = await self.start((*argv, "-C", str(conf), "-f", "-n"), "asterisk")
            self.asterisk_pid = asterisk.pid
            self._switch = Switch(asterisk=argv, conf=conf)
            await self._booted()
        except BaseException:
            await self._stack.aclose()
            self._folder.cleanup()
            raise
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self._stack.aclose()
        self._folder.cleanup()

    @property
    def folder(self) -> Path:
        """Room for scenarios and statistics; goes away with the rig."""
        return Path(self._folder.name)

    async def start(self, words: tuple[str, ...], name: str) -> asyncio.subprocess.Process:
        """A process that ends with the rig; its output goes to NAME.out in the folder."""
        with (self.folder / f"{name}.out").open("ab") as out:
            process = await asyncio.create_subprocess_exec(*words, cwd=PROJECT, stdin=asyncio.subprocess.DEVNULL, stdout=out, stderr=out)
        self._stack.push_async_callback(end, process)
        return process

    async def serve(self, *options: str) -> asyncio.subprocess.Process:
        """Our FastAGI server with the menu's flow; listens when this returns."""
        words = (sys.executable, "-m", "bench.flow_server", "--port", str(self.settings.agi.port), "--var", str(self.places.var), *options)
        process = await self.start(words, "agi")
        await listening(self.settings.agi.port, process)
        return process

    async def serve_everything(self) -> dict[str, asyncio.subprocess.Process]:
        """All processes of a call as the supervisor starts them, Redis included, over the same Asterisk; alive when this returns."""
        redis = find_redis(PROJECT / "var")
        if redis is None:
            raise BadSettings("Redis is missing: run scripts/up once, it brings it")
        found = {"redis": await self.start(redis_argv(redis.argv, self.places), "redis")}
        for name in OF_A_CALL:
            found[name] = await self.start(self.words_of(name), name)
        for name in OF_A_CALL:
            await self._alive(name)
        return found

    def words_of(self, name: str) -> tuple[str, ...]:
        """What starts this process of ours; its settings file is written."""
        config = self.folder / "hotline.toml"
        config.write_text(as_toml(self.settings.model_dump(mode="json")), encoding="utf-8")
        return served_argv(name, config, self.places)

    async def started_again(self, name: str) -> asyncio.subprocess.Process:
        """The same process once more, alive when this returns."""
        self.places.alive_file(name).unlink(missing_ok=True)
        process = await self.start(self.words_of(name), name)
        await self._alive(name)
        return process

    async def _alive(self, name: str) -> None:
        for _ in range(300):
            if self.places.alive_file(name).exists():
                return
            await asyncio.sleep(0.2)
        raise TimeoutError(f"{name} does not start; its words are in {self.folder / name}.out")

    async def ask(self, command: str) -> str:
        """The answer of Asterisk's console."""
        assert self._switch is not None
        return await self._switch.ask(command)

    async def calls(self) -> int:
        """Channels on the line now."""
        assert self._switch is not None
        return await self._switch.live_calls()

    async def standing_in(self, context: str) -> int:
        """Channels in that context of the dialplan."""
        assert self._switch is not None
        lines = (await self._switch.ask("core show channels concise")).splitlines()
        return sum(1 for line in lines if line.split("!")[1:2] == [context])

    async def empty(self, within_s: float = 15) -> None:
        """Return once nobody is on the line. Raises TimeoutError."""
        for _ in range(round(within_s / 0.2)):
            if not await self.calls():
                return
            await asyncio.sleep(0.2)
        raise TimeoutError(f"{await self.calls()} calls are still on the line after {within_s:g} s")

    async def _booted(self) -> None:
        assert self._switch is not None
        for _ in range(200):
            if (self.places.var / "asterisk" / "run" / "asterisk.ctl").exists():
                return await self._switch.booted()
            await asyncio.sleep(0.1)
        raise TimeoutError(f"Asterisk does not come up; its words are in {self.folder / 'asterisk.out'}")

    def _add_menu(self, etc: Path, site: Site) -> None:
        loader = FileSystemLoader([PROJECT / "bench", PROJECT / "asterisk-conf"])
        environment = Environment(loader=loader, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, autoescape=False)
        _append(etc / "extensions.conf", environment.get_template("menu.conf.j2").render(site=site, shortest=3, longest=20))
        _append(etc / "pjsip.conf", _SIPP_ENDPOINT)
        _append(etc / "modules.conf", "\nload = app_read.so\nload = res_pjsip_dtmf_info.so\n")
        sounds = self.places.var / "asterisk" / "sounds" / "zh_CN" / "bench"
        sounds.mkdir(parents=True)
        for number, name in enumerate(("first", "second", "bye")):
            write_wav(sounds / f"{name}.wav", tone((500 + 100 * number,), PROMPT_SECONDS))


async def listening(port: int, process: asyncio.subprocess.Process, within_s: float = 15) -> None:
    """Return once somebody listens there. Raises `BadSettings` when the process ends instead."""
    async with asyncio.timeout(within_s):
        while True:
            if process.returncode is not None:
                raise BadSettings(f"the FastAGI server of the bench ended with status {process.returncode}")
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(0.05)
            else:
                writer.close()
                return


def _append(path: Path, text: str) -> None:
    with path.open("a", encoding="utf-8") as file:
        file.write(text)
