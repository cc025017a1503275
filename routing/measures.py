"""考核指标: what GB/T 33358 and articles 25 to 27 of the regulation ask a hotline to know of itself, as one table, counted over calls.

A count is a set of calls, so that every figure can be traced to its calls: a rate to two such sets, a time to the one it is taken over.
Cities begin the 15 seconds of GB/T 33358 at different moments: `Clock` says at which. Nothing is guessed: a call whose end nobody saw yet
is in no count but `calls` and `open`; who was cut off by a failure of ours did not give up, but was not answered in time either.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from math import ceil
from types import MappingProxyType
from typing import Final

from hotline.identity import CallId


class Start(StrEnum):
    """Where the clock of a wait begins."""

    ARRIVAL = "arrival"
    """进线: the call reached us; the strictest."""
    PROMPTS = "prompts"
    """导航结束: the menu is over."""
    WAIT = "wait"
    """进队列: he stands in line."""


@dataclass(frozen=True, kw_only=True)
class Clock:
    """From when a wait counts, and up to how many seconds it is in time (GB/T 33358: 15)."""

    start: Start = Start.ARRIVAL
    within_s: float = 15.0


@dataclass(frozen=True, kw_only=True)
class Rung:
    """An agent was called for him. `rang`: his phone said that it rings. `outcome` as in the record (records/model.Ring)."""

    agent: str
    outcome: str
    rang: bool = False


@dataclass(frozen=True, kw_only=True)
class Talk:
    """He talked with this agent; `seconds` None = its end was not seen."""

    agent: str
    seconds: float | None = None


@dataclass(frozen=True, kw_only=True)
class Call:
    """What the measures need of a record. `starts`: where the clock may begin; `human`: when he first heard a human.

    `stage`: where he gave up, as in the record (`abandon_stage`). `owed`: his callback: open, reached,
    unreached (given up), or empty = he is owed none, or the one that he is owed already stands under another call of his.
    """

    id: CallId
    arrived: datetime
    called: str = ""
    skills: tuple[str, ...] = ()
    starts: Mapping[Start, datetime] = field(default_factory=dict)
    human: datetime | None = None
    ended: datetime | None = None
    stage: str = ""
    rings: tuple[Rung, ...] = ()
    talks: tuple[Talk, ...] = ()
    owed: str = ""

    def waited_s(self, clock: Clock) -> float | None:
        """From the start of the clock to the first human, or to his end; None when one of the two is not known. Never below zero."""
        over, start = self.human or self.ended, self.starts.get(clock.start)
        return max(0.0, (over - start).total_seconds()) if over and start else None

    @property
    def talked_s(self) -> float | None:
        """All his talks together; None when there was none, or the end of one was not seen."""
        seconds = [talk.seconds for talk in self.talks]
        return None if not seconds or None in seconds else sum(each for each in seconds if each is not None)


# ── the table ────────────────────────────────────────────────────────────────────────────────────

Counted = Callable[[Call, Clock], bool]
Timed = Callable[[Call, Clock], float | None]


@dataclass(frozen=True, kw_only=True)
class Definition:
    """One figure. `what`: its definition in words, Chinese first; `basis`: the rule it serves."""

    name: str
    what: str
    basis: str = ""


@dataclass(frozen=True, kw_only=True)
class Count(Definition):
    """So many calls."""

    of: Counted


@dataclass(frozen=True, kw_only=True)
class Rate(Definition):
    """The share of one count in another; both by their keys."""

    part: str
    whole: str


@dataclass(frozen=True, kw_only=True)
class Time(Definition):
    """Seconds over a count: its mean, or what `share` of it does not exceed (nearest rank)."""

    over: str
    of: Timed
    share: float | None = None


def _asked(call: Call, clock: Clock) -> bool:
    return call.ended is not None and (Start.WAIT in call.starts or call.human is not None)


def _answered(call: Call, clock: Clock) -> bool:
    return _asked(call, clock) and call.human is not None


def _in_time(call: Call, clock: Clock) -> bool:
    waited = call.waited_s(clock)
    return _answered(call, clock) and waited is not None and waited <= clock.within_s


def _gave_up(call: Call, clock: Clock) -> bool:
    return call.ended is not None and bool(call.stage)


def _gave_up_while_offered(call: Call, *, rang: bool) -> bool:
    """A phone that answers by itself does not say that it rings: his citizen who leaves in that moment left the offer."""
    return call.ended is not None and call.stage == "ringing" and any(each.rang for each in call.rings if _for_him(each)) is rang


def _for_him(ring: Rung) -> bool:
    return ring.outcome in ("ringing", "citizen_gone")


def _missed(call: Call, clock: Clock) -> bool:
    return any(ring.outcome in ("no_answer", "refused", "busy", "unreachable", "absent") for ring in call.rings)


def _stage(stage: str) -> Counted:
    return lambda call, clock: call.ended is not None and call.stage == stage


_GB: Final = "GB/T 33358"
_CALLED_BACK: Final = "国办函〔2025〕66号：漏接电话回拨"

DEFINITIONS: Final[Mapping[str, Definition]] = MappingProxyType(
    {
        "calls": Count(
            name="呼入量", what="打进来的电话，不含呼出 calls that came in", basis="条例第26条：系统分析", of=lambda call, clock: True
        ),
        "open": Count(name="进行中", what="尚未见结束 no end was seen yet", of=lambda call, clock: call.ended is None),
        "asked": Count(
            name="人工请求量", what="已结束，且进过人工队列或听到过真人 over, and stood in line or heard a human", basis=_GB, of=_asked
        ),
        "answered": Count(
            name="人工接通量", what="听到过真人：坐席或紧急服务 heard a human: an agent or an emergency centre", basis=_GB, of=_answered
        ),
        "in_time": Count(name="及时接通量", what="从起算点到听到真人不超过限时 answered within the limit", basis=_GB, of=_in_time),
        "answer_rate": Rate(
            name="接通率",
            what="人工接通量 ÷ 人工请求量 answered of those who asked",
            basis=f"{_GB}：连续24小时不低于95%",
            part="answered",
            whole="asked",
        ),
        "in_time_rate": Rate(
            name="限时接通率",
            what="及时接通量 ÷ 人工请求量 in time of those who asked",
            basis=f"{_GB}：15秒内应答",
            part="in_time",
            whole="asked",
        ),
        "gave_up": Count(name="放弃量", what="未听到真人就挂断，留言的不算 hung up before a human; not who left a message", of=_gave_up),
        "gave_up_prompts": Count(name="导航放弃", what="在欢迎词或按键时挂断 in the prompts", of=_stage("prompts")),
        "gave_up_queue": Count(name="队列放弃", what="排队时挂断，没有坐席在振铃 in line, nobody being called", of=_stage("queue")),
        "gave_up_offer": Count(
            name="分配放弃",
            what="已选定坐席，其话机还没响时挂断 an agent was chosen, his phone did not ring yet",
            of=lambda call, clock: _gave_up_while_offered(call, rang=False),
        ),
        "gave_up_ringing": Count(
            name="振铃放弃",
            what="坐席话机振铃时挂断 while an agent's phone rang",
            of=lambda call, clock: _gave_up_while_offered(call, rang=True),
        ),
        "gave_up_emergency": Count(name="应急放弃", what="应急呼叫未接通时挂断 on the way to an emergency centre", of=_stage("emergency")),
        "gave_up_rate": Rate(name="放弃率", what="放弃量 ÷ 呼入量 of all calls", part="gave_up", whole="calls"),
        "wait_mean": Time(name="平均等待", what="已接通的，从起算点到听到真人 of the answered", over="answered", of=Call.waited_s),
        "wait_p95": Time(name="等待95分位", what="95%的已接通电话不超过 of the answered", over="answered", of=Call.waited_s, share=0.95),
        "patience_mean": Time(name="平均忍耐", what="放弃的，从起算点到挂断 of those who gave up", over="gave_up", of=Call.waited_s),
        "talked": Count(
            name="通话量", what="与坐席的通话都已结束 talked with an agent, to the end", of=lambda call, clock: call.talked_s is not None
        ),
        "talk_mean": Time(
            name="平均通话",
            what="一通电话里与坐席通话的总时长 all talks of a call together",
            over="talked",
            of=lambda call, clock: call.talked_s,
        ),
        "missed": Count(name="漏接来电", what="至少一名坐席没有接起 at least one agent did not take it", of=_missed),
        "callback_owed": Count(
            name="应回拨",
            what="欠市民一次回拨；同一市民的几项合为一项 he is owed a callback; several of one citizen are one",
            basis=_CALLED_BACK,
            of=lambda call, clock: bool(call.owed),
        ),
        "callback_done": Count(
            name="已回拨",
            what="已回拨或市民已自行打通 called back, or got through by himself",
            basis=_CALLED_BACK,
            of=lambda call, clock: call.owed == "reached",
        ),
        "callback_unreached": Count(
            name="回拨未通",
            what="多次回拨仍未打通，不再回拨 called back in vain, and given up",
            basis=_CALLED_BACK,
            of=lambda call, clock: call.owed == "unreached",
        ),
        "callback_rate": Rate(
            name="回拨完成率",
            what="已回拨 ÷ 应回拨 of those who were owed one",
            basis=_CALLED_BACK,
            part="callback_done",
            whole="callback_owed",
        ),
    }
)
"""Key → definition, in the order in which they are shown."""


@dataclass(frozen=True, kw_only=True)
class Measures:
    """Every figure over some calls. `values`: None = nothing to take it over. `calls`: key → the calls behind it, in order of arrival."""

    values: Mapping[str, float | None]
    calls: Mapping[str, tuple[CallId, ...]]


def measured(calls: Iterable[Call], clock: Clock) -> Measures:
    """All figures of the table over these calls."""
    sorted_calls = sorted(calls, key=lambda call: (call.arrived, call.id))
    sets = {key: [call for call in sorted_calls if each.of(call, clock)] for key, each in DEFINITIONS.items() if isinstance(each, Count)}
    behind = {key: tuple(call.id for call in sets[_over(key, each)]) for key, each in DEFINITIONS.items()}
    return Measures(values={key: _value(each, sets[_over(key, each)], sets, clock) for key, each in DEFINITIONS.items()}, calls=behind)


def _over(key: str, definition: Definition) -> str:
    """The count whose calls are behind this figure; those that are missing from a rate are the rest of its `whole`."""
    match definition:
        case Rate(whole=whole):
            return whole
        case Time(over=over):
            return over
        case _:
            return key


def _value(definition: Definition, calls: Sequence[Call], sets: Mapping[str, Sequence[Call]], clock: Clock) -> float | None:
    if isinstance(definition, Count):
        return float(len(calls))
    if isinstance(definition, Rate):
        return len(sets[definition.part]) / len(calls) if calls else None
    assert isinstance(definition, Time)
    return _of_seconds([seconds for call in calls if (seconds := definition.of(call, clock)) is not None], definition.share)


def _of_seconds(seconds: list[float], share: float | None) -> float | None:
    if not seconds:
        return None
    return sum(seconds) / len(seconds) if share is None else sorted(seconds)[ceil(share * len(seconds)) - 1]


# ── by hour, day, line, skill, agent ─────────────────────────────────────────────────────────────

GROUPS: Final[Mapping[str, Callable[[Call, datetime], Iterable[str]]]] = MappingProxyType(
    {
        "hour": lambda call, local: (f"{local:%Y-%m-%d %H}",),
        "day": lambda call, local: (f"{local:%Y-%m-%d}",),
        "line": lambda call, local: (call.called,),
        "skill": lambda call, local: call.skills or ("",),
        "agent": lambda call, local: sorted({ring.agent for ring in call.rings} | {talk.agent for talk in call.talks}),
    }
)
"""How calls may be put together. One of two skills or agents counts for each of them, so these do not add up to the whole."""


def grouped(calls: Iterable[Call], by: str, local: Callable[[datetime], datetime]) -> Mapping[str, list[Call]]:
    """Calls by GROUPS[by], in order of the groups' names. `local`: an instant on the wall clock of the city."""
    groups: dict[str, list[Call]] = {}
    for call in calls:
        for name in GROUPS[by](call, local(call.arrived)):
            groups.setdefault(name, []).append(call)
    return dict(sorted(groups.items()))


# ── the page of definitions ──────────────────────────────────────────────────────────────────────


def page() -> str:
    """docs/staff/measures.md: drawn from the table, so that it says what is counted."""
    head = ["# 考核指标 measures", "", "由 `routing/measures.py` 的表生成，请勿手改。 Drawn from the table there; do not edit.", ""]
    head += ["| 键 key | 名称 | 定义 definition | 算法 how | 依据 basis |", "|---|---|---|---|---|"]
    rows = [f"| `{key}` | {each.name} | {each.what} | {_how(each)} | {each.basis or '—'} |" for key, each in DEFINITIONS.items()]
    return "\n".join([*head, *rows, "", _FOOT, ""])


def _how(definition: Definition) -> str:
    match definition:
        case Rate(part=part, whole=whole):
            return f"`{part}` ÷ `{whole}`"
        case Time(over=over, share=share):
            return f"`{over}` 的{'平均' if share is None else f'{share:.0%} 分位'}，秒"
        case _:
            return "通话数"


_FOOT: Final = """\
限时（默认15秒）的起算点由 `--clock` 选：`arrival` 进线（最严），`prompts` 导航结束，`wait` 进队列。
没有进过队列的电话没有队列起算点，不计入限时接通量。按技能或坐席分组时，一通电话可能计入多组。

`occupancy` 工时利用率 ＝ 忙（分配、振铃、通话、话后）÷（忙＋空闲）；离线、话机未注册、示忙不计入。数据来自 `var/presence/`。

每个数都能列出它背后的通话：`scripts/measures --calls 键`。Every figure can be traced to its calls."""
