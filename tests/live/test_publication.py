"""A new menu is published while citizens are on the line: who came before hears the old one to his end, who comes after the new one."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from app.ledger_reading import reading
from app.places import PROJECT
from app.settings import Trunk, Waiting
from bench.sipp import Citizens, told_scenario
from runtime.binaries import AsteriskHome, find_sipp
from tests.live.asking import QUESTION, running
from tests.live.cell import LINES, Cell
from tests.live.menus import SHIPPED, publish, without_rehearsals
from tests.live.patience import patience
from tests.live.stage import DONE, PROCESSES, Stage, trunks
from tests.live.switch import until
from tests.live.tones import lay_tone, lay_tones

LONG_S = 1.0
NOTICED_S = 1.0
"""The promise: new calls hear a publication within a second."""
PUBLISHED = datetime(2026, 1, 1, tzinfo=UTC)
CROWD, ADDRESS = 50, "127.0.0.32"
PATIENCE_S = 30.0
"""So long the menu of the crowd's house is said: whoever comes stands in it until he presses a key."""
ALL_DAY = without_rehearsals(SHIPPED.replace("opens = 07:00:00", "opens = 00:00:00").replace("closes = 22:00:00", "closes = 23:59:59"))
"""What the shipped menu says by day, at whatever hour this runs."""
NEW = without_rehearsals(
    ALL_DAY.replace('"2026.1"', '"2026.2"')
    .replace('to = "menu:insurance" }', 'to = "human:medical" }')
    .replace('to = "human:progress" }', 'to = "menu:insurance" }')
)
"""The key 3 leads elsewhere: to a human."""


@pytest.fixture(scope="module")
def house(asterisk_home: AsteriskHome, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    crowd = Trunk(name="crowd", host=ADDRESS, dtmf="info", max_calls=2 * CROWD)
    waiting = Waiting(ring_seconds=5, visit_every_seconds=5)
    prompts = lay_tones(tmp_path_factory.mktemp("prompts"), LONG_S)
    lay_tone(prompts, "main-menu", PATIENCE_S)
    with Cell(asterisk_home, trunks=(*trunks(), crowd), lines=LINES[:1], waiting=waiting, prompts=prompts) as cell:
        cell.start()
        publish(cell, ALL_DAY, "2026.1", PUBLISHED)
        cell.serve(*PROCESSES)
        yield Stage(cell, tmp_path_factory.mktemp("phones"))


def test_a_publication_in_the_middle_of_fifty_calls_is_heard_by_new_ones_only(house: Stage, tmp_path: Path) -> None:
    """Nothing here depends on speed: all of them stand in the menu when it is published, and press their key when they are told to."""
    sipp = find_sipp(PROJECT / "var")
    if sipp is None:
        pytest.skip("no SIPp on this machine: run `python3 -m runtime ensure --test`")
    cell = house.cell
    citizens = Citizens(sipp.argv, switch_port=cell.settings.sip.port, folder=tmp_path, address=ADDRESS)
    pressing = told_scenario("3", patience_ms=round(PATIENCE_S * 2000))
    told: set[str] = set()

    def in_the_menu(count: int) -> None:
        until(lambda: _journals_with(cell, "menu=main") == count, within_s=PATIENCE_S, what=f"{count} citizens in the menu")

    def press() -> None:
        channels = {channel[0] for channel in cell.asterisk.channels() if channel[0].startswith("PJSIP/crowd")} - told
        for channel in channels:
            assert cell.ami.action("SendText", Channel=channel, Message="press")["Response"] == "Success"
        told.update(channels)

    async def story() -> None:
        async with asyncio.TaskGroup() as group:
            old = group.create_task(citizens.call("12345", pressing, rate=40, calls=CROWD))
            await asyncio.to_thread(in_the_menu, CROWD)
            publish(cell, NEW, "2026.2", datetime.now(tz=UTC))
            await asyncio.sleep(NOTICED_S)
            new = group.create_task(citizens.call("12345", pressing, rate=40, calls=5))
            await asyncio.to_thread(in_the_menu, CROWD + 5)
            await asyncio.to_thread(until, lambda: len(running(cell.ami, QUESTION)) == CROWD + 5, within_s=PATIENCE_S, what="all listen")
            await asyncio.to_thread(press)
            await asyncio.to_thread(until, lambda: _journals_with(cell, '"question":"main"') == CROWD + 5, within_s=PATIENCE_S, what="keys")
            await asyncio.to_thread(cell.ami.action, "Hangup", Channel="/^PJSIP.crowd/", Cause="16")
        assert [(each.result().good, each.result().failed) for each in (old, new)] == [(CROWD, 0), (5, 0)]

    asyncio.run(story())
    records = asyncio.run(_records(house.cell, CROWD + 5))
    assert Counter(record["plan"] for record in records) == Counter({"2026.1": CROWD, "2026.2": 5})
    for record in records:
        plans = {pair for point in record["track"] for pair in point["value"].split("&") if pair.startswith("plan=")}
        assert plans == {f"plan={record['plan']}"}
        menus = "menu=insurance" in {pair for point in record["track"] for pair in point["value"].split("&")}
        assert menus == (record["plan"] == "2026.1"), record["track"]
    until(lambda: house.cell.asterisk.descriptors() < CROWD, within_s=15, what="the calls' sockets are closed")
    house.cell.settle()


def _journals_with(cell: Cell, words: str) -> int:
    """How many calls have this in their journals by now."""
    return sum(words in path.read_text(encoding="utf-8") for path in (cell.places.journal / "open").glob("*.jsonl"))


async def _records(cell: Cell, count: int) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for _ in range(900):
        with reading(cell.places) as ledger:
            found = ledger.latest(10 * CROWD)
        if len(found) >= count and all(record["ended"] and record["recording"]["state"] in DONE for record in found):
            return found
        await asyncio.sleep(0.1)
    raise AssertionError(f"{len(found)} records of {count}")


def test_a_talk_that_began_before_a_publication_ends_with_the_survey_of_its_own_version(house: Stage) -> None:
    pytest.importorskip("pjsua2")
    publish(house.cell, ALL_DAY.replace('"2026.1"', '"2026.3"'), "2026.3", datetime.now(tz=UTC))
    silent = ALL_DAY.replace('"2026.1"', '"2026.4"').replace('after_call = "survey:service"', 'after_call = "end"')
    silent = silent.replace(silent[silent.index("[survey.service]") : silent.index("# ── 时段")], "")

    async def story() -> dict[str, Any]:
        async with asyncio.timeout(60 * patience()), house.people("1001") as (citizen, (agent,)):
            await asyncio.sleep(NOTICED_S)
            await agent.on_ring("answer")
            await citizen.dial("12345")
            await citizen.expect("hears")
            await house.menu_asks()
            await citizen.press("0")
            await agent.expect("answered", within=20)
            publish(house.cell, silent, "2026.4", datetime.now(tz=UTC))
            await asyncio.sleep(NOTICED_S)
            await agent.hang_up()
            await house.does(f"{QUESTION} survey-service", within=20)
            await citizen.press("1")
            await citizen.expect("ended", within=15)
            return await house.record(citizen)

    record = asyncio.run(story())
    assert (record["plan"], record["survey"]) == ("2026.3", {"service": 1})
    assert "survey-thanks" in [point["name"] for point in record["track"]]
    house.cell.settle()
