"""帐号 as this system keeps them: the tables on the ledger's database, the console's front desk, and the first administrator."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from fastapi import FastAPI
from sqlalchemy import Engine

from app.places import Places
from console import api_accounts, api_units, sign_in
from console.desk_proof import DESK_ROLES, Prove, desk_proof
from console.guard import Guard
from console.reception import Reception
from hotline.sign_in_rules import SignInRules
from storage.access_log import AccessLogTable
from storage.api_tokens import ApiTokens
from storage.engine import open_for_reading, open_for_writing
from storage.layout import Layout
from storage.passwords import Passwords
from storage.people import People
from storage.sign_in import SignIn
from storage.units import Units


@dataclass(frozen=True, kw_only=True)
class Accounts:
    """All that knows who is who. `shut` it."""

    people: People
    sign_in: SignIn
    tokens: ApiTokens
    units: Units
    log: AccessLogTable
    engines: tuple[Engine, ...] = ()

    def shut(self) -> None:
        """Let go of the database."""
        for engine in self.engines:
            engine.dispose()


def accounts_on(writing: Engine, reading: Engine, *, passwords: Passwords | None = None, rules: SignInRules | None = None) -> Accounts:
    """On these engines, which stay the caller's; the same one twice on PostgreSQL. Without `passwords`: at the cost of RFC 9106."""
    passwords = passwords or Passwords()
    return Accounts(
        people=People(writing, reading, passwords),
        sign_in=SignIn(writing, reading, passwords, rules or SignInRules()),
        tokens=ApiTokens(writing, reading),
        units=Units(writing, reading),
        log=AccessLogTable(writing),
    )


def open_accounts(places: Places) -> Accounts:
    """Those of this directory. The ledger must be there (storage.migrate.prepare_ledger)."""
    ledger = Layout(var=places.var).ledger
    writing, reading = open_for_writing(ledger), open_for_reading(ledger)
    return replace(accounts_on(writing, reading), engines=(writing, reading))


def with_accounts(app: FastAPI, accounts: Accounts, *, now: Callable[[], datetime], https: bool = False) -> tuple[Reception, Guard]:
    """Add signing in and the management of accounts to this application, which must say its problems (`console.problems.with_problems`).

    Whatever else is behind the gate takes both: `Depends(reception.actor)`, `guard.let(...)`.
    """
    reception = Reception(sessions=accounts.sign_in, tokens=accounts.tokens, now=now, secure=https)
    guard = Guard(log=accounts.log, now=now)
    offices = api_accounts.Offices(people=accounts.people, tokens=accounts.tokens, log=accounts.log)
    for router in (
        sign_in.router(reception),
        api_accounts.router(reception, guard, offices),
        api_units.router(reception, guard, accounts.units),
    ):
        app.include_router(router)
    return reception, guard


def desk_proof_of(accounts: Accounts, reception: Reception, guard: Guard) -> Prove:
    """What proves who is at a desk (`console.api.with_api(prove=…)`), from the first account of somebody who works at one on."""
    return desk_proof(reception, guard, lambda: accounts.people.anyone(DESK_ROLES))


def first_administrator(places: Places) -> str:
    """Make him where there is nobody yet. Returns what the operator must read now or never; empty when there is somebody."""
    ledger = Layout(var=places.var).ledger
    writing, reading = open_for_writing(ledger), open_for_reading(ledger)
    try:
        made = People(writing, reading, Passwords()).first(datetime.now(UTC))
    finally:
        writing.dispose()
        reading.dispose()
    if made is None:
        return ""
    person, password = made
    return (
        f"首个管理员 the first administrator: 工号 {person.login}，一次性密码 one-time password: {password}\n"
        "  只显示这一次，首次登录时须修改；遗失时运行 scripts/accounts reset admin shown once, to be changed at the first signing in"
    )
