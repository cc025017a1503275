"""One complete system with everybody around it: supervisor and processes, the telephones of a citizen, an agent, two emergency centres.

All prompts are pitches (bench/matrix_sounds.py), the menu is small, two trunks lead to the stand-in of an emergency centre; no real one is
ever called. A lane of the matrix lives in one house, cell after cell, as long as the house gets well again by itself.
"""

import asyncio
import itertools
import shutil
import subprocess
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from app.calling_settings import Joined
from app.control import ask_supervisor
from app.ledger_reading import reading
from app.places import PROJECT, Places
from app.settings import Agent, Emergency, EmergencyService, Line, Trunk, Waiting, read_secrets
from bench.matrix_sounds import AGENT, CENTRES, CITIZEN, Ears, lay_sounds, lay_voice
from hotline.errors import DoorClosed
from phones.faults import PhoneFault
from phones.softphone import Account, Softphone
from tests.live.system import System

CITIZENS_AT: Final = "127.0.0.21"
CENTRES_AT: Final = ("127.0.0.41", "127.0.0.42")
AGENT_NAME: Final = "1001"
RING_S: Final = 5
WELL_WITHIN_S: Final = 45.0


class House(System):
    """Use as a context manager, then `up`. `disk`: a small volume of our own on which its data shall lie (tests/live/small_disk.py)."""

    def __init__(self, centre_ports: tuple[int, int], *, disk: Path | None = None) -> None:
        super().__init__()
        self._disk = disk
        if disk is not None:
            self.places = Places(var=disk / "var")
            (self.places.var / "db").mkdir(parents=True)
            self.config = self.places.var / "hotline.toml"
            self._mount("--bind", self.places.var / "db", self.places.var / "db")
        lay_sounds(self.tree / "prompts")
        self.settings = self.settings.model_copy(update=_settings(centre_ports))
        self.write(self.settings)
        (self.places.var / "line.toml").write_text(_menu(), encoding="utf-8")

    def __exit__(self, *_: object) -> None:
        super().__exit__(*_)
        if self._disk is not None:
            subprocess.run(["umount", "-l", str(self.places.var / "db")], check=True, capture_output=True)
            shutil.rmtree(self.places.var)

    @staticmethod
    def _mount(*words: str | Path) -> None:
        subprocess.run(["mount", *map(str, words)], check=True, capture_output=True)

    async def ask(self, command: str) -> str:
        """Asterisk's console; empty when it does not answer."""
        try:
            return await asyncio.to_thread(self.cli, command)
        except subprocess.TimeoutExpired:
            return ""

    async def is_well(self) -> str:
        """Empty when every process answers, else who does not."""
        try:
            health = await ask_supervisor(self.places.supervisor_socket, {"do": "health"})
        except DoorClosed:
            return "no supervisor"
        return ", ".join(f"{each['name']}: {each['words'] or 'is not there'}" for each in health["processes"] if not each["healthy"])

    async def on_the_line(self) -> list[str]:
        """Who is on the line: channel and context."""
        lines = (await self.ask("core show channels concise")).splitlines()
        return ["@".join(line.split("!")[:2]) for line in lines if line.count("!") >= 12]

    def records(self, caller: str) -> list[dict[str, Any]]:
        """Every call of this number in the ledger."""
        with reading(self.places) as ledger:
            return [record for record in ledger.latest(500) if record["caller"] == caller]

    def draft(self, call: str) -> dict[str, Any] | None:
        """The ticket draft of this call."""
        with reading(self.places) as ledger:
            return ledger.draft_of(call)

    def journals(self) -> list[str]:
        """What the worker or routing still has to do."""
        return [f"{folder}/{path.name}" for folder in ("open", "closed") for path in (self.places.journal / folder).glob("*.jsonl")]


def _menu() -> str:
    """The shipped menu, the same by day and by night: a matrix that runs after ten must not meet another one."""
    text = (PROJECT / "config" / "line.toml").read_text(encoding="utf-8").partition("# ── 预演")[0]
    return text.replace("opens = 07:00:00", "opens = 00:00:00").replace("closes = 22:00:00", "closes = 23:59:59")


def _settings(centre_ports: tuple[int, int]) -> dict[str, object]:
    names = ("centre-a", "centre-b")
    centres = [Trunk(name=name, host=host, port=port) for name, host, port in zip(names, CENTRES_AT, centre_ports, strict=True)]
    targets = tuple(f"{name}/06630000110" for name in names)
    services = tuple(EmergencyService(id=service, targets=targets, ring_seconds=RING_S) for service in ("110", "120", "119", "122"))
    return {
        "lines": (Line(number="12345", name="揭阳市12345市民服务热线"),),
        "agents": (Agent(id=AGENT_NAME, name="坐席1001"),),
        "trunks": (Trunk(name="citizens", host=CITIZENS_AT), *centres),
        "waiting": Waiting(ring_seconds=5, visit_every_seconds=60, rest_after_miss_seconds=1),
        "emergency": Emergency(services=services),
        "joined": Joined(say_agent_number=False),  # the moment of joining is struck right after he has picked up
    }


@dataclass(kw_only=True)
class Person:
    """Somebody with a telephone who speaks as soon as he is heard. `since`: events before this Unix time belong to earlier calls."""

    phone: Softphone
    voice: Path
    since: float = field(default_factory=time.time)
    _spoken: int = 0
    _ears: dict[str, Ears] = field(default_factory=dict)

    def happened(self, kind: str) -> bool:
        """It happened in this cell."""
        return any(event.kind == kind and event.at >= self.since for event in self.phone.events)

    def ears(self) -> Ears | None:
        """What he hears in his newest call of this cell."""
        files = [event.fields["file"] for event in self.phone.events if event.kind == "hears" and event.at >= self.since]
        return self._ears.setdefault(files[-1], Ears(Path(files[-1]))).listen() if files else None

    async def speak(self) -> None:
        """Speak in every call of his, until cancelled."""
        while True:
            heard = [event for event in self.phone.events if event.kind == "hears"]
            if len(heard) > self._spoken:
                self._spoken = len(heard)
                with suppress(PhoneFault):
                    await self.phone.play(self.voice)
            await asyncio.sleep(0.05)


class Town:
    """A house and the two emergency centres that it knows; hands out citizens and agents."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._voices = {name: lay_voice(folder / f"{name}.wav", name) for name in (CITIZEN, AGENT, *CENTRES)}
        self._numbers = itertools.count(int(time.time()) % 900 * 10)
        self.centres: list[Person] = []
        self._house: House | None = None

    @property
    def house(self) -> House:
        """The system. Raises RuntimeError before it was built."""
        if self._house is None:
            raise RuntimeError("no house was built")
        return self._house

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """The centres are there as long as this lasts."""
        async with AsyncExitStack() as stack:
            for address, name in zip(CENTRES_AT, CENTRES, strict=True):
                account = Account(user="110", port=9, address=address)
                phone = await stack.enter_async_context(Softphone(name=name, account=account, folder=self._folder))
                self.centres.append(Person(phone=phone, voice=self._voices[name]))
            yield

    @contextmanager
    def built(self, *, disk: Path | None = None) -> Iterator[House]:
        """A new system, up and well."""
        ports = (self.centres[0].phone.sip_port, self.centres[1].phone.sip_port)
        with House(ports, disk=disk) as house:
            self._house = house
            try:
                house.up()
                yield house
            finally:
                self._house = None

    def citizen(self, number: str = "") -> Person:
        """A citizen with a number that nobody had before, or with this one."""
        number = number or f"1990000{next(self._numbers):04d}"
        account = Account(user=number, port=self.house.settings.sip.port, address=CITIZENS_AT)
        phone = Softphone(name=f"citizen-{number}-{next(self._numbers)}", account=account, folder=self._folder)
        return Person(phone=phone, voice=self._voices[CITIZEN])

    def agent(self) -> Person:
        """The agent: he registers when his telephone is entered, and lets it ring at first."""
        passwords = _agent_passwords(self.house)
        account = Account(user=AGENT_NAME, password=passwords[AGENT_NAME], port=self.house.settings.sip.port, register=True)
        phone = Softphone(name=f"agent-{next(self._numbers)}", account=account, folder=self._folder)
        return Person(phone=phone, voice=self._voices[AGENT])


def _agent_passwords(house: House) -> dict[str, str]:
    return {name: value.get_secret_value() for name, value in read_secrets(house.places.secrets).agent_passwords.items()}
