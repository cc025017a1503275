"""Who gets whom, and what those who wait are told, on a real line: one long story."""

import asyncio
import itertools
from collections.abc import Iterator
from typing import Any

import pytest

from app.settings import Waiting
from phones.softphone import Softphone
from runtime.binaries import AsteriskHome
from tests.live.audio import assert_heard, assert_not_heard, prompt
from tests.live.cell import Cell
from tests.live.stage import PROCESSES, Stage, trunks
from tests.live.test_calls import joined, tell

pytest.importorskip("pjsua2")

VISIT_EVERY_S = 5


@pytest.fixture(scope="module")
def stage(asterisk_home: AsteriskHome, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    waiting = Waiting(ring_seconds=5, visit_every_seconds=VISIT_EVERY_S, rest_after_miss_seconds=1)
    with Cell(asterisk_home, trunks=trunks(), waiting=waiting) as cell:
        cell.start().serve(*PROCESSES)
        yield Stage(cell, tmp_path_factory.mktemp("phones"))


def why(record: dict[str, Any]) -> str:
    """Why the agent of a finished call was chosen."""
    return str(record["rings"][-1]["why"])


def test_two_wait_and_are_told_their_places_and_who_calls_again_gets_the_agent_who_knows_him(stage: Stage) -> None:
    async def story() -> None:
        async with stage.people() as (first, _), stage.people() as (second, _):
            await first.dial("12345")
            await stage.waits(first)
            await second.dial("12345")
            for word in ("next-in-line", "ahead-of-you", "hold-the-line"):
                await stage.said(word, within=VISIT_EVERY_S + 20)
            await asyncio.sleep(2)
            async with stage.agent("1002", "answer") as known:
                await joined(stage, first, known)
                await asyncio.sleep(1)
                await second.hang_up()  # nobody waits any more for whom he could be rung
                await first.hang_up()
                await known.expect("ended")
                assert_heard(first.recordings[-1], prompt(stage.cell, "next-in-line"), "that he is next")
                for word in ("ahead-of-you", "hold-the-line"):
                    assert_heard(second.recordings[-1], prompt(stage.cell, word), f"{word}: his place")
                assert_not_heard(second.recordings[-1], prompt(stage.cell, "wait-about"), "how long, which nobody knows yet")
                assert "head_start_s" not in why(await stage.record(first))
                async with stage.agent("1001", "answer"):
                    await first.dial("12345")
                    await joined(stage, first, known)
                    await asyncio.sleep(0.5)
                    await first.hang_up()
            records = await finished(stage, first, 2)
        assert [each["joined"][-1]["agent"] for each in records] == ["1002", "1002"]
        assert "head_start_s=30 same_agent" in why(max(records, key=lambda each: str(each["arrived"])))

    tell(story())


async def finished(stage: Stage, citizen: Softphone, count: int) -> list[dict[str, Any]]:
    """His records, once there are so many and all calls have ended."""
    for _ in itertools.repeat(None, 450):
        found = await asyncio.to_thread(stage.records, citizen)
        if len(found) == count and all(each["ended"] for each in found):
            return found
        await asyncio.sleep(0.1)
    raise AssertionError(stage.logs())
