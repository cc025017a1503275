"""人员: who comes, changes and goes; whatever is done to an account is done by somebody who may, and stands in the log."""

import pytest
from sqlalchemy import Engine, select

from hotline.access import Actor, NotAllowed, Role
from hotline.accounts import Person
from hotline.errors import MalformedInput
from storage.access_log import AccessLogTable
from storage.account_tables import people
from storage.people import People
from tests.storage.account_database import ADMINISTRATOR, NOON, OFFICE, QUICK, Engines, engines, fresh

__all__ = ["engines", "fresh"]

AGENT = Person(login="1001", roles=frozenset({Role.AGENT, Role.CALLBACK_STAFF}), name="坐席1001")


@pytest.fixture
def table(engines: Engines) -> People:
    return People(*engines, QUICK)


def log_of(engine: Engine) -> list[tuple[str, str, str]]:
    return [(line["actor"], line["ticket"], line["why"]) for line in reversed(AccessLogTable(engine).lines())]


def test_the_first_administrator_is_made_once(table: People, engines: Engines) -> None:
    made = table.first(NOON)
    assert made is not None
    person, password = made
    assert (person.login, person.roles, person.must_change_password) == ("admin", frozenset({Role.ADMINISTRATOR}), True)
    assert table.first(NOON) is None
    with engines[1].connect() as connection:
        kept = connection.execute(select(people.c.password)).scalar_one()
    assert QUICK.fits(password, kept)
    assert log_of(engines[0]) == [("clock", "p-admin", "首个管理员")]


def test_who_is_added_gets_a_password_that_he_must_change(table: People, engines: Engines) -> None:
    password = table.add(AGENT, by=ADMINISTRATOR, at=NOON)

    known = table.person("1001")
    assert known is not None
    assert known.must_change_password
    assert (known.roles, known.name, known.enabled) == (AGENT.roles, "坐席1001", True)
    assert len(password) == 19
    assert table.all() == (known,)
    assert log_of(engines[0]) == [("p-admin", "p-1001", "新增：话务员、回访员")]


def test_a_login_is_never_given_again(table: People) -> None:
    table.add(AGENT, by=ADMINISTRATOR, at=NOON)
    table.change(Person(login="1001", roles=frozenset({Role.AGENT}), enabled=False), by=ADMINISTRATOR, at=NOON)
    with pytest.raises(MalformedInput, match="不能再给别人"):
        table.add(AGENT, by=ADMINISTRATOR, at=NOON)


def test_a_change_keeps_the_password(table: People, engines: Engines) -> None:
    password = table.add(AGENT, by=ADMINISTRATOR, at=NOON)
    table.change(Person(login="1001", roles=frozenset({Role.SUPERVISOR}), cleared=2), by=ADMINISTRATOR, at=NOON)

    known = table.person("1001")
    assert known is not None
    assert (known.roles, known.cleared, known.must_change_password) == (frozenset({Role.SUPERVISOR}), 2, True)
    with engines[1].connect() as connection:
        assert QUICK.fits(password, connection.execute(select(people.c.password)).scalar_one())


def test_a_reset_gives_another_password(table: People, engines: Engines) -> None:
    old = table.add(AGENT, by=ADMINISTRATOR, at=NOON)
    new = table.reset("1001", by=ADMINISTRATOR, at=NOON)
    with engines[1].connect() as connection:
        kept = connection.execute(select(people.c.password)).scalar_one()
    assert QUICK.fits(new, kept)
    assert not QUICK.fits(old, kept)
    assert log_of(engines[0])[-1] == ("p-admin", "p-1001", "重置密码")


@pytest.mark.parametrize(
    "by", [OFFICE, Actor(id="p-1001", roles=frozenset({Role.AGENT})), Actor(id="p-9", roles=frozenset({Role.AUDITOR}))]
)
def test_nobody_else_manages_accounts(table: People, engines: Engines, by: Actor) -> None:
    table.add(AGENT, by=ADMINISTRATOR, at=NOON)
    for refused in (
        lambda: table.add(Person(login="1002", roles=frozenset({Role.AGENT})), by=by, at=NOON),
        lambda: table.change(Person(login="1001", roles=frozenset({Role.OFFICE})), by=by, at=NOON),
        lambda: table.reset("1001", by=by, at=NOON),
    ):
        with pytest.raises(NotAllowed):
            refused()
    assert len(log_of(engines[0])) == 1


@pytest.mark.parametrize("enabled", [True, False])
def test_the_last_administrator_cannot_be_taken_away(table: People, engines: Engines, enabled: bool) -> None:
    table.first(NOON)
    gone = Person(login="admin", roles=frozenset({Role.OFFICE if enabled else Role.ADMINISTRATOR}), enabled=enabled)
    with pytest.raises(MalformedInput, match="最后一个管理员"):
        table.change(gone, by=ADMINISTRATOR, at=NOON)
    assert table.person("admin") is not None
    assert len(log_of(engines[0])) == 1

    table.add(Person(login="admin2", roles=frozenset({Role.ADMINISTRATOR})), by=ADMINISTRATOR, at=NOON)
    table.change(gone, by=ADMINISTRATOR, at=NOON)


def test_nobody_who_is_not_there_is_changed(table: People) -> None:
    with pytest.raises(MalformedInput, match="没有这个工号"):
        table.change(AGENT, by=ADMINISTRATOR, at=NOON)
    with pytest.raises(MalformedInput, match="没有这个工号"):
        table.reset("1001", by=ADMINISTRATOR, at=NOON)
    assert table.person("1001") is None
