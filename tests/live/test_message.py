"""留言: a message is a case, whatever happens while it is left. Real speech in, real files out."""

import asyncio
import signal
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from app.settings import Waiting
from ivr.flows.message import SILENCE_S
from phones.softphone import Softphone
from runtime.binaries import AsteriskHome
from tests.live.audio import assert_heard, assert_not_heard, prompt, sentence
from tests.live.cell import Cell
from tests.live.night import VERSION, let_it_be_night
from tests.live.patience import patience
from tests.live.stage import PROCESSES, SPEECH, Stage, trunks
from tests.live.test_calls import joined, says, tell

pytest.importorskip("pjsua2")

A_MINUTE_S = 60.0
TONE_S = 0.6
CITIZEN, HEARD = 0, 1


@pytest.fixture(scope="module")
def house(asterisk_home: AsteriskHome, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """A line at night, where key 3 is the message box; nobody is at a desk."""
    waiting = Waiting(ring_seconds=5, visit_every_seconds=5, rest_after_miss_seconds=1)
    with Cell(asterisk_home, trunks=trunks(), waiting=waiting) as cell:
        cell.start()
        let_it_be_night(cell)
        cell.serve(*PROCESSES)
        yield Stage(cell, tmp_path_factory.mktemp("phones"))


@pytest.fixture
def stage(house: Stage) -> Iterator[Stage]:
    """The same line, empty and quiet again after each test."""
    yield house
    house.cell.settle()


def spool(stage: Stage) -> Path:
    """Where Asterisk records."""
    return stage.cell.var / "spool" / "recording"


async def at_the_tone(stage: Stage, citizen: Softphone) -> None:
    """He calls, chooses the message box, and stands behind the tone."""
    await citizen.dial("12345")
    await citizen.expect("hears")
    await stage.menu_asks()
    await citizen.press("3")
    until = time.monotonic() + 15 * patience()
    while not list(spool(stage).glob("*-message.wav")):
        assert time.monotonic() < until, f"no message begins\n{stage.logs()}"
        await asyncio.sleep(0.05)
    await asyncio.sleep(TONE_S)


def revive(stage: Stage) -> None:
    """What the supervisor does."""
    stage.cell.places.alive_file("agi").unlink()
    stage.cell.serve("agi")


def check(stage: Stage, record: dict[str, Any], *sentences: str) -> Path:
    """His message is a case of its own: draft, channel, audio by content. Returns its file."""
    draft = stage.draft(record)
    assert draft is not None
    assert (draft["channel"], draft["contact_phone"]) == ("留言", record["caller"])
    ended, drafted = (datetime.fromisoformat(moment) for moment in (record["ended"], draft["created"]))
    assert (drafted - ended).total_seconds() < A_MINUTE_S
    assert record["message"]["state"] == "complete"
    assert record["message"]["box"] == "night"
    wav: Path = stage.cell.var / record["message"]["file"]
    for name in sentences:
        assert_heard(wav, sentence(name), "what he said")
        assert_heard(stage.cell.var / record["recording"]["file"], sentence(name), "what he said", channel=CITIZEN)
    assert not list(spool(stage).glob("*.wav"))
    return wav


def test_a_message_is_kept_and_thanked_for(stage: Stage) -> None:
    async def story() -> None:
        async with stage.people() as (citizen, _):
            await at_the_tone(stage, citizen)
            await says(citizen, "d09")
            assert (await citizen.expect("ended", within=15)).fields["by"] == "them"
            record = await stage.record(citizen)
        wav = check(stage, record, "d09")
        assert (record["message"]["ended"], record["abandon_stage"], record["hung_up_by"]) == ("silence", "", "us")
        assert record["message"]["seconds"] == pytest.approx(sentence("d09").seconds + TONE_S + 1.0, abs=1.5)
        recording = stage.cell.var / record["recording"]["file"]
        spoken = assert_heard(recording, sentence("d09"), "what he said", channel=CITIZEN)
        thanked = assert_heard(recording, prompt(stage.cell, "message-kept"), "thanks, after what he said", channel=HEARD)
        assert record["recording"]["state"] == "complete"
        assert thanked - spoken == pytest.approx(sentence("d09").seconds + SILENCE_S, abs=1.0)  # both sides are in step
        assert_heard(citizen.recordings[-1], prompt(stage.cell, "message-kept"), "thanks")
        assert_not_heard(wav, prompt(stage.cell, "leave-message"), "the explanation")
        assert {point["value"].partition("&")[0] for point in record["track"] if point["what"] == "checkpoint"} == {f"plan={VERSION}"}

    tell(story())


def test_who_hangs_up_in_the_middle_has_left_a_message(stage: Stage) -> None:
    async def story() -> None:
        async with stage.people() as (citizen, _):
            await at_the_tone(stage, citizen)
            await says(citizen, "d09")
            await citizen.play(SPEECH / "d14.wav")
            await asyncio.sleep(0.7)
            await citizen.hang_up()
            record = await stage.record(citizen)
        check(stage, record, "d09")
        assert (record["message"]["ended"], record["abandon_stage"], record["hung_up_by"]) == ("hung_up", "", "citizen")

    tell(story())


def test_a_message_outlives_the_process_that_takes_it(stage: Stage) -> None:
    async def story() -> None:
        async with stage.people() as (citizen, _):
            await at_the_tone(stage, citizen)
            await citizen.play(SPEECH / "d09.wav")
            await asyncio.sleep(0.7)
            stage.cell.end("agi", signal.SIGKILL)
            await citizen.expect("played", within=20)
            await says(citizen, "d14")
            await citizen.hang_up()
            record = await stage.record(citizen)
            revive(stage)
        check(stage, record, "d09", "d14")
        assert record["message"]["ended"] == ""

    tell(story())


def test_who_stays_on_the_line_then_is_led_to_a_human(stage: Stage) -> None:
    async def story() -> None:
        async with stage.people("1001") as (citizen, (agent,)):
            await agent.on_ring("answer")
            await at_the_tone(stage, citizen)
            await citizen.play(SPEECH / "d09.wav")
            await asyncio.sleep(0.7)
            stage.cell.end("agi", signal.SIGKILL)
            await joined(stage, citizen, agent)
            revive(stage)
            await citizen.hang_up()
            record = await stage.record(citizen)
        assert_heard(stage.cell.var / record["message"]["file"], sentence("d09"), "what he said")
        assert [each["agent"] for each in record["joined"]] == ["1001"]

    tell(story())
    # The dialplan asked for the dead application once a second before it went on without it.
    stage.cell.settle(allowed=(r"res_agi.c: Connecting to '127.0.0.1:\d+' failed", r"Couldn't connect to any host.  FastAGI failed"))


def test_who_says_nothing_twice_gets_a_human(stage: Stage) -> None:
    async def story() -> None:
        async with stage.people("1001") as (citizen, (agent,)):
            await agent.on_ring("answer")
            await at_the_tone(stage, citizen)
            await joined(stage, citizen, agent)
            await citizen.hang_up()
            record = await stage.record(citizen)
        assert [each["agent"] for each in record["joined"]] == ["1001"]
        draft = stage.draft(record)
        assert draft is not None
        assert draft["channel"] == "电话"

    tell(story())


def test_zero_in_the_message_is_a_human(stage: Stage) -> None:
    async def story() -> None:
        async with stage.people("1001") as (citizen, (agent,)):
            await agent.on_ring("answer")
            await at_the_tone(stage, citizen)
            await citizen.press("0")
            await joined(stage, citizen, agent)
            await citizen.hang_up()
            record = await stage.record(citizen)
        assert (record["message"]["ended"], [each["agent"] for each in record["joined"]]) == ("key", ["1001"])

    tell(story())
