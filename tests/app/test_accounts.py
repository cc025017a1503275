"""帐号 of one directory: the first administrator is told once, and can sign in."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.accounts import first_administrator, open_accounts
from app.places import Places
from storage.layout import Layout
from storage.migrate import prepare_ledger


@pytest.fixture
def places(tmp_path: Path) -> Places:
    places = Places(var=tmp_path / "var")
    places.make()
    prepare_ledger(Layout(var=places.var))
    return places


def test_the_first_administrator_is_told_once_and_signs_in(places: Places) -> None:
    told = first_administrator(places)
    assert "工号 admin" in told
    assert first_administrator(places) == ""

    password = told.partition("one-time password: ")[2].partition("\n")[0]
    accounts = open_accounts(places)
    signed_in = accounts.sign_in.sign_in("admin", password, source="127.0.0.1", at=datetime.now(UTC))
    accounts.shut()
    assert signed_in.person.must_change_password
    assert password not in str(accounts.log.lines())
    accounts.shut()
