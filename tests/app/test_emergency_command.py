"""What `scripts/emergency` says; the calls themselves are made on a real switch (tests/live/test_emergency_try.py)."""

import asyncio
from pathlib import Path

import pytest

from app.emergency_command import ALARM, as_table, check, options, passed, self_test, trunks_answer, try_out
from app.emergency_scenes import Row
from app.places import PROJECT
from app.settings import Emergency, EmergencyService, Settings, Trunk, read_settings
from hotline.errors import BadSettings
from phones.stand_in import StandIn
from storage.alarm_files import alarms_in

WELL = Row(service="110", scene="接通 answers", way="telecom", number="06630000110", caller="19900009110", after_s=0.0123)
BADLY = Row(service="", scene="只按 *", way="值班坐席", trouble="没有到")


def test_the_table_stands_in_columns_however_wide_the_signs_are() -> None:
    head, well, badly = as_table([WELL, BADLY])
    assert well.split() == ["110", "公安报警", "接通", "answers", "telecom", "06630000110", "19900009110", "12", "ms", "✓"]
    assert badly.endswith("✗ 没有到")
    assert len(head.encode("gbk")) - len("结果".encode("gbk")) == len(well.replace("✓", "").encode("gbk"))


def test_one_bad_row_is_enough_and_none_is_no_success() -> None:
    assert passed([WELL])
    assert not passed([WELL, BADLY])
    assert not passed([])


def test_the_check_shows_hints_and_what_is_refused() -> None:
    config = PROJECT / "config" / "hotline.toml"
    lines, right = check(config, read_settings(config))
    assert right
    assert lines[0].startswith("! ")


def test_a_broken_section_is_not_right(tmp_path: Path) -> None:
    config = tmp_path / "hotline.toml"
    config.write_text("[emergency]\nself_test = '04:30'\n", encoding="utf-8")
    lines, right = check(config, read_settings(config))
    assert not right
    assert all(line.startswith("✗ ") for line in lines)


def test_without_targets_there_is_nothing_to_try(tmp_path: Path) -> None:
    with pytest.raises(BadSettings, match="只转值班坐席"):
        asyncio.run(try_out(Settings(), tmp_path, with_app=False))


def test_a_self_test_that_cannot_even_begin_is_an_alarm(tmp_path: Path) -> None:
    assert asyncio.run(self_test(Settings(), tmp_path)) == []
    [alarm] = [alarm for alarm in alarms_in(tmp_path) if alarm.name == ALARM]
    assert "紧急求助自检没有通过" in alarm.words


def carried(port: int) -> Settings:
    trunks = (Trunk(name="telecom", host="127.0.0.1", port=port), Trunk(name="other", host="127.0.0.1", port=port))
    return Settings(trunks=trunks, emergency=Emergency(services=(EmergencyService(id="110", targets=("telecom/06630000110",)),)))


def test_a_carrier_is_asked_and_not_called() -> None:
    async def asks() -> tuple[list[str], int, int]:
        async with StandIn() as carrier:
            said = await trunks_answer(carried(carrier.port))
            return said, carrier.questions, len(carrier.invites)

    [said], questions, calls = asyncio.run(asks())
    assert said.startswith("✓ telecom 127.0.0.1:")
    assert (questions, calls) == (1, 0)


def test_a_carrier_that_is_silent_is_said_to_be() -> None:
    async def asks() -> float | None:
        async with StandIn() as carrier:
            carrier.mute = True
            return await options(carried(carrier.port).trunks[0], within_s=0.005)

    assert asyncio.run(asks()) is None
