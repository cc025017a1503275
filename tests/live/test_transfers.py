"""转接: an agent asks another one, hands his citizen over, to a unit outside, into a conference, back to the line, to the survey.

Everybody is known by his voice: the citizen 1900 Hz, the agent who took him 2300 Hz, the other agent a pitch of his own, the unit 2700 Hz.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import pytest

from app.settings import Waiting
from runtime.binaries import AsteriskHome
from tests.live.carrier import Carrier
from tests.live.cell import AGENTS, Cell
from tests.live.stage import PROCESSES
from tests.live.switch import until
from tests.live.test_three_way import Talk, begin
from tests.live.tones import AGENT_HZ, CENTRE_HZ, CITIZEN_HZ, MUSIC_HZ, array_of, heard_in, pitch_of, side_of, sounding, tone

UNIT = "06630000188"
VOICE = "survey-thanks"
"""A prompt that is never said here lends its pitch to the other agent."""
OTHER_HZ = pitch_of(VOICE)


@pytest.fixture(scope="module")
def module_cell(asterisk_home: AsteriskHome, carrier: Carrier) -> Iterator[Cell]:
    waiting = Waiting(ring_seconds=5, visit_every_seconds=5, rest_after_miss_seconds=1)
    with Cell(asterisk_home, trunks=carrier.trunks(), passwords=carrier.passwords(), waiting=waiting) as cell:
        cell.start()
        carrier.start(cell_port=cell.settings.sip.port, phones=cell.phones())
        carrier.sound("other", tone(OTHER_HZ, 30))
        cell.serve(*PROCESSES)
        yield cell


@pytest.fixture(autouse=True)
def helpful_telephones(carrier: Carrier, cell: Cell) -> Iterator[None]:
    for agent in (*AGENTS, UNIT):
        carrier.centre(agent, "answers")
        carrier.voice(agent, "")
    yield
    carrier.ami.action("Hangup", Channel="/^PJSIP/", Cause="16")
    until(lambda: not cell.asterisk.channels(), within_s=15, what="an empty line")


@dataclass(frozen=True, kw_only=True)
class Other:
    """Another telephone that was brought to this talk. `desk`: its channel on its own side."""

    carrier: Carrier
    desk: str
    id: str

    def hears(self, hz: int, seconds: float = 0.4) -> None:
        _hears(lambda: self.carrier.heard_by(self.id), hz, seconds, "the other")

    def hang_up(self) -> None:
        self.carrier.ami.action("Hangup", Channel=self.desk, Cause="16")


def _hears(wav: Callable[[], Path], hz: int, seconds: float, who: str) -> None:
    def heard() -> float:
        path = wav()
        return sounding(array_of(path), VOICE).get(hz, 0) if path.exists() else 0

    before = heard()
    until(lambda: heard() > before + seconds, within_s=12, what=f"{who} hears {hz} Hz")


def citizen_hears(talk: Talk, hz: int, seconds: float = 0.4) -> None:
    _hears(lambda: talk.call.heard, hz, seconds, "the citizen")


def agent_hears(talk: Talk, hz: int, seconds: float = 0.4) -> None:
    _hears(lambda: talk.carrier.heard_by(talk.desk_id), hz, seconds, "the agent")


def another(talk: Talk) -> str:
    """The agent who does not have the citizen; from now on he has a voice of his own."""
    [other] = set(AGENTS) - {talk.agent}
    talk.carrier.voice(other, "other")
    return other


def comes(talk: Talk, *before: str) -> Other:
    """Whoever is called next picks up."""
    known = {talk.desk, *before}
    found = until(
        lambda: [each for each in talk.carrier.asterisk.channels() if each[0].startswith("PJSIP/") and each[0] not in known
                 and not each[0].startswith(talk.call.channel)],
        what="another telephone is called",
    )  # fmt: skip
    return Other(carrier=talk.carrier, desk=found[0][0], id=found[0][-1])


def as_agent(talk: Talk, other: Other, agent: str) -> Talk:
    """The same talk with the citizen's new agent."""
    leg = talk.cell.ami.seen("UserEvent", UserEvent="AgentAnswered", Call=talk.id, Agent=agent)[-1]["Uniqueid"]
    return replace(talk, agent=agent, desk=other.desk, desk_id=other.id, leg=leg)


def test_an_agent_asks_another_comes_back_and_then_hands_over_and_that_one_hands_over_to_a_unit(cell: Cell, carrier: Carrier) -> None:
    talk = begin(cell, carrier)
    name = another(talk)

    talk.press(f"*61{name}#")
    other = comes(talk)
    other.hears(AGENT_HZ)
    agent_hears(talk, OTHER_HZ)
    citizen_hears(talk, MUSIC_HZ)
    talk.press("*63")
    citizen_hears(talk, AGENT_HZ)
    agent_hears(talk, CITIZEN_HZ)
    until(lambda: other.desk not in {each[0] for each in carrier.asterisk.channels()}, what="the other is let go")

    talk.press(f"*61{name}#")
    other = comes(talk)
    other.hears(AGENT_HZ)
    assert OTHER_HZ not in sounding(array_of(talk.call.heard), VOICE)
    talk.press("*62")
    citizen_hears(talk, OTHER_HZ)
    other.hears(CITIZEN_HZ)
    until(lambda: talk.desk not in {each[0] for each in carrier.asterisk.channels()}, what="the first agent is done")

    second = as_agent(talk, other, name)
    second.press(f"*60{UNIT}#")
    unit = carrier.centre_called(UNIT, within_s=10)
    assert unit["From"] == "12345"
    citizen_hears(talk, CENTRE_HZ)
    _hears(lambda: carrier.heard_by(unit["Uniqueid"]), CITIZEN_HZ, 0.4, "the unit")
    talk.call.hang_up()

    record = talk.record()
    assert [(each["agent"], each["by"]) for each in record["joined"]] == [(talk.agent, "agent"), (name, "agent"), ("00", "citizen")]
    assert [(each["how"], each["to"], each["outcome"]) for each in record["transfers"]] == [
        ("attended", f"agent:{name}", "cancelled"), ("attended", f"agent:{name}", "joined"), ("blind", f"unit:{UNIT}", "joined"),
    ]  # fmt: skip
    assert [each["consulted_with"] for each in record["transfers"]] == [name, name, ""]
    assert not any(each["consultation_recorded"] for each in record["transfers"])
    wav = cell.var / record["recording"]["file"]
    heard = sounding(side_of(wav, 1), VOICE)
    assert {AGENT_HZ, MUSIC_HZ, OTHER_HZ, CENTRE_HZ} <= heard.keys()
    assert record["recording"]["state"] == "complete"
    joined = record["joined"][1]
    assert heard[OTHER_HZ] < 1.0 + seconds_between(joined["began"], joined["ended"])


def seconds_between(began: str, ended: str) -> float:
    return (datetime.fromisoformat(ended) - datetime.fromisoformat(began)).total_seconds()


def test_a_transfer_that_fails_brings_him_back_and_a_conference_lets_all_three_hear(cell: Cell, carrier: Carrier) -> None:
    talk = begin(cell, carrier)
    name = another(talk)
    carrier.centre(name, "busy")
    talk.press(f"*61{name}#")
    citizen_hears(talk, AGENT_HZ, 1)
    agent_hears(talk, CITIZEN_HZ, 1)
    talk.press(f"*61{UNIT}#")
    unit = carrier.centre_called(UNIT, within_s=10)
    agent_hears(talk, CENTRE_HZ)
    talk.press("*64")
    citizen_hears(talk, CENTRE_HZ)
    citizen_hears(talk, AGENT_HZ)
    agent_hears(talk, CITIZEN_HZ)
    talk.hang_up_agent()
    citizen_hears(talk, CENTRE_HZ, 1)
    carrier.ami.action("Hangup", Channel=unit["Channel"], Cause="16")
    talk.call.ended()
    assert heard_in(talk.call.heard).get(pitch_of("goodbye"), 0) > 0.2
    record = talk.record()
    assert [each["outcome"] for each in record["transfers"]] == ["busy", "conference"]


def test_a_blind_transfer_to_nobody_rings_the_agent_again_and_the_line_and_the_survey_are_codes_of_their_own(
    cell: Cell, carrier: Carrier
) -> None:
    talk = begin(cell, carrier)
    name = another(talk)
    carrier.centre(name, "refuses")
    talk.press(f"*60{name}#")
    back = comes(talk)
    citizen_hears(talk, AGENT_HZ)
    back.hears(CITIZEN_HZ)
    again = as_agent(talk, back, talk.agent)
    carrier.centre(name, "answers")
    again.press("*65")
    taken = until(lambda: cell.ami.seen("UserEvent", UserEvent="AgentAnswered", Call=talk.id)[2:], within_s=12, what="the next agent")
    assert taken
    talk.call.hang_up()
    record = talk.record()
    assert [each["outcome"] for each in record["transfers"]] == ["refused", "queued"]


def test_who_is_led_into_a_conference_that_all_others_have_left_stands_in_line_again(cell: Cell, carrier: Carrier) -> None:
    for agent in AGENTS:
        carrier.centre(agent, "refuses")
    caller = "19900000991"
    call = carrier.call("12345", caller=caller).answered()
    waits = cell.ami.wait_for("UserEvent", UserEvent="CitizenWaits", Caller=caller, within_s=10)
    cell.ami.action("Redirect", Channel=waits["Channel"], Context="transfers", Exten="conference", Priority="1")
    until(lambda: cell.ami.seen("UserEvent", UserEvent="CitizenWaits", Call=waits["Call"])[1:], what="he waits again")
    for agent in AGENTS:
        carrier.centre(agent, "answers")
    _hears(lambda: call.heard, AGENT_HZ, 0.4, "the citizen")
    call.hang_up()
