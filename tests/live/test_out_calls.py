"""呼出与工号播报: an agent calls out by dialling and by a click, and a citizen hears who serves him; real telephones, real sound."""

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.calling_settings import OutCalls
from app.ledger_reading import reading
from app.settings import Emergency, EmergencyService, Waiting
from runtime.binaries import AsteriskHome
from tests.live.carrier import Call, Carrier
from tests.live.cell import Cell
from tests.live.patience import patience
from tests.live.stage import PROCESSES
from tests.live.switch import until
from tests.live.tones import AGENT_HZ, CENTRE_HZ, CITIZEN_HZ, array_of, heard_in, longest_silence, pitch_of, side_of, sounding

UNIT, OTHER_UNIT = "06630000188", "06630000187"
PLAN = Emergency(services=(EmergencyService(id="110", targets=("telecom/06630000110",), ring_seconds=4),))
DONE = ("complete", "short", "missing", "none")


@pytest.fixture(scope="module")
def module_cell(asterisk_home: AsteriskHome, carrier: Carrier) -> Iterator[Cell]:
    waiting = Waiting(ring_seconds=5, visit_every_seconds=5, rest_after_miss_seconds=1)
    with Cell(
        asterisk_home, trunks=carrier.trunks(), passwords=carrier.passwords(), waiting=waiting, emergency=PLAN, say_agent_number=True,
        out_calls=OutCalls(trunks=("narrow", "telecom"), kept_for_incoming=0, ring_seconds=5),
    ) as cell:  # fmt: skip
        cell.start()
        carrier.start(cell_port=cell.settings.sip.port, phones=cell.phones())
        cell.serve(*PROCESSES, "console")
        yield cell


@pytest.fixture(autouse=True)
def an_empty_line(carrier: Carrier, cell: Cell) -> Iterator[None]:
    for number in (UNIT, OTHER_UNIT):
        carrier.centre(number, "answers")
    yield
    carrier.ami.action("Hangup", Channel="/^PJSIP/", Cause="16")
    until(lambda: not cell.asterisk.channels(), within_s=15, what="an empty line")


def dials(carrier: Carrier, number: str, agent: str = "1001") -> Call:
    """The agent dials on his own telephone."""
    return carrier.call(number, way=agent, caller=agent)


def record_of(cell: Cell, called: str) -> dict[str, Any]:
    """The finished record of the last call to this number."""

    def finished() -> list[dict[str, Any]]:
        with reading(cell.places) as ledger:
            records = [record for record in ledger.latest(100) if record["called"] == called]
        return [record for record in records if record["ended"] and record["recording"]["state"] in DONE]

    return until(finished, within_s=30, what=f"the record of the call to {called}")[0]


def draft(cell: Cell, call: str) -> dict[str, Any] | None:
    with reading(cell.places) as ledger:
        return ledger.draft_of(call)


def ask(cell: Cell, path: str, **body: str) -> tuple[int, dict[str, Any]]:
    """A desk asks over HTTP."""
    url = f"http://127.0.0.1:{cell.settings.console.port}/api/agents/{path}"
    request = urllib.request.Request(url, json.dumps(body).encode(), {"Content-Type": "application/json"}, method="POST")
    try:
        with urllib.request.urlopen(request, timeout=10) as reply:
            return reply.status, json.load(reply)
    except urllib.error.HTTPError as refused:
        return refused.code, json.load(refused)


def hears(wav: Path, hz: int, seconds: float = 0.4) -> None:
    def heard() -> float:
        return sounding(array_of(wav)).get(hz, 0) if wav.exists() else 0

    before = heard()
    until(lambda: heard() > before + seconds, within_s=12, what=f"{hz} Hz in {wav.name}")


def test_an_agent_dials_a_unit_and_is_recorded_and_another_one_finds_the_first_trunk_kept(cell: Cell, carrier: Carrier) -> None:
    first = dials(carrier, f"8{UNIT}")
    unit = carrier.centre_called(UNIT, within_s=10)
    assert unit["From"] == "12345"
    hears(first.heard, CENTRE_HZ)
    until(lambda: cell.ami.seen("UserEvent", UserEvent="OutCallAnswered"), what="it is told")

    second = dials(carrier, OTHER_UNIT, "1002")
    carrier.centre_called(OTHER_UNIT, within_s=10)
    hears(second.heard, CENTRE_HZ, 0.2)
    trunks = [each["Trunk"] for each in cell.ami.seen("UserEvent", UserEvent="OutCallDialled")]
    assert trunks == ["narrow", "telecom"], "one call fills the narrow one"
    for call in (first, second):
        call.answered().hang_up()

    record = record_of(cell, UNIT)
    assert (record["placed"]["agent"], record["placed"]["how"], record["placed"]["outcome"]) == ("1001", "dialled", "talked")
    assert (record["caller"], record["trunk"], record["recording"]["state"]) == ("12345", "phones", "complete")
    assert sounding(side_of(cell.var / record["recording"]["file"], 0)).get(CENTRE_HZ, 0) > 0.4
    assert draft(cell, record["call"]) is None, "what he calls for has its ticket"


def test_what_may_not_be_called_is_refused_in_words_and_nobody_is_called(cell: Cell, carrier: Carrier) -> None:
    refused = ("895566", "out-not-allowed"), ("816812345", "out-not-allowed")
    for number, prompt in (("80085212345678", "out-international"), ("806630000110", "out-emergency"), *refused):
        call = dials(carrier, number)
        call.ended()
        assert heard_in(call.heard).get(pitch_of(prompt), 0) > 0.2, prompt
    cell.ami.action("Setvar", Variable="HL_DRAINING", Value="1")
    late = dials(carrier, UNIT)
    late.ended()
    cell.ami.action("Setvar", Variable="HL_DRAINING", Value="0")
    assert heard_in(late.heard).get(pitch_of("out-no-trunk"), 0) > 0.2, "a house that is being stopped calls nobody"
    assert not cell.ami.seen("UserEvent", UserEvent="OutCallDialled")


def test_a_click_rings_his_telephone_first_and_the_citizen_hears_him_and_busy_is_told(cell: Cell, carrier: Carrier) -> None:
    until(lambda: ask(cell, "1001/call", number="110")[0] == 409, within_s=20, what="refusals come at once")
    until(lambda: ask(cell, "1001/call", number=UNIT, ticket="T-20261123-1")[0] == 200, within_s=20, what="his telephone is free")
    unit = carrier.centre_called(UNIT, within_s=10)
    heard = carrier.heard_by(unit["Uniqueid"])
    hears(heard, AGENT_HZ)
    assert ask(cell, "1001/call", number=OTHER_UNIT)[0] == 409, "he talks"
    carrier.ami.action("Hangup", Channel=unit["Channel"], Cause="16")
    until(lambda: not cell.asterisk.channels(), within_s=10, what="it is over for both")
    until(lambda: record_of(cell, UNIT)["placed"]["how"] == "clicked", within_s=20, what="its record")
    record = record_of(cell, UNIT)
    assert (record["placed"]["ticket"], record["hung_up_by"]) == ("T-20261123-1", "citizen")

    carrier.centre(OTHER_UNIT, "busy")
    until(lambda: ask(cell, "1001/call", number=OTHER_UNIT)[0] == 200, within_s=10, what="he is ready again")
    until(lambda: cell.ami.seen("UserEvent", UserEvent="OutCallOver", Status="BUSY"), within_s=12, what="busy is told")


def test_a_citizen_hears_who_serves_him_without_a_silence_and_every_word_of_the_agent(cell: Cell, carrier: Carrier) -> None:
    call = carrier.call("12345", caller="19900000077").answered()
    waits = cell.ami.wait_for("UserEvent", UserEvent="CitizenWaits", Caller="19900000077", within_s=10)
    before = len(array_of(call.heard))
    cell.ami.wait_for("UserEvent", UserEvent="CitizenTold", Call=waits["Call"], within_s=10)
    hears(call.heard, AGENT_HZ)
    tones = heard_in(call.heard)
    assert tones.get(pitch_of("your-agent"), 0) > 0.3
    assert tones.get(pitch_of("at-your-service"), 0) > 0.3
    assert longest_silence(array_of(call.heard)[before:]) < 0.6 * patience(), "the digits are 0.2 s of silence in a cell"
    [desk] = [each for each in carrier.asterisk.channels() if each[0].startswith("PJSIP/cell-")]
    assert sounding(array_of(carrier.heard_by(desk[-1])), "your-agent").get(pitch_of("your-agent"), 0) > 0.3, "he knows when to speak"
    call.say()
    hears(carrier.heard_by(desk[-1]), CITIZEN_HZ)
    call.hang_up()
