"""Who pressed the key is told once: real files, the real outbox in SQLite, a real gateway on loopback, a process that really dies."""

import asyncio
import json
import logging
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from textwrap import dedent

import pytest
from sqlalchemy import Engine

from hotline.errors import DoorClosed
from hotline.notices import CITIZEN, SURGE, Notice, Sent
from hotline.ports import Notifier
from notify.kept import KeptLetters
from notify.rounds import NoticeRounds
from notify.sms_gateway import SmsGateway
from notify.templates import TextCatalogue
from storage.engine import open_for_writing
from storage.notices import LADDER_S, LEASE_S, PATIENCE, Notices
from storage.sms_outbox import SmsOutbox
from storage.surge_files import SurgeFiles
from storage.surge_sms import BY_HAND, MOST_NEW, REST, SurgeSms
from storage.tables import metadata
from tests.fakes.fake_clock import FakeClock
from tests.notify.gateway_server import SECRET, Gateway, running

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
ABOUT, NUMBER, TEXT = "typhoon-1764000000", "19900000001", "请勿外出。"
CALL = "hl1-1764000003.1"
NAME = f"{CALL}-{ABOUT}"
TEXTS = TextCatalogue(name="try", signature="揭阳12345", templates=())


class House:
    """One system's files and rows."""

    def __init__(self, var: Path, engine: Engine) -> None:
        self.var, self.notices = var, Notices(engine)
        self.surge = SurgeFiles(var / "surge")
        self.sms = SmsOutbox(var / "sms", self.surge)
        self.waiting = SurgeSms(self.notices, self.sms)
        self.persons: list[str] = []

    def wants(self, call: str = CALL) -> int:
        record = {"call": call, "caller": NUMBER, "sms": [{"at": "2025-11-24T16:00:10Z", "about": ABOUT}]}
        return self.sms.take(record)

    def restarted(self) -> None:
        self.waiting = SurgeSms(self.notices, self.sms)

    def wanted(self) -> list[str]:
        return self.sms.waiting()

    def sent(self) -> list[str]:
        return sorted(path.stem for path in self.sms.sent.glob("*")) if self.sms.sent.exists() else []

    def round(self, gateway: Gateway | None = None, now: datetime = NOW) -> None:
        asyncio.run(self._round(gateway, now))

    async def _round(self, gateway: Gateway | None, now: datetime) -> None:
        if gateway is None:
            await self._rounds(KeptLetters(self.var / "notices", FakeClock(now)), kept=True).round(now)
            return
        async with SmsGateway(gateway.url, SECRET, sleep=_no_time) as notifier:
            await self._rounds(notifier).round(now)

    def _rounds(self, notifier: Notifier, *, kept: bool = False) -> NoticeRounds:
        book = _Book(self.sms)
        return NoticeRounds(self.waiting, book, notifier, TEXTS, kept=kept, person=self.persons.append, own_words=book.words_of)


class _Book:
    def __init__(self, sms: SmsOutbox) -> None:
        self._sms = sms

    def number_of(self, notice: Notice) -> str:
        return self._sms.wish(notice.key).number

    def words_of(self, notice: Notice) -> str:
        return self._sms.wish(notice.key).text


async def _no_time(_seconds: float) -> None:
    """Pauses take none."""


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    (tmp_path / "ledger.sqlite").touch()
    engine = open_for_writing(tmp_path / "ledger.sqlite")
    metadata.create_all(engine)
    house = House(tmp_path, engine)
    house.surge.begin("typhoon", TEXT, datetime.fromtimestamp(1764000000, UTC))
    house.wants()
    yield house
    engine.dispose()


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    with running() as gateway:
        yield gateway


def test_he_is_told_once_by_a_key_of_his_own_and_his_file_is_moved(house: House, gateway: Gateway) -> None:
    house.round(gateway)
    house.round(gateway, NOW + timedelta(days=3))
    assert [(each["key"], each["to"], each["text"]) for each in gateway.telephones] == [(NAME, NUMBER, f"【揭阳12345】{TEXT}")]
    assert (house.wanted(), house.sent()) == ([], [NAME])
    assert house.wants() == 0, "the next revision of his record asks for nothing anew"


def test_a_signature_that_was_written_is_not_written_twice(house: House, gateway: Gateway) -> None:
    house.surge.begin("typhoon", f"【市三防办】{TEXT}", datetime.fromtimestamp(1764000000, UTC))
    house.wants("hl1-1764000004.1")
    house.round(gateway)
    assert sorted(each["text"] for each in gateway.telephones) == [f"【市三防办】{TEXT}", f"【揭阳12345】{TEXT}"]


def test_no_number_stands_in_the_database_or_in_a_log(house: House, gateway: Gateway, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    gateway.statuses = [503] * 3 + [400]
    house.round(gateway)
    house.round(gateway, NOW + timedelta(hours=1))
    assert NAME in caplog.text
    assert NUMBER not in caplog.text
    assert NUMBER not in str(house.notices.of(CALL))
    assert house.persons == [NAME]


def test_without_a_gateway_the_letter_is_kept_once_and_the_file_stays_for_a_person(house: House) -> None:
    house.round()
    house.restarted()
    house.round(now=NOW + timedelta(days=1))
    [letter] = KeptLetters(house.var / "notices", FakeClock(NOW)).letters()
    assert (letter["key"], letter["to"], letter["text"]) == (NAME, "199****0001", f"【揭阳12345】{TEXT}")
    assert (house.wanted(), house.sent()) == ([NAME], []), "nothing went out"
    assert house.notices.counts() == {"kept": 1}


def test_a_dead_gateway_is_asked_by_the_ladder_and_loses_nothing(house: House, gateway: Gateway) -> None:
    gateway.statuses = [503] * 3
    house.round(gateway)
    house.round(gateway, NOW + timedelta(seconds=LADDER_S[0] - 1))
    assert (len(gateway.requests), house.wanted()) == (3, [NAME])
    house.round(gateway, NOW + timedelta(seconds=LADDER_S[0]))
    assert (len(gateway.telephones), house.sent()) == (1, [NAME])


def test_after_two_days_a_person_is_called_and_may_have_it_sent_again(house: House, gateway: Gateway) -> None:
    gateway.statuses = [503] * 99
    now = NOW + PATIENCE
    for each in (NOW, NOW + PATIENCE / 2, now - timedelta(hours=1)):
        house.round(gateway, each)
    assert house.persons == []
    house.round(gateway, now)
    assert house.persons == [NAME]
    assert [row["ticket"] for row in house.notices.persons()] == [CALL]
    assert house.wanted() == [NAME]
    gateway.statuses = []
    assert house.notices.begin_anew(now) == 1
    house.round(gateway, now)
    assert (len(gateway.telephones), house.sent()) == (1, [NAME])


DIES = """
    import asyncio, os, sys
    from datetime import datetime
    from pathlib import Path
    from tests.notify.gateway_server import Gateway
    from tests.storage.test_surge_sms import House
    from storage.engine import open_for_writing
    from storage.notices import Notices
    from storage.sms_outbox import SmsOutbox

    var, url, where, now = Path(sys.argv[1]), sys.argv[2], sys.argv[3], datetime.fromisoformat(sys.argv[4])
    dies = {"before-the-row": (Notices, "sent"), "before-the-move": (SmsOutbox, "done")}[where]
    setattr(*dies, lambda *_, **__: os._exit(9))
    House(var, open_for_writing(var / "ledger.sqlite")).round(Gateway(url=url), now)
"""


@pytest.mark.parametrize("where", ["before-the-row", "before-the-move"])
def test_a_process_that_dies_after_the_sms_was_out_sends_no_second_one(house: House, gateway: Gateway, where: str) -> None:
    child = [sys.executable, "-c", dedent(DIES), str(house.var), gateway.url, where, NOW.isoformat()]
    assert subprocess.run(child, check=False, timeout=60).returncode == 9
    assert (len(gateway.telephones), house.wanted(), house.sent()) == (1, [NAME], [])
    house.round(gateway, NOW + timedelta(seconds=LEASE_S))
    assert (len(gateway.telephones), house.wanted(), house.sent()) == (1, [], [NAME])
    assert house.notices.counts() == {"sent": 1}


def test_what_was_sent_already_and_lies_there_again_is_only_moved(house: House, gateway: Gateway) -> None:
    house.round(gateway)
    (house.sms.sent / f"{NAME}.json").unlink()
    assert house.wants() == 1
    gateway.knows_keys = False
    house.round(gateway, NOW + timedelta(hours=1))
    assert (len(gateway.telephones), house.sent()) == (1, [NAME])


def test_what_a_person_sent_by_hand_is_not_sent_again(house: House, gateway: Gateway) -> None:
    gateway.statuses = [503] * 3
    house.round(gateway)
    house.sms.done(NAME)
    house.round(gateway, NOW + timedelta(hours=1))
    assert gateway.telephones == []
    assert [(row["state"], row["reference"]) for row in house.notices.of(CALL)] == [("sent", BY_HAND)]


@pytest.mark.parametrize("spoilt", ["{", "[]", '{"number": "06630000001", "text": "x"}', f'{{"number": "{NUMBER}", "text": ""}}'])
def test_what_nobody_can_send_is_a_person_s_matter_until_the_file_is_mended(house: House, gateway: Gateway, spoilt: str) -> None:
    file = house.sms.wanted / f"{NAME}.json"
    whole = file.read_text(encoding="utf-8")
    file.write_text(spoilt, encoding="utf-8")
    house.round(gateway)
    assert (house.persons, gateway.telephones) == ([NAME], [])
    file.write_text(whole, encoding="utf-8")
    house.notices.begin_anew(NOW)
    house.round(gateway)
    assert len(gateway.telephones) == 1


def test_a_file_that_went_away_is_a_person_s_matter(house: House, gateway: Gateway) -> None:
    assert [each.kind for each in house.waiting.take(NOW)] == [SURGE]
    (house.sms.wanted / f"{NAME}.json").unlink()
    house.round(gateway, NOW + timedelta(seconds=LEASE_S))
    assert house.persons == [NAME]


def test_a_file_of_another_name_is_said_once_and_left_alone(house: House, gateway: Gateway, caplog: pytest.LogCaptureFixture) -> None:
    (house.sms.wanted / f"{NUMBER} 副本.json").write_text("{}", encoding="utf-8")
    house.round(gateway)
    house.round(gateway)
    assert caplog.text.count("文件名不对") == 1
    assert NUMBER not in caplog.text
    assert len(gateway.telephones) == 1


def test_a_folder_that_fails_holds_no_other_notice_up_and_is_tried_again(
    house: House, gateway: Gateway, caplog: pytest.LogCaptureFixture
) -> None:
    house.sms.sent.write_text("no folder", encoding="utf-8")
    house.round(gateway)
    assert (len(gateway.telephones), house.wanted()) == (1, [NAME])
    assert "读写失败" in caplog.text
    ticket = Notice(kind="urged", to=CITIZEN, ticket="20261123000001", seq=1)
    house.notices.add(ticket, NOW)
    assert list(house.waiting.take(NOW)) == [ticket]
    house.sms.sent.unlink()
    house.round(gateway, NOW + REST)
    assert (len(gateway.telephones), house.sent()) == (1, [NAME])


def test_a_storm_of_wishes_is_taken_by_parts(house: House) -> None:
    for each in range(MOST_NEW + 1):
        house.wants(f"hl1-1764000004.{each}")
    house.waiting.take(NOW)
    assert house.notices.counts() == {"waiting": MOST_NEW}
    house.waiting.take(NOW)
    assert house.notices.counts() == {"waiting": MOST_NEW + 2}


def test_what_tickets_tell_goes_through_as_before(house: House) -> None:
    house.waiting.take(NOW)
    told = [Notice(kind="urged", to=CITIZEN, ticket="20261123000001", seq=seq) for seq in range(3)]
    for notice in told:
        house.notices.add(notice, NOW)
    assert list(house.waiting.take(NOW)) == told
    house.waiting.sent(told[0].key, Sent(), NOW)
    house.waiting.refused(told[1].key, "no")
    house.waiting.no_way(told[2].key)
    assert house.notices.counts() == {"waiting": 1, "sent": 1, "person": 1, "no_way": 1}
    assert house.wanted() == [NAME]


def test_a_disk_that_does_not_answer_is_tried_later(house: House) -> None:
    file = house.sms.wanted / f"{NAME}.json"
    file.unlink()
    file.mkdir()
    with pytest.raises(DoorClosed):
        house.sms.wish(NAME)


def test_a_wish_shows_neither_number_nor_text(house: House) -> None:
    assert json.loads((house.sms.wanted / f"{NAME}.json").read_text(encoding="utf-8"))["number"] == NUMBER
    assert NUMBER not in repr(house.sms.wish(NAME))
    assert TEXT not in repr(house.sms.wish(NAME))
