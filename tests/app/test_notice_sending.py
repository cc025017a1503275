"""The sender wired: real database, real units, a real gateway on loopback, or the folder of kept letters."""

import asyncio
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import Engine

from app.cli import main
from app.notice_sending import ALARM, TEXTS_ALARM, TROUBLE_S, PhoneBook, one_round, tell_for_ever
from app.notice_settings import Notices as NoticeSettings
from app.notice_texts import shipped
from app.settings import Secrets, Settings
from hotline.access import Actor, Role
from hotline.accounts import OrgUnit
from hotline.errors import DoorClosed
from hotline.notices import CITIZEN, INSPECTION, OFFICE, Notice, leader, staff
from notify.kept import KeptLetters
from notify.rounds import NoticeRounds
from storage.alarm_files import alarms_in
from storage.engine import open_for_writing
from storage.layout import Layout
from storage.migrate import migrate
from storage.notices import Notices
from storage.sms_outbox import SmsOutbox
from storage.surge_files import SurgeFiles
from storage.tickets import StoredTickets
from storage.units import Units
from tests.notify.gateway_server import SECRET, Gateway, running
from tests.tickets.cases import AGENT, PHONE, RULES, Life, sent
from tickets.commands import File
from tickets.model import Channel
from tickets.moments import moments
from tickets.ports import Change
from tickets.terms import Appeal
from tickets.ticket import Citizen

AT = datetime(2026, 3, 2, 1, tzinfo=UTC)
OFFICE_CLERK = Actor(id="p-3001", roles=frozenset({Role.OFFICE}))
SETTINGS = NoticeSettings(office_phone="06630000009")


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    """A system with one unit and one ticket that was dispatched to it."""
    layout = Layout(var=tmp_path)
    layout.make()
    migrate(layout.ledger)
    return layout


@pytest.fixture
def engine(layout: Layout) -> Iterator[Engine]:
    engine = open_for_writing(layout.ledger)
    tax = OrgUnit(id="tax", name="市税务局", staff_phone="0663-0000001", leader_phone="19900000002")
    Units(engine, engine).keep(tax, by=OFFICE_CLERK, at=AT)
    keep(engine, sent())
    yield engine
    engine.dispose()


def keep(engine: Engine, life: Life) -> None:
    change = Change(
        ticket=life.ticket, was=0, entries=tuple(life.history), notices=tuple(life.notices), moments=moments(life.ticket, RULES)
    )
    asyncio.run(StoredTickets(engine).append([change]))


def told(to: str, kind: str = "dispatched") -> Notice:
    return Notice(kind=kind, to=to, ticket="20260302000001", seq=2)


def book(engine: Engine) -> PhoneBook:
    layout = Layout(var=Path(str(engine.url.database)).parent.parent)
    return PhoneBook(engine=engine, units=Units(engine, engine), settings=SETTINGS, sms=wishes(layout))


def wishes(layout: Layout) -> SmsOutbox:
    return SmsOutbox(layout.sms, SurgeFiles(layout.surge))


@pytest.mark.parametrize(
    ("to", "number"),
    [
        (staff("tax"), "06630000001"),
        (leader("tax"), "19900000002"),
        (staff("nobody"), ""),
        (OFFICE, "06630000009"),
        (INSPECTION, ""),
        (CITIZEN, PHONE),
    ],
)
def test_numbers_are_looked_up_where_they_belong(engine: Engine, to: str, number: str) -> None:
    assert book(engine).number_of(told(to)) == number


def test_the_citizen_of_a_ticket_that_is_not_there_has_no_number(engine: Engine) -> None:
    assert book(engine).number_of(replace(told(CITIZEN), ticket="20260302000009")) == ""


@pytest.mark.parametrize("phone", ["06630000001", "", "110"])
def test_a_citizen_s_landline_takes_no_sms(engine: Engine, phone: str) -> None:
    command = File(channel=Channel.PHONE, appeal=Appeal.HELP, title="咨询", citizen=Citizen(phone=phone))
    keep(engine, Life(number="20260302000002").do(command, AGENT))
    assert book(engine).number_of(replace(told(CITIZEN), ticket="20260302000002")) == ""


def test_a_database_that_is_gone_is_a_closed_door(tmp_path: Path) -> None:
    gone = open_for_writing(tmp_path / "none.sqlite")
    with pytest.raises(DoorClosed):
        book(gone).number_of(told(staff("tax")))
    gone.dispose()


class Enough(Exception):
    """So many rounds were made."""


class Rounds:
    """A clock that lets three rounds be made, and takes no time."""

    def __init__(self) -> None:
        self.left = 3

    def now(self) -> datetime:
        return datetime.now(UTC)

    async def sleep(self, seconds: float) -> None:
        self.left -= 1
        if not self.left:
            raise Enough


def tell(settings: Settings, layout: Layout) -> None:
    secrets = Secrets(ami_password=SecretStr("x" * 32), sms_secret=SecretStr(SECRET))
    with pytest.raises(Enough):
        asyncio.run(tell_for_ever(settings, secrets, layout, Rounds()))


def test_without_a_gateway_every_text_is_kept_and_can_be_read(layout: Layout, engine: Engine) -> None:
    tell(Settings(notices=SETTINGS), layout)
    rows = [
        json.loads(line) for file in (layout.var / "notices").iterdir() for line in file.read_text(encoding="utf-8").split("\n") if line
    ]
    texts = {row["key"].split("/", 2)[2]: row for row in rows}
    assert "业务单20260302000001（咨询）已派至市税务局" in texts["dispatched/staff:tax"]["text"]
    assert texts["dispatched/staff:tax"]["to"] == "066****0001"
    assert PHONE not in str(rows)
    assert set(Notices(engine).counts()) == {"kept"}


def test_with_a_gateway_the_unit_s_staff_get_their_sms_and_what_nobody_can_send_is_an_alarm(layout: Layout, engine: Engine) -> None:
    Notices(engine).add(told(staff("nobody"), "urged"), AT)
    with running() as gateway:
        tell(_with(gateway), layout)
        numbers = {letter["key"].split("/")[2]: letter["to"] for letter in gateway.telephones}
    assert numbers["dispatched"] == "06630000001"
    assert Notices(engine).counts() == {"sent": 2, "person": 2}
    assert [alarm.name for alarm in alarms_in(layout.var)] == [ALARM]


def test_who_pressed_the_key_in_the_wait_gets_what_was_said_when_it_began(layout: Layout, engine: Engine) -> None:
    assert main(["surge", "on", "typhoon", "--sms", "台风登陆，请勿外出。", "--var", str(layout.var)]) == 0
    about = (layout.surge / "now").read_text(encoding="utf-8")
    wishes(layout).take({"call": "hl1-1764000003.1", "caller": "19900000007", "sms": [{"at": AT.isoformat(), "about": about}]})
    with running() as gateway:
        tell(_with(gateway), layout)
        told = {letter["key"]: (letter["to"], letter["text"]) for letter in gateway.telephones}
    name = f"hl1-1764000003.1-{about}"
    assert told[name] == ("19900000007", "【揭阳12345】台风登陆，请勿外出。")
    assert (wishes(layout).waiting(), wishes(layout).is_sent(name)) == ([], True)


def _with(gateway: Gateway) -> Settings:
    return Settings(notices=NoticeSettings(url=gateway.url))


def test_before_the_ledger_is_made_it_waits(tmp_path: Path) -> None:
    tell(Settings(), Layout(var=tmp_path))
    assert not (tmp_path / "notices").exists()


def test_a_database_that_goes_away_is_waited_for(layout: Layout, engine: Engine, caplog: pytest.LogCaptureFixture) -> None:
    engine.dispose()
    clock = Rounds()

    async def gone() -> None:
        waiting = Notices(open_for_writing(layout.var / "none.sqlite"))
        rounds = NoticeRounds(waiting, book(engine), KeptLetters(layout.var / "notices", clock), shipped("jieyang-2015"), kept=True)
        assert await one_round(rounds, clock) == TROUBLE_S

    asyncio.run(gone())
    assert "notices wait" in caplog.text


def test_texts_that_cannot_be_used_are_an_alarm_and_end_nothing_else(layout: Layout) -> None:
    secrets = Secrets(ami_password=SecretStr("x" * 32))
    asyncio.run(tell_for_ever(Settings(notices=NoticeSettings(texts="none")), secrets, layout, Rounds()))
    assert [alarm.name for alarm in alarms_in(layout.var)] == [TEXTS_ALARM]


def test_a_mistake_of_ours_in_a_round_ends_nothing_either(layout: Layout, caplog: pytest.LogCaptureFixture) -> None:
    class Broken(Notices):
        def take(self, now: datetime, *, most: int = 50) -> list[Notice]:
            raise RuntimeError("ours")

    async def run(engine: Engine) -> None:
        rounds = NoticeRounds(Broken(engine), book(engine), KeptLetters(layout.var / "notices", Rounds()), shipped("jieyang-2015"))
        assert await one_round(rounds, Rounds()) == TROUBLE_S

    engine = open_for_writing(layout.ledger)
    asyncio.run(run(engine))
    engine.dispose()
    assert "the sender of notices failed" in caplog.text
