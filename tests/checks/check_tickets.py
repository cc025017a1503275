"""What every `Tickets` door promises. Run on memory, on SQLite and on PostgreSQL."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any, Final, Protocol

import pytest

from hotline.access import Actor, Role
from hotline.errors import DoorClosed, MalformedInput
from hotline.notices import Notice, staff
from hotline.workdays import CHINA
from tickets.contact import Attempt
from tickets.kinds import EntryKind
from tickets.model import Channel
from tickets.moments import Moment, Watch
from tickets.moves import TicketState
from tickets.ports import Asked, Change, KeyTaken, Tickets, VersionConflict
from tickets.terms import Appeal, Due, Step
from tickets.ticket import Citizen, Entry, Secrecy, Ticket

NOON: Final = datetime(2026, 11, 23, 12, tzinfo=CHINA)
DAY: Final = date(2026, 11, 23)
OFFICE: Final = Actor(id="p-0001", roles=frozenset({Role.OFFICE}))
CLEARED: Final = Actor(id="p-0002", roles=frozenset({Role.OFFICE}), cleared=3)
MONITOR: Final = Actor(id="p-0003", roles=frozenset({Role.MONITOR}))
HANDLER: Final = Actor(id="p-2001", roles=frozenset({Role.HANDLER}), unit="u-water")
OTHER: Final = Actor(id="p-3001", roles=frozenset({Role.HANDLER}), unit="u-roads")
NOBODY: Final = Actor(id="p-9001", roles=frozenset({Role.ADMINISTRATOR}))
PHONE: Final = "19900001234"


class Stage(Protocol):
    """A door, and a view behind it."""

    @property
    def door(self) -> Tickets: ...

    def told(self) -> list[str]:
        """Keys of the notices that must be told."""

    def shut(self) -> None:
        """From now on nobody answers."""

    def reopen(self) -> None:
        """Answers come again."""


def number(count: int) -> str:
    return f"20261123{count:06d}"


def ticket(count: int = 1, **values: Any) -> Ticket:  # noqa: ANN401 - fields of a value
    """A ticket that was just filed."""
    usual = {
        "version": 1,
        "channel": Channel.PHONE,
        "appeal": Appeal.HELP,
        "state": TicketState.OPEN,
        "filed_at": NOON + timedelta(seconds=count),
        "citizen": Citizen(name="市民甲", phone=PHONE),
        "title": "路灯不亮",
        "content": "榕城区某路段路灯损坏三天",
    }
    return Ticket(number=number(count), **{**usual, **values})


def entry(of: Ticket, seq: int, what: EntryKind = EntryKind.FILED, **values: Any) -> Entry:  # noqa: ANN401 - fields of a value
    at = NOON + timedelta(minutes=seq)
    return Entry(number=of.number, seq=seq, at=at, by="p-0001", role=Role.OFFICE, what=what, values=values)


def filed(of: Ticket, **more: Any) -> Change:  # noqa: ANN401 - fields of a value
    return Change(ticket=of, was=0, entries=(entry(of, 1, title=of.title),), **more)


def moved(of: Ticket, **values: Any) -> Change:  # noqa: ANN401 - fields of a value
    """The next version of it."""
    fresh = replace(of, version=of.version + 1, **values)
    return Change(ticket=fresh, was=of.version, entries=(entry(of, fresh.version, EntryKind.DISPATCHED, lead=fresh.lead),))


def due(day: int, *, provisional: bool = False) -> dict[Step, Due]:
    until = datetime(2026, 12, day, tzinfo=CHINA)
    return {Step.ANSWER: Due(until=until, provisional=provisional, rules="jieyang-2015", why="求助，5个工作日")}


WITH_WATER: Final = {"state": TicketState.SENT, "lead": "u-water"}


async def found(stage: Stage, actor: Actor = OFFICE, **asked: Any) -> list[str]:  # noqa: ANN401 - fields of a value
    page = await stage.door.search(Asked(**asked), actor)
    return [each.number for each in page.tickets]


async def what_is_appended_is_loaded_whole(stage: Stage) -> None:
    first = ticket(
        key="web:1", dues=due(1), attempts=(Attempt(at=NOON, reached=False),), accused=frozenset({"b", "a"}), calls=("hl1-1764000000.12",)
    )
    await stage.door.append([filed(first)])
    loaded = await stage.door.load(first.number)
    assert loaded is not None
    assert loaded.ticket == first
    assert loaded.history == (entry(first, 1, title=first.title),)
    second = moved(first, **WITH_WATER)
    await stage.door.append([second])
    loaded = await stage.door.load(first.number)
    assert loaded is not None
    assert loaded.ticket == second.ticket
    assert [each.seq for each in loaded.history] == [1, 2]


async def a_number_that_was_never_given_is_none(stage: Stage) -> None:
    assert await stage.door.load(number(77)) is None


async def who_was_slower_changes_nothing(stage: Stage) -> None:
    first = ticket()
    await stage.door.append([filed(first)])
    fast, slow = moved(first, **WITH_WATER), moved(first, state=TicketState.SENT, lead="u-roads")
    await stage.door.append([fast])
    with pytest.raises(VersionConflict):
        await stage.door.append([slow])
    with pytest.raises(VersionConflict):
        await stage.door.append([filed(first)])
    loaded = await stage.door.load(first.number)
    assert loaded is not None
    assert loaded.ticket == fast.ticket
    assert len(loaded.history) == 2
    assert await found(stage, OTHER) == []


async def of_several_changes_all_happen_or_none(stage: Stage) -> None:
    first, second = ticket(1), ticket(2)
    notice = Notice(kind="dispatched", to=staff("u-water"), ticket=first.number, seq=2)
    await stage.door.append([filed(first), filed(second)])
    stale = replace(moved(second, **WITH_WATER), was=7)
    with pytest.raises(VersionConflict):
        await stage.door.append(
            [replace(moved(first, **WITH_WATER), notices=(notice,), moments=(Moment(what=Watch.URGE, at=NOON),)), stale]
        )
    assert stage.told() == []
    assert list(await stage.door.ripe(NOON, limit=9)) == []
    assert await found(stage, HANDLER) == []
    await stage.door.append([replace(moved(first, **WITH_WATER), notices=(notice,)), moved(second, **WITH_WATER)])
    assert stage.told() == [notice.key]
    assert await found(stage, HANDLER) == [number(2), number(1)]


async def a_key_of_a_channel_is_filed_once(stage: Stage) -> None:
    await stage.door.append([filed(ticket(1, key="sms:1"))])
    with pytest.raises(KeyTaken):
        await stage.door.append([filed(ticket(2)), filed(ticket(3, key="sms:1"))])
    assert await stage.door.by_key("sms:1") == number(1)
    assert await stage.door.by_key("sms:2") is None
    assert await found(stage) == [number(1)], "nothing of what came with it"
    await stage.door.append([filed(ticket(4)), filed(ticket(5))])
    assert len(await found(stage)) == 3, "no key is no key: it is never taken"


async def numbers_are_given_once_whoever_asks(stage: Stage) -> None:
    given = await asyncio.gather(*(stage.door.next_number(DAY) for _ in range(12)))
    assert len(set(given)) == 12
    assert all(each.startswith("20261123") for each in given)
    assert await stage.door.next_number(date(2026, 11, 24)) > max(given)


async def of_two_who_decide_at_once_one_wins(stage: Stage) -> None:
    first = ticket()
    await stage.door.append([filed(first)])
    tries = [stage.door.append([moved(first, state=TicketState.SENT, lead=unit)]) for unit in ("u-1", "u-2", "u-3", "u-4")]
    ends = await asyncio.gather(*tries, return_exceptions=True)
    assert [type(each) for each in ends].count(type(None)) == 1
    assert [type(each) for each in ends].count(VersionConflict) == 3
    loaded = await stage.door.load(first.number)
    assert loaded is not None
    assert len(loaded.history) == 2


async def moments_are_found_when_they_have_come_and_replace_each_other(stage: Stage) -> None:
    first, second = ticket(1), ticket(2)
    late, soon = Moment(what=Watch.NOTICE, at=NOON + timedelta(hours=1)), Moment(what=Watch.URGE, at=NOON)
    await stage.door.append(
        [filed(first, moments=(late, soon)), filed(second, moments=(Moment(what=Watch.URGE, at=NOON - timedelta(hours=1)),))]
    )
    assert list(await stage.door.ripe(NOON - timedelta(hours=2), limit=9)) == []
    assert list(await stage.door.ripe(NOON, limit=9)) == [number(2), number(1)]
    assert list(await stage.door.ripe(NOON + timedelta(days=1), limit=1)) == [number(2)]
    await stage.door.append([moved(second, **WITH_WATER), replace(moved(first, **WITH_WATER), moments=(late,))])
    assert list(await stage.door.ripe(NOON, limit=9)) == []
    assert list(await stage.door.ripe(late.at, limit=9)) == [number(1)]


async def a_list_has_the_newest_first_and_goes_on_where_it_ended(stage: Stage) -> None:
    await stage.door.append([filed(ticket(count)) for count in range(1, 8)])
    seen, after = [], ""
    for _ in range(4):
        page = await stage.door.search(Asked(limit=3, after=after), OFFICE)
        seen += [each.number for each in page.tickets]
        after = page.next
        if not after:
            break
    assert seen == [number(count) for count in range(7, 0, -1)]


async def a_list_is_narrowed_by_what_is_asked(stage: Stage) -> None:
    roads = ticket(1, code="0301", place="445202", appeal=Appeal.COMPLAINT, state=TicketState.SENT, lead="u-roads", dues=due(1))
    water = ticket(
        2, code="0402", dues=due(5, provisional=True), citizen=Citizen(phone="19900009999"), assisting=("u-roads",), **WITH_WATER
    )
    done = ticket(3, state=TicketState.ARCHIVED, dues=due(1), published=True)
    await stage.door.append([filed(roads), filed(water), filed(done)])
    for asked, counts in (
        ({"states": frozenset({TicketState.SENT})}, [2, 1]),
        ({"states": frozenset({TicketState.SENT}), "unit": "u-water"}, [2]),
        ({"states": frozenset({TicketState.ARCHIVED}), "unit": "u-water"}, []),
        ({"appeals": frozenset({Appeal.COMPLAINT})}, [1]),
        ({"unit": "u-roads"}, [2, 1]),
        ({"code": "0402"}, [2]),
        ({"place": "445202"}, [1]),
        ({"phone": "19900009999"}, [2]),
        ({"filed_from": NOON + timedelta(seconds=2)}, [3, 2]),
        ({"filed_before": NOON + timedelta(seconds=2)}, [1]),
        ({"due_before": datetime(2026, 12, 2, tzinfo=CHINA)}, [1]),
        ({"provisional": True}, [2]),
        ({"published": True}, [3]),
    ):
        assert await found(stage, **asked) == [number(count) for count in counts], asked


async def words_are_found_where_they_stand(stage: Stage) -> None:
    lamp = ticket(1, title="路灯不亮", content="公园东门路灯坏了，已拖欠维修 Wi-Fi１２３")
    wage = ticket(2, title="拖欠工资", content="某工地", address="人民大道中128号")
    await stage.door.append([filed(lamp), filed(wage)])
    for words, counts in (
        (("拖欠",), [2, 1]),
        (("路灯",), [1]),
        (("拖欠", "工资"), [2]),
        (("拖欠工资",), [2]),
        (("人民大道",), [2]),
        (("东门路灯坏",), [1]),
        (("灯路",), []),
        (("不亮公园",), []),
        (("128",), [2]),
    ):
        assert await found(stage, words=words) == [number(count) for count in counts], words
    with pytest.raises(MalformedInput):
        await stage.door.search(Asked(words=("灯",)), OFFICE)


async def words_follow_what_the_ticket_says_and_whose_it_is(stage: Stage) -> None:
    first = ticket(content="水管爆裂")
    await stage.door.append([filed(first)])
    sent = moved(first, content="自来水管破裂", **WITH_WATER)
    await stage.door.append([sent])
    assert await found(stage, words=("爆裂",)) == []
    assert await found(stage, HANDLER, words=("破裂",)) == [number(1)]
    assert await found(stage, OTHER, words=("破裂",)) == []
    await stage.door.append([moved(sent.ticket, lead="u-roads")])
    assert await found(stage, HANDLER, words=("破裂",)) == []
    assert await found(stage, OTHER, words=("破裂",)) == [number(1)]


async def words_are_paged_too(stage: Stage) -> None:
    await stage.door.append([filed(ticket(count, title="路灯" if count % 2 else "灯路，路灯灯")) for count in range(1, 9)])
    seen, after = [], ""
    while True:
        page = await stage.door.search(Asked(words=("路灯灯",), limit=2, after=after), OFFICE)
        seen += [each.number for each in page.tickets]
        after = page.next
        if not after:
            break
    assert seen == [number(count) for count in (8, 6, 4, 2)]


async def nobody_finds_what_he_may_not_know_of(stage: Stage) -> None:
    report = ticket(1, appeal=Appeal.REPORT, secrecy=Secrecy.REPORT, accused=frozenset({"u-water"}), assisting=("u-roads",), **WITH_WATER)
    secret = ticket(2, secrecy=Secrecy.SECRET, **WITH_WATER)
    chosen = ticket(3, staff=frozenset({"p-2002"}), **WITH_WATER)
    await stage.door.append([filed(report, kept_from=frozenset({"u-water"})), filed(secret), filed(chosen)])
    for words in ((), ("路灯",)):
        assert await found(stage, words=words) == [number(3), number(1)]
        assert await found(stage, CLEARED, words=words) == [number(3), number(2), number(1)]
        assert await found(stage, HANDLER, words=words) == []
        assert await found(stage, replace(HANDLER, id="p-2002"), words=words) == [number(3)]
        assert await found(stage, OTHER, words=words) == [number(1)]
        assert await found(stage, NOBODY, words=words) == []
        assert await found(stage, replace(HANDLER, unit=""), words=words) == []


async def a_search_tells_nothing_that_a_view_hides(stage: Stage) -> None:
    content = f"我是市民甲，电话{PHONE}，路灯坏了"
    for count, secrecy in enumerate((Secrecy.OPEN, Secrecy.CONTACT, Secrecy.REPORT), 1):
        await stage.door.append([filed(ticket(count, secrecy=secrecy, content=content, **WITH_WATER))])
    assert await found(stage, HANDLER, words=("路灯",)) == [number(3), number(2), number(1)]
    for words in (("市民甲",), ("0000123",)):
        assert await found(stage, HANDLER, words=words) == [number(1)]
    assert await found(stage, HANDLER, phone=PHONE) == [number(1)]
    assert await found(stage, MONITOR, phone=PHONE) == []
    assert await found(stage, MONITOR, words=("市民",)) == []
    assert await found(stage, MONITOR, words=("路灯",)) == [number(3), number(2), number(1)]
    assert await found(stage, OFFICE, phone=PHONE) == [number(2), number(1)]
    assert await found(stage, CLEARED, phone=PHONE) == [number(3), number(2), number(1)]


async def a_closed_door_says_so_and_nothing_is_half_there(stage: Stage) -> None:
    first = ticket()
    await stage.door.append([filed(first)])
    stage.shut()
    with pytest.raises(DoorClosed):
        await stage.door.append([moved(first, **WITH_WATER), filed(ticket(2))])
    with pytest.raises(DoorClosed):
        await stage.door.next_number(DAY)
    stage.reopen()
    assert await found(stage) == [number(1)]
    loaded = await stage.door.load(first.number)
    assert loaded is not None
    assert (loaded.ticket, len(loaded.history)) == (first, 1)
    await stage.door.append([moved(first, **WITH_WATER)])


CHECKS: tuple[Callable[[Stage], Coroutine[Any, Any, None]], ...] = (
    what_is_appended_is_loaded_whole,
    a_number_that_was_never_given_is_none,
    who_was_slower_changes_nothing,
    of_several_changes_all_happen_or_none,
    a_key_of_a_channel_is_filed_once,
    numbers_are_given_once_whoever_asks,
    of_two_who_decide_at_once_one_wins,
    moments_are_found_when_they_have_come_and_replace_each_other,
    a_list_has_the_newest_first_and_goes_on_where_it_ended,
    a_list_is_narrowed_by_what_is_asked,
    words_are_found_where_they_stand,
    words_follow_what_the_ticket_says_and_whose_it_is,
    words_are_paged_too,
    nobody_finds_what_he_may_not_know_of,
    a_search_tells_nothing_that_a_view_hides,
    a_closed_door_says_so_and_nothing_is_half_there,
)
