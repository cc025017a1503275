"""The desk and its sweep on a real, migrated SQLite."""

import asyncio
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import app.ticket_desk
from app.settings import Tickets
from app.ticket_desk import RECKON_S, OpenDesk, TicketSweep, open_desk, sweep_tickets
from hotline.access import Actor, Role
from hotline.accounts import OrgUnit
from hotline.errors import HotlineError
from hotline.workdays import CHINA
from storage.layout import Layout
from storage.migrate import migrate
from storage.notices import Notices
from storage.ticket_rows import id_of
from tickets.commands import Dispatch, File
from tickets.model import Channel
from tickets.ports import Loaded
from tickets.terms import Appeal
from tickets.ticket import Citizen, Secrecy, Ticket
from tickets.urging import Reminder
from tickets.views import seen_by

AGENT = Actor(id="p-1001", roles=frozenset({Role.AGENT}))
OFFICE = Actor(id="p-3001", roles=frozenset({Role.OFFICE}))
CITIZEN = Citizen(name="诉求人庚", phone="19900001234")
MONDAY = datetime(2026, 3, 2, 9, tzinfo=CHINA)
OVERDUE = MONDAY + timedelta(days=60)
UNEXPLAINED = OVERDUE + timedelta(days=14)


@pytest.fixture(scope="module")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    migrate(path := tmp_path_factory.mktemp("db") / "ledger.sqlite")
    return path


@pytest.fixture
def layout(tmp_path: Path, migrated: Path) -> Layout:
    layout = Layout(var=tmp_path)
    layout.make()
    layout.ledger.write_bytes(migrated.read_bytes())
    return layout


@pytest.fixture
def opened(layout: Layout) -> Iterator[OpenDesk]:
    opened = open_desk(Tickets(), layout)
    opened.units.keep(OrgUnit(id="shuiwu", name="市税务局"), by=OFFICE, at=MONDAY)
    opened.refresh()
    yield opened
    opened.shut()


def _sent(opened: OpenDesk) -> Ticket:
    async def do() -> Ticket:
        filed = File(channel=Channel.PHONE, appeal=Appeal.HELP, code="03", title="办税", content="窗口排队太久", citizen=CITIZEN)
        ticket = await opened.desk.do(None, filed, AGENT, MONDAY)
        return await opened.desk.do(ticket.number, Dispatch(), AGENT, MONDAY)

    return asyncio.run(do())


def _loaded(opened: OpenDesk, number: str) -> Loaded:
    loaded = asyncio.run(opened.tickets.load(number))
    assert loaded is not None
    return loaded


def _alarms(layout: Layout) -> list[str]:
    return [path.stem for path in (layout.var / "alarms").glob("*.json")]


def test_a_unit_that_was_registered_meanwhile_is_sent_its_matter(opened: OpenDesk) -> None:
    assert _sent(opened).lead == "shuiwu"


def test_what_a_unit_reported_of_its_secrecy_is_followed(opened: OpenDesk) -> None:
    leader = Actor(id="p-2000", roles=frozenset({Role.UNIT_LEADER}), unit="shuiwu")
    opened.units.report_secrecy("shuiwu", "须当面交接\n事项 03：级别 1，专人 2001", by=leader, at=MONDAY)
    opened.refresh()
    ticket = _sent(opened)

    def sees(login: str) -> bool:
        actor = Actor(id=f"p-{login}", roles=frozenset({Role.HANDLER}), unit="shuiwu")
        return seen_by(ticket, (), actor, opened.desk.rules) is not None

    assert ticket.secrecy is Secrecy.CONTACT
    assert [login for login in ("2000", "2001", "2002") if sees(login)] == ["2001"]


def test_what_is_overdue_is_urged_noticed_and_handed_over_once_however_often_it_is_swept(opened: OpenDesk, layout: Layout) -> None:
    number = _sent(opened).number
    sweep = TicketSweep(opened, layout)
    assert [sweep.round(day, MONDAY + timedelta(days=day)) for day in range(20)].count(1) == 3
    assert [sweep.round(day, MONDAY + timedelta(days=day)) for day in range(20)].count(0) == 20
    assert _reminders(opened, number) == ["urged", "noticed", "handed_over"]
    told = [str(notice["key"]) for notice in Notices(opened.engines[0]).of(number)]
    assert {key.split("/")[2] for key in told} >= {"dispatched", "urged", "overdue", "handed_over"}


def _reminders(opened: OpenDesk, number: str) -> list[str]:
    return [what for entry in _loaded(opened, number).history if (what := entry.what.value) in ("urged", "noticed", "handed_over")]


def test_two_who_sweep_at_once_have_the_effect_of_one(opened: OpenDesk, layout: Layout) -> None:
    numbers = [_sent(opened).number for _ in range(4)]
    other = open_desk(Tickets(), layout)
    threads = [threading.Thread(target=TicketSweep(each, layout).round, args=(0.0, OVERDUE)) for each in (opened, other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [_reminders(opened, number) for number in numbers] == [["noticed"]] * 4
    TicketSweep(other, layout).round(0.0, UNEXPLAINED)
    other.shut()
    for number in numbers:
        assert _reminders(opened, number) == ["noticed", "handed_over"], "too late to urge"


async def _step_of_another(opened: OpenDesk, layout: Layout, number: str) -> None:
    other = open_desk(Tickets(), layout)
    other.refresh()
    await other.desk.sweep(UNEXPLAINED)
    other.shut()


def test_who_was_overtaken_between_looking_and_doing_does_nothing_twice(
    opened: OpenDesk, layout: Layout, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = _sent(opened).number
    TicketSweep(opened, layout).round(0.0, OVERDUE)
    load, left = opened.tickets.load, [True]

    async def overtaken(which: str) -> Loaded | None:
        loaded = await load(which)
        if left and loaded is not None and Reminder.NOTICED in loaded.ticket.reminders:
            left.clear()
            await _step_of_another(opened, layout, number)
        return loaded

    monkeypatch.setattr(opened.tickets, "load", overtaken)
    TicketSweep(opened, layout).round(0.0, UNEXPLAINED)
    assert left == []
    assert _reminders(opened, number) == ["noticed", "handed_over"]


def test_a_reminder_that_could_not_be_kept_is_neither_told_nor_lost(opened: OpenDesk, layout: Layout) -> None:
    number = _sent(opened).number
    _rename(layout, "notices", "notices_away")
    sweep = TicketSweep(opened, layout)
    assert sweep.round(0.0, OVERDUE) == 0
    assert len(_loaded(opened, number).history) == 2, "no reminder without its notice"
    _rename(layout, "notices_away", "notices")
    assert sweep.round(RECKON_S, OVERDUE) == 1
    assert _reminders(opened, number) == ["noticed"]


def _rename(layout: Layout, before: str, after: str) -> None:
    with closing(sqlite3.connect(layout.ledger, isolation_level=None)) as other:
        other.execute(f"ALTER TABLE {before} RENAME TO {after}")


@pytest.mark.parametrize("error", [HotlineError("broken"), KeyError("broken"), RuntimeError("broken")])
def test_a_mistake_of_ours_is_an_alarm_until_it_is_mended(
    error: Exception, opened: OpenDesk, layout: Layout, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(now: datetime, *, most: int = 0) -> int:
        raise error

    sweep = TicketSweep(opened, layout)
    with monkeypatch.context() as broken_desk:
        broken_desk.setattr(opened.desk, "sweep", broken)
        assert sweep.round(0.0, OVERDUE) == 0
        assert _alarms(layout) == ["ticket-sweep"]
    assert sweep.round(0.0, OVERDUE) == 0
    assert _alarms(layout) == []


def test_a_ticket_that_cannot_be_read_stops_no_other_and_is_an_alarm_that_names_nobody(
    opened: OpenDesk, layout: Layout, caplog: pytest.LogCaptureFixture
) -> None:
    broken, sound = _sent(opened), _sent(opened)
    with closing(sqlite3.connect(layout.ledger, isolation_level=None)) as other:
        other.execute(
            "UPDATE ticket_snapshots SET snapshot = replace(snapshot, '\"state\"', '\"stat\"') WHERE id = ?", (id_of(broken.number),)
        )
    TicketSweep(opened, layout).round(0.0, OVERDUE)
    assert _reminders(opened, sound.number) == ["noticed"]
    assert _alarms(layout) == ["ticket-sweep"]
    assert "ValidationError" in caplog.text
    assert not [word for word in (CITIZEN.name, CITIZEN.phone) if word in caplog.text]


def test_who_cannot_reckon_again_urges_all_the_same(opened: OpenDesk, layout: Layout, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(now: datetime) -> int:
        raise ValueError("broken")

    number = _sent(opened).number
    sweep = TicketSweep(opened, layout)
    with monkeypatch.context() as broken_desk:
        broken_desk.setattr(opened.desk, "reckon_again", broken)
        assert sweep.round(0.0, OVERDUE) == 1
        assert sweep.round(1.0, OVERDUE) == 0
    assert _reminders(opened, number) == ["noticed"]
    assert _alarms(layout) == ["ticket-reckoning"], "until it is reckoned"
    sweep.round(RECKON_S, OVERDUE)
    assert _alarms(layout) == []


@pytest.mark.parametrize("error", [RuntimeError("broken"), OSError("no space")])
def test_no_error_of_any_kind_ends_the_sweeping(
    error: Exception, opened: OpenDesk, layout: Layout, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app.ticket_desk, "SWEEP_S", 0.001)
    rounds, stopped = list[int](), threading.Event()

    def broken(_sweep: TicketSweep, _monotonic: float, _now: datetime) -> int:
        rounds.append(1)
        if len(rounds) > 1:
            stopped.set()
        raise error

    monkeypatch.setattr(TicketSweep, "round", broken)
    sweep_tickets(Tickets(), layout, stopped, lambda: OVERDUE)
    assert len(rounds) == 2


def test_rules_that_cannot_be_read_stop_no_worker(layout: Layout) -> None:
    sweep_tickets(Tickets(catalogue="no-such"), layout, threading.Event(), lambda: datetime.now(UTC))
    assert _alarms(layout) == ["ticket-sweep"]


def test_a_desk_that_cannot_be_opened_is_an_alarm_too(layout: Layout, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_settings: Tickets, _layout: Layout) -> OpenDesk:
        raise OSError("no such file")

    monkeypatch.setattr(app.ticket_desk, "open_desk", broken)
    sweep_tickets(Tickets(), layout, threading.Event(), lambda: OVERDUE)
    assert _alarms(layout) == ["ticket-sweep"]


def test_it_ends_when_it_is_told_to(layout: Layout, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app.ticket_desk, "SWEEP_S", 0.01)
    stopped, looked = threading.Event(), threading.Event()

    def now() -> datetime:
        looked.set()
        return OVERDUE

    thread = threading.Thread(target=sweep_tickets, args=(Tickets(), layout, stopped, now))
    thread.start()
    assert looked.wait(10)
    stopped.set()
    thread.join(10)
    assert not thread.is_alive()
