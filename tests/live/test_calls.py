"""Whole calls with real telephones: SIP phones of PJSIP on both ends, a real Asterisk and all our processes between them.

After each test the line is empty and quiet (`settle`), and each call has left exactly one record and one ticket draft.
"""

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from app.provisioning import PROMPTS
from app.settings import Waiting
from phones.faults import PhoneRefused
from phones.softphone import KeyWay, Policy, Softphone
from runtime.binaries import AsteriskHome
from tests.live.audio import assert_heard, assert_music, assert_not_heard, prompt, sentence
from tests.live.cell import Cell
from tests.live.patience import patience
from tests.live.stage import PROCESSES, SPEECH, Stage, trunks
from tests.live.switch import until
from tests.live.tones import PROMPT_S, lay_tone, lay_tones

pytest.importorskip("pjsua2")

WAITING = Waiting(ring_seconds=5, visit_every_seconds=5, rest_after_miss_seconds=1)
GONE_AT_THE_SAME_MOMENT = (r"chan_pjsip\.c: Session already DISCONNECTED \[reason=(487|200)",)
"""What Asterisk calls an error when one gives up in the moment in which it answers (487), or hangs up as it joins him (200)."""

LONG_GREETED, LONG_GREETING, LONG_S = "12350", "still-there", 4.0
"""A number whose greeting leaves time for a key on the busiest machine (tests/live/cell.py, LINES)."""
LEAVES_TIME_S = 1.2
"""Prompts in the middle of which somebody hangs up."""

Story = Coroutine[Any, Any, None]


@pytest.fixture(scope="module")
def house(asterisk_home: AsteriskHome, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """A line whose prompts are short tones, so that every point of a call is reached quickly."""
    prompts = lay_tones(tmp_path_factory.mktemp("prompts"))
    for name, seconds in {LONG_GREETING: LONG_S, "recording-notice": LEAVES_TIME_S, "goodbye": LEAVES_TIME_S}.items():
        lay_tone(prompts, name, seconds)
    with Cell(asterisk_home, trunks=trunks(), waiting=WAITING, prompts=prompts) as cell:
        cell.start().serve(*PROCESSES)
        yield Stage(cell, tmp_path_factory.mktemp("phones"))


@pytest.fixture
def stage(house: Stage) -> Iterator[Stage]:
    """The same line, empty and quiet again after each test."""
    yield house
    house.cell.settle(allowed=GONE_AT_THE_SAME_MOMENT)


def tell(story: Story, seconds: float = 60) -> None:
    """Run a story to its end, at most so long."""

    async def within() -> None:
        async with asyncio.timeout(seconds * patience()):
            await story

    asyncio.run(within())


async def joined(stage: Stage, citizen: Softphone, agent: Softphone) -> None:
    """Both are in a call, and sound flows to both."""
    await agent.expect("answered", within=20)
    await agent.expect("hears")
    await stage.together(citizen, agent)
    await asyncio.sleep(0.3)


async def says(speaker: Softphone, name: str) -> None:
    """Say a sentence to its end, and let it arrive."""
    await speaker.play(SPEECH / f"{name}.wav")
    await speaker.expect("played", within=20)
    await asyncio.sleep(0.3)


# ── the plain call ───────────────────────────────────────────────────────────────────────────────


def test_a_citizen_is_greeted_hears_music_talks_with_an_agent_and_is_told_goodbye(asterisk_home: AsteriskHome, tmp_path: Path) -> None:
    with Cell(asterisk_home, trunks=trunks(), waiting=WAITING, prompts=PROMPTS) as cell:
        cell.start().serve(*PROCESSES)
        tell(_plain_call(Stage(cell, tmp_path)))
        cell.settle()


async def _plain_call(stage: Stage) -> None:
    async with stage.people("1001") as (citizen, (agent,)):
        await agent.on_ring("answer", after=3.0)
        await citizen.dial("12345")
        await joined(stage, citizen, agent)
        await says(citizen, "d09")
        await says(agent, "d19")
        await agent.hang_up()
        assert (await citizen.expect("ended")).fields["by"] == "them"
        record = await stage.record(citizen)
    _check_what_he_heard(stage.cell, citizen.recordings[-1])
    assert_heard(agent.recordings[-1], sentence("d09"), "the citizen's sentence")
    assert_not_heard(agent.recordings[-1], prompt(stage.cell, "greeting"), "the greeting")
    _check_record(stage.cell, record, agent="1001")
    _check_recording(stage.cell, stage.cell.var / record["recording"]["file"], record)
    draft = stage.draft(record)
    assert draft is not None
    assert (draft["contact_phone"], draft["called"]) == (citizen.account.user, "12345")


def _check_what_he_heard(cell: Cell, wav: Path) -> None:
    greeted = assert_heard(wav, prompt(cell, "greeting"), "the greeting")
    noticed = assert_heard(wav, prompt(cell, "recording-notice"), "the recording notice", after=greeted)
    music = noticed + prompt(cell, "recording-notice").seconds + 1.0
    assert_music(cell, wav, music, music + 1.0)
    answered = assert_heard(wav, sentence("d19"), "the agent's sentence", after=music)
    assert_heard(wav, prompt(cell, "goodbye"), "good-bye", after=answered)
    assert_not_heard(wav, sentence("d09"), "his own sentence")


def _check_record(cell: Cell, record: dict[str, Any], *, agent: str) -> None:
    assert record["completeness"] == "complete"
    assert [(each["agent"], each["by"]) for each in record["joined"]] == [(agent, "agent")]
    assert record["hung_up_by"] == "us"  # we said good-bye and hung up
    assert record["abandon_stage"] == ""
    assert 2.5 < record["waited_seconds"] < 6 * patience()
    prompts = prompt(cell, "greeting").seconds + prompt(cell, "recording-notice").seconds
    assert record["waited_seconds_with_prompts"] == pytest.approx(record["waited_seconds"] + prompts, abs=2.0 * patience())
    assert [point["name"] for point in record["track"] if point["what"] == "prompts"] == ["greeting", "recording-notice", "goodbye"]


def _check_recording(cell: Cell, wav: Path, record: dict[str, Any]) -> None:
    assert record["recording"]["state"] == "complete"
    assert record["recording"]["channels"] == 2
    assert record["recording"]["seconds"] == pytest.approx(record["recording"]["expected_seconds"], abs=2.0)
    left, right = 0, 1
    assert_heard(wav, sentence("d09"), "the citizen's sentence", channel=left)
    for name in ("greeting", "recording-notice", "goodbye"):
        assert_heard(wav, prompt(cell, name), name, channel=right)
        assert_not_heard(wav, prompt(cell, name), name, channel=left)
    assert_heard(wav, sentence("d19"), "the agent's sentence", channel=right)
    assert_not_heard(wav, sentence("d19"), "the agent's sentence", channel=left)


def test_a_citizen_who_hangs_up_first_ends_the_call_for_the_agent(stage: Stage) -> None:
    async def story() -> None:
        async with stage.people("1001") as (citizen, (agent,)):
            await agent.on_ring("answer")
            await citizen.dial("12345")
            await joined(stage, citizen, agent)
            await says(citizen, "d09")
            await citizen.hang_up()
            assert (await agent.expect("ended")).fields["by"] == "them"
            record = await stage.record(citizen)
        assert_heard(agent.recordings[-1], sentence("d09"), "the citizen's sentence")
        assert [(each["agent"], each["by"]) for each in record["joined"]] == [("1001", "citizen")]
        assert (record["hung_up_by"], record["abandon_stage"]) == ("citizen", "")

    tell(story())


@pytest.mark.parametrize("way", ["rfc4733", "info", "inband"])
def test_a_key_cuts_the_greeting_short_however_it_travels(stage: Stage, way: KeyWay) -> None:
    async def story() -> None:
        async with stage.people(way=way) as (citizen, _):
            await citizen.dial(LONG_GREETED)
            await citizen.expect("hears")
            await stage.says(LONG_GREETING)
            await citizen.press("1", way=way)
            await stage.said("recording-notice")
            await citizen.hang_up()
            record = await stage.record(citizen)
        assert (LONG_GREETING, "interrupted") in {(point["name"], point["value"]) for point in record["track"]}

    tell(story())


# ── agents who do not take the call ──────────────────────────────────────────────────────────────


def outcomes(record: dict[str, Any]) -> list[tuple[str, str]]:
    """(agent, what became of his ringing), in order."""
    return [(ring["agent"], ring["outcome"]) for ring in record["rings"]]


@pytest.mark.parametrize(("policy", "outcome"), [("busy", "busy"), ("refuse", "refused"), ("ignore", "no_answer")])
def test_an_agent_who_does_not_take_it_is_followed_by_the_next(stage: Stage, policy: Policy, outcome: str) -> None:
    async def story() -> None:
        async with stage.people("1001") as (citizen, (first,)):
            await first.on_ring(policy)
            await citizen.dial("12345")
            await first.expect("ringing", within=10)
            async with stage.agent("1002", "answer") as second:
                await joined(stage, citizen, second)
                await second.hang_up()
                await citizen.expect("ended")
            record = await stage.record(citizen)
        assert ("1001", outcome) in outcomes(record)
        assert outcomes(record)[-1] == ("1002", "joined")
        assert [each["agent"] for each in record["joined"]] == ["1002"]

    tell(story())


@pytest.mark.parametrize(("policy", "outcome"), [("busy", "busy"), ("refuse", "refused")])
def test_the_only_agent_is_asked_again_after_his_rest(stage: Stage, policy: Policy, outcome: str) -> None:
    async def story() -> None:
        async with stage.people("1001") as (citizen, (agent,)):
            await agent.on_ring(policy)
            await citizen.dial("12345")
            await agent.expect("ringing", within=10)
            await agent.on_ring("answer")
            await joined(stage, citizen, agent)
            await citizen.hang_up()
            record = await stage.record(citizen)
        *before, last = outcomes(record)
        assert last == ("1001", "joined")
        assert set(before) == {("1001", outcome)}  # once; twice when his telephone was told too late to answer

    tell(story())


def test_with_nobody_there_he_waits_with_music_and_is_joined_when_somebody_comes(stage: Stage) -> None:
    async def story() -> None:
        async with stage.people() as (citizen, _):
            await citizen.dial("12345")
            await stage.waits(citizen)
            await asyncio.sleep(2.5)
            assert citizen.in_call
            async with stage.agent("1001", "answer") as agent:
                await joined(stage, citizen, agent)
                await agent.hang_up()
                await citizen.expect("ended")
            record = await stage.record(citizen)
        assert outcomes(record) == [("1001", "joined")]
        assert record["waited_seconds"] > 2

    tell(story())


def test_while_the_agent_talks_the_next_citizen_waits_and_then_gets_him(stage: Stage) -> None:
    async def story() -> None:
        async with stage.people("1001") as (first, (agent,)), stage.citizen() as second:
            await agent.on_ring("answer")
            await first.dial("12345")
            await joined(stage, first, agent)
            await second.dial("12345")
            await second.expect("answered")
            await asyncio.sleep(2)
            await agent.hang_up()
            await agent.expect("ended")
            await first.expect("ended")
            await joined(stage, second, agent)
            await says(second, "d14")
            await second.hang_up()
            await agent.expect("ended")
            records = [await stage.record(citizen) for citizen in (first, second)]
        assert_heard(agent.recordings[-1], sentence("d14"), "the second citizen's sentence")
        assert [outcomes(record) for record in records] == [[("1001", "joined")], [("1001", "joined")]]

    tell(story())


# ── early hang-up at every point, by either side ─────────────────────────────────────────────────

Point = Callable[[Stage, Softphone, Softphone], Story]


async def _in_the_greeting(stage: Stage, citizen: Softphone, agent: Softphone) -> None:
    await citizen.dial(LONG_GREETED)
    await stage.says(LONG_GREETING)
    await asyncio.sleep(PROMPT_S / 2)


async def _in_the_notice(stage: Stage, citizen: Softphone, agent: Softphone) -> None:
    await citizen.dial("12345")
    await stage.says("recording-notice")


async def _while_he_waits(stage: Stage, citizen: Softphone, agent: Softphone) -> None:
    await agent.register(False)
    await agent.expect("unregistered")
    await citizen.dial("12345")
    await stage.waits(citizen)


async def _while_the_agent_rings(stage: Stage, citizen: Softphone, agent: Softphone) -> None:
    await agent.on_ring("ignore")
    await citizen.dial("12345")
    await agent.expect("ringing")
    await asyncio.sleep(0.3)


async def _as_the_agent_is_rung(stage: Stage, citizen: Softphone, agent: Softphone) -> None:
    await agent.on_ring("ignore")
    await citizen.dial("12345")
    await agent.expect("ringing")


async def _as_they_are_joined(stage: Stage, citizen: Softphone, agent: Softphone) -> None:
    await agent.on_ring("answer")
    await citizen.dial("12345")
    await agent.expect("answered")


async def _in_the_talk(stage: Stage, citizen: Softphone, agent: Softphone) -> None:
    await _as_they_are_joined(stage, citizen, agent)
    await stage.together(citizen, agent)
    await asyncio.sleep(0.7)


async def _in_the_goodbye(stage: Stage, citizen: Softphone, agent: Softphone) -> None:
    await _in_the_talk(stage, citizen, agent)
    await agent.hang_up()
    await asyncio.sleep(PROMPT_S / 4)


def _journals(stage: Stage) -> list[Path]:
    return [path for folder in ("open", "closed") for path in (stage.cell.var / "journal" / folder).iterdir()]


def test_a_citizen_who_takes_his_call_back_at_once_leaves_one_record_or_had_not_reached_us(stage: Stage) -> None:
    """His CANCEL races the answer: it may even come before Asterisk has begun with the call, and then there was none."""

    async def story() -> None:
        async with stage.people("1001") as (citizen, (agent,)):
            await citizen.dial("12345")
            await citizen.hang_up()
            await citizen.expect("ended")
            until(lambda: not stage.cell.asterisk.channels(), what="nobody is on the line")
            until(lambda: not _journals(stage), what="every journal is with the worker, and done with")
            if stage.records(citizen):
                record = await stage.record(citizen)
                assert (record["abandon_stage"], record["completeness"]) == ("prompts", "complete")
                assert record["hung_up_by"] in {"citizen", "unknown"}
            await agent.until_idle()

    tell(story())


@pytest.mark.parametrize(
    ("point", "stages", "hung_up_by"),
    [
        (_in_the_greeting, {"prompts"}, {"citizen"}),
        (_in_the_notice, {"prompts"}, {"citizen"}),
        (_while_he_waits, {"queue"}, {"citizen"}),
        (_as_the_agent_is_rung, {"ringing"}, {"citizen"}),
        (_while_the_agent_rings, {"ringing"}, {"citizen"}),
        (_as_they_are_joined, {"ringing", "queue", ""}, {"citizen"}),
        (_in_the_talk, {""}, {"citizen"}),
        (_in_the_goodbye, {""}, {"citizen"}),
    ],
)
def test_a_citizen_may_hang_up_at_any_point(stage: Stage, point: Point, stages: set[str], hung_up_by: set[str]) -> None:
    async def story() -> None:
        async with stage.people("1001") as (citizen, (agent,)):
            await point(stage, citizen, agent)
            await citizen.hang_up()
            await citizen.expect("ended")
            record = await stage.record(citizen)
            await agent.until_idle()
        assert record["abandon_stage"] in stages
        assert record["hung_up_by"] in hung_up_by
        assert record["completeness"] == "complete"

    tell(story())


async def _refuses_while_it_rings(citizen: Softphone, agent: Softphone) -> None:
    await agent.on_ring("ignore")
    await citizen.dial("12345")
    await agent.expect("ringing")
    await asyncio.sleep(0.3)
    await agent.hang_up()


async def _hangs_up_as_he_answers(citizen: Softphone, agent: Softphone) -> None:
    await agent.on_ring("answer")
    await citizen.dial("12345")
    await agent.expect("answered")
    await agent.hang_up()


async def _goes_absent_while_it_rings(citizen: Softphone, agent: Softphone) -> None:
    await agent.on_ring("ignore")
    await citizen.dial("12345")
    await agent.expect("ringing")
    agent.vanish()


Leaves = Callable[[Softphone, Softphone], Story]


@pytest.mark.parametrize("leaves", [_refuses_while_it_rings, _goes_absent_while_it_rings])
def test_an_agent_who_leaves_before_they_talk_costs_the_citizen_nothing(stage: Stage, leaves: Leaves) -> None:
    async def story() -> None:
        async with stage.people("1001") as (citizen, (first,)):
            await leaves(citizen, first)
            async with stage.agent("1002", "answer") as second:
                await joined(stage, citizen, second)
                await says(second, "d19")
                await second.hang_up()
                await citizen.expect("ended")
            record = await stage.record(citizen)
        assert_heard(citizen.recordings[-1], sentence("d19"), "the second agent's sentence")
        assert outcomes(record)[-1] == ("1002", "joined")

    tell(story())


def test_an_agent_who_hangs_up_as_he_answers_leaves_nobody_behind(stage: Stage) -> None:
    async def story() -> None:
        async with stage.people("1001") as (citizen, (agent,)):
            await _hangs_up_as_he_answers(citizen, agent)
            await agent.on_ring("ignore")
            await asyncio.sleep(1)
            with suppress(PhoneRefused):  # he has been told good-bye
                await citizen.hang_up()  # they were not joined: he waits for another agent
            await citizen.expect("ended")
            record = await stage.record(citizen)
        assert outcomes(record)[0][0] == "1001"

    tell(story())


def test_a_citizen_whose_agent_is_lost_talks_with_the_next_one_and_all_of_it_is_recorded(stage: Stage) -> None:
    async def story() -> None:
        async with stage.people("1001") as (citizen, (first,)):
            await first.on_ring("answer")
            await citizen.dial("12345")
            await joined(stage, citizen, first)
            await says(first, "d14")
            await first.on_ring("busy")
            _lose(stage.cell, "1001")
            async with stage.agent("1002", "answer") as second:
                await joined(stage, citizen, second)
                await says(second, "d19")
                await second.hang_up()
                await citizen.expect("ended")
            record = await stage.record(citizen)
        assert [each["agent"] for each in record["joined"]] == ["1001", "1002"]
        for name in ("d14", "d19"):
            assert_heard(stage.cell.var / record["recording"]["file"], sentence(name), name, channel=1)

    tell(story())


def _lose(cell: Cell, agent: str) -> None:
    """The network between Asterisk and this agent's telephone is out of order (Q.850 cause 38)."""
    (leg,) = [channel[0] for channel in cell.asterisk.channels() if channel[0].startswith(f"PJSIP/{agent}-")]
    cell.ami.action("Hangup", Channel=leg, Cause="38")


def test_an_agent_whose_telephone_dies_in_the_talk_does_not_hold_the_line(stage: Stage) -> None:
    async def story() -> None:
        async with stage.people("1001") as (citizen, (agent,)):
            await agent.on_ring("answer")
            await citizen.dial("12345")
            await joined(stage, citizen, agent)
            agent.vanish()
            await asyncio.sleep(0.5)
            await citizen.hang_up()
            record = await stage.record(citizen)
        assert [each["by"] for each in record["joined"]] == ["citizen"]

    tell(story())
