"""三方通话: an agent brings an emergency centre into his talk, with real SIP on all sides, and everybody is known by his voice.

The carrier's Asterisk plays the citizen (1900 Hz), the agents (2300 Hz) and the centre (2700 Hz); all our processes run beside the cell.
"""

import re
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from app.ledger_reading import reading
from app.settings import Emergency, EmergencyService, Waiting
from runtime.binaries import AsteriskHome
from tests.live.ami import Message
from tests.live.carrier import Call, Carrier
from tests.live.cell import Cell
from tests.live.patience import patience
from tests.live.stage import PROCESSES
from tests.live.switch import until
from tests.live.tones import AGENT_HZ, CENTRE_HZ, CITIZEN_HZ, RING_HZ, array_of, heard_in, longest_silence, pitch_of, side_of, sounding

CENTRE = "06630000110"
PLAN = Emergency(services=(EmergencyService(id="110", targets=(f"telecom/{CENTRE}",), ring_seconds=4),))
NUMBERS = count(1)
TALKED_WELL_S = 5.5
"""A centre that hangs up sooner has not helped, and the next target is tried (asterisk-conf/emergency.dialplan.j2)."""
DONE = ("complete", "short", "missing", "none")


@pytest.fixture(scope="module")
def module_cell(asterisk_home: AsteriskHome, carrier: Carrier) -> Iterator[Cell]:
    waiting = Waiting(ring_seconds=5, visit_every_seconds=5, rest_after_miss_seconds=1)
    with Cell(asterisk_home, trunks=carrier.trunks(), passwords=carrier.passwords(), emergency=PLAN, waiting=waiting) as cell:
        cell.start()
        carrier.start(cell_port=cell.settings.sip.port, phones=cell.phones())
        cell.serve(*PROCESSES)
        yield cell


@pytest.fixture(autouse=True)
def a_helpful_centre(carrier: Carrier, cell: Cell) -> Iterator[None]:
    carrier.centre(CENTRE, "answers")
    yield
    carrier.ami.action("Hangup", Channel="/^PJSIP/", Cause="16")
    until(lambda: not cell.asterisk.channels(), within_s=15, what="an empty line")


@dataclass(frozen=True, kw_only=True)
class Talk:
    """A citizen and an agent who hear each other. `desk`: the agent's channel at his own telephone."""

    cell: Cell
    carrier: Carrier
    call: Call
    id: str
    caller: str
    channel: str
    leg: str
    agent: str
    desk: str
    desk_id: str

    def press(self, keys: str) -> None:
        """The agent presses keys of his telephone."""
        for key in keys:
            before = len(self.cell.ami.seen("DTMFEnd", Uniqueid=self.leg))
            self.carrier.press(self.desk, key)
            until(lambda: len(self.cell.ami.seen("DTMFEnd", Uniqueid=self.leg)) > before, what=f"the key {key} arrives")  # noqa: B023

    def told(self, event: str, *, within_s: float = 15, **words: str) -> Message:
        return self.cell.ami.wait_for("UserEvent", UserEvent=event, Call=self.id, within_s=within_s, **words)

    def centre(self) -> "Centre":
        """The centre, once its telephone rings."""
        return Centre(carrier=self.carrier, called=self.carrier.centre_called(CENTRE, within_s=10))

    def hang_up_agent(self) -> None:
        self.carrier.ami.action("Hangup", Channel=self.desk, Cause="16")

    def hears(self, hz: int, seconds: float = 0.5) -> None:
        """The citizen hears this voice for so long from now on."""
        _hears(self.call.heard, hz, seconds, "the citizen")

    def agent_hears(self, hz: int, seconds: float = 0.5) -> None:
        """The agent does."""
        _hears(self.carrier.heard_by(self.desk_id), hz, seconds, "the agent")

    def stands_in_the_conference(self) -> None:
        until(lambda: (self.channel, "three-way") in {(each[0], each[1]) for each in self.cell.asterisk.channels()}, within_s=12)

    def records(self) -> list[dict[str, Any]]:
        """What stands in the ledger about this call and is finished."""
        with reading(self.cell.places) as ledger:
            records = [record for record in ledger.latest(500) if record["caller"] == self.caller]
        return [record for record in records if record["ended"] and record["recording"]["state"] in DONE]

    def record(self) -> dict[str, Any]:
        """The one record of the call, once all of it has arrived."""
        found = until(self.records, within_s=30, what="the record")
        assert len(found) == 1
        return found[0]


@dataclass(frozen=True, kw_only=True)
class Centre:
    """One call at the emergency centre."""

    carrier: Carrier
    called: Message

    def hears(self, hz: int, seconds: float = 0.5) -> None:
        _hears(self.carrier.heard_by(self.called["Uniqueid"]), hz, seconds, "the centre")

    def hang_up(self) -> None:
        self.carrier.ami.action("Hangup", Channel=self.called["Channel"], Cause="16")

    def cancelled(self) -> None:
        """The call is over on its side, too."""
        self.carrier.ami.wait_for("Hangup", Uniqueid=self.called["Uniqueid"])


def _hears(wav: Path, hz: int, seconds: float, who: str) -> None:
    def heard() -> float:
        return sounding(array_of(wav)).get(hz, 0) if wav.exists() else 0

    before = heard()
    until(lambda: heard() > before + seconds, within_s=12, what=f"{who} hears {hz} Hz")


@pytest.fixture
def talk(cell: Cell, carrier: Carrier) -> Talk:
    """A citizen who speaks, and an agent who does."""
    return begin(cell, carrier)


def begin(cell: Cell, carrier: Carrier) -> Talk:
    caller = f"1990000{next(NUMBERS):04d}"
    call = carrier.call("12345", caller=caller).answered()
    waits = cell.ami.wait_for("UserEvent", UserEvent="CitizenWaits", Caller=caller, within_s=10)
    answered = cell.ami.wait_for("UserEvent", UserEvent="AgentAnswered", Call=waits["Call"], within_s=15)
    until(lambda: len(cell.ami.seen("BridgeEnter", Uniqueid=answered["Uniqueid"])) == 1, what="they are joined")
    call.say()
    [desk] = [each for each in carrier.asterisk.channels() if each[0].startswith("PJSIP/cell-")]
    talk = Talk(
        cell=cell, carrier=carrier, call=call, id=waits["Call"], caller=caller, channel=waits["Channel"], leg=answered["Uniqueid"],
        agent=answered["Agent"], desk=desk[0], desk_id=desk[-1],
    )  # fmt: skip
    talk.hears(AGENT_HZ, 0.3)
    talk.agent_hears(CITIZEN_HZ, 0.3)
    return talk


def three(talk: Talk) -> Centre:
    """The agent's two keys, and then three people who all hear the two others."""
    talk.press("*1")
    return all_hear_each_other(talk)


def all_hear_each_other(talk: Talk) -> Centre:
    centre = talk.centre()
    for hz in (AGENT_HZ, CENTRE_HZ):
        talk.hears(hz)
    for hz in (CITIZEN_HZ, CENTRE_HZ):
        talk.agent_hears(hz)
    for hz in (CITIZEN_HZ, AGENT_HZ):
        centre.hears(hz)
    return centre


def emergency_of(record: dict[str, Any]) -> dict[str, Any]:
    """The one emergency of the call."""
    [emergency] = record["emergency"]
    return emergency  # type: ignore[no-any-return]


def router_until(cell: Cell) -> int:
    """Until when the dialplan believes that routing lives."""
    found = re.search(r"HL_ROUTER_UNTIL=(\d+)", cell.cli("dialplan show globals"))
    return int(found[1]) if found else 0


# ── who leaves when ──────────────────────────────────────────────────────────────────────────────


def test_the_agents_keys_bring_the_centre_in_and_when_he_leaves_the_other_two_go_on(talk: Talk, cell: Cell) -> None:
    centre = three(talk)
    assert centre.called["Asserted"] == f"<sip:{talk.caller}@127.0.0.1>"
    talk.hang_up_agent()
    talk.told("ThreeWayLeft", Who="agent")
    talk.hears(CENTRE_HZ, 5)
    centre.hears(CITIZEN_HZ, 5)
    centre.hang_up()
    talk.call.ended()
    assert heard_in(talk.call.heard).get(pitch_of("goodbye"), 0) > 0.2
    record = talk.record()
    emergency = emergency_of(record)
    assert (emergency["service"], emergency["how"], emergency["accepted_by"]) == ("110", "agent", "110")
    assert emergency["three_way"]["agent"] == talk.agent
    assert [(each["agent"], each["by"]) for each in record["joined"]] == [(talk.agent, "agent")]


def test_the_recording_goes_on_through_it_and_has_all_three_voices(talk: Talk, cell: Cell) -> None:
    three(talk)
    talk.call.hang_up()
    record = talk.record()
    assert record["recording"]["state"] == "complete"
    wav = cell.var / record["recording"]["file"]
    citizen, heard = side_of(wav, 0), side_of(wav, 1)
    assert sounding(citizen).keys() == {CITIZEN_HZ}
    assert sounding(heard)[AGENT_HZ] > 2
    assert sounding(heard)[CENTRE_HZ] > 0.5
    assert CITIZEN_HZ not in sounding(heard)
    assert record["recording"]["seconds"] == pytest.approx(record["recording"]["expected_seconds"], abs=2.0)


def test_the_citizen_is_never_in_silence_on_the_way_into_it(talk: Talk, cell: Cell, carrier: Carrier) -> None:
    carrier.centre(CENTRE, "rings")
    before = len(array_of(talk.call.heard))
    cell.ami.action("UserEvent", UserEvent="ServiceWanted", Call=talk.id, Service="110")
    centre = talk.centre()
    talk.hears(AGENT_HZ, 2)
    talk.agent_hears(CITIZEN_HZ, 1)
    assert longest_silence(array_of(talk.call.heard)[before:]) < 0.25 * patience()
    talk.call.hang_up()
    centre.cancelled()
    talk.told("ThreeWayLeft", Who="citizen")


def test_when_the_centre_leaves_first_agent_and_citizen_go_on(talk: Talk) -> None:
    centre = three(talk)
    talk.hears(CENTRE_HZ, TALKED_WELL_S)
    centre.hang_up()
    talk.told("ThreeWayLeft", Who="service")
    talk.hears(AGENT_HZ)
    talk.agent_hears(CITIZEN_HZ)
    talk.hang_up_agent()
    talk.call.ended()
    assert heard_in(talk.call.heard).get(pitch_of("goodbye"), 0) > 0.2
    assert emergency_of(talk.record())["accepted_by"] == "us"


def test_a_centre_that_is_not_reached_is_told_to_both_and_they_talk_on(talk: Talk, carrier: Carrier) -> None:
    carrier.centre(CENTRE, "busy")
    talk.press("*1")
    talk.told("EmergencyOver", Attempt="2", Status="BUSY")
    talk.agent_hears(CITIZEN_HZ, 2)
    talk.hears(AGENT_HZ, 1)
    for wav in (talk.call.heard, carrier.heard_by(talk.desk_id)):
        assert sounding(array_of(wav), "three-way-unreached").get(pitch_of("three-way-unreached"), 0) > 0.2
    talk.stands_in_the_conference()
    talk.call.hang_up()
    record = talk.record()
    assert [each["outcome"] for each in emergency_of(record)["attempts"]] == ["busy", "busy"]
    assert emergency_of(record)["accepted_by"] == "us"


def test_the_agent_may_try_again_by_his_keys_in_the_conference(talk: Talk, carrier: Carrier) -> None:
    carrier.centre(CENTRE, "busy")
    talk.press("*1")
    over = talk.told("EmergencyOver", Attempt="2", Status="BUSY")
    leg = over["Channel"].removesuffix(";2")
    talk.cell.ami.wait_for("Hangup", Channel=f"{leg};1", within_s=10)
    carrier.centre(CENTRE, "answers")
    carrier.ami.mark()
    centre = three(talk)
    assert centre.called["Asserted"] == f"<sip:{talk.caller}@127.0.0.1>"
    talk.press("*1")
    talk.hears(CENTRE_HZ, TALKED_WELL_S)
    assert len(carrier.ami.seen("UserEvent", UserEvent="CentreCalled")) == 1, "one centre at a time"
    talk.hang_up_agent()
    talk.told("ThreeWayLeft", Who="agent")
    talk.hears(CENTRE_HZ)
    talk.call.hang_up()
    centre.cancelled()
    assert talk.record()["emergency"][-1]["accepted_by"] == "110"


def test_an_agent_who_leaves_while_it_rings_leaves_the_citizen_with_the_ringing_and_then_with_a_duty_agent(
    talk: Talk, carrier: Carrier
) -> None:
    carrier.centre(CENTRE, "rings")
    talk.press("*1")
    talk.centre()
    talk.hang_up_agent()
    talk.told("ThreeWayLeft", Who="agent")
    talk.hears(RING_HZ, 0.5)
    talk.told("EmergencyUnreached", Service="110")
    talk.told("CitizenWaits", within_s=5)
    until(lambda: len(talk.cell.ami.seen("UserEvent", UserEvent="AgentAnswered", Call=talk.id)) == 2, within_s=12, what="a duty agent")
    talk.hears(AGENT_HZ)
    talk.call.hang_up()
    emergency = emergency_of(talk.record())
    assert (emergency["unreached"], emergency["accepted_by"]) == (True, "us")


def test_a_citizen_who_hangs_up_while_it_rings_ends_it_all_and_leaves_a_record(talk: Talk, carrier: Carrier) -> None:
    carrier.centre(CENTRE, "rings")
    talk.press("*1")
    centre = talk.centre()
    talk.agent_hears(CITIZEN_HZ)
    talk.call.hang_up()
    centre.cancelled()
    carrier.ami.wait_for("Hangup", Uniqueid=talk.desk_id)
    record = talk.record()
    assert [each["outcome"] for each in emergency_of(record)["attempts"]] == ["citizen_gone"]
    assert (record["hung_up_by"], emergency_of(record)["three_way"]["agent"]) == ("citizen", talk.agent)


def test_an_agents_telephone_that_dies_leaves_citizen_and_centre_together(talk: Talk) -> None:
    three(talk)
    talk.cell.ami.action("Hangup", Channel=talk.leg, Cause="38")
    talk.told("ThreeWayLeft", Who="agent")
    talk.hears(CENTRE_HZ, 1)
    talk.stands_in_the_conference()


# ── by the desk, and without us ──────────────────────────────────────────────────────────────────


def test_the_desk_brings_it_in_with_one_press(talk: Talk, cell: Cell) -> None:
    cell.ami.action("UserEvent", UserEvent="ServiceWanted", Call=talk.id, Service="110")
    all_hear_each_other(talk)
    talk.call.hang_up()
    emergency = emergency_of(talk.record())
    assert (emergency["how"], emergency["three_way"]["agent"]) == ("agent", talk.agent)


def test_the_agents_keys_work_while_nothing_of_ours_lives(talk: Talk, cell: Cell) -> None:
    for name in PROCESSES:
        cell.end(name, signal.SIGKILL)
    try:
        three(talk)
        talk.call.hang_up()
    finally:
        cell.serve(*PROCESSES)
    [[emergency]] = until(
        lambda: [record["emergency"] for record in talk.records() if record["emergency"]], within_s=45, what="the switch's log tells of it"
    )
    assert (emergency["service"], emergency["how"], emergency["three_way"]["agent"]) == ("110", "agent", talk.agent)


def test_a_routing_process_that_died_in_it_finds_it_again_and_ends_nothing(talk: Talk, cell: Cell, carrier: Carrier) -> None:
    centre = three(talk)
    cell.end("routing", signal.SIGKILL)
    talk.hears(CENTRE_HZ)
    here = router_until(cell)
    cell.serve("routing")
    until(lambda: router_until(cell) > here + 2, within_s=30, what="routing says that it is here")
    talk.hears(CENTRE_HZ, 2)
    talk.agent_hears(CENTRE_HZ)
    talk.hang_up_agent()
    talk.told("ThreeWayLeft", Who="agent")
    talk.hears(CENTRE_HZ, 2)
    centre.hang_up()
    talk.call.ended()
    assert [(each["agent"], each["by"]) for each in talk.record()["joined"]] == [(talk.agent, "agent")]
    cell.ami.mark()
    again = begin(cell, carrier)
    assert again.agent
    again.call.hang_up()
