"""`scripts/bench soak`: ten thousand calls while processes of ours are killed at random, and nobody loses by it.

A complete system under its supervisor. Three kinds of citizens (SIPp, with sound both ways): who hang up in the prompts, who wait and talk
with an agent, who press the emergency keys. Every citizen hangs up himself, agents and centre never do: so any BYE of ours before
his own is a citizen whom we dropped, and SIPp counts it as a failed call. Each has a number of his own; in the end each number must have
exactly one record with a whole recording. Kills (SIGKILL) are drawn from a seed, which is printed.

Whose emergency nobody is known to have answered is called back (回拨): over the centre's trunk, where a citizen picks up, talks for some
seconds and hangs up. Who only waited in vain is owed a call, too, but at night: some thousands of them would take an hour.
"""

import asyncio
import json
import os
import random
import signal
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from app.callback_settings import Callbacks
from app.calling_settings import OutCalls
from app.children import running
from app.ledger_reading import reading
from app.settings import Agent, Asterisk, Emergency, EmergencyService, Line, Settings, Trunk, Waiting, read_secrets
from bench.desks import Desks
from bench.report import Bar, Figure, Report, measured_commit
from bench.rig import find_tools
from bench.sipp import Citizens, Outcome, holding_scenario
from hotline.callbacks import EMERGENCY, TALKED
from phones.stand_in import Invite, StandIn
from runtime.progress import Progress
from tests.live.ports import free_range
from tests.live.system import System

SEED: Final = 12345
VICTIMS: Final = ("agi", "routing", "worker", "watchdog", "redis", "supervisor")
DESKS_AT, CENTRE_AT = "127.0.0.51", "127.0.0.41"
AGENTS: Final = tuple(str(number) for number in range(1001, 1017))
CENTRE: Final = "06630000110"
CALLED_BACK_S: Final = 4.0
"""Who is called back talks for so long, then hangs up."""
STUCK_S: Final = 180.0
"""The records of the last calls may take as long as they need, but there is something wrong when none is done in this time."""
STILL_S: Final = 15.0
"""All is done when nothing was left to be done for so long: the switch's own log is held against the records 8 s after a call's end."""
ALONE_S: Final = 10.0


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One kind of citizen. `share` of all calls; `keys`: (milliseconds after the step before, key); then he listens and hangs up."""

    name: str
    zh: str
    address: str
    share: float
    keys: tuple[tuple[int, str], ...]
    listens_ms: int
    prefix: str


KINDS: Final = (
    Kind(name="prompts", zh="提示音中挂机", address="127.0.0.31", share=0.4, keys=(), listens_ms=2500, prefix="199000"),
    Kind(name="talks", zh="等候并通话", address="127.0.0.32", share=0.5, keys=((700, "0"),), listens_ms=14000, prefix="199001"),
    Kind(
        name="emergency",
        zh="紧急求助",
        address="127.0.0.33",
        share=0.1,
        keys=((700, "*"), (250, "1"), (2000, "*"), (250, "1"), (2000, "*"), (250, "1")),
        listens_ms=3000,
        prefix="199002",
    ),
)


@dataclass(frozen=True, kw_only=True)
class Size:
    """How many calls at which rate, and how often somebody is killed (seconds between two kills, at least and at most)."""

    calls: int = 10_000
    rate: float = 10.0
    kill_every_s: tuple[float, float] = (5.0, 15.0)


FULL = Size()
QUICK = Size(calls=300, rate=5.0, kill_every_s=(3.0, 8.0))


@dataclass(frozen=True, kw_only=True)
class Tally:
    """What the ledger says in the end. `lost`: citizens without a record; `doubled`: with more than one; `silent`: recordings not whole."""

    records: int
    lost: int
    doubled: int
    silent: Mapping[str, int]
    talked: int
    made: int = 0
    """Calls back that were answered, by the records."""
    endless: int = 0
    """Records of which nobody knows the end."""


@dataclass(kw_only=True)
class Heard:
    """What the centre and the citizens at home hear: who reached it, and how many were called back and picked up."""

    reached: set[str] = field(default_factory=set)
    called_back: list[Invite] = field(default_factory=list)
    owed: int = 0
    """Emergencies that are still owed a call in the end."""
    lasts_s: float = CALLED_BACK_S

    def note(self, centre: "_HangsUp", invite: Invite) -> None:
        """Somebody is called."""
        if invite.number == CENTRE:
            self.reached.add(invite.asserted or invite.from_number)
            return
        self.called_back.append(invite)
        asyncio.get_running_loop().call_later(self.lasts_s, _hang_up, centre, invite)

    @property
    def answered(self) -> int:
        """Calls back in which they heard each other."""
        return sum(bool(invite.acknowledged) for invite in self.called_back)


class _HangsUp(Protocol):
    def hang_up(self, invite: Invite) -> None: ...


def _hang_up(centre: _HangsUp, invite: Invite) -> None:
    if invite.answered and not invite.ended:
        centre.hang_up(invite)


class Town(System):
    """A complete system with trunks for every kind of citizen, desks and a centre."""

    def __init__(self, centre_port: int) -> None:
        super().__init__()
        centre = Trunk(name="centre", host=CENTRE_AT, port=centre_port)
        trunks = tuple(Trunk(name=kind.name, host=kind.address, dtmf="info", max_calls=400) for kind in KINDS)
        services = tuple(EmergencyService(id=service, targets=(f"centre/{CENTRE}",)) for service in ("110", "120", "119", "122"))
        self.settings: Settings = self.settings.model_copy(
            update={
                "sip": self.settings.sip.model_copy(update={"rtp_ports": free_range(1200)}),
                "asterisk": Asterisk(ami_port=self.settings.asterisk.ami_port, max_calls=500),
                "lines": (Line(number="12345", name="揭阳市12345市民服务热线"),),
                "agents": tuple(Agent(id=name, name=f"坐席{name}") for name in AGENTS),
                "trunks": (*trunks, centre),
                "waiting": Waiting(rest_after_miss_seconds=1),
                "emergency": Emergency(services=services),
                "out_calls": OutCalls(trunks=("centre",), kept_for_incoming=0),
                # More agents than there are must be ready before one who was only missed is called.
                "callbacks": Callbacks(ready_agents=len(AGENTS) + 1),
            }
        )
        self.write(self.settings)

    def passwords(self) -> dict[str, str]:
        """The agents'."""
        return {name: value.get_secret_value() for name, value in read_secrets(self.places.secrets).agent_passwords.items()}


async def measure(size: Size, progress: Progress) -> Report:
    """Raises TimeoutError when the records of the last calls do not come."""
    tools, heard = find_tools(), Heard()
    async with StandIn(address=CENTRE_AT, on_invite=lambda invite: heard.note(centre, invite)) as centre:
        with Town(centre.port) as town:
            with progress.step("启动 starting a complete system"):
                await asyncio.to_thread(town.up)
            async with Desks(address=DESKS_AT, passwords=town.passwords()) as desks:
                await desks.come(town.settings.sip.port)
                with progress.step(f"{size.calls} 个来电，种子 {SEED}，随机杀进程 calls with random kills, seed {SEED}"):
                    outcomes, kills = await _calls_and_kills(town, tools.sipp.argv, size)
                with progress.step("等全部记录 waiting for all records"):
                    await _all_recorded(town)
            with reading(town.places) as ledger:
                records = ledger.latest(10 * size.calls)
            heard.owed = len(owed(town))
    return report_of(size, outcomes, kills, tally_of(size, records), heard)


def calls_of(size: Size, kind: Kind) -> int:
    """How many citizens of this kind."""
    return round(size.calls * kind.share)


def numbers_of(size: Size, kind: Kind) -> list[str]:
    """Their numbers."""
    return [f"{kind.prefix}{number:05d}" for number in range(calls_of(size, kind))]


async def _calls_and_kills(town: Town, sipp: Sequence[str], size: Size) -> tuple[dict[str, Outcome], Counter[str]]:
    kills: Counter[str] = Counter()
    async with asyncio.TaskGroup() as group:
        killing = group.create_task(_kill_for_ever(town, size, kills))
        async with asyncio.TaskGroup() as calling:
            running_now = {kind.name: calling.create_task(_call(town, sipp, size, kind)) for kind in KINDS}
        killing.cancel()
    return {name: task.result() for name, task in running_now.items()}, kills


async def _call(town: Town, sipp: Sequence[str], size: Size, kind: Kind) -> Outcome:
    folder = town.places.var.parent / f"sipp-{kind.name}"
    folder.mkdir()
    numbers = folder / "numbers.csv"
    numbers.write_text("\n".join(["SEQUENTIAL", *numbers_of(size, kind)]) + "\n", encoding="ascii")
    scenario = holding_scenario(kind.listens_ms, kind.keys).replace("1990000[call_number]", "[field0]")
    citizens = Citizens((*sipp, "-inf", str(numbers)), switch_port=town.settings.sip.port, folder=folder, address=kind.address, echo=True)
    rate, calls = size.rate * kind.share, calls_of(size, kind)
    return await citizens.call("12345", scenario, rate=rate, calls=calls, patience_s=2 * calls / rate + 120)


async def _kill_for_ever(town: Town, size: Size, kills: Counter[str]) -> None:
    chance = random.Random(SEED)
    while True:
        await asyncio.sleep(chance.uniform(*size.kill_every_s))
        name = chance.choice(VICTIMS)
        claim = running(town.places, name)
        if claim is None:
            continue  # it is on its way back from the last kill
        with suppress(ProcessLookupError):
            os.kill(claim.pid, signal.SIGKILL)
            kills[name] += 1
        if name == "supervisor":
            await _supervised_again(town)


async def _supervised_again(town: Town) -> None:
    """The system sees to it itself; after ten seconds an operator would."""
    until = time.monotonic() + ALONE_S
    while time.monotonic() < until:
        if running(town.places, "supervisor"):
            return
        await asyncio.sleep(0.2)
    await asyncio.to_thread(town.run, "up")


async def _all_recorded(town: Town) -> None:
    """Return when nothing is left to be done, nor comes for some seconds. Raises TimeoutError, and says what is left."""
    left, since = left_in(town), time.monotonic()
    while left or time.monotonic() - since < STILL_S:
        await asyncio.sleep(0.5)
        now = left_in(town)
        if now != left:
            left, since = now, time.monotonic()
        if time.monotonic() - since > STUCK_S:
            raise TimeoutError(f"for {STUCK_S:g} s nothing of this was done: {', '.join(sorted(left)[:20])} ({len(left)} in all)")


def left_in(town: Town) -> frozenset[str]:
    """Journals that are not at rest, and emergencies that wait for a call back."""
    journals = (path for name in ("open", "closed", "late") for path in (town.places.journal / name).glob("*.jsonl"))
    return frozenset(f"{path.parent.name}/{path.name}" for path in journals) | {f"callback {call}" for call in owed(town)}


def owed(town: Town) -> list[str]:
    """Emergencies of which nobody is known to have heard, by the calls in which they came."""
    with suppress(FileNotFoundError):
        listed = json.loads((town.places.var / "callbacks.json").read_text(encoding="utf-8"))
        return [row["call"] for row in listed if row["reason"] == EMERGENCY]
    return []


def tally_of(size: Size, records: Sequence[Mapping[str, Any]]) -> Tally:
    """Hold the ledger against who called."""
    ours = [record for record in records if record["trunk"] in {kind.name for kind in KINDS}]
    per_number = Counter(record["caller"] for record in ours)
    wanted = [number for kind in KINDS for number in numbers_of(size, kind)]
    silent = Counter(record["recording"]["state"] for record in ours if record["recording"]["state"] != "complete")
    return Tally(
        records=len(ours),
        lost=sum(not per_number[number] for number in wanted),
        doubled=sum(count > 1 for count in per_number.values()),
        silent=silent,
        talked=sum(bool(record["joined"]) for record in ours),
        made=sum(record["placed"]["outcome"] == TALKED for record in records if record["placed"]),
        endless=sum(not record["ended"] for record in records),
    )


def report_of(size: Size, outcomes: Mapping[str, Outcome], kills: Mapping[str, int], tally: Tally, heard: Heard) -> Report:
    """The four bars of the issue; each emergency was heard and each call back is known; there was something to lose: talks, and kills."""
    wanted = sum(calls_of(size, kind) for kind in KINDS)
    asked = calls_of(size, next(kind for kind in KINDS if kind.name == "emergency"))
    figures = (
        Figure(name="calls", value=wanted, zh="来电"),
        *(Figure(name=f"calls_{kind.name}", value=outcomes[kind.name].good, zh=kind.zh) for kind in KINDS),
        Figure(name="talked", value=tally.talked, zh="与坐席通话"),
        Figure(name="called_back", value=len(heard.called_back), zh="紧急求助回拨"),
        Figure(name="seed", value=SEED, zh="随机种子"),
        *(Figure(name=f"killed_{name}", value=kills.get(name, 0)) for name in VICTIMS),
        *(Figure(name=f"recording_{state}", value=count, zh="录音不完整") for state, count in sorted(tally.silent.items())),
    )
    bars = (
        Bar(what="citizens dropped by us", value=sum(outcome.failed for outcome in outcomes.values()), op="==", bound=0),
        Bar(what="records lost", value=tally.lost, op="==", bound=0),
        Bar(what="records doubled", value=tally.doubled, op="==", bound=0),
        Bar(what="recordings lost", value=sum(tally.silent.values()), op="==", bound=0),
        Bar(what="emergencies that never reached the centre", value=asked - len(heard.reached), op="==", bound=0),
        Bar(what="emergencies still owed a call", value=heard.owed, op="==", bound=0),
        Bar(what="calls back that were answered and have no record of it", value=heard.answered - tally.made, op="==", bound=0),
        Bar(what="records without an end", value=tally.endless, op="==", bound=0),
        Bar(what="talks with an agent", value=tally.talked, op=">=", bound=wanted // 20),
        Bar(what="kills", value=sum(kills.values()), op=">=", bound=1),
    )
    return Report(name="soak", figures=figures, bars=bars, commit=measured_commit())
