"""The kill matrix (故障矩阵) as data: what dies, at which moment of a call, and what the citizen must then hear or reach.

Written down before anything was measured; `docs/kill-matrix.md` is drawn from it (`python -m bench.matrix_table`) and a test fails when
it is stale. A later issue adds its own processes and moments here, and every cell stays green.
"""

import sys
from dataclasses import dataclass
from typing import Final, Literal

Reached = Literal["agent", "centre", "again"]
Whole = Literal["whole", "gap", "repaired"]
Needs = Literal["", "small-disk"]

REACHED_ZH: Final = {"agent": "人工", "centre": "110", "again": "重拨接通"}
WHOLE_ZH: Final = {"whole": "", "gap": "，缺口有记录", "repaired": "，录音修复"}


@dataclass(frozen=True, kw_only=True)
class Row:
    """What breaks. `key_s`: seconds from his first complete emergency keys to the emergency centre's voice; `human_s`: from the fault to a
    human's voice, prompts and the menu's pause included. `recording`: what the record says of it. `held_s`: so long the fault lasts at
    least before it is healed; everything else is healed by the system itself or after the call. `needs`: what the lane must offer."""

    name: str
    zh: str
    done: str
    promise: str
    key_s: float = 6.0
    human_s: float = 30.0
    recording: Whole = "whole"
    switch_dies: bool = False
    held_s: float = 0.0
    needs: Needs = ""


@dataclass(frozen=True, kw_only=True)
class Moment:
    """Where the call is. `known`: by what he hears, never by the clock. `then`: what he does when the fault has struck."""

    name: str
    zh: str
    known: str
    then: str
    reaches: Reached


@dataclass(frozen=True, kw_only=True)
class Expected:
    """One cell. `within_s`: as Row says, by what he does."""

    row: Row
    moment: Moment
    reaches: Reached
    within_s: float
    recording: Whole
    completeness: tuple[str, ...]

    @property
    def name(self) -> str:
        """ROW × MOMENT, as commands and bars spell it."""
        return f"{self.row.name}/{self.moment.name}"

    @property
    def words(self) -> str:
        """For one field of the table."""
        return f"{REACHED_ZH[self.reaches]} ≤ {self.within_s:g} s{WHOLE_ZH[self.recording]}"


MOMENTS: Final = (
    Moment(
        name="greeting",
        zh="欢迎语",
        known="he hears the greeting",
        then="presses * 1, again every 2 s until he is answered",
        reaches="centre",
    ),
    Moment(name="menu", zh="菜单", known="he hears the menu", then="presses nothing: silence leads to a human", reaches="agent"),
    Moment(
        name="digit-entry",
        zh="按键输入",
        known="he pressed 3 and has heard the second menu to its end: the switch waits for his key",
        then="presses * 1, again every 2 s until he is answered",
        reaches="centre",
    ),
    Moment(
        name="waiting", zh="排队等候", known="he hears the music and no agent is there", then="waits; an agent registers", reaches="agent"
    ),
    Moment(
        name="agent-ringing",
        zh="坐席振铃",
        known="an agent's telephone rings",
        then="waits; the agent answers, now or when it rings again",
        reaches="agent",
    ),
    Moment(name="talking", zh="通话中", known="he and an agent hear each other", then="goes on talking", reaches="agent"),
    Moment(
        name="emergency-ringing",
        zh="紧急振铃",
        known="the centre's telephone rings and he hears that he is being connected",
        then="waits; the centre answers",
        reaches="centre",
    ),
    Moment(name="emergency-talking", zh="紧急通话", known="he and the centre hear each other", then="goes on talking", reaches="centre"),
    Moment(
        name="survey",
        zh="满意度评价",
        known="the agent has hung up and he hears the question",
        then="presses * 1, again every 2 s until he is answered",
        reaches="centre",
    ),
)

_NOTHING = "he notices nothing"

ROWS: Final = (
    Row(name="agi-killed", zh="AGI 进程被杀", done="kill -9 agi", promise="holding, then back to his menu, or the lifeline", key_s=8.0),
    Row(
        name="agi-frozen",
        zh="AGI 进程冻结",
        done="SIGSTOP agi; never thawed by us",
        promise="the watchdog fetches him out within two beats and hands on his keys",
        key_s=8.0,
        human_s=45.0,
    ),
    Row(
        name="routing-killed",
        zh="分配进程被杀",
        done="kill -9 the one of the two routing processes that leads",
        promise="music goes on, a telephone that rings rings on; the other one leads",
    ),
    Row(
        name="routing-frozen",
        zh="分配进程冻结",
        done="SIGSTOP the one of the two routing processes that leads; never thawed by us",
        promise="within two seconds the other one leads",
    ),
    Row(name="standby-killed", zh="备用分配进程被杀", done="kill -9 the routing process that follows", promise=_NOTHING),
    Row(
        name="routers-frozen",
        zh="两个分配进程都冻结",
        done="SIGSTOP both routing processes; never thawed by us",
        promise="the plain queue, or the next routing process, leads him to an agent",
        human_s=60.0,
    ),
    Row(name="watchdog-killed", zh="看护进程被杀", done="kill -9 watchdog", promise=_NOTHING),
    Row(name="worker-killed", zh="工单进程被杀", done="kill -9 worker", promise=f"{_NOTHING}; the record arrives later"),
    Row(name="supervisor-killed", zh="监督进程被杀", done="kill -9 supervisor", promise=_NOTHING),
    Row(name="redis-killed", zh="Redis 被杀", done="kill -9 redis", promise=_NOTHING),
    Row(name="redis-frozen", zh="Redis 冻结", done="SIGSTOP redis; never thawed by us", promise=_NOTHING),
    Row(
        name="database-gone",
        zh="数据库文件不见",
        done="the ledger's files are taken away until the call is over, worker killed",
        promise=f"{_NOTHING}; the record arrives when it is back",
    ),
    Row(
        name="database-locked",
        zh="数据库锁住 60 秒",
        done="another connection holds an exclusive lock for 60 s",
        promise=f"{_NOTHING}; the record arrives afterwards",
        held_s=60.0,
    ),
    Row(
        name="database-read-only",
        zh="数据库只读",
        done="worker killed, its database directory mounted read-only until the call is over",
        promise=f"{_NOTHING}; the record arrives afterwards",
        needs="small-disk",
    ),
    Row(
        name="disk-full",
        zh="磁盘写满",
        done="the last byte of the volume is taken until the call is over (the ballast goes, too)",
        promise="the call goes on; facts wait in memory; the recording is whole up to the fault, and its gap is marked",
        recording="gap",
        needs="small-disk",
    ),
    Row(
        name="ami-cut",
        zh="AMI 断开",
        done="AMI is switched off and every session thrown out, back on after 10 s",
        promise="music goes on, the lifeline takes over, routing surveys the line when it is back",
        human_s=60.0,
        key_s=8.0,
        held_s=10.0,
    ),
    Row(
        name="trunk-black-holed",
        zh="第一条中继无响应",
        done="SIGSTOP the first trunk's far end",
        promise="the next target of the list is called",
        key_s=25.0,
    ),
    Row(
        name="script-hangs",
        zh="记录脚本卡住",
        done="the lifeline's note-taker is replaced by one that sleeps; agi, both routing processes, watchdog and supervisor are killed",
        promise="keys and queue work without any process of ours; the record comes from the switch's own log",
        human_s=60.0,
        key_s=8.0,
    ),
    Row(
        name="asterisk-killed",
        zh="Asterisk 被杀",
        done="kill -9 asterisk",
        promise="the line answers again at most 5 s later; his call-back is first in line",
        human_s=8.0,
        recording="repaired",
        switch_dies=True,
    ),
    Row(
        name="asterisk-frozen",
        zh="Asterisk 冻结",
        done="SIGSTOP asterisk; never thawed by us",
        promise="noticed within 15 s, killed, and the line answers again at most 5 s later",
        human_s=24.0,
        recording="repaired",
        switch_dies=True,
    ),
)

_BY_KEY: Final = frozenset({"greeting", "digit-entry", "survey"})
_UNDER_WAY_S: Final = 8.0
"""A talk or a ringing centre that is under way: nothing may happen to it at all, so its voice is there at once."""


_QUICK: Final = (
    "agi-killed/menu",
    "agi-frozen/greeting",
    "routing-killed/agent-ringing",
    "routing-frozen/waiting",
    "standby-killed/agent-ringing",
    "routers-frozen/waiting",
    "watchdog-killed/digit-entry",
    "worker-killed/survey",
    "supervisor-killed/waiting",
    "redis-killed/talking",
    "redis-frozen/agent-ringing",
    "database-gone/menu",
    "database-locked/survey",
    "database-read-only/talking",
    "disk-full/talking",
    "ami-cut/waiting",
    "trunk-black-holed/emergency-talking",
    "script-hangs/waiting",
    "asterisk-killed/talking",
    "asterisk-frozen/emergency-ringing",
)


def expected(row: Row, moment: Moment) -> Expected:
    """What must come of this cell."""
    reaches: Reached = "again" if row.switch_dies else moment.reaches
    if row.switch_dies or moment.name in ("menu", "waiting", "agent-ringing"):
        within = row.human_s
    elif moment.name in _BY_KEY or (row.name == "trunk-black-holed" and moment.reaches == "centre"):
        within = row.key_s
    else:
        within = _UNDER_WAY_S
    done = ("cut_off",) if row.switch_dies else ("complete", "reconciled")
    return Expected(row=row, moment=moment, reaches=reaches, within_s=within, recording=row.recording, completeness=done)


def all_cells() -> tuple[Expected, ...]:
    """Row by row."""
    return tuple(expected(row, moment) for row in ROWS for moment in MOMENTS)


def quick_cells() -> tuple[Expected, ...]:
    """Every row once, at the moment at which it hurts most, and every moment at least once."""
    return tuple(cell_named(name) for name in _QUICK)


def cell_named(name: str) -> Expected:
    """The cell of this name. Raises ValueError."""
    found = [cell for cell in all_cells() if cell.name == name]
    if not found:
        raise ValueError(f"no such cell: {name}; write it like agi-killed/waiting")
    return found[0]


def document() -> str:
    """docs/kill-matrix.md."""
    head = "| | " + " | ".join(moment.zh for moment in MOMENTS) + " |"
    rule = "|" + "---|" * (len(MOMENTS) + 1)
    fields = [f"| **{row.zh}** `{row.name}` | " + " | ".join(expected(row, moment).words for moment in MOMENTS) + " |" for row in ROWS]
    moments = [f"| `{each.name}` {each.zh} | {each.known} | {each.then} |" for each in MOMENTS]
    rows = [f"| `{each.name}` {each.zh} | {each.done} | {each.promise} |" for each in ROWS]
    return "\n".join([_HEAD, head, rule, *fields, _MIDDLE, *moments, _END, *rows, ""])


_HEAD = """# 故障矩阵 The kill matrix

<!-- drawn by `python -m bench.matrix_table`: change bench/matrix_table.py instead -->

什么坏了（行）、坏在通话的哪一刻（列），市民接着必须听到或接通什么。先写期望，再测。
What breaks (rows), at which moment of the call (columns), and what the citizen must then hear or reach. Written before it was measured.

`scripts/bench kill-matrix` runs every cell on complete systems (all processes under their supervisor, a real Asterisk, SIP telephones with
real sound, two trunks to a stand-in emergency centre); `scripts/test` runs every row and every column at least once. In every cell:

- he reaches a human (坐席) or the emergency number within the time in the field: each hears the other's voice;
- his recording is whole: as long as the call to 2 s, both sides, known by content; *gap*: the missing stretch is marked in the record;
  *repaired*: up to the switch's death, to the 2 s that it holds in memory;
- exactly one record of his call arrives in the ledger, and one ticket draft;
- nothing is left over: no channel, no open or closed journal, every process well again by itself.

Where the switch itself dies the call is lost: the line answers again in time (`重拨接通`), the record says that the call was cut off.
"""
_MIDDLE = """
## 哪一刻 Moments

| moment | known by | what the citizen does then |
|---|---|---|"""
_END = """
## 什么坏了 Faults

| fault | what is done | what is promised |
|---|---|---|"""


if __name__ == "__main__":
    sys.stdout.write(document())
