"""突发公告: who waits hears it, and asks by a key to be told by SMS. Real telephones, real sound."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from app.ledger_reading import reading
from app.settings import Waiting
from runtime.binaries import AsteriskHome
from storage.layout import Layout
from storage.surge_files import SurgeFiles
from tests.live.carrier import Call, Carrier
from tests.live.cell import Cell
from tests.live.stage import PROCESSES
from tests.live.switch import until
from tests.live.tones import heard_in, lay_tone, lay_tones, pitch_of

MOBILE, LANDLINE, EARLIER = "19900000181", "06630000181", "19900000182"
ABOUT_HIS_PLACE = ("still-waiting", "next-in-line", "ahead-of-you")
LONG_S = 3.0
"""So long is the offer that a key is in the middle of it for sure."""


@pytest.fixture(scope="module")
def module_cell(asterisk_home: AsteriskHome, carrier: Carrier, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cell]:
    prompts = lay_tones(tmp_path_factory.mktemp("prompts"))
    lay_tone(prompts, "sms-offer", LONG_S)
    waiting = Waiting(ring_seconds=5, visit_every_seconds=5, rest_after_miss_seconds=1)
    with Cell(asterisk_home, trunks=carrier.trunks(), passwords=carrier.passwords(), waiting=waiting, prompts=prompts, agents=()) as cell:
        cell.start()
        carrier.start(cell_port=cell.settings.sip.port, phones={})
        cell.serve(*PROCESSES)
        yield cell


@pytest.fixture(autouse=True)
def no_notice(cell: Cell) -> Iterator[None]:
    yield
    notices(cell).end()


def notices(cell: Cell) -> SurgeFiles:
    return SurgeFiles(Layout(var=cell.places.var).surge)


def begins(cell: Cell) -> str:
    return notices(cell).begin("typhoon", "请勿外出。", datetime.now(UTC)).id


def waits(cell: Cell, carrier: Carrier, caller: str) -> tuple[Call, str]:
    call = carrier.call("12345", caller=caller).answered()
    return call, cell.ami.wait_for("UserEvent", UserEvent="CitizenWaits", Caller=caller, within_s=15)["Call"]


def hears(call: Call, *prompts: str) -> None:
    """One of these."""
    until(lambda: any(heard_in(call.heard).get(pitch_of(each), 0) > 0.2 for each in prompts), within_s=20, what=f"he hears {prompts}")


def record(cell: Cell, call: str) -> dict[str, Any]:
    def found() -> list[dict[str, Any]]:
        with reading(cell.places) as ledger:
            kept = ledger.record_of(call)
        return [kept] if kept and kept["ended"] else []

    return until(found, within_s=30, what=f"the record of {call}")[0]


def outbox(cell: Cell) -> list[dict[str, Any]]:
    return [json.loads(file.read_text(encoding="utf-8")) for file in sorted((Layout(var=cell.places.var).sms / "wanted").glob("*.json"))]


def test_who_waits_hears_it_and_his_key_is_kept_and_he_waits_on(cell: Cell, carrier: Carrier) -> None:
    about = begins(cell)
    call, his = waits(cell, carrier, MOBILE)
    hears(call, "surge-typhoon")
    hears(call, "sms-offer")
    call.press("1")
    hears(call, "sms-kept")
    asked = cell.ami.wait_for("UserEvent", UserEvent="SmsAsked", Call=his, within_s=10)
    assert asked["About"] == about
    channels = cell.asterisk.channels()
    assert channels, "he waits on"
    call.press("1")
    call.hang_up()
    kept = record(cell, his)
    assert [each["about"] for each in kept["sms"]] == [about]
    mine = until(lambda: [each for each in outbox(cell) if each["call"] == his], within_s=15, what="his message in the outbox")
    assert [(each["number"], each["about"], each["text"]) for each in mine] == [(MOBILE, about, "请勿外出。")]


def test_a_landline_hears_it_without_the_offer_and_its_key_asks_for_nothing(cell: Cell, carrier: Carrier) -> None:
    begins(cell)
    call, his = waits(cell, carrier, LANDLINE)
    hears(call, "surge-typhoon")
    call.press("1")
    hears(call, *ABOUT_HIS_PLACE)
    call.hang_up()
    assert record(cell, his)["sms"] == []
    assert pitch_of("sms-offer") not in heard_in(call.heard)


def test_who_waited_before_it_began_hears_it_in_the_next_visit_and_his_key_counts_there(cell: Cell, carrier: Carrier) -> None:
    call, his = waits(cell, carrier, EARLIER)
    hears(call, *ABOUT_HIS_PLACE)
    assert pitch_of("surge-typhoon") not in heard_in(call.heard)
    about = begins(cell)
    hears(call, "sms-offer")
    call.press("1")
    hears(call, "sms-kept")
    call.hang_up()
    assert [each["about"] for each in record(cell, his)["sms"]] == [about]
