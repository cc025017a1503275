"""A throw-away switch for `scripts/emergency try`: the real Asterisk with the very configuration of these settings, in a folder of its own.

Every trunk leads to a stand-in on this machine instead of its carrier (phones/stand_in.py), so no real centre is ever called; ports are its
own, so the line beside it notices nothing. AMI is there and nobody is logged in; database, Redis and our other processes are not.
"""

import asyncio
import secrets
import shutil
import socket
import tempfile
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

from agi.provision import provision
from agi.site import self_check_password
from app.places import Places
from app.provisioning import PROMPTS, site_of
from app.settings import Secrets, Settings, Storage, Trunk
from app.switch import Switch
from hotline.errors import LinkLost
from phones.faults import PhoneSilent
from phones.stand_in import StandIn
from runtime.binaries import AsteriskHome

RTP_PORTS: Final = (46000, 46399)
_ADDRESSES: Final = "127.0.0.{}"
_FIRST_ADDRESS: Final = 61
"""Each stand-in has an address of its own: a trunk is known by its address, and the trying citizen must not be taken for one."""
_BOOT_S: Final = 20.0
_LOOK_S: Final = 0.05


@dataclass(frozen=True, kw_only=True)
class Standing:
    """Where a citizen's channel stands in the dialplan, and how urgent he is."""

    context: str = ""
    priority: int = 0


class TrialSwitch:
    """`async with TrialSwitch(settings, home) as switch:` booted, with its trunks reachable. Raises `LinkLost` when it does not come up."""

    def __init__(self, settings: Settings, home: AsteriskHome, *, prompts: Path = PROMPTS) -> None:
        self._given = settings
        self._home = home
        self._prompts = prompts
        self._folder = Path(tempfile.mkdtemp(prefix="hl-try-"))
        self._stack = AsyncExitStack()
        self.places = Places(var=self._folder)
        self.centres: dict[str, StandIn] = {}
        """Trunk → who stands in for its carrier."""
        self.settings = settings
        self.secrets = _secrets(settings)
        self._switch: Switch | None = None

    async def __aenter__(self) -> Self:
        self._stack.callback(shutil.rmtree, self._folder, ignore_errors=True)
        try:
            for number, trunk in enumerate(self._given.trunks):
                address = _ADDRESSES.format(_FIRST_ADDRESS + number)
                self.centres[trunk.name] = await self._stack.enter_async_context(StandIn(address=address))
            self.settings = trial_settings(self._given, {name: (centre.address, centre.port) for name, centre in self.centres.items()})
            await self._boot()
        except BaseException:
            await self._stack.aclose()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    @property
    def password(self) -> str:
        """By which a trying citizen calls in over the endpoint `self-check`."""
        return self_check_password(self.secrets.ami_password.get_secret_value())

    async def standing_of(self, number: str) -> Standing:
        """Where this caller's channel stands; nothing when he is gone."""
        assert self._switch is not None, "enter it first"
        for line in (await self._switch.ask("core show channels concise")).splitlines():
            fields = line.split("!")
            if len(fields) > 12 and fields[7] == number and not fields[1].startswith("macro"):
                told = await self._switch.ask(f"core show channel {fields[0]}")
                priority = next((row.partition("=")[2] for row in told.splitlines() if row.startswith("HL_PRIORITY=")), "")
                return Standing(context=fields[1], priority=int(priority) if priority.isdecimal() else 0)
        return Standing()

    async def _boot(self) -> None:
        self.places.make()
        conf = provision(site_of(self.settings, self.secrets, self._home, self.places.var, self._prompts))
        words = (*self._home.program.argv, "-C", str(conf), "-f", "-n")
        quiet = asyncio.subprocess.DEVNULL
        with (self._folder / "asterisk.out").open("wb") as out:
            process = await asyncio.create_subprocess_exec(*words, stdin=quiet, stdout=out, stderr=out)
        self._stack.push_async_callback(end, process)
        self._switch = Switch(asterisk=self._home.program.argv, conf=conf)
        try:
            await self._has_console()
            await self._switch.booted()
            for centre in self.centres.values():
                await centre.questioned(within_s=_BOOT_S)
        except (LinkLost, PhoneSilent) as error:
            raise LinkLost(f"试呼用的 Asterisk 没有起来 the switch of the trial does not come up: {error}; {self._last_words()}") from None

    async def _has_console(self) -> None:
        socket_ = self.places.var / "asterisk" / "run" / "asterisk.ctl"
        for _ in range(round(_BOOT_S / _LOOK_S)):
            if socket_.exists():
                return
            await asyncio.sleep(_LOOK_S)
        raise LinkLost("no console")

    def _last_words(self) -> str:
        text = (self._folder / "asterisk.out").read_text(encoding="utf-8", errors="replace")
        return text[-400:].strip()


def trial_settings(settings: Settings, centres: Mapping[str, tuple[str, int]]) -> Settings:
    """The same settings on loopback and free ports, each trunk leading to its stand-in."""
    trunks = tuple(_led_to(trunk, *centres[trunk.name]) for trunk in settings.trunks)
    ports = settings.sip.model_copy(update={"bind": "127.0.0.1", "port": _free(socket.SOCK_DGRAM), "rtp_ports": RTP_PORTS})
    return settings.model_copy(
        update={
            "node": "try",
            "sip": ports,
            "asterisk": settings.asterisk.model_copy(update={"ami_port": _free(socket.SOCK_STREAM)}),
            "agi": settings.agi.model_copy(update={"port": _free(socket.SOCK_STREAM)}),
            "trunks": trunks,
            "storage": Storage(),
        }
    )


def _led_to(trunk: Trunk, address: str, port: int) -> Trunk:
    return trunk.model_copy(update={"host": address, "port": port, "match": ()})


def _secrets(settings: Settings) -> Secrets:
    """Of this trial alone: a stand-in learns nothing of the real ones."""
    return Secrets.model_validate(
        {
            "ami_password": secrets.token_hex(16),
            "agent_passwords": {agent.id: secrets.token_hex(16) for agent in settings.agents},
            "trunk_passwords": {trunk.name: secrets.token_hex(16) for trunk in settings.trunks},
            "ticket_token": "",
        }
    )


def _free(kind: socket.SocketKind) -> int:
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def end(process: asyncio.subprocess.Process) -> None:
    """Ask it to go, and make it."""
    if process.returncode is None:
        process.terminate()
        try:
            async with asyncio.timeout(5):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()
