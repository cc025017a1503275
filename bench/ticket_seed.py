"""Fills a database with tickets, fast: the very rows that the door writes (tests/bench/test_ticket_seed.py compares them), in bulk.

A thousand or so different tickets are made once, as values; every further one is the text of one of them with its own number, days, name of
a place and telephone. All of them happen on one day that no ticket has, so that days can be replaced in the text.
"""

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from hotline.access import Role
from hotline.workdays import CHINA
from storage.ticket_rows import entry_row, first_id, moment_rows, snapshot_of, ticket_row, unit_rows
from storage.ticket_words import grams, indexed
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
COMMON: Final = "噪音"
"""Stands in a tenth of all tickets."""
_COMMON_SHARE: Final = 0.1
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


@dataclass(frozen=True, kw_only=True)
class Pattern:
    """The rows of one ticket, as text where days and names are replaced."""

    row: dict[str, Any]
    snapshot: str
    entries: tuple[dict[str, Any], ...]
    units: tuple[dict[str, Any], ...]
    moments: tuple[dict[str, Any], ...]
    words: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Rows:
    """All rows of one ticket; `words` are those of its index."""

    row: dict[str, Any]
    snapshot: str
    entries: list[dict[str, Any]]
    units: list[dict[str, Any]]
    moments: list[dict[str, Any]]
    words: list[str]


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
    days = (
        (_said(0), f"{day:%Y-%m-%d}"),
        (_said(7), f"{day + timedelta(days=7):%Y-%m-%d}"),
        (_said(8), f"{day + timedelta(days=8):%Y-%m-%d}"),
    )

    def dated(text: str) -> str:
        for stands_for, is_now in days:
            text = text.replace(stands_for, is_now)
        return text

    due = pattern.row["due"]
    row = {**pattern.row, "id": number, "filed": dated(pattern.row["filed"]), "due": due and dated(due), "phone": phone}
    snapshot = dated(pattern.snapshot).replace(NUMBER, str(number)).replace(ESTATE, name).replace(PHONE, phone)
    return Rows(
        row=row,
        snapshot=snapshot,
        entries=[{**each, "id": number, "at": dated(each["at"])} for each in pattern.entries],
        units=[{**each, "id": number} for each in pattern.units],
        moments=[{**each, "id": number, "at": dated(each["at"])} for each in pattern.moments],
        words=sorted({*pattern.words, *grams(_address(name))}),
    )


def _said(days: int) -> str:
    return f"{DAY + timedelta(days=days):%Y-%m-%d}"


def _address(name: str) -> str:
    return f"榕城区{name}小区"


def _pattern(ticket: Ticket, entries: tuple[Entry, ...], moments: tuple[Moment, ...]) -> Pattern:
    words = set(indexed(ticket, ticket.units)) - (grams(_address(ESTATE)) - grams(ticket.title) - grams(ticket.content))
    return Pattern(
        row=ticket_row(ticket),
        snapshot=snapshot_of(ticket),
        entries=tuple(entry_row(entry) for entry in entries),
        units=tuple(unit_rows(ticket, frozenset())),
        moments=tuple(moment_rows(ticket.number, moments)),
        words=tuple(sorted(words)),
    )


def _made(chance: random.Random) -> tuple[Ticket, tuple[Entry, ...], tuple[Moment, ...]]:
    """A matter, with what had happened to it by then: most are long archived."""
    matter, lead, dice = chance.choice(_MATTERS), chance.choice(UNITS), chance.random()
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


def ticket_of(rows: Rows) -> dict[str, Any]:
    """What stands in the snapshot, as JSON."""
    said: dict[str, Any] = json.loads(rows.snapshot)
    return said
