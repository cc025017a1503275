"""Secrets are made, completed, kept from others, and never a placeholder."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from app.notice_settings import Notices
from app.secrets_file import as_toml, completed, ensure_secrets, refuse_placeholders
from app.settings import Agent, Settings, Tickets, Trunk
from hotline.errors import BadSettings

AGENTS = Settings(agents=(Agent(id="1001", name="坐席1001"),))


def test_the_first_start_makes_long_passwords_in_a_file_for_this_user_alone(tmp_path: Path) -> None:
    path = tmp_path / "secrets.toml"
    secrets = ensure_secrets(AGENTS, path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert len(secrets.agent_passwords["1001"].get_secret_value()) >= 24
    assert secrets.ami_password.get_secret_value() != secrets.agent_passwords["1001"].get_secret_value()


def test_a_second_start_keeps_them_and_a_new_agent_gets_his_own(tmp_path: Path) -> None:
    path = tmp_path / "secrets.toml"
    first = ensure_secrets(AGENTS, path)
    text = path.read_bytes()
    assert ensure_secrets(AGENTS, path) == first
    assert path.read_bytes() == text
    more = ensure_secrets(Settings(agents=(*AGENTS.agents, Agent(id="1002", name="坐席1002"))), path)
    assert more.agent_passwords["1001"] == first.agent_passwords["1001"]
    assert "1002" in more.agent_passwords


def test_a_file_that_others_could_read_is_closed(tmp_path: Path) -> None:
    path = tmp_path / "secrets.toml"
    ensure_secrets(AGENTS, path)
    path.chmod(0o644)
    ensure_secrets(AGENTS, path)
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("value", ["changeme", "Password1", "your-secret-here", "12345678", "请修改", "example"])
def test_a_placeholder_is_refused_by_its_key_and_not_repeated(value: str, tmp_path: Path) -> None:
    with pytest.raises(BadSettings, match=r"agent_passwords\.1001") as refused:
        refuse_placeholders({"agent_passwords": {"1001": value}}, tmp_path)
    assert value not in str(refused.value).replace("placeholder", "")


def test_chance_may_spell_any_word(tmp_path: Path) -> None:
    refuse_placeholders({"ami_password": "aXxxb7-todo-Qk3admin8Zp1_wE4"}, tmp_path)


def test_a_carriers_password_is_asked_for_with_a_line_to_fill_in(tmp_path: Path) -> None:
    path = tmp_path / "secrets.toml"
    settings = Settings(trunks=(Trunk(name="telecom", kind="register", host="192.0.2.10", user="u"),))
    with pytest.raises(BadSettings, match=r"trunk_passwords\.telecom"):
        ensure_secrets(settings, path)
    assert tomllib.loads(path.read_text(encoding="utf-8"))["trunk_passwords"] == {"telecom": ""}
    assert path.stat().st_mode & 0o777 == 0o600


def test_the_ticket_systems_token_is_asked_for(tmp_path: Path) -> None:
    with pytest.raises(BadSettings, match="ticket_token"):
        ensure_secrets(Settings(tickets=Tickets(sink="http", url="https://tickets.example")), tmp_path / "secrets.toml")


def test_the_sms_gateways_secret_is_asked_for(tmp_path: Path) -> None:
    with pytest.raises(BadSettings, match="sms_secret"):
        ensure_secrets(Settings(notices=Notices(url="https://sms.example")), tmp_path / "secrets.toml")
    assert tomllib.loads((tmp_path / "secrets.toml").read_text(encoding="utf-8"))["sms_secret"] == ""


def test_a_file_that_is_not_toml_is_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "secrets.toml"
    path.write_text("ami_password = ", encoding="utf-8")
    with pytest.raises(BadSettings):
        ensure_secrets(AGENTS, path)
    assert path.read_text(encoding="utf-8") == "ami_password = "


def test_any_password_survives_the_file() -> None:
    whole: dict[str, Any] = {"ami_password": 'a"b\\c\n\x7f密', "agent_passwords": {"10 01": "x"}}
    assert tomllib.loads(as_toml(whole)) == whole


def test_an_agent_who_left_keeps_his_line() -> None:
    assert completed({"agent_passwords": {"1009": "kept"}}, AGENTS)["agent_passwords"]["1009"] == "kept"


def test_what_signs_pushes_is_made_up_once_when_there_is_a_backend(tmp_path: Path) -> None:
    path = tmp_path / "secrets.toml"
    settings = Settings(tickets=Tickets(sink="http", url="https://tickets.example"))
    path.write_text('ticket_token = "of-the-citys-system-4711"\n', encoding="utf-8")
    first = ensure_secrets(settings, path)
    assert len(first.ticket_secret.get_secret_value()) >= 24
    assert ensure_secrets(settings, path) == first
    assert ensure_secrets(AGENTS, tmp_path / "other.toml").ticket_secret.get_secret_value() == ""
