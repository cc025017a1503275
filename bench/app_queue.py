"""Side by side with Asterisk's own app_queue: the same switch, the same citizens at the same moments, the same telephones of the agents.

Part of `scripts/bench routing`. Both lines are entered over the same endpoint and recorded alike. The queue is told whatever makes it quick
and fair: longest idle agent first, `autofill`, no wrap-up, `retry = 1`. What it cannot be told (skills that are given up, head starts,
reasons in the record, a place that outlives a crash) is not compared.

The wait is taken from the switch's own log (begin) and the INVITE at the agent's telephone (end), so it is measured alike for both.
"""

import asyncio
import csv
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from app.secrets_file import ensure_secrets
from bench.cost import cpu
from bench.record import percentile
from bench.report import Bar, Figure
from bench.rig import Rig, find_tools
from bench.routing_live import BusyDesks, Load, settings_with
from bench.sipp import Citizens, waiting_scenario
from runtime.progress import Progress

FULL: Final = Load(waiting=150, agents=10, talk_s=3.0, rate=4.0)
"""`waiting`: citizens in all. They come faster than the agents can take them, so that a line forms."""
QUICK: Final = Load(waiting=20, agents=3, talk_s=1.0, rate=3.0)
A_SECOND: Final = 1.0
"""Since when somebody waits is known to the dialplan in whole seconds."""

_DIALPLAN = """
[bench](+)
exten => router,1,Set(HL_TRUNK=bench)
 same => n,Set(HL_CALLER=${FILTER(0-9,${CALLERID(num)})})
 same => n,Goto(line,12345,1)
exten => queue,1,Answer()
 same => n,MixMonitor(,r(${HL_SPOOL}/${UNIQUEID}-citizen.wav)t(${HL_SPOOL}/${UNIQUEID}-heard.wav)i(HL_MMID))
 same => n,Playback(bench/first)
 same => n,CELGenUserEvent(CitizenWaits,Call: ${UNIQUEID})
 same => n,Queue(bench,c)
 same => n,Playback(bench/bye)
 same => n,Hangup()
"""
_QUEUE = """
[bench]
strategy = leastrecent
autofill = yes
ringinuse = no
wrapuptime = 0
timeout = 20
retry = 1
musicclass = hotline
announce-frequency = 0
"""


@dataclass(frozen=True, kw_only=True)
class Served:
    """One citizen: since when he stood in line, and when an agent's telephone was first called for him (Unix seconds)."""

    caller: str
    since: float
    rung: float

    @property
    def waited_s(self) -> float:
        """How long."""
        return self.rung - self.since


@dataclass(frozen=True, kw_only=True)
class Side:
    """One of the two lines. `gaps`: from an agent's hang-up to his next INVITE. CPU: of the switch, and of our processes beside it."""

    served: tuple[Served, ...]
    gaps: tuple[float, ...] = ()
    switch_ms: float = 0.0
    beside_ms: float = 0.0
    calls: int = 0

    def overtaken(self, by_more_than_s: float = 0.0) -> int:
        """Citizens before whom somebody was served who had come so much later."""
        order = sorted(self.served, key=lambda each: each.rung)
        before = [max((each.since for each in order[:at]), default=0.0) for at in range(len(order))]
        return sum(latest > each.since + by_more_than_s for latest, each in zip(before, order, strict=True))


async def pieces(quick: bool, progress: Progress) -> tuple[tuple[Figure, ...], tuple[Bar, ...]]:
    """Both sides, one after the other on one Asterisk, as figures and bars of `scripts/bench routing`. Raises TimeoutError."""
    load = QUICK if quick else FULL
    settings = settings_with(load.agents)
    async with Rig(find_tools(), settings) as rig:
        await _with_lines(rig, [agent.id for agent in settings.agents])
        secrets = ensure_secrets(settings, rig.places.secrets)
        passwords = {name: secret.get_secret_value() for name, secret in secrets.agent_passwords.items()}
        async with BusyDesks(passwords=passwords, talk_s=load.talk_s) as desks:
            await desks.come(settings.sip.port)
            with progress.step(f"app_queue：{load.waiting} 人 {load.agents} 名坐席 citizens and agents"):
                queue = await _side("queue", rig, desks, load, ())
            beside = await rig.serve_everything()
            with progress.step("本系统 our router，同样的来电 the same calls"):
                router = await _side("router", rig, desks, load, [process.pid for process in beside.values()])
    return figures_of(queue, router), bars_of(queue, router, load)


async def _side(line: str, rig: Rig, desks: BusyDesks, load: Load, beside: Sequence[int]) -> Side:
    """Everybody calls this line at his moment, and is served."""
    await asyncio.sleep(3)  # every telephone's state is known
    desks.invites.clear()
    desks.gaps.clear()
    desks.counting, began = True, time.time()
    wall = began - asyncio.get_running_loop().time()
    before = cpu([rig.asterisk_pid]), cpu(beside)
    crowd = Citizens(rig.tools.sipp.argv, switch_port=rig.settings.sip.port, folder=rig.folder / line)
    (rig.folder / line).mkdir()
    outcome = await crowd.call(line, waiting_scenario(), rate=load.rate, calls=load.waiting, patience_s=300, silence_s=120)
    switch_ms, beside_ms = cpu([rig.asterisk_pid]) - before[0], cpu(beside) - before[1]
    desks.counting = False
    rung = [(invite.from_number, invite.at + wall) for invite in desks.invites]
    since = waits_in(rig.places.var / "asterisk" / "log" / "cel-custom" / "calls.csv", began)
    return Side(served=served(since, rung), gaps=tuple(desks.gaps), switch_ms=switch_ms, beside_ms=beside_ms, calls=outcome.good)


async def _with_lines(rig: Rig, agents: Sequence[str]) -> None:
    etc = rig.places.var / "asterisk" / "etc"
    members = "".join(f"member => PJSIP/{agent}\n" for agent in agents)
    for name, text in (("extensions.conf", _DIALPLAN), ("queues.conf", _QUEUE + members)):
        with (etc / name).open("a", encoding="utf-8") as file:
            file.write(text)
    for command in ("dialplan reload", "queue reload all"):
        await rig.ask(command)


def waits_in(log: Path, after: float) -> dict[str, float]:
    """Caller → since when he stands in line, from the switch's event log after this moment (Unix seconds)."""
    with log.open(encoding="utf-8", newline="") as file:
        return {row[6]: float(row[1]) for row in csv.reader(file) if row[0] == "CitizenWaits" and float(row[1]) >= after}


def served(since: dict[str, float], rung: Sequence[tuple[str, float]]) -> tuple[Served, ...]:
    """Each citizen with his first INVITE; who was never rung for is not among them."""
    first: dict[str, float] = {}
    for caller, at in rung:
        first.setdefault(caller, at)
    return tuple(Served(caller=caller, since=at, rung=first[caller]) for caller, at in since.items() if caller in first)


def figures_of(queue: Side, router: Side) -> tuple[Figure, ...]:
    """One table: a row of each for every measure."""
    rows: tuple[tuple[str, str, str, Callable[[Side], float]], ...] = (
        ("wait_mean", "s", "平均等待（排队到坐席话机收到 INVITE）", lambda side: statistics.fmean(_waits(side))),
        ("wait_p95", "s", "等待 95 分位", lambda side: percentile(_waits(side), 95)),
        ("overtaken", "calls", "被后到者先接的", lambda side: side.overtaken()),
        ("overtaken_1s", "calls", "被晚到 1 秒以上者先接的", lambda side: side.overtaken(A_SECOND)),
        ("gap_median", "s", "坐席挂机到下一次 INVITE", lambda side: percentile(list(side.gaps), 50) if side.gaps else 0.0),
        ("switch_cpu_per_call", "ms", "每通 Asterisk CPU", lambda side: side.switch_ms / max(1, side.calls)),
        (
            "all_cpu_per_call",
            "ms",
            "每通全部进程 CPU（含录音核对、记录入库）",
            lambda side: (side.switch_ms + side.beside_ms) / max(1, side.calls),
        ),
    )
    return tuple(
        Figure(name=f"{who}_{name}", value=round(of(side), 3), unit=unit, zh=zh)
        for name, unit, zh, of in rows
        for who, side in (("app_queue", queue), ("router", router))
    )


def bars_of(queue: Side, router: Side, load: Load) -> tuple[Bar, ...]:
    """Nobody is lost, nobody is overtaken, and nobody waits longer than he would in the queue."""
    longest = 1.1 * statistics.fmean(_waits(queue)) + 0.2
    return (
        Bar(what="served by the router beside app_queue", value=len(router.served), op="==", bound=load.waiting),
        Bar(what="overtaken by who came > 1 s later", value=router.overtaken(A_SECOND), op="==", bound=0),
        Bar(what="mean wait, s, against app_queue's + 10 %", value=statistics.fmean(_waits(router)), op="<=", bound=round(longest, 2)),
    )


def _waits(side: Side) -> list[float]:
    return [each.waited_s for each in side.served] or [float("inf")]
