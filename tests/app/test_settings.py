"""Every wrong setting is named by file, line and key, with the remedy."""

from pathlib import Path

import pytest

from app.places import PROJECT
from app.settings import Settings, read_secrets, read_settings
from hotline.errors import BadSettings


def read(tmp_path: Path, text: str) -> Settings:
    path = tmp_path / "hotline.toml"
    path.write_text(text, encoding="utf-8")
    return read_settings(path)


def test_the_shipped_settings_are_right_and_listen_on_loopback() -> None:
    settings = read_settings(PROJECT / "config" / "hotline.toml")
    assert settings.sip.bind == "127.0.0.1"
    assert settings.lines[0].number == "12345"


def test_an_empty_file_is_a_whole_system(tmp_path: Path) -> None:
    assert read(tmp_path, "") == Settings()


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("[sip]\nport = 70000\n", ":2: sip.port"),
        ("nod = 'x'\n", "did you mean node"),
        ("[sip]\nprot = 5060\n", "sip.prot: .*did you mean port"),
        ("[[lines]]\nname = 'x'\n", ":1: lines.0.number: .*missing"),
        ("[[lines]]\nnumber = '12345'\nname = 'a'\n[[lines]]\nnumber = '12345'\nname = 'b'\n", "lines: 12345 .*twice"),
        ("[[agents]]\nid = '1001'\nname = 'a'\n[[agents]]\nid = '1001'\nname = 'b'\n", "agents: 1001"),
        ("[agi]\nport = 5038\n", "agi.port, asterisk.ami_port: .*same port"),
        ("[sip]\nport = 10010\n", "sip.port = 10010: .*sip.rtp_ports"),
        ("[sip]\nrtp_ports = [20000, 10000]\n", "sip.rtp_ports"),
        ("profile = 'test'\n", ":1: profile"),
        ("[prompts]\npacks = ['../voices']\n", ":2: prompts.packs"),
        ("[prompts]\npacks = ['free', 'studio', 'free']\n", "prompts.packs: free .*twice"),
        ("profile = \n", "TOML"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, text: str, named: str) -> None:
    with pytest.raises(BadSettings, match=named) as refused:
        read(tmp_path, text)
    assert str(tmp_path / "hotline.toml") in str(refused.value)


def test_the_demonstration_voice_is_refused_in_production_with_what_to_write_instead(tmp_path: Path) -> None:
    with pytest.raises(BadSettings, match=r'prompts\.packs: .*"demo".*\["studio", "free"\].*scripts/prompts script'):
        read(tmp_path, 'profile = "production"\n[prompts]\npacks = ["studio", "demo", "free"]\n')
    assert read(tmp_path, '[prompts]\npacks = ["demo"]\n').voice_packs == ("demo",)


def test_without_a_word_about_packs_a_profile_has_its_own(tmp_path: Path) -> None:
    assert read(tmp_path, "").voice_packs == ("studio", "demo", "free")
    assert read(tmp_path, 'profile = "production"\n').voice_packs == ("studio", "free")


def test_all_errors_are_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(BadSettings) as refused:
        read(tmp_path, "[sip]\nport = 0\n[agi]\nport = 0\n")
    assert "sip.port" in str(refused.value)
    assert "agi.port" in str(refused.value)


def test_a_file_in_another_encoding_is_said_to_be_one(tmp_path: Path) -> None:
    (tmp_path / "hotline.toml").write_bytes("profile = '热线'".encode("gbk"))
    with pytest.raises(BadSettings, match="UTF-8"):
        read_settings(tmp_path / "hotline.toml")


def test_a_missing_file_says_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(BadSettings, match="scripts/up"):
        read_settings(tmp_path / "absent.toml")


def test_no_message_and_no_repr_shows_a_secret(tmp_path: Path) -> None:
    path = tmp_path / "secrets.toml"
    path.write_text('ami_password = "too-short-sesame"\n', encoding="utf-8")
    with pytest.raises(BadSettings, match="ami_password") as refused:
        read_secrets(path)
    assert "sesame" not in str(refused.value)
    path.write_text('ami_password = "long-enough-but-still-open-sesame"\n', encoding="utf-8")
    assert "sesame" not in repr(read_secrets(path))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('[presence]\nready_code = "*50"\n', r"presence codes: \*50 重复"),
        ('[[presence.pauses]]\ndigit = "1"\nreason = "a"\nname = "甲"\n' * 2, "presence.pauses digit: 1 重复"),
        ('[presence]\npause_code = "52"\n', "presence.pause_code"),
        ('[[presence.pauses]]\ndigit = "1"\nreason = "missed_"\nname = "甲"\n', "presence.pauses"),
    ],
)
def test_codes_and_reasons_of_a_pause_are_plain_and_stand_there_once(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(BadSettings, match=words):
        read(tmp_path, text)


def test_the_supervisors_code_begins_no_other_code() -> None:
    with pytest.raises(ValueError, match=r"supervision\.code"):
        Settings.model_validate({"supervision": {"code": "*5"}})
    assert Settings.model_validate({"supervision": {"code": "*8"}}).supervision.code == "*8"
