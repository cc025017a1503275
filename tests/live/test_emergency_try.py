"""`scripts/emergency try` and `self-test` on a real Asterisk: what they show when all is well, and that they see what is not."""

import asyncio
from pathlib import Path

import pytest

from app.emergency_command import ALARM, passed, self_test, try_out
from app.emergency_scenes import Row
from app.emergency_trial import TrialSwitch
from app.settings import Agent, Emergency, EmergencyService, Settings, Trunk
from runtime.binaries import AsteriskHome
from storage.alarm_files import alarms_in
from tests.live.patience import patience
from tests.live.tones import lay_tones


def settings(*targets: str, ring_seconds: int = 3) -> Settings:
    """Two carriers that nobody reaches (RFC 5737), and 110 over these targets; the other services lead to 119's."""
    services = tuple(
        EmergencyService(id=service, targets=targets if service == "110" else ("mobile/06630000119",), ring_seconds=ring_seconds)
        for service in ("110", "120", "119", "122")
    )
    trunks = (Trunk(name="telecom", host="192.0.2.10"), Trunk(name="mobile", host="192.0.2.20", kind="register", user="12345"))
    return Settings(agents=(Agent(id="1001", name="坐席1001"),), trunks=trunks, emergency=Emergency(services=services, silence_seconds=1))


def shown(rows: list[Row]) -> str:
    return "\n".join(map(str, rows))


@pytest.mark.parametrize("with_app", [True, False])
def test_every_way_is_tried_and_no_real_carrier_is_called(asterisk_home: AsteriskHome, tmp_path: Path, *, with_app: bool) -> None:
    given = settings("telecom/06630000110", "mobile/06630001110")
    rows = asyncio.run(try_out(given, tmp_path, with_app=with_app, prompts=lay_tones(tmp_path / "prompts")))
    assert passed(rows), shown(rows)
    first, busy, silent, nobody = [row for row in rows if row.service == "110"]
    assert (first.way, first.number, first.caller) == ("telecom", "06630000110", "19900009110")
    assert 0 < first.after_s < patience()
    assert (busy.way, busy.number) == ("mobile", "06630001110")
    assert 2 < silent.after_s < 8 * patience(), "the silent one rang as long as it was set"
    assert nobody.way.startswith("值班坐席")
    assert [row.way for row in rows if row.service == ""] == ["值班坐席 duty agent"]


def test_one_service_may_be_tried_alone(asterisk_home: AsteriskHome, tmp_path: Path) -> None:
    rows = asyncio.run(try_out(settings("telecom/06630000110"), tmp_path, ["110"], with_app=False, prompts=lay_tones(tmp_path / "prompts")))
    assert passed(rows), shown(rows)
    assert {row.service for row in rows} == {"110"}


def test_a_path_that_is_broken_is_seen_and_an_alarm_until_it_is_mended(
    asterisk_home: AsteriskHome, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The dialplan calls another number than the one that is set: as if somebody had changed the rendered file by hand."""
    given, prompts = settings("telecom/06630000110"), lay_tones(tmp_path / "prompts")
    boot = TrialSwitch._boot

    async def broken(switch: TrialSwitch) -> None:
        await boot(switch)
        extensions = switch.places.asterisk_etc / "extensions.conf"
        extensions.write_text(extensions.read_text(encoding="utf-8").replace("06630000110@", "06630000911@"), encoding="utf-8")
        assert switch._switch is not None
        await switch._switch.ask("dialplan reload")

    monkeypatch.setattr(TrialSwitch, "_boot", broken)
    rows = asyncio.run(self_test(given, tmp_path, prompts=prompts))
    assert any("拨到了 telecom/06630000911" in row.trouble for row in rows), shown(rows)
    assert [alarm.name for alarm in alarms_in(tmp_path)] == [ALARM]
    monkeypatch.setattr(TrialSwitch, "_boot", boot)
    assert passed(asyncio.run(self_test(given, tmp_path, prompts=prompts)))
    assert alarms_in(tmp_path) == []
