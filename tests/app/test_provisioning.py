"""From settings and secrets to the values of Asterisk's configuration."""

from pathlib import Path

import pytest

from app.provisioning import site_of, sounds_of
from app.settings import Secrets, Settings
from hotline.errors import BadSettings
from runtime.binaries import AsteriskHome, Program

HOME = AsteriskHome(
    program=Program(argv=("asterisk",), version="22.10.1", origin="system"), module_dir=Path("/modules"), data_dir=Path("/data")
)
TRUNKS = [
    {"name": "telecom", "host": "192.0.2.10", "match": ["192.0.2.10"]},
    {"name": "mobile", "kind": "register", "host": "sip.example.org", "user": "066312345", "area_code": "020"},
]


def settings(**more: object) -> Settings:
    return Settings.model_validate({"agents": [{"id": "1001", "name": "甲"}], "trunks": TRUNKS, **more})


def secrets(**more: object) -> Secrets:
    known = {"ami_password": "x" * 24, "agent_passwords": {"1001": "agents"}, "trunk_passwords": {"mobile": "carriers"}}
    return Secrets.model_validate({**known, **more})


def test_settings_and_secrets_meet_in_the_site(tmp_path: Path) -> None:
    site = site_of(settings(), secrets(), HOME, tmp_path)
    assert (site.modules, site.documentation) == (Path("/modules"), Path("/data/documentation"))
    assert [(phone.id, phone.password) for phone in site.agents] == [("1001", "agents")]
    assert [(trunk.name, trunk.password, trunk.area_code) for trunk in site.trunks] == [
        ("telecom", "", "0663"),
        ("mobile", "carriers", "020"),
    ]
    assert site.dead_man_seconds == settings().agi.step_seconds + 5


def test_every_prompt_of_a_free_pack_is_laid(tmp_path: Path) -> None:
    assert "zh_CN/greeting.wav" in site_of(settings(), secrets(), HOME, tmp_path).sounds


def test_the_preferred_voice_speaks_and_the_demonstration_voice_not_in_production(tmp_path: Path) -> None:
    for sound in ("studio/zh_CN/greeting.wav", "demo/zh_CN/greeting.wav", "demo/zh_CN/goodbye.wav", "free/zh_CN/goodbye.wav"):
        (tmp_path / "packs" / sound).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "packs" / sound).touch()
    voices = {profile: sounds_of(settings(profile=profile), tmp_path) for profile in ("demo", "production")}
    assert voices["demo"]["zh_CN/greeting.wav"] == tmp_path / "packs" / "studio" / "zh_CN" / "greeting.wav"
    assert voices["demo"]["zh_CN/goodbye.wav"] == tmp_path / "packs" / "demo" / "zh_CN" / "goodbye.wav"
    assert voices["production"]["zh_CN/goodbye.wav"] == tmp_path / "packs" / "free" / "zh_CN" / "goodbye.wav"


def test_a_pack_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadSettings, match=r"prompts\.packs: .*no folder choir"):
        site_of(settings(prompts={"packs": ["choir"]}), secrets(), HOME, tmp_path)


@pytest.mark.parametrize(("table", "name"), [("agent_passwords", "1001"), ("trunk_passwords", "mobile")])
def test_a_missing_password_is_named_with_its_table(tmp_path: Path, table: str, name: str) -> None:
    with pytest.raises(BadSettings, match=rf"\[{table}\] has no {name}"):
        site_of(settings(), secrets(**{table: {}}), HOME, tmp_path)


def test_a_trunk_by_address_needs_no_password(tmp_path: Path) -> None:
    site_of(settings(trunks=TRUNKS[:1]), secrets(trunk_passwords={}), HOME, tmp_path)
