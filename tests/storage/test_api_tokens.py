"""接口令牌: told once, kept as a hash, dead when withdrawn or out of date."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from hotline.access import Actor, NotAllowed, Role
from hotline.accounts import ApiToken
from hotline.errors import MalformedInput
from storage.access_log import AccessLogTable
from storage.account_tables import api_tokens
from storage.api_tokens import ApiTokens
from tests.storage.account_database import ADMINISTRATOR, NOON, OFFICE, Engines, engines, fresh

__all__ = ["engines", "fresh"]


def wanted(days: int = 30) -> ApiToken:
    scopes = frozenset({"tickets.file", "tickets.read"})
    return ApiToken(id="t-new", name="短信网关", roles=frozenset({Role.AGENT}), scopes=scopes, expires=NOON + timedelta(days=days))


@pytest.fixture
def table(engines: Engines) -> ApiTokens:
    return ApiTokens(*engines)


def test_a_token_proves_another_system_within_its_scopes(table: ApiTokens, engines: Engines) -> None:
    token, told = table.make(wanted(), by=ADMINISTRATOR, at=NOON)

    assert table.proved(told, at=NOON) == Actor(id=token.id, roles=token.roles, scopes=token.scopes)
    assert table.proved(told + "x", at=NOON) is None
    assert table.proved("\ud800", at=NOON) is None
    assert table.all() == (token,)
    with engines[1].connect() as connection:
        assert told not in str(connection.execute(select(api_tokens)).all())


def test_a_token_runs_out(table: ApiTokens) -> None:
    _, told = table.make(wanted(30), by=ADMINISTRATOR, at=NOON)
    assert table.proved(told, at=NOON + timedelta(days=29)) is not None
    assert table.proved(told, at=NOON + timedelta(days=30)) is None


@pytest.mark.parametrize("days", [0, -1, 367])
def test_no_token_lasts_for_ever(table: ApiTokens, days: int) -> None:
    with pytest.raises(MalformedInput, match="一年以内"):
        table.make(wanted(days), by=ADMINISTRATOR, at=NOON)


def test_a_withdrawn_token_is_dead_at_once(table: ApiTokens, engines: Engines) -> None:
    token, told = table.make(wanted(), by=ADMINISTRATOR, at=NOON)
    table.withdraw(token.id, by=ADMINISTRATOR, at=NOON)

    assert table.proved(told, at=NOON) is None
    lines = [(line["act"], line["ticket"], line["why"]) for line in AccessLogTable(engines[0]).lines()]
    assert lines == [("tokens.manage", token.id, "收回"), ("tokens.manage", token.id, "发放：tickets.file tickets.read")]
    with pytest.raises(MalformedInput, match="没有这个令牌"):
        table.withdraw("t-0", by=ADMINISTRATOR, at=NOON)


def test_nobody_else_makes_or_withdraws_one(table: ApiTokens) -> None:
    token, told = table.make(wanted(), by=ADMINISTRATOR, at=NOON)
    with pytest.raises(NotAllowed):
        table.make(wanted(), by=OFFICE, at=NOON)
    with pytest.raises(NotAllowed):
        table.withdraw(token.id, by=OFFICE, at=NOON)
    assert table.proved(told, at=NOON) is not None
