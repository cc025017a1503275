"""A complete line with real telephones: a cell in which all our processes run, citizens on a carrier's trunk, agents at their desks."""

import asyncio
import itertools
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

from app.ledger_reading import reading
from app.settings import Trunk
from phones.softphone import Account, KeyWay, Policy, Softphone
from tests.live.asking import QUESTION, commands, running
from tests.live.cell import Cell
from tests.live.patience import patience

WAYS: dict[KeyWay, str] = {"rfc4733": "127.0.0.21", "info": "127.0.0.22", "inband": "127.0.0.23"}
"""How keys travel over a trunk → where its telephones stand: a trunk is known by its address."""

DONE = ("complete", "short", "missing", "none")
SPEECH = Path(__file__).parents[2] / "demo" / "audio"
PROCESSES = ("redis", "agi", "routing", "worker")


def trunks() -> tuple[Trunk, ...]:
    """A carrier per way of pressing keys."""
    return tuple(Trunk(name=f"citizens-{way}", host=address, dtmf=way) for way, address in WAYS.items())


class Stage:
    """Telephones for one cell, and the records that their calls leave."""

    def __init__(self, cell: Cell, folder: Path) -> None:
        self.cell = cell
        self._folder = folder
        self._numbers = itertools.count(int(time.time()) % 1000 * 10)

    def citizen(self, way: KeyWay = "rfc4733") -> Softphone:
        """A citizen with a number that nobody had before; his keys travel in this way."""
        number = f"1990000{next(self._numbers):04d}"
        account = Account(user=number, port=self.cell.settings.sip.port, address=WAYS[way])
        return Softphone(name=f"citizen-{number}", account=account, folder=self._folder, patience=patience)

    def agent(self, name: str = "1001", policy: Policy = "ignore") -> Softphone:
        """An agent's telephone; it registers when it is entered, and from that moment does with callers what `policy` says."""
        account = Account(user=name, password=self.cell.phones()[name], port=self.cell.settings.sip.port, register=True)
        name = f"agent-{name}-{next(self._numbers)}"
        return Softphone(name=name, account=account, folder=self._folder, policy=policy, patience=patience)

    @asynccontextmanager
    async def people(self, *agents: str, way: KeyWay = "rfc4733") -> AsyncIterator[tuple[Softphone, list[Softphone]]]:
        """One citizen and these agents, all with their telephones at hand."""
        async with AsyncExitStack() as stack:
            citizen = await stack.enter_async_context(self.citizen(way))
            yield citizen, [await stack.enter_async_context(self.agent(name)) for name in agents]

    def records(self, citizen: Softphone) -> list[dict[str, Any]]:
        """Every call of his that stands in the ledger, each once."""
        with reading(self.cell.places) as ledger:
            return [record for record in ledger.latest(500) if record["caller"] == citizen.account.user]

    def draft(self, record: dict[str, Any]) -> dict[str, Any] | None:
        """The ticket draft that his call left."""
        with reading(self.cell.places) as ledger:
            return ledger.draft_of(record["call"])

    async def record(self, citizen: Softphone, *, within: float = 15) -> dict[str, Any]:
        """The one record of his call, once the call, its audio and its draft are done with. Fails when there are two or none."""
        until = time.monotonic() + within * patience()
        while True:
            found = await asyncio.to_thread(self.records, citizen)
            if len(found) == 1 and found[0]["ended"] and found[0]["recording"]["state"] in DONE and self.draft(found[0]):
                return found[0]
            assert time.monotonic() < until, f"no finished record within {within:g} s: {found}\n{self.logs()}"
            await asyncio.sleep(0.1)

    async def menu_asks(self, *, within: float = 20) -> None:
        """A menu or a question listens: any key from now on is its answer."""
        await self.does(QUESTION, within=within)

    async def says(self, prompt: str, *, within: float = 20) -> None:
        """This prompt is being said, and a key would be heard."""
        await self.does(f"/{prompt}", within=within)

    async def said(self, prompt: str, *, within: float = 20) -> None:
        """This prompt has begun, whether or not it is over."""

        def begun() -> bool:
            return any(f"/{prompt}" in event["Command"] for event in self.cell.ami.seen("AGIExecStart"))

        await self._until(begun, prompt, within)

    async def waits(self, citizen: Softphone, *, within: float = 20) -> None:
        """He stands in the line."""
        seen = {"UserEvent": "CitizenWaits", "Caller": citizen.account.user}
        await self._until(lambda: bool(self.cell.ami.seen("UserEvent", **seen)), "waiting", within)

    async def together(self, citizen: Softphone, agent: Softphone, *, within: float = 10) -> None:
        """The two are in one bridge and hear each other."""
        await self._until(lambda: self._are_together(citizen.account.user, f"PJSIP/{agent.account.user}-"), "together", within)

    def _are_together(self, caller: str, leg: str) -> bool:
        bridges: dict[str, set[str]] = {}
        for event in self.cell.ami.seen_any("BridgeEnter", "BridgeLeave"):
            agents = event["Channel"].startswith(leg)  # it carries the citizen's number, too
            who = "agent" if agents else "citizen" if event["CallerIDNum"] == caller else ""
            there = bridges.setdefault(event["BridgeUniqueid"], set())
            (there.add if event["Event"] == "BridgeEnter" else there.discard)(who)
        return any({"citizen", "agent"} <= there for there in bridges.values())

    async def does(self, words: str, *, within: float) -> None:
        """The application runs a command for somebody in which these words stand."""
        await self._until(lambda: bool(running(self.cell.ami, words)), words, within)

    async def _until(self, true: Callable[[], bool], what: str, within: float) -> None:
        until = time.monotonic() + within * patience()
        while not true():
            assert time.monotonic() < until, f"not {what} within {within:g} s but {commands(self.cell.ami)}\n{self.logs()}"
            await asyncio.sleep(0.02)

    def logs(self) -> str:
        """What our processes said, for the message of a failed test."""
        return "\n".join(f"── {name}\n{self.cell.log_of(name)[-1500:]}" for name in PROCESSES[1:])
