"""What a citizen hears after a talk is in his recording, too, whatever number the next voice's first packet has (docs/decisions/0008).

Every voice here begins 20,000 packets behind the former one: without the recorder begun anew each of them is silence in the recording.
"""

import asyncio
import math
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.settings import Emergency, EmergencyService, Trunk
from phones.rtp import FRAME_S
from phones.stand_in import StandIn
from recordings.wav import read_side
from runtime.binaries import AsteriskHome
from tests.live.agi_stubs import agi_server, finishes, says
from tests.live.carrier import Call, Carrier
from tests.live.cell import Cell
from tests.live.ports import free_port
from tests.live.switch import until
from tests.live.tones import AGENT_HZ, CENTRE_HZ, CITIZEN_HZ, RATE, array_of, heard_in, tone

FIRST, SECOND, DESK = "06630000110", "06630000111", "06630001001"
PLAN = Emergency(silence_seconds=2, services=(EmergencyService(id="110", targets=(f"far/{FIRST}", f"far/{SECOND}"), ring_seconds=5),))
BEHIND = 20_000
LOST_S = 0.3
"""What the recorder may miss when it begins anew: far more than it does (measured: 0.09 to 0.14 s), far less than the fault."""
FAR = "127.0.0.31"


def a_law(samples: list[int]) -> tuple[bytes, ...]:
    """Packets of 20 ms (ITU-T G.711)."""
    sound = bytes(map(_a_law, samples))
    size = round(RATE * FRAME_S)
    return tuple(sound[at : at + size] for at in range(0, len(sound), size))


def _a_law(sample: int) -> int:
    mask, size = (0xD5, sample >> 3) if sample >= 0 else (0x55, -(sample >> 3) - 1)
    segment = max(0, int(math.log2(size | 1)) - 4)
    return (segment << 4 | (size >> max(segment, 1)) & 0xF) ^ mask


class Far:
    """Whoever is called over the trunk `far`, agents and centres alike, on an event loop of its own."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self.end = StandIn(address=FAR, port=free_port(socket.SOCK_DGRAM))
        asyncio.run_coroutine_threadsafe(self.end.__aenter__(), self._loop).result(5)

    def next_voice(self, hz: int) -> None:
        """Who answers next speaks so, and begins behind whoever spoke before."""
        self.end.frames, self.end.first = a_law(tone(hz, 0.1)), (self.end.first - BEHIND) % 0x10000

    def close(self) -> None:
        asyncio.run_coroutine_threadsafe(self.end.__aexit__(), self._loop).result(5)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
        self._loop.close()


@pytest.fixture(scope="module")
def far() -> Iterator[Far]:
    far = Far()
    yield far
    far.close()


@pytest.fixture(scope="module")
def module_cell(asterisk_home: AsteriskHome, carrier: Carrier, far: Far) -> Iterator[Cell]:
    trunks = (*carrier.trunks(), Trunk(name="far", host=FAR, port=far.end.port))
    again = says('SET CONTEXT "waiting"', 'SET EXTENSION "s"', 'SET PRIORITY "1"')
    with Cell(asterisk_home, trunks=trunks, passwords=carrier.passwords(), emergency=PLAN) as cell:
        cell.start()
        cell.cli("dialplan set global HL_ROUTER_UNTIL 9999999999")
        carrier.start(cell_port=cell.settings.sip.port)
        until(lambda: "Avail" in cell.cli("pjsip show aor far"), within_s=15, what="the trunk is there")
        with agi_server(
            cell.settings.agi.port,
            lambda head, file: (again if head["agi_network_script"].startswith("parted") else finishes)(head, file),
        ):
            yield cell


def waiting(cell: Cell, carrier: Carrier) -> tuple[Call, str]:
    call = carrier.call("12345").answered()
    channel = cell.ami.wait_for("UserEvent", UserEvent="CitizenWaits")["Channel"]
    call.say()
    return call, channel


def talks(cell: Cell, far: Far, citizen: str, hz: int = AGENT_HZ) -> str:
    """Join him with an agent as routing/ does; returns the agent's channel."""
    far.next_voice(hz)
    leg = f"leg-{time.monotonic_ns()}"
    cell.ami.action(
        "Originate", Channel=f"PJSIP/{DESK}@far", Context="agent-leg", Exten="s", Priority="1", Async="true", ChannelId=leg, Timeout="5000"
    )  # fmt: skip
    channel = cell.ami.wait_for("UserEvent", UserEvent="AgentAnswered", Leg=leg)["Channel"]
    assert cell.ami.action("Bridge", Channel1=citizen, Channel2=channel)["Response"] == "Success"
    return channel


def hears(call: Call, hz: int, seconds: float = 1.0) -> None:
    until(lambda: heard_in(call.heard).get(hz, 0) > seconds, within_s=10, what=f"{hz} Hz; heard {heard_in(call.heard)}")


def parts(cell: Cell, agent: str) -> None:
    """The agent hangs up, and the citizen waits again."""
    cell.ami.mark()
    cell.ami.action("Hangup", Channel=agent, Cause="16")
    cell.ami.wait_for("UserEvent", UserEvent="CitizenWaits")


def to_centre(call: Call, cell: Cell, far: Far) -> None:
    """By his own keys."""
    far.next_voice(CENTRE_HZ)
    call.press("*")
    cell.ami.wait_for("UserEvent", UserEvent="EmergencyAsked")
    call.press("1")


def recorded(cell: Cell, call: Call) -> dict[str, Path]:
    """Both sides, once the call is over: equally long, with true headers."""
    call.hang_up()
    gone = cell.ami.wait_for("UserEvent", UserEvent="CitizenGone")
    sides = {side: cell.var / "spool" / "recording" / f"{gone['Call']}-{side}.wav" for side in ("citizen", "heard")}
    for path, told in zip(sides.values(), ("CitizenBytes", "HeardBytes"), strict=True):
        side = read_side(path)
        assert (side.offset + 2 * side.frames, side.repaired) == (int(gone[told]), False), "a header that does not fit its file"
    assert gone["HeardBytes"] == gone["CitizenBytes"], "the two sides are out of step"
    return sides


def test_a_centre_after_a_talk_is_recorded(cell: Cell, carrier: Carrier, far: Far) -> None:
    call, citizen = waiting(cell, carrier)
    agent = talks(cell, far, citizen)
    hears(call, AGENT_HZ)
    parts(cell, agent)
    to_centre(call, cell, far)
    hears(call, CENTRE_HZ)
    sides = recorded(cell, call)
    assert heard_in(sides["heard"]).get(AGENT_HZ, 0) > 1 - LOST_S
    assert heard_in(sides["heard"]).get(CENTRE_HZ, 0) > 1 - LOST_S
    spoken = heard_in(sides["citizen"])[CITIZEN_HZ]
    assert spoken > len(array_of(sides["citizen"])) / RATE - 1, "a new pair of files would have lost what was said before"


def test_a_centre_is_recorded_to_which_he_is_sent_straight_out_of_a_talk(cell: Cell, carrier: Carrier, far: Far) -> None:
    call, citizen = waiting(cell, carrier)
    talks(cell, far, citizen)
    hears(call, AGENT_HZ)
    far.next_voice(CENTRE_HZ)
    cell.ami.action("Redirect", Channel=citizen, Context="emergency-110", Exten="s", Priority="1")
    hears(call, CENTRE_HZ)
    assert heard_in(recorded(cell, call)["heard"]).get(CENTRE_HZ, 0) > 1 - LOST_S


def test_a_second_centre_is_recorded_when_the_first_was_lost(cell: Cell, carrier: Carrier, far: Far) -> None:
    call, _ = waiting(cell, carrier)
    to_centre(call, cell, far)
    hears(call, CENTRE_HZ)
    first = cell.ami.wait_for("UserEvent", UserEvent="EmergencyAnswered")["Channel"]
    far.next_voice(AGENT_HZ)
    cell.ami.action("Hangup", Channel=first, Cause="38")
    hears(call, AGENT_HZ)
    sounds = heard_in(recorded(cell, call)["heard"])
    assert sounds.get(CENTRE_HZ, 0) > 1 - LOST_S
    assert sounds.get(AGENT_HZ, 0) > 1 - LOST_S


def test_a_second_agent_is_recorded(cell: Cell, carrier: Carrier, far: Far) -> None:
    """Measured: AMI Bridge itself makes the recorder's translator anew; this test tells when it no longer does."""
    call, citizen = waiting(cell, carrier)
    agent = talks(cell, far, citizen)
    hears(call, AGENT_HZ)
    parts(cell, agent)
    talks(cell, far, citizen, CENTRE_HZ)
    hears(call, CENTRE_HZ)
    assert heard_in(recorded(cell, call)["heard"]).get(CENTRE_HZ, 0) > 1 - LOST_S
