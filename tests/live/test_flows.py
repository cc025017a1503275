"""Behind the menu, on a real line: the grade after the talk (一次一评), the chosen language, and who goes straight to a human."""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest

from app.care_list import FILE
from app.prompts_command import write_telephone
from app.settings import Waiting
from phones.hearing import read_sound
from phones.softphone import Softphone
from runtime.binaries import AsteriskHome
from tests.live.asking import QUESTION
from tests.live.audio import assert_heard, assert_not_heard, prompt
from tests.live.cell import Cell
from tests.live.night import let_it_be_night
from tests.live.stage import PROCESSES, Stage, trunks
from tests.live.test_calls import joined, tell
from tests.live.tones import tone

pytest.importorskip("pjsua2")

VISIT_EVERY_S = 5
ENGLISH = "1002"
"""The agent who speaks English; 1001 does not."""


@pytest.fixture(scope="module")
def house(asterisk_home: AsteriskHome, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """A line with a menu, and one agent of two who speaks English."""
    waiting = Waiting(ring_seconds=5, visit_every_seconds=VISIT_EVERY_S, rest_after_miss_seconds=1)
    with Cell(asterisk_home, trunks=trunks(), waiting=waiting, skills={ENGLISH: ("english",)}) as cell:
        cell.start()
        let_it_be_night(cell)
        cell.serve(*PROCESSES)
        yield Stage(cell, tmp_path_factory.mktemp("phones"))


@pytest.fixture
def stage(house: Stage) -> Iterator[Stage]:
    """The same line, empty and quiet again after each test."""
    yield house
    house.cell.settle()


async def calls(stage: Stage, citizen: Softphone, key: str = "") -> None:
    """He calls, and presses a key when the menu asks."""
    await citizen.dial("12345")
    await citizen.expect("hears")
    if key:
        await stage.menu_asks()
        await citizen.press(key)


async def is_asked(stage: Stage) -> None:
    """The visit after the talk has begun, and with it the question."""
    await stage.does(f"{QUESTION} survey-service", within=20)


def agents(record: dict[str, Any]) -> list[str]:
    """Whom he talked with."""
    return [each["agent"] for each in record["joined"]]


# ── the grade ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("key", "survey"), [("1", {"service": 1}), ("3", {"service": 3}), ("", {"service": None})])
def test_when_the_agent_has_hung_up_the_citizen_gives_a_grade_or_none(stage: Stage, key: str, survey: dict[str, int | None]) -> None:
    async def story() -> None:
        async with stage.people("1001") as (citizen, (agent,)):
            await agent.on_ring("answer")
            await calls(stage, citizen, "0")
            await joined(stage, citizen, agent)
            await agent.hang_up()
            await agent.expect("ended")
            await is_asked(stage)
            if key:
                await citizen.press(key)
            assert (await citizen.expect("ended", within=15)).fields["by"] == "them"
            record = await stage.record(citizen)
        assert record["survey"] == survey
        recording = stage.cell.var / record["recording"]["file"]  # what we said: a telephone may lose a short tone after a talk
        heard = assert_heard(recording, prompt(stage.cell, "survey-thanks"), "thanks", channel=1)
        if not key:
            assert assert_heard(recording, prompt(stage.cell, "survey-service"), "the question", channel=1) < heard

    tell(story())


def test_who_hangs_up_instead_gives_no_grade(stage: Stage) -> None:
    async def story() -> None:
        async with stage.people("1001") as (citizen, (agent,)):
            await agent.on_ring("answer")
            await calls(stage, citizen, "0")
            await joined(stage, citizen, agent)
            await agent.hang_up()
            await agent.expect("ended")
            await is_asked(stage)
            await citizen.hang_up()
            record = await stage.record(citizen)
        assert record["survey"] is None
        assert record["hung_up_by"] == "citizen"

    tell(story())


# ── the language ─────────────────────────────────────────────────────────────────────────────────


def test_who_chooses_english_gets_the_agent_who_speaks_it(stage: Stage) -> None:
    async def story() -> None:
        async with stage.people("1001", ENGLISH) as (citizen, (other, speaker)):
            await other.on_ring("answer")  # idle for longer, so his turn, were it not for the language
            await speaker.on_ring("answer")
            await calls(stage, citizen, "8")
            await joined(stage, citizen, speaker)
            await citizen.hang_up()
            record = await stage.record(citizen)
        assert (record["language"], record["skills"], agents(record)) == ("en", ["english"], [ENGLISH])

    tell(story())


def test_when_nobody_who_speaks_it_is_there_he_still_gets_a_human(stage: Stage) -> None:
    async def story() -> None:
        async with stage.people("1001") as (citizen, (agent,)):
            await agent.on_ring("answer")
            await calls(stage, citizen, "8")
            await joined(stage, citizen, agent)
            await citizen.hang_up()
            record = await stage.record(citizen)
        assert (record["language"], record["skills"], agents(record)) == ("en", ["english"], ["1001"])

    tell(story())


def test_who_waits_is_spoken_to_in_his_language_where_it_was_recorded(stage: Stage) -> None:
    english = stage.cell.var / "asterisk" / "sounds" / "en" / "still-waiting.wav"
    english.parent.mkdir(exist_ok=True)
    write_telephone(tone(700, 0.3) + tone(1500, 0.3), english)

    async def story() -> None:
        async with stage.people() as (citizen, _):
            await calls(stage, citizen, "8")
            await stage.said("still-waiting", within=VISIT_EVERY_S + 10)
            await asyncio.sleep(2)
            await citizen.hang_up()
            await stage.record(citizen)
        assert_heard(citizen.recordings[-1], read_sound(english), "that he was not forgotten, in English")
        assert_not_heard(citizen.recordings[-1], prompt(stage.cell, "still-waiting"), "the same in Mandarin")

    tell(story())


def test_a_language_that_no_agent_has_costs_nobody_his_human(stage: Stage) -> None:
    async def story() -> None:
        async with stage.people("1001") as (citizen, (agent,)):
            await agent.on_ring("answer")
            await calls(stage, citizen, "7")
            await joined(stage, citizen, agent)
            await citizen.hang_up()
            record = await stage.record(citizen)
        assert (record["language"], record["skills"], agents(record)) == ("nan_CN", [], ["1001"])

    tell(story())


# ── straight to a human ──────────────────────────────────────────────────────────────────────────


def test_who_is_on_the_list_hears_no_menu(stage: Stage) -> None:
    async def story() -> None:
        async with stage.people("1001") as (citizen, (agent,)):
            (stage.cell.var / FILE).write_text(f"+86 {citizen.account.user}\n", encoding="utf-8")
            await agent.on_ring("answer")
            await calls(stage, citizen)
            await joined(stage, citizen, agent)
            await citizen.hang_up()
            record = await stage.record(citizen)
        assert_heard(citizen.recordings[-1], prompt(stage.cell, "recording-notice"), "the notice")
        assert_not_heard(citizen.recordings[-1], prompt(stage.cell, "night-menu"), "the menu")
        assert agents(record) == ["1001"]
        assert citizen.account.user not in stage.cell.log_of("agi")

    tell(story())
