"""`scripts/bench routing`: how soon, how true, how much. Pure parts on one core, and one part on a real Asterisk.

- *decision*: 10,000 agents of whom all but a few talk, 1,000 callers with skills in line; an agent becomes ready (or a caller comes): all
  that the leader computes from this news to his orders, the choice and the words for the roster included, in CPU time of this thread;
- *promise*: over a random day (surges, shifts that fit badly, skills, callers who give up), how often the announced range held;
- *day*: 100,000 calls and 1,000 agents by the same policy code;
- *invite*: bench/routing_live.py;
- the leader killed and frozen under load: bench/takeover.py.
"""

import random
import time
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Final

from bench import app_queue, takeover
from bench.record import percentile
from bench.report import Bar, Figure, Report, measured_commit
from bench.routing_live import Gaps, Load, gaps_under
from hotline.identity import AgentId, CallId
from hotline.line import CitizenWaits, PhoneChanged, PhoneState, WaitingCitizen
from routing.handlers import step
from routing.matching import FOR_EVER, ChoiceRules, SkillRule
from routing.memory import changed
from routing.model import Agent, Rules, Switchboard, fresh_switchboard
from routing.policy import keeping
from routing.simulator import HOUR, Kind, Plan, Shift, SimulatedDay, simulate
from runtime.progress import Progress

MOST_DECISION_MS, MOST_DAY_S, LEAST_HELD, MOST_INVITE_S = 1.0, 60.0, 0.8, 0.3
NOON: Final = datetime(2026, 1, 1, 4, tzinfo=UTC)
SKILLS: Final = ("teochew", "english", "tax", "insurance", "medical", "housing", "enterprise", "secret", "traffic", "water")
SEED: Final = 12345
LIKE_A_DAY: Final = (12, 8, 6, 5, 8, 15, 60, 220, 480, 560, 520, 400, 300, 420, 520, 500, 450, 380, 280, 200, 150, 90, 45, 20)
"""Calls of each hour, as shares of a day."""


@dataclass(frozen=True, kw_only=True)
class Size:
    """`calls` and `agents` of the large day; `days` of which the promises are judged; `decisions` that are timed."""

    agents: int = 10_000
    waiting: int = 1_000
    decisions: int = 4_000
    calls: int = 100_000
    staff: int = 1_000
    days: int = 5
    load: Load | None = field(default_factory=Load)


PIECES: Final = (takeover.pieces, app_queue.pieces)
FULL = Size()
QUICK = Size(agents=1_000, waiting=200, decisions=100, calls=5_000, staff=60, days=1, load=Load(waiting=60, agents=6, talk_s=2, seconds=10))


async def measure(size: Size, progress: Progress) -> Report:
    """The whole bench."""
    with progress.step(f"{size.agents} 坐席 {size.waiting} 人排队的一次分配 one decision"):
        decided = decisions_ms(size)
    with progress.step(f"{size.days} 天的等待播报 what callers are told"):
        days = [simulate(_uneven(random.Random(SEED + day)), random.Random(day)) for day in range(size.days)]
    with progress.step(f"一天 {size.calls} 通 {size.staff} 坐席 a day"):
        began = time.process_time()
        large = simulate(large_day(size.calls, size.staff), random.Random(SEED))
        day_s = time.process_time() - began
    gaps = await gaps_under(size.load, progress) if size.load else Gaps()
    report = report_of(decided, days, large, day_s, gaps, size)
    for piece in PIECES:
        figures, bars = await piece(size is QUICK, progress)
        report = replace(report, figures=(*report.figures, *figures), bars=(*report.bars, *bars))
    return report


def report_of(decided: list[float], days: list[SimulatedDay], large: SimulatedDay, day_s: float, gaps: Gaps, size: Size) -> Report:
    """Figures and bars."""
    said = [each for day in days for each in day.said if each.answered]
    known = [each for each in said if each.range]
    held = sum(each.held for each in known) / len(known) if known else 0.0
    worst, most = percentile(decided, 99), size.load.waiting if size.load else 0
    invite = percentile(gaps.seconds, 99) if gaps.seconds else FOR_EVER
    figures = [
        Figure(name="decision_median", value=percentile(decided, 50), unit="ms", zh=f"{size.agents} 坐席、{size.waiting} 人排队"),
        Figure(name="told", value=len(said), unit="times", zh="模拟日中播报次数（后来接通的）"),
        Figure(name="told_a_range", value=len(known) / max(1, len(said)), zh="其中说出范围的比例"),
        Figure(name="day_calls", value=len(large.calls), unit="calls", zh="模拟一天的来电"),
        Figure(name="day_answered", value=sum(each.answered for each in large.calls) / max(1, len(large.calls)), zh="接通率"),
        Figure(name="invite_median", value=percentile(gaps.seconds, 50) if gaps.seconds else FOR_EVER, unit="s", zh="坐席挂机到下一次振铃"),
        Figure(name="invite_samples", value=len(gaps.seconds), zh="次数"),
        Figure(name="fewest_waiting", value=gaps.waiting, zh="期间最少排队人数"),
    ]
    bars = [
        Bar(what="one decision, p99, ms", value=worst, op="<=", bound=MOST_DECISION_MS),
        Bar(what="announced range held", value=held, op=">=", bound=LEAST_HELD),
        Bar(what="the day on one core, s", value=day_s, op="<=", bound=MOST_DAY_S),
        Bar(what=f"agent ready → INVITE, p99, s, {most} waiting", value=invite, op="<=", bound=MOST_INVITE_S),
    ]
    return Report(name="routing", figures=tuple(figures), bars=tuple(bars), commit=measured_commit())


# ── one decision ─────────────────────────────────────────────────────────────────────────────────


def decisions_ms(size: Size) -> list[float]:
    """Each: something happens to the full switchboard, and everybody who can be served now is chosen."""
    chance = random.Random(SEED)
    board = keeping(full_house(size, chance))
    names = sorted(board.agents)
    spent = []
    for number in range(size.decisions):
        news = _becomes_ready(chance.choice(names)) if number % 2 else _comes(chance, number)
        began = time.thread_time()
        turn = step(board, news, NOON)
        changed(board, turn.board)
        spent.append((time.thread_time() - began) * 1000)
    return spent


def full_house(size: Size, chance: random.Random) -> Switchboard:
    """Nearly everybody talks; the three who are ready know nothing that those in line still insist on."""
    agents = {AgentId(f"{number:05d}"): _skills(chance) for number in range(size.agents)}
    rules = {skill: SkillRule(insist_s=FOR_EVER if skill == "secret" else 600.0) for skill in SKILLS}
    board = fresh_switchboard(agents, Rules(choice=ChoiceRules(skills=rules, kept={"enterprise": 120.0})), NOON)
    known = {name: _talking(agent, chance) for name, agent in board.agents.items()}
    for name in list(known)[:3]:
        known[name] = replace(known[name], phone=PhoneState.IDLE, levels={})
    waiting = {call: _citizen(call, chance) for call in (CallId(f"bench-1764000000.{number}") for number in range(size.waiting))}
    return replace(board, agents=known, waiting=waiting, linked=True)


def _skills(chance: random.Random) -> list[str]:
    return [f"{skill}:{chance.randint(1, 3)}" for skill in chance.sample(SKILLS, chance.choice((0, 1, 1, 2, 3)))]


def _talking(agent: Agent, chance: random.Random) -> Agent:
    return replace(agent, phone=PhoneState.TALKING, idle_since=NOON - timedelta(seconds=chance.uniform(0, 3600)))


def _citizen(call: CallId, chance: random.Random) -> WaitingCitizen:
    skills = tuple(chance.sample(SKILLS, chance.choice((1, 1, 2))))
    since = NOON.timestamp() - chance.uniform(1, 300)
    return WaitingCitizen(call=call, channel="PJSIP/t-1", called="12345", caller="", trunk="t", since=since, skills=skills)


def _becomes_ready(agent: AgentId) -> PhoneChanged:
    return PhoneChanged(agent=agent, state=PhoneState.IDLE)


def _comes(chance: random.Random, number: int) -> CitizenWaits:
    return CitizenWaits(citizen=_citizen(CallId(f"bench-1764000001.{number}"), chance))


# ── days ─────────────────────────────────────────────────────────────────────────────────────────


def large_day(calls: int, agents: int) -> Plan:
    """A day of so many calls; of the agents, each hour has what its calls ask for."""
    per_hour = tuple(calls * share / sum(LIKE_A_DAY) for share in LIKE_A_DAY)
    shifts = []
    for hour, share in enumerate(LIKE_A_DAY):
        there = max(8, round(agents * share / max(LIKE_A_DAY)))
        for part, levels in ((0.5, {}), (0.2, {"teochew": 2}), (0.2, {"tax": 1}), (0.1, {"teochew": 1, "tax": 2})):
            shifts.append(Shift(begins=hour * HOUR, ends=(hour + 1) * HOUR, agents=max(1, round(there * part)), levels=levels))
    kinds = (Kind(share=8, talk_s=180), Kind(skills=("teochew",), talk_s=200, spread=0.8), Kind(skills=("tax",), talk_s=240, spread=0.8))
    rules = ChoiceRules(skills={"teochew": SkillRule(insist_s=60.0)})
    return Plan(per_hour=per_hour, shifts=tuple(shifts), kinds=kinds, after_call_s=20, patience_s=240, rules=rules)


def _uneven(chance: random.Random) -> Plan:
    """A smaller day that nobody foresaw: surges, and shifts that do not quite fit."""
    plan = large_day(5_000, 29)
    surges = [chance.uniform(1.2, 1.7) if chance.random() < 0.2 else chance.uniform(0.85, 1.1) for _ in LIKE_A_DAY]
    shifts = [replace(shift, agents=max(1, round(shift.agents * chance.uniform(0.8, 1.1)))) for shift in plan.shifts]
    per_hour = tuple(calls * surge for calls, surge in zip(plan.per_hour, surges, strict=True))
    return replace(plan, per_hour=per_hour, shifts=tuple(shifts), says_every_s=30.0)
