"""监听、耳语、强插、接管: who hears whom in every mode, what the recording holds, and that each act stands in the audit.

Everybody is known by his voice: the citizen 1900 Hz, the agent 2300 Hz, the supervisor a pitch of his own.
"""

import json
import signal
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from app.settings import Waiting
from runtime.binaries import AsteriskHome
from storage.audit_files import verify
from tests.live.carrier import Call, Carrier
from tests.live.cell import AGENTS, Cell
from tests.live.patience import patience
from tests.live.stage import PROCESSES
from tests.live.switch import until
from tests.live.test_three_way import PLAN, Talk, begin, router_until
from tests.live.tones import AGENT_HZ, CENTRE_HZ, CITIZEN_HZ, RATE, array_of, heard_in, longest_silence, pitch_of, side_of, sounding, tone

CHIEF = "1009"
VOICE = "survey-thanks"
"""A prompt that is never said here lends its pitch to the supervisor."""
CHIEF_HZ = pitch_of(VOICE)
ALL = {CITIZEN_HZ, AGENT_HZ, CHIEF_HZ}


@pytest.fixture(scope="module")
def module_cell(asterisk_home: AsteriskHome, carrier: Carrier) -> Iterator[Cell]:
    waiting = Waiting(ring_seconds=5, visit_every_seconds=5, rest_after_miss_seconds=1)
    with Cell(
        asterisk_home, trunks=carrier.trunks(), passwords=carrier.passwords(), waiting=waiting, emergency=PLAN, supervisors=(CHIEF,)
    ) as cell:
        cell.start()
        carrier.start(cell_port=cell.settings.sip.port, phones=cell.phones())
        carrier.sound("chief", tone(CHIEF_HZ, 60))
        cell.serve(*PROCESSES, "console")
        until(lambda: f"{CHIEF}/sip" in cell.cli("pjsip show contacts"), within_s=15, what="his phone is registered")
        carrier.call("*51", way=CHIEF, caller=CHIEF).answered().ended()
        yield cell


@pytest.fixture(autouse=True)
def an_empty_line_after_each(carrier: Carrier, cell: Cell) -> Iterator[None]:
    yield
    carrier.ami.action("Hangup", Channel="/^PJSIP/", Cause="16")
    until(lambda: not cell.asterisk.channels(), within_s=15, what="an empty line")


@dataclass(frozen=True, kw_only=True)
class Chief:
    """The supervisor's phone, and the talk that he is at."""

    talk: Talk
    call: Call

    def press(self, key: str) -> None:
        self.call.carrier.press(self.call.channel, key)

    def is_in(self, mode: str) -> None:
        self.talk.told("SupervisorJoined", Mode=mode, Supervisor=CHIEF)

    def nobody_hears_more_than(self, *, citizen: set[int], agent: set[int], chief: set[int]) -> None:
        """From now on everybody hears these voices, and within a second no others."""
        wavs = {"citizen": self.talk.call.heard, "agent": self.talk.carrier.heard_by(self.talk.desk_id), "chief": self.call.heard}
        wanted = {"citizen": citizen, "agent": agent, "chief": chief}
        began = {who: _written(wav) for who, wav in wavs.items()}

        def heard() -> dict[str, set[int]]:
            # What began a moment before is still in these files' last piece: the first half second does not count.
            pieces = {who: array_of(wav)[began[who] + RATE // 2 :] for who, wav in wavs.items()}
            return {who: {hz for hz, s in sounding(piece, VOICE).items() if s >= 0.2 and hz in ALL} for who, piece in pieces.items()}

        until(lambda: all(_written(wav) >= began[who] + 2 * RATE for who, wav in wavs.items()), within_s=8)
        assert heard() == wanted


def _written(wav: Path) -> int:
    return len(array_of(wav)) if wav.exists() else 0


def dials(talk: Talk, code: str) -> Chief:
    """He dials *7x and the agent's number."""
    call = talk.carrier.call(f"*7{code}{talk.agent}", way=CHIEF, caller=CHIEF).answered()
    call.say("chief")
    return Chief(talk=talk, call=call)


def another_process_leads(cell: Cell) -> None:
    """The routing process dies without a word, and the next one finds everybody where he is."""
    said = router_until(cell)
    cell.end("routing", signal.SIGKILL)
    cell.serve("routing")
    until(lambda: router_until(cell) > said, within_s=10, what="the next process leads")


def acts(cell: Cell) -> list[dict[str, Any]]:
    """The audit."""
    return [json.loads(line) for path in sorted((cell.var / "audit").glob("*.jsonl")) for line in path.read_text().splitlines()]


def post(cell: Cell, path: str, **words: object) -> tuple[int, dict[str, Any]]:
    """Ask the desk's interface."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{cell.settings.console.port}{path}",
        data=json.dumps(words).encode(),
        headers={"Content-Type": "application/json"},
    )
    try:
        with urllib.request.urlopen(request, timeout=8) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as refused:
        return refused.code, json.load(refused)


def test_he_listens_whispers_and_barges_in_and_only_the_last_is_on_the_recording(cell: Cell, carrier: Carrier) -> None:
    talk = begin(cell, carrier)
    chief = dials(talk, "1")
    chief.is_in("listen")
    chief.nobody_hears_more_than(citizen={AGENT_HZ}, agent={CITIZEN_HZ}, chief={CITIZEN_HZ, AGENT_HZ})
    chief.press("2")
    chief.is_in("whisper")
    chief.nobody_hears_more_than(citizen={AGENT_HZ}, agent={CITIZEN_HZ, CHIEF_HZ}, chief={CITIZEN_HZ, AGENT_HZ})
    barged = time.monotonic()
    code, said = post(cell, "/api/supervise", by=CHIEF, agent=talk.agent, mode="barge")
    assert (code, said["done"]) == (200, True)
    chief.is_in("barge")
    chief.nobody_hears_more_than(citizen={AGENT_HZ, CHIEF_HZ}, agent={CITIZEN_HZ, CHIEF_HZ}, chief={CITIZEN_HZ, AGENT_HZ})
    chief.call.hang_up()
    talk.told("SupervisorLeft")
    spoke_s = time.monotonic() - barged
    talk.hears(AGENT_HZ)
    talk.agent_hears(CITIZEN_HZ)
    talk.call.hang_up()
    record = talk.record()
    assert [(each["supervisor"], each["agent"], each["mode"]) for each in record["supervision"]] == [
        (CHIEF, talk.agent, mode) for mode in ("listen", "whisper", "barge")
    ]
    assert [each["recorded"] for each in record["supervision"]] == [False, False, True]
    assert all(each["ended"] for each in record["supervision"])
    heard = side_of(cell.var / record["recording"]["file"], 1)
    of_the_chief = sounding(heard, VOICE)[CHIEF_HZ]
    assert 1.5 < of_the_chief < spoke_s + 1
    [first] = [at for at in range(0, len(heard) - RATE, RATE) if sounding(heard[at : at + RATE], VOICE).get(CHIEF_HZ, 0) > 0.3][:1]
    assert first / RATE > 4
    mine = [(each["by"], each["act"], each["agent"], each["outcome"]) for each in acts(cell) if each["call"] == talk.id]
    assert mine == [(CHIEF, mode, talk.agent, "done") for mode in ("listen", "whisper", "barge")]
    assert verify(cell.var) == []


def test_he_takes_over_and_the_citizen_notices_no_gap(cell: Cell, carrier: Carrier) -> None:
    talk = begin(cell, carrier)
    before = len(array_of(talk.call.heard))
    chief = dials(talk, "4")
    carrier.ami.wait_for("Hangup", Uniqueid=talk.desk_id, within_s=5)
    until(lambda: sounding(array_of(talk.call.heard), VOICE).get(CHIEF_HZ, 0) > 1, within_s=8, what="the citizen hears him")
    until(lambda: sounding(array_of(chief.call.heard)).get(CITIZEN_HZ, 0) > 1, within_s=8, what="he hears the citizen")
    assert longest_silence(array_of(talk.call.heard)[before:]) < 0.25 * patience()
    another_process_leads(cell)
    chief.call.hang_up()
    talk.call.ended()
    assert heard_in(talk.call.heard).get(pitch_of("goodbye"), 0) > 0.2
    record = talk.record()
    assert [(each["agent"], each["by"]) for each in record["joined"]] == [(talk.agent, "us"), (CHIEF, "agent")]


def test_an_agent_who_leaves_a_talk_of_three_leaves_the_citizen_to_him(cell: Cell, carrier: Carrier) -> None:
    talk = begin(cell, carrier)
    chief = dials(talk, "3")
    chief.is_in("barge")
    another_process_leads(cell)
    talk.hang_up_agent()
    until(lambda: cell.asterisk.variable(talk.channel, "HL_AGENT") == CHIEF, what="he is the agent now")
    chief.press("*")
    chief.press("1")
    centre = talk.centre()
    centre.hears(CITIZEN_HZ)
    talk.hears(CENTRE_HZ)
    talk.call.hang_up()
    chief.call.ended()
    record = talk.record()
    assert record["emergency"][0]["three_way"]["agent"] == CHIEF
    # Who leaves a conference first when it ends with its citizen is a matter of milliseconds: he, or the supervisor whom it lets go.
    assert [each["agent"] for each in record["joined"]] == [talk.agent, CHIEF]
    assert record["joined"][0]["by"] == "agent"
    assert record["hung_up_by"] == "citizen"


def test_when_the_citizen_leaves_a_talk_of_three_nobody_is_left_in_it_and_nobody_else_may_listen(cell: Cell, carrier: Carrier) -> None:
    talk = begin(cell, carrier)
    chief = dials(talk, "3")
    chief.is_in("barge")
    other = next(agent for agent in ("1001", "1002") if agent != talk.agent)
    curious = carrier.call(f"*71{talk.agent}", way=other, caller=other).answered()
    until(lambda: acts(cell)[-1]["by"] == other, what="his try is audited")
    assert acts(cell)[-1]["outcome"].startswith("refused: 只有班长可以")
    curious.ended()
    assert not sounding(array_of(curious.heard)).keys() & {CITIZEN_HZ, AGENT_HZ}
    talk.call.hang_up()
    chief.call.ended()
    until(lambda: not cell.asterisk.channels(), within_s=5, what="agent and supervisor are not left alone together")


def test_from_his_desk_his_phone_is_rung(cell: Cell, carrier: Carrier) -> None:
    talk = begin(cell, carrier)
    assert post(cell, "/api/supervise", by=talk.agent, agent=CHIEF, mode="listen")[0] == 409
    code, said = post(cell, "/api/supervise", by=CHIEF, agent=talk.agent, mode="listen")
    assert (code, said["done"]) == (200, True), said
    talk.told("SupervisorJoined", Mode="listen")
    talk.call.hang_up()
    talk.told("SupervisorLeft")


def test_a_caller_is_moved_to_the_front_of_the_line(cell: Cell, carrier: Carrier) -> None:
    for agent in AGENTS:
        assert post(cell, f"/api/agents/{agent}/force", by=CHIEF, what="logged_off", why="演练")[0] == 200
    calls = [carrier.call("12345", caller=f"1990000910{number}").answered() for number in (1, 2)]
    waits = [cell.ami.wait_for("UserEvent", UserEvent="CitizenWaits", Caller=f"1990000910{number}", within_s=10) for number in (1, 2)]
    code, said = post(cell, f"/api/callers/{waits[1]['Call']}/move", by=CHIEF, why="孕妇")
    assert (code, said["done"]) == (200, True), said
    cell.ami.mark()
    for agent, wait in zip(AGENTS, reversed(waits), strict=True):
        assert post(cell, f"/api/agents/{agent}/force", by=CHIEF, what="logged_on", why="演练完")[0] == 200
        cell.ami.wait_for("UserEvent", UserEvent="AgentAnswered", Agent=agent, Call=wait["Call"], within_s=10)
    for call in calls:
        call.hang_up()
    mine = [each for each in acts(cell) if each["act"].startswith("move")]
    assert [(each["by"], each["call"], each["why"], each["outcome"]) for each in mine] == [(CHIEF, waits[1]["Call"], "孕妇", "done")]
