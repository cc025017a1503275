"""A console with real accounts behind it (SQLite), asked over HTTP without a socket."""

import asyncio
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import httpx
import pytest
from fastapi import Depends, FastAPI
from sqlalchemy import update

from app.accounts import Accounts, accounts_on, with_accounts
from console.problems import with_problems
from hotline.access import Actor, Role
from hotline.accounts import OrgUnit, Person
from hotline.sign_in_rules import SignInRules
from storage.account_tables import people
from storage.engine import open_for_reading, open_for_writing
from storage.migrate import migrate
from storage.passwords import Passwords

NOON = datetime(2026, 3, 2, 4, tzinfo=UTC)
PASSWORD = "Kq7!mdwZ2x"
ADMINISTRATOR = Actor(id="p-admin", roles=frozenset({Role.ADMINISTRATOR}))
OFFICE = Actor(id="p-3001", roles=frozenset({Role.OFFICE}))
PEOPLE = (
    Person(login="admin1", roles=frozenset({Role.ADMINISTRATOR})),
    Person(login="1001", roles=frozenset({Role.AGENT})),
    Person(login="2001", roles=frozenset({Role.UNIT_LEADER}), unit="u1"),
    Person(login="2002", roles=frozenset({Role.HANDLER}), unit="u1"),
    Person(login="2101", roles=frozenset({Role.UNIT_LEADER}), unit="u2"),
    Person(login="3001", roles=frozenset({Role.OFFICE})),
    Person(login="4001", roles=frozenset({Role.AUDITOR})),
    Person(login="5001", roles=frozenset({Role.MONITOR})),
)
UNITS = (OrgUnit(id="u1", name="市人社局", staff_phone="0663-0000001"), OrgUnit(id="u2", name="市教育局"))


class House:
    """One browser (`client`) before one console. Time stands still until it is moved."""

    def __init__(self, accounts: Accounts, app: FastAPI) -> None:
        self.accounts = accounts
        self.app = app
        self.now = NOON
        self.cookies = httpx.Cookies()

    def ask(self, method: str, path: str, body: object = None, **headers: str) -> httpx.Response:
        async def run() -> httpx.Response:
            transport = httpx.ASGITransport(app=self.app, client=("127.0.0.1", 50000))
            async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8345", cookies=self.cookies) as client:
                answer = await client.request(method, path, json=body, headers={k.replace("_", "-"): v for k, v in headers.items()})
                self.cookies = client.cookies
                return answer

        return asyncio.run(run())

    def post(self, path: str, body: object = None, **headers: str) -> httpx.Response:
        return self.ask("POST", path, body, **headers)

    def get(self, path: str, **headers: str) -> httpx.Response:
        return self.ask("GET", path, **headers)

    def enter(self, login: str, password: str = PASSWORD) -> httpx.Response:
        self.cookies = httpx.Cookies()
        return self.post("/api/v1/sign-in", {"login": login, "password": password})

    def wait(self, **later: float) -> None:
        self.now += timedelta(**later)

    def log(self) -> list[dict[str, Any]]:
        return list(reversed(self.accounts.log.lines()))


QUICK = Passwords(passes=1, memory_kib=8, lanes=1)


@contextmanager
def house(folder: Path, stocked: Path) -> Iterator[House]:
    """A console of its own for everybody in `PEOPLE`, whose password is `PASSWORD`."""
    shutil.copy(stocked, folder / "ledger.sqlite")
    writing, reading = open_for_writing(folder / "ledger.sqlite"), open_for_reading(folder / "ledger.sqlite")
    accounts = accounts_on(writing, reading, passwords=QUICK, rules=SignInRules())
    made = House(accounts, with_problems(FastAPI()))
    reception, _ = with_accounts(made.app, accounts, now=lambda: made.now)

    @made.app.post("/work")
    def work(actor: Annotated[Actor, Depends(reception.actor)]) -> dict[str, str]:
        return {"id": actor.id}

    yield made
    writing.dispose()
    reading.dispose()


@pytest.fixture(scope="module")
def stocked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ledger with `PEOPLE` and `UNITS`, made once for a module."""
    migrate(path := tmp_path_factory.mktemp("db") / "ledger.sqlite")
    engine = open_for_writing(path)
    accounts = accounts_on(engine, engine, passwords=QUICK)
    for person in PEOPLE:
        accounts.people.add(person, by=ADMINISTRATOR, at=NOON)
    for unit in UNITS:
        accounts.units.keep(unit, by=OFFICE, at=NOON)
    with engine.begin() as connection:
        connection.execute(update(people).values(password=QUICK.hashed(PASSWORD), must_change_password=0))
    engine.dispose()
    return path


@pytest.fixture
def web(tmp_path: Path, stocked: Path) -> Iterator[House]:
    """A console for one test."""
    with house(tmp_path, stocked) as made:
        yield made
