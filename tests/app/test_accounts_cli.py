"""`scripts/accounts` in words."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

import app.accounts
from app.accounts import open_accounts
from app.cli import main
from app.places import Places
from hotline.access import Role
from hotline.sign_in_rules import SignInRefused
from storage.passwords import Passwords


@pytest.fixture
def var(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(app.accounts, "Passwords", lambda: Passwords(passes=1, memory_kib=8, lanes=1))
    return tmp_path / "var"


def run(var: Path, *words: str) -> int:
    return main(["accounts", *words, "--var", str(var)])


def enters(var: Path, login: str, password: str) -> bool:
    accounts = open_accounts(Places(var=var))
    try:
        return bool(accounts.sign_in.sign_in(login, password, source="127.0.0.1", at=datetime.now(UTC)))
    except SignInRefused:
        return False
    finally:
        accounts.shut()


def test_somebody_is_added_changed_disabled_and_shown(var: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(var, "add", "1001", "--roles", "话务员", "callback_staff", "--name", "坐席1001") == 0
    password = capsys.readouterr().out.splitlines()[0]
    assert enters(var, "1001", password)

    assert run(var, "change", "1001", "--roles", "班长", "--cleared", "2") == 0
    assert run(var, "add", "2001", "--roles", "handler", "--unit", "u1") == 0
    assert run(var, "disable", "1001") == 0
    capsys.readouterr()
    assert run(var, "list") == 0
    assert capsys.readouterr().out == "1001  坐席1001  班长  涉密2  已停用 disabled\n2001  承办人  u1\n"
    assert not enters(var, "1001", password)
    assert run(var, "enable", "1001") == 0
    assert enters(var, "1001", password)


def test_a_forgotten_password_is_reset(var: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(var, "add", "1001", "--roles", "agent")
    old = capsys.readouterr().out.splitlines()[0]
    assert run(var, "reset", "1001") == 0
    new = capsys.readouterr().out.splitlines()[0]
    assert not enters(var, "1001", old)
    assert enters(var, "1001", new)


def test_a_token_is_shown_once_and_withdrawn(var: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(var, "token", "短信网关", "--roles", "agent", "--for", "tickets.file", "--days", "30") == 0
    told, second = capsys.readouterr().out.splitlines()
    token = second.split("，")[0].strip()
    accounts = open_accounts(Places(var=var))
    proved = accounts.tokens.proved(told, at=datetime.now(UTC))
    assert proved is not None
    assert (proved.id, proved.roles) == (token, frozenset({Role.AGENT}))

    assert run(var, "withdraw", token) == 0
    assert accounts.tokens.proved(told, at=datetime.now(UTC)) is None
    accounts.shut()
    capsys.readouterr()
    run(var, "tokens")
    assert "已收回 withdrawn" in (said := capsys.readouterr().out)
    assert told not in said


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("change", "9999", "--name", "x"), "没有这个工号"),
        (("reset", "9999"), "没有这个工号"),
        (("add", "2001", "--roles", "handler"), "要有单位"),
        (("token", "x", "--roles", "agent", "--for", "everything"), "everything"),
        (("withdraw", "t-0"), "没有这个令牌"),
    ],
)
def test_what_cannot_be_is_said_in_words(var: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], said: str) -> None:
    assert run(var, *words) == 1
    assert said in capsys.readouterr().err


def test_a_role_that_there_is_not_is_refused_before_anything_is_done(var: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        run(var, "add", "1001", "--roles", "king")
    assert "king" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        run(var, "add", "1001", "--roles", "clock")
