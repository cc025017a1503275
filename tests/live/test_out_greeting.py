"""呼出告知: whoever an agent calls hears who calls and that it is recorded before he hears the agent (个人信息保护法第十四、十七条)."""

from collections.abc import Iterator

import pytest

from app.calling_settings import OutCalls
from runtime.binaries import AsteriskHome
from tests.live.carrier import Carrier
from tests.live.cell import Cell
from tests.live.switch import until
from tests.live.test_out_calls import UNIT, dials, hears
from tests.live.tones import CITIZEN_HZ, array_of, pitch_of, sounding


@pytest.fixture(scope="module")
def module_cell(asterisk_home: AsteriskHome, carrier: Carrier) -> Iterator[Cell]:
    calls = OutCalls(trunks=("telecom",), kept_for_incoming=0, ring_seconds=5)
    with Cell(asterisk_home, trunks=carrier.trunks(), passwords=carrier.passwords(), out_calls=calls) as cell:
        cell.start()
        carrier.start(cell_port=cell.settings.sip.port, phones=cell.phones())
        yield cell


def test_whoever_is_called_hears_that_it_is_recorded_and_then_the_agent(cell: Cell, carrier: Carrier) -> None:
    carrier.centre(UNIT, "answers")
    until(lambda: "Avail" in cell.cli("pjsip show aor telecom"), within_s=15, what="the trunk is there")
    agent = dials(carrier, f"8{UNIT}")
    called = carrier.heard_by(carrier.centre_called(UNIT, within_s=10)["Uniqueid"])
    agent.answered().say()
    hears(called, CITIZEN_HZ)
    samples = array_of(called)
    greeting = pitch_of("out-greeting")
    assert sounding(samples, "out-greeting").get(greeting, 0) > 0.2
    first = next(at for at in range(0, len(samples), 800) if sounding(samples[at : at + 800]).get(CITIZEN_HZ))
    assert sounding(samples[:first], "out-greeting").get(greeting, 0) > 0.2, "before he hears the agent"
    agent.hang_up()
