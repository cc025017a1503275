"""人员 in the ledger's database. Every change asks the gate, and is written into the access log in the same transaction."""

import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Engine, Row, delete, func, insert, select, update

from hotline.access import SYSTEM, Access, Actor, Role
from hotline.accounts import Person
from hotline.errors import MalformedInput
from hotline.gate import Act, require
from storage.access_log import alone, append
from storage.account_tables import people, sessions
from storage.passwords import Passwords, one_time_password
from storage.tables import written

FIRST_LOGIN: Final = "admin"


class People:
    """The table. Passwords are given once, by whoever adds somebody, and changed by himself at his first signing in."""

    def __init__(self, writing: Engine, reading: Engine, passwords: Passwords) -> None:
        """`writing`, `reading`: of `storage.engine`; the same one twice on PostgreSQL."""
        self._writing = writing
        self._reading = reading
        self._passwords = passwords

    def first(self, at: datetime) -> tuple[Person, str] | None:
        """The first administrator and his one-time password; None when there is anybody already."""
        if self.all():
            return None  # before a password is reckoned in vain
        person = Person(login=FIRST_LOGIN, roles=frozenset({Role.ADMINISTRATOR}), must_change_password=True)
        password = one_time_password()
        row = {**_row(person, at), **self._password(password, at)}
        with self._writing.begin() as connection:
            alone(connection)
            if connection.execute(select(func.count()).select_from(people)).scalar_one():
                return None
            connection.execute(insert(people), row)
            append(connection, [Access(at=at, actor=SYSTEM.id, act=Act.PEOPLE_MANAGE, ticket=person.id, why="首个管理员")])
        return person, password

    def add(self, person: Person, *, by: Actor, at: datetime) -> str:
        """Take him in. Returns his one-time password. Raises `NotAllowed`; `MalformedInput` when the 工号 is or was somebody's."""
        require(by, Act.PEOPLE_MANAGE)
        password = one_time_password()
        row = {**_row(replace(person, must_change_password=True), at), **self._password(password, at)}
        with self._writing.begin() as connection:
            alone(connection)
            if _found(connection, person.login):
                raise MalformedInput(
                    f"{person.login}: 已有这个工号，停用的也不能再给别人 it is or was somebody's; a login is never given again"
                )
            connection.execute(insert(people), row)
            append(connection, [_line(person, by, at, f"新增：{_roles(person)}")])
        return password

    def change(self, person: Person, *, by: Actor, at: datetime) -> None:
        """Keep him as he is now, but for his password. He is signed out everywhere.

        Raises `NotAllowed`; `MalformedInput` when there is no such person, or nobody would be left who manages accounts.
        """
        require(by, Act.PEOPLE_MANAGE)
        with self._writing.begin() as connection:
            alone(connection)
            before = _known(connection, person.login)
            connection.execute(update(people).where(people.c.login == person.login).values(**_row(person, at, keep_password=True)))
            connection.execute(delete(sessions).where(sessions.c.login == person.login))
            _someone_is_left(connection, before)
            state = "" if person.enabled else "，停用"
            append(connection, [_line(person, by, at, f"修改：{_roles(person)}{state}")])

    def reset(self, login: str, *, by: Actor, at: datetime) -> str:
        """A new one-time password; he is signed out everywhere. Raises `NotAllowed`, `MalformedInput` when there is no such person."""
        require(by, Act.PEOPLE_MANAGE)
        password = one_time_password()
        given = self._password(password, at)
        with self._writing.begin() as connection:
            alone(connection)
            person = _known(connection, login)
            connection.execute(update(people).where(people.c.login == login).values(**given, must_change_password=1, changed=written(at)))
            connection.execute(delete(sessions).where(sessions.c.login == login))
            append(connection, [_line(person, by, at, "重置密码")])
        return password

    def person(self, login: str) -> Person | None:
        """Him, enabled or not."""
        with self._reading.connect() as connection:
            return _found(connection, login)

    def all(self) -> tuple[Person, ...]:
        """Everybody in order of his 工号, the disabled too."""
        with self._reading.connect() as connection:
            return tuple(person_of(row) for row in connection.execute(select(people).order_by(people.c.login)))

    def anyone(self, roles: frozenset[Role]) -> bool:
        """True if somebody enabled has one of these."""
        return any(each.enabled and each.roles & roles for each in self.all())

    def _password(self, password: str, at: datetime) -> dict[str, Any]:
        return {"password": self._passwords.hashed(password), "password_set": written(at)}


def person_of(row: Row[Any]) -> Person:
    """A row of the table."""
    return Person(
        login=row.login,
        name=row.name,
        roles=roles_of(row.roles),
        unit=row.unit,
        cleared=row.cleared,
        enabled=bool(row.enabled),
        must_change_password=bool(row.must_change_password),
    )


def roles_of(text: str) -> frozenset[Role]:
    """As the tables hold them."""
    return frozenset(Role(word) for word in json.loads(text))


def roles_as_text(roles: Iterable[Role]) -> str:
    """The other way, in the order of `Role`."""
    return json.dumps([role for role in Role if role in frozenset(roles)], ensure_ascii=False)


def _row(person: Person, at: datetime, *, keep_password: bool = False) -> dict[str, Any]:
    row = {
        "login": person.login,
        "name": person.name,
        "roles": roles_as_text(person.roles),
        "unit": person.unit,
        "cleared": person.cleared,
        "enabled": int(person.enabled),
        "changed": written(at),
    }
    return row if keep_password else {**row, "must_change_password": int(person.must_change_password)}


def _found(connection: Connection, login: str) -> Person | None:
    row = connection.execute(select(people).where(people.c.login == login)).first()
    return person_of(row) if row else None


def _known(connection: Connection, login: str) -> Person:
    person = _found(connection, login)
    if person is None:
        raise MalformedInput("没有这个工号 no such person; scripts/accounts list shows all")
    return person


def _someone_is_left(connection: Connection, before: Person) -> None:
    if Role.ADMINISTRATOR not in before.roles or not before.enabled:
        return
    rows = connection.execute(select(people).where(people.c.enabled == 1))
    if not any(Role.ADMINISTRATOR in person_of(row).roles for row in rows):
        raise MalformedInput(f"{before.login}: 这是最后一个管理员，请先新增另一个 the last administrator; add another one first")


def _line(person: Person, by: Actor, at: datetime, what: str) -> Access:
    return Access(at=at, actor=by.id, act=Act.PEOPLE_MANAGE, ticket=person.id, why=what)


def _roles(person: Person) -> str:
    return "、".join(role for role in Role if role in person.roles)
