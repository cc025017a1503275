"""Fills a database with tickets, fast: the very rows that the door writes (tests/bench/test_ticket_seed.py compares them), in bulk.

A thousand or so different tickets are made once, as values; every further one is the text of one of them with its own number, days, name of
a place and telephone. All of them happen on one day that no ticket has, so that days can be replaced in the text.
"""

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any, Final

from hotline.access import Role
from hotline.workdays import CHINA
from storage.ticket_rows import entry_row, first_id, moment_rows, snapshot_of, ticket_row, unit_rows
from storage.ticket_words import indexed
from tickets.kinds import EntryKind
from tickets.model import Channel
from tickets.moments import Moment, Watch
from tickets.moves import TicketState
from tickets.terms import Appeal, Due, Step
from tickets.ticket import Citizen, Entry, Ticket

DAY: Final = date(2001, 1, 1)
"""Stands for the day of filing; the answer is due a week later."""
NUMBER: Final = "20010101000001"
ESTATE: Final = "某某"
"""Stands for the name of the place: two characters, a million of them, so that most words are rare ones."""
PHONE: Final = "19900000000"
FIRST_DAY: Final = date(2024, 1, 1)
A_DAY: Final = 1000
UNITS: Final = tuple(f"u-{count:03d}" for count in range(100))
LARGEST: Final = UNITS[0]
"""Has a fifth of all tickets, so that its pages are full at every size: a full page takes longer than one of three."""
COMMON: Final = "噪音"
"""Stands in a tenth of all tickets."""
_COMMON_SHARE: Final = 0.1
_LARGEST_SHARE: Final = 0.2
_SENT, _OPEN = 0.03, 0.05
_CHARS: Final = "".join(chr(0x4E00 + count) for count in range(1000, 2000))
_MATTERS: Final = (
    "路灯损坏", "下水道堵塞", "占道经营", "违章搭建", "拖欠工资", "自来水停水", "垃圾堆放", "公交晚点", "燃气异味", "油烟扰民", "物业收费",
    "停车困难", "学校招生", "医保报销", "社保转移", "道路坑洼", "树木倒伏", "电梯故障", "宠物伤人", "快递丢失", "食品过期", "预付卡退款",
    "公厕清洁", "河道污染", "工地扬尘", "信号灯故障", "校车超载", "房产过户", "户口迁移", "公积金提取",
)  # fmt: skip
_CLAUSES: Final = (
    "来电人称", "已持续三天", "影响周边居民出行", "此前向社区反映未果", "希望有关部门尽快核实处理", "要求书面答复", "现场没有警示标志",
    "晚上十点以后最为严重", "曾于上月拨打过热线", "附近有学校和幼儿园", "涉及住户约五十户", "老人和小孩行走不便", "请相关单位联系当事人",
    "商户拒绝整改", "合同约定期限已过", "缴费凭证齐全", "雨天积水严重", "多次协商无结果", "担心发生安全事故", "希望给出明确时间表",
)  # fmt: skip
_DONE: Final = (
    EntryKind.DISPATCHED, EntryKind.RECEIVED, EntryKind.REPLIED, EntryKind.REPORTED_CLOSED, EntryKind.CONFIRMED, EntryKind.ARCHIVED,
)  # fmt: skip


COLUMNS: Final = {
    "tickets": ("id", "version", "key", "state", "appeal", "code", "place", "filed", "due", "provisional", "secrecy", "phone", "published"),
    "ticket_snapshots": ("id", "snapshot"),
    "ticket_entries": ("id", "seq", "at", "what", "by", "role", "details"),
    "ticket_units": ("unit", "id", "state"),
    "ticket_moments": ("id", "what", "at"),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Pattern:
    """The rows of one ticket as values in the order of COLUMNS, beginning with its id. `snapshot`: text, cut where days and names stand."""

    row: dict[str, Any]
    snapshot: tuple[str, ...]
    entries: tuple[tuple[Any, ...], ...]
    units: tuple[tuple[Any, ...], ...]
    moments: tuple[tuple[Any, ...], ...]
    words: frozenset[str]


@dataclass(kw_only=True, slots=True)
class Rows:
    """All rows of one ticket, in the order of COLUMNS; `words` are those of its index."""

    row: tuple[Any, ...]
    snapshot: str
    entries: list[tuple[Any, ...]]
    units: list[tuple[Any, ...]]
    moments: list[tuple[Any, ...]]
    words: list[str]

    @property
    def id(self) -> int:
        """受理编号."""
        return int(self.row[0])


def patterns(count: int, chance: random.Random) -> list[Pattern]:
    """So many different tickets."""
    return [_pattern(*_made(chance)) for _ in range(count)]


def seeded(patterns: list[Pattern], first: int, last: int) -> Iterator[Rows]:
    """Tickets number `first` up to before `last`, counted from 0, in the order of their numbers; the same ones every time."""
    for count in range(first, last):
        day = FIRST_DAY + timedelta(days=count // A_DAY)
        mixed = (count * 2654435761) % 2**32  # Knuth's: as good as chance here, and the same every time
        name = _CHARS[mixed // 1000 % 1000] + _CHARS[mixed % 1000]
        phone = f"1990000{count % 10_000:04d}"
        yield _filled(patterns[mixed // 7 % len(patterns)], first_id(day) + count % A_DAY + 1, day, name, phone)


def _filled(pattern: Pattern, number: int, day: date, name: str, phone: str) -> Rows:
    today, week, day_after = _days(day)
    now = {TODAY: today, WEEK: week, DAY_AFTER: day_after, NUMBER: str(number), ESTATE: name, PHONE: phone}
    row = {**pattern.row, "id": number, "filed": today + pattern.row["filed"][10:], "phone": phone}
    if row["due"]:
        row["due"] = week + row["due"][10:]
    return Rows(
        row=tuple(row.values()),
        snapshot="".join([now.get(part, part) for part in pattern.snapshot]),
        entries=[(number, seq, today + at[10:], *rest) for _, seq, at, *rest in pattern.entries],
        units=[(unit, number, state) for unit, _, state in pattern.units],
        moments=[(number, what, week + at[10:]) for _, what, at in pattern.moments],
        words=sorted(pattern.words.union((f"区{name[0]}", name, f"{name[1]}小"))),
    )


@lru_cache(maxsize=4)
def _days(day: date) -> tuple[str, str, str]:
    """Itself, the day on which the answer is due, and the one after."""
    return day.isoformat(), (day + timedelta(days=7)).isoformat(), (day + timedelta(days=8)).isoformat()


def _said(days: int) -> str:
    return f"{DAY + timedelta(days=days):%Y-%m-%d}"


TODAY, WEEK, DAY_AFTER = _said(0), _said(7), _said(8)
_CUT: Final = re.compile("|".join(f"({each})" for each in (TODAY, WEEK, DAY_AFTER, NUMBER, ESTATE, PHONE)))


def _address(name: str) -> str:
    return f"榕城区{name}小区"


def _pattern(ticket: Ticket, entries: tuple[Entry, ...], moments: tuple[Moment, ...]) -> Pattern:
    own = {f"区{ESTATE[0]}", ESTATE, f"{ESTATE[1]}小"}
    return Pattern(
        row=ticket_row(ticket),
        snapshot=tuple(part for part in _CUT.split(snapshot_of(ticket)) if part),
        entries=tuple(tuple(entry_row(entry).values()) for entry in entries),
        units=tuple(tuple(row.values()) for row in unit_rows(ticket, frozenset())),
        moments=tuple(tuple(row.values()) for row in moment_rows(ticket.number, moments)),
        words=frozenset(indexed(ticket, ticket.units)) - own,
    )


def _made(chance: random.Random) -> tuple[Ticket, tuple[Entry, ...], tuple[Moment, ...]]:
    """A matter, with what had happened to it by then: most are long archived."""
    matter, dice = chance.choice(_MATTERS), chance.random()
    lead = LARGEST if chance.random() < _LARGEST_SHARE else chance.choice(UNITS)
    kinds = (_DONE[0],) if dice < _SENT else _DONE[:2] if dice < _SENT + _OPEN else _DONE
    state = {1: TicketState.SENT, 2: TicketState.RECEIVED}.get(len(kinds), TicketState.ARCHIVED)
    until = datetime(DAY.year, DAY.month, DAY.day + 8, tzinfo=CHINA)
    noon = datetime(DAY.year, DAY.month, DAY.day, 12, tzinfo=CHINA)
    content = "，".join((matter, *chance.sample(_CLAUSES, 4), *((f"夜间{COMMON}",) if chance.random() < _COMMON_SHARE else ())))
    ticket = Ticket(
        number=NUMBER,
        version=1 + len(kinds),
        channel=Channel.PHONE,
        appeal=chance.choice(tuple(Appeal)),
        state=state,
        filed_at=noon,
        dispatched_at=noon,
        citizen=Citizen(name="市民甲", phone=PHONE),
        code=f"{_MATTERS.index(matter):02d}{chance.randrange(10):02d}",
        title=matter,
        content=content,
        place=f"4452{chance.randrange(10):02d}",
        address=_address(ESTATE),
        lead=lead,
        assisting=(chance.choice(UNITS),) if chance.random() < _COMMON_SHARE else (),
        dues={Step.ANSWER: Due(until=until, provisional=False, rules="jieyang-2015", why="求助，办结答复5个工作日")},
    )
    lines = (EntryKind.FILED, *kinds)
    entries = tuple(
        Entry(
            number=NUMBER,
            seq=seq,
            at=noon + timedelta(minutes=seq),
            by="p-0001",
            role=Role.OFFICE,
            what=what,
            values={"lead": lead, "why": matter},
        )
        for seq, what in enumerate(lines, 1)
    )
    return ticket, entries, (Moment(what=Watch.URGE, at=until),) if kinds != _DONE else ()
