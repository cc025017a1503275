"""重点词: what the live recogniser spots never transfers anybody by itself. Real SIP, all processes, everybody known by his pitch."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from itertools import count
from typing import Any

import pytest

from agi.ami import AmiTelephony
from agi.ami_link import AmiLink
from agi.spotter import AmiSpotter
from app.ledger_reading import reading
from app.settings import Emergency, EmergencyService, Waiting
from app.wall_clock import WallClock
from hotline.line import LinkRestored, WordSpotted
from hotline.ports import Spotter
from routing.board import BoardView
from runtime.binaries import AsteriskHome
from storage.board_redis import BoardRedis
from tests.checks.check_spotter import CHECKS, Stage
from tests.checks.check_telephony import Ear
from tests.live.carrier import Call, Carrier
from tests.live.cell import AGENTS, AMI_PASSWORD, Cell
from tests.live.patience import patience
from tests.live.stage import PROCESSES
from tests.live.switch import until
from tests.live.tones import AGENT_HZ, CENTRE_HZ, MUSIC_HZ, heard_in, lay_tone, lay_tones, pitch_of

CENTRE = "06630000110"
SERVICES = (EmergencyService(id="110", targets=(f"telecom/{CENTRE}",), ring_seconds=4), EmergencyService(id="120", targets=()))
NO_SERVER = (r"res_agi.c: Connecting to '127.0.0.1:\d+' failed", r"Couldn't connect to any host.  FastAGI failed")
NUMBERS = count(1)
OFFER = pitch_of("offer-emergency-110")
LONG_QUESTION_S = 20.0
"""The question for 120, so that there is time for a telephone to register while he is asked."""


@pytest.fixture(scope="module")
def module_cell(asterisk_home: AsteriskHome, carrier: Carrier, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cell]:
    prompts = lay_tones(tmp_path_factory.mktemp("prompts"))
    lay_tone(prompts, "offer-emergency-120", LONG_QUESTION_S)
    waiting = Waiting(ring_seconds=5, visit_every_seconds=30, rest_after_miss_seconds=1)
    emergency = Emergency(services=SERVICES)
    trunks, passwords = carrier.trunks(), carrier.passwords()
    with Cell(asterisk_home, trunks=trunks, passwords=passwords, emergency=emergency, waiting=waiting, prompts=prompts) as cell:
        cell.start()
        carrier.start(cell_port=cell.settings.sip.port, phones=cell.phones())
        cell.serve(*PROCESSES)
        yield cell


@pytest.fixture(autouse=True)
def nobody_at_the_desks(carrier: Carrier, cell: Cell) -> Iterator[None]:
    carrier.centre(CENTRE, "answers")
    agents(cell, carrier, there=False)
    yield
    carrier.ami.action("Hangup", Channel="/^PJSIP/", Cause="16")
    until(lambda: not cell.asterisk.channels(), within_s=15, what="an empty line")


def agents(cell: Cell, carrier: Carrier, *, there: bool) -> None:
    """The agents' telephones come, or go; they answer at once."""
    for agent in AGENTS:
        carrier.asterisk.cli(f"pjsip send {'register' if there else 'unregister'} phone-{agent}")
    for agent in AGENTS:
        until(lambda: ("sip:" in cell.cli(f"pjsip show aor {agent}")) is there, within_s=10, what=f"{agent} there: {there}")  # noqa: B023


class Waiter:
    """A citizen in line."""

    def __init__(self, cell: Cell, carrier: Carrier) -> None:
        self.cell, self.carrier = cell, carrier
        self.caller = f"1990000{next(NUMBERS):04d}"
        self.call: Call = carrier.call("12345", caller=self.caller).answered()
        waits = cell.ami.wait_for("UserEvent", UserEvent="CitizenWaits", Caller=self.caller, within_s=10)
        self.id, self.channel = waits["Call"], waits["Channel"]
        self.hears(MUSIC_HZ)

    def hears(self, hz: int, seconds: float = 0.2) -> None:
        """He hears this from now on for so long."""
        before = heard_in(self.call.heard).get(hz, 0)
        until(
            lambda: heard_in(self.call.heard).get(hz, 0) >= before + seconds,
            within_s=12,
            what=f"{hz} Hz; heard {heard_in(self.call.heard)}; {self.cell.log_of('routing')[-900:]}",
        )

    def spotted(self, service: str = "110", *, agreed: bool = False) -> None:
        """The recogniser speaks."""
        self.cell.ami.action("UserEvent", UserEvent="WordSpotted", Call=self.id, Service=service, Agreed="1" if agreed else "0")

    def context(self) -> str:
        return next((each[1] for each in self.cell.asterisk.channels() if each[0] == self.channel), "gone")

    def is_back_in_line(self) -> None:
        until(lambda: self.context() == "waiting", within_s=15, what="he is back in line")
        self.hears(MUSIC_HZ)

    def record(self) -> dict[str, Any]:
        """The one record of his call."""
        self.call.hang_up()
        [record] = until(self._records, within_s=20, what="the record")
        return record

    def _records(self) -> list[dict[str, Any]]:
        with reading(self.cell.places) as ledger:
            return [record for record in ledger.latest(500) if record["caller"] == self.caller and record["ended"]]


@pytest.fixture
def waiter(cell: Cell, carrier: Carrier) -> Waiter:
    return Waiter(cell, carrier)


def centre_was_called(carrier: Carrier) -> bool:
    return bool(carrier.ami.seen("UserEvent", UserEvent="CentreCalled"))


# ── nobody is with him ───────────────────────────────────────────────────────────────────────────


def test_who_waits_alone_is_asked_and_his_silence_keeps_him_in_line(waiter: Waiter, carrier: Carrier) -> None:
    waiter.spotted()
    waiter.hears(OFFER)
    waiter.is_back_in_line()
    assert not centre_was_called(carrier)
    assert waiter.cell.asterisk.variable(waiter.channel, "HL_PRIORITY") == "80"
    waiter.spotted()
    waiter.hears(MUSIC_HZ, 1)
    assert heard_in(waiter.call.heard)[OFFER] < 0.6, "he is asked once"
    assert len(waiter.cell.ami.seen("UserEvent", UserEvent="CitizenWaits")) == 1, "his place was never given up"
    assert waiter.record()["emergency"] == []


def test_the_offered_key_leads_him_to_the_centre(waiter: Waiter, carrier: Carrier) -> None:
    waiter.spotted()
    waiter.hears(OFFER)
    waiter.call.press("1")
    assert carrier.centre_called(CENTRE)["Asserted"] == f"<sip:{waiter.caller}@127.0.0.1>"
    waiter.hears(CENTRE_HZ, 1)
    [emergency] = waiter.record()["emergency"]
    assert (emergency["service"], emergency["how"]) == ("110", "word")


def test_another_key_transfers_nobody(waiter: Waiter, carrier: Carrier) -> None:
    waiter.spotted()
    waiter.hears(OFFER)
    waiter.call.press("2")
    waiter.is_back_in_line()
    assert not centre_was_called(carrier)


def test_his_yes_leads_him_there_but_only_after_he_was_asked(waiter: Waiter, carrier: Carrier) -> None:
    waiter.spotted(agreed=True)
    waiter.hears(OFFER)
    waiter.is_back_in_line()
    assert not centre_was_called(carrier)
    waiter.spotted(agreed=True)
    carrier.centre_called(CENTRE)
    waiter.hears(CENTRE_HZ, 1)


def test_who_was_asked_is_served_before_the_longer_wait(cell: Cell, carrier: Carrier) -> None:
    first, second = Waiter(cell, carrier), Waiter(cell, carrier)
    second.spotted()
    second.hears(OFFER)
    second.is_back_in_line()
    agents(cell, carrier, there=True)
    offered = [
        cell.ami.wait_for("UserEvent", UserEvent="AgentAnswered", Call=each.id, within_s=15)["Timestamp"] for each in (second, first)
    ]
    assert float(offered[0]) < float(offered[1])


def test_an_agent_takes_him_out_of_the_question_and_after_the_talk_he_is_not_asked_again(
    waiter: Waiter, cell: Cell, carrier: Carrier
) -> None:
    waiter.spotted()
    waiter.hears(OFFER)
    waiter.spotted("120")
    waiter.hears(pitch_of("offer-emergency-120"))
    agents(cell, carrier, there=True)
    cell.ami.wait_for("UserEvent", UserEvent="AgentAnswered", Call=waiter.id, within_s=10)
    waiter.hears(AGENT_HZ)
    assert waiter.context() == "offer"
    carrier.ami.action("Hangup", Channel="/^PJSIP/cell-/", Cause="16")
    waiter.hears(pitch_of("goodbye"))
    waiter.call.ended()
    [joined] = waiter.record()["joined"]
    assert joined["by"] == "agent"


def test_a_word_that_is_spotted_with_a_dead_application_costs_him_nothing(waiter: Waiter, cell: Cell) -> None:
    cell.end("agi")
    try:
        waiter.spotted()
        until(lambda: cell.asterisk.variable(waiter.channel, "HL_PRIORITY") == "80", what="first in line")
        waiter.is_back_in_line()
        waiter.call.hang_up()
        cell.settle(allowed=NO_SERVER)
    finally:
        cell.serve("agi")


# ── an agent is with him ─────────────────────────────────────────────────────────────────────────


def test_with_an_agent_there_is_an_alarm_on_the_board_and_the_talk_goes_on(waiter: Waiter, cell: Cell, carrier: Carrier) -> None:
    agents(cell, carrier, there=True)
    agent = cell.ami.wait_for("UserEvent", UserEvent="AgentAnswered", Call=waiter.id, within_s=15)["Agent"]
    waiter.hears(AGENT_HZ)
    waiter.spotted()
    alarm = until(lambda: asyncio.run(board(cell)).spotted, what="the alarm on the board")[0]
    assert (alarm.call, alarm.service, alarm.agent) == (waiter.id, "110", agent)
    waiter.hears(AGENT_HZ, 1)
    assert not centre_was_called(carrier)
    assert OFFER not in heard_in(waiter.call.heard)


async def board(cell: Cell) -> BoardView:
    door = BoardRedis(cell.places.redis_socket)
    try:
        view = await door.latest()
        assert view is not None
        return view
    finally:
        await door.shut()


# ── the recogniser's door ────────────────────────────────────────────────────────────────────────


class LiveStage:
    def __init__(self, spotter: Spotter, ear: Ear) -> None:
        self.spotter = spotter
        self._ear = ear

    async def next_word(self) -> WordSpotted:
        async with asyncio.timeout(10 * patience()):
            return await self._ear.next_fact(WordSpotted)


@pytest.mark.parametrize("check", CHECKS)
def test_asterisk_keeps_the_doors_promises(cell: Cell, check: Callable[[Stage], Awaitable[None]]) -> None:
    async def run() -> None:
        link = AmiLink(host="127.0.0.1", port=cell.settings.asterisk.ami_port, user="routing", secret=AMI_PASSWORD, clock=WallClock())
        async with asyncio.TaskGroup() as group:
            running = group.create_task(link.run())
            ear = Ear(AmiTelephony(link).facts())
            await ear.next_fact(LinkRestored)
            await check(LiveStage(AmiSpotter(link), ear))
            running.cancel()

    asyncio.run(asyncio.wait_for(run(), 30 * patience()))
