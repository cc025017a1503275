"""Whoever is called over a second trunk is on the recording, also when the first one said something before it failed (docs/decisions/0008).

The second voice begins 20,000 packets behind the first: without the recorder begun anew between the trunks it is silence in the recording.
"""

import asyncio
import socket
import threading
from collections.abc import Iterator

import pytest

from app.calling_settings import OutCalls
from app.settings import Trunk
from phones.stand_in import Manner, StandIn
from runtime.binaries import AsteriskHome
from tests.live.carrier import Carrier
from tests.live.cell import Cell
from tests.live.ports import free_port
from tests.live.switch import until
from tests.live.test_out_calls import UNIT, dials
from tests.live.test_recorder import BEHIND, LOST_S, a_law
from tests.live.tones import AGENT_HZ, CENTRE_HZ, heard_in, tone

ADDRESSES = ("127.0.0.36", "127.0.0.37")
FIRST_NUMBER = 40_000


@pytest.fixture(scope="module")
def ends() -> Iterator[list[StandIn]]:
    """Two carriers: the first one says that it is full, over the second one somebody answers."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    made = [StandIn(address=address, port=free_port(socket.SOCK_DGRAM)) for address in ADDRESSES]
    for end, hz, first in zip(made, (AGENT_HZ, CENTRE_HZ), (FIRST_NUMBER, FIRST_NUMBER - BEHIND), strict=True):
        end.frames, end.first = a_law(tone(hz, 0.1)), first
        asyncio.run_coroutine_threadsafe(end.__aenter__(), loop).result(5)
    made[0].manner = Manner.ANNOUNCES
    yield made
    for end in made:
        asyncio.run_coroutine_threadsafe(end.__aexit__(), loop).result(5)
    loop.call_soon_threadsafe(loop.stop)
    thread.join(5)
    loop.close()


@pytest.fixture(scope="module")
def module_cell(asterisk_home: AsteriskHome, carrier: Carrier, ends: list[StandIn]) -> Iterator[Cell]:
    names = ("busy", "free")
    trunks = tuple(Trunk(name=name, host=end.address, port=end.port) for name, end in zip(names, ends, strict=True))
    calls = OutCalls(trunks=names, kept_for_incoming=0, ring_seconds=8)
    with Cell(asterisk_home, trunks=(*carrier.trunks(), *trunks), passwords=carrier.passwords(), out_calls=calls) as cell:
        cell.start()
        carrier.start(cell_port=cell.settings.sip.port, phones=cell.phones())
        for name in names:
            until(lambda: "Avail" in cell.cli(f"pjsip show aor {name}"), within_s=15, what="the trunk is there")  # noqa: B023 - asked at once
        yield cell


def test_who_answers_over_the_second_trunk_is_recorded(cell: Cell, carrier: Carrier, ends: list[StandIn]) -> None:
    agent = dials(carrier, f"8{UNIT}")
    until(lambda: heard_in(agent.heard).get(CENTRE_HZ, 0) > 1, within_s=20, what="the agent hears who answers")
    assert [len(end.invites) for end in ends] == [1, 1]
    assert heard_in(agent.heard).get(AGENT_HZ, 0) > 0.3, "he heard the first carrier's words"
    agent.hang_up()
    gone = cell.ami.wait_for("UserEvent", UserEvent="CitizenGone")
    recorded = heard_in(cell.var / "spool" / "recording" / f"{gone['Call']}-citizen.wav")
    assert recorded.get(AGENT_HZ, 0) > 0.3
    assert recorded.get(CENTRE_HZ, 0) > 1 - LOST_S
    assert gone["CitizenBytes"] == gone["HeardBytes"], "the two sides are out of step"
