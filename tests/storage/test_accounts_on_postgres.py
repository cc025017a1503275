"""帐号 on a real PostgreSQL: what differs from SQLite is locks, triggers and types; all of them are tried here."""

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Engine, text, update
from sqlalchemy.exc import DBAPIError

from bench.own_postgres import OwnPostgres
from hotline.access import Access, Actor, Role
from hotline.accounts import ApiToken, OrgUnit, Person, UnitState
from hotline.errors import MalformedInput
from hotline.sign_in_rules import SignInRefused, SignInRules, TooManyTries
from storage.access_log import AccessLogTable
from storage.account_tables import people
from storage.api_tokens import ApiTokens
from storage.engine import open_postgres
from storage.migrate import migrate_server
from storage.people import People
from storage.sign_in import SignIn
from storage.units import Units
from tests.storage.account_database import ADMINISTRATOR, NOON, OFFICE, QUICK
from tests.storage.own_postgres import postgres as postgres

pytestmark = pytest.mark.slow
GOOD = "Kq7!mdwZ2x"
LEADER = Actor(id="p-2001", roles=frozenset({Role.UNIT_LEADER}), unit="u1")


@pytest.fixture(scope="module")
def engine(postgres: OwnPostgres) -> Iterator[Engine]:
    engine = open_postgres(postgres.make("accounts"), patience_s=30)
    migrate_server(engine)
    yield engine
    engine.dispose()


def at_once(threads: int, do: Callable[[], None]) -> None:
    """So many begin in the same moment."""
    begin = threading.Barrier(threads)

    def one() -> None:
        begin.wait()
        do()

    running = [threading.Thread(target=one) for _ in range(threads)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()


def test_the_log_refuses_to_be_changed_and_several_writers_make_one_chain(engine: Engine) -> None:
    log = AccessLogTable(engine)

    def write() -> None:
        for _ in range(5):
            log.write(Access(at=NOON, actor="p-1001", act="tickets.read", why="看"))

    before = log.head()[0]
    at_once(8, write)
    assert log.head()[0] == before + 40
    assert log.verify() == []
    for statement in ("UPDATE access_log SET actor = 'p-1'", "DELETE FROM access_log", "TRUNCATE access_log"):
        with pytest.raises(DBAPIError, match="append-only"), engine.begin() as connection:
            connection.execute(text(statement))
    assert log.lines(count=1)[0]["why"] == "看"


def test_what_its_owner_changed_all_the_same_is_found(engine: Engine) -> None:
    log = AccessLogTable(engine)
    log.write(Access(at=NOON, actor="p-1001", act="tickets.read"), Access(at=NOON, actor="p-1002", act="tickets.read"))
    number = log.head()[0]
    with engine.connect() as connection:
        connection.execute(text("ALTER TABLE access_log DISABLE TRIGGER USER"))
        connection.execute(text("UPDATE access_log SET actor = 'p-9' WHERE seq = :seq"), {"seq": number})
        connection.execute(text("ALTER TABLE access_log ENABLE TRIGGER USER"))
        changed = AccessLogTable(engine)
        connection.commit()
    assert [(each.line, each.trouble) for each in changed.verify()] == [(number, "changed")]
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE access_log DISABLE TRIGGER USER"))
        connection.execute(text("UPDATE access_log SET actor = 'p-1002' WHERE seq = :seq"), {"seq": number})
        connection.execute(text("ALTER TABLE access_log ENABLE TRIGGER USER"))
    assert log.verify() == []


def test_people_sign_in_and_many_tries_at_once_are_counted_one_by_one(engine: Engine) -> None:
    table, door = People(engine, engine, QUICK), SignIn(engine, engine, QUICK, SignInRules())
    table.add(Person(login="1001", roles=frozenset({Role.AGENT}), name="坐席1001"), by=ADMINISTRATOR, at=NOON)
    with engine.begin() as connection:
        connection.execute(update(people).values(password=QUICK.hashed(GOOD), must_change_password=0))
    session = door.sign_in("1001", GOOD, source="127.0.0.1", at=NOON).session
    assert door.signed_in(session, at=NOON) == table.person("1001")
    assert door.signed_in(session, at=NOON + timedelta(hours=1)) is None

    outcomes: list[type[Exception]] = []

    def attempt() -> None:
        try:
            door.sign_in("1001", "wrong", source="127.0.0.1", at=NOON)
        except SignInRefused as refused:
            outcomes.append(type(refused))

    with ExitStack() as stack:  # so many connections stand in the pool, and nobody waits for one to be made
        for _ in range(12):
            stack.enter_context(engine.connect())
    at_once(12, attempt)
    assert (outcomes.count(SignInRefused), outcomes.count(TooManyTries)) == (5, 7)
    with pytest.raises(SignInRefused):
        door.sign_in("a\0b", GOOD, source="10.0.0.9", at=NOON)


def test_one_of_two_who_take_away_the_last_administrators_is_refused(engine: Engine) -> None:
    table = People(engine, engine, QUICK)
    two = [Person(login=f"admin{number}", roles=frozenset({Role.ADMINISTRATOR})) for number in (1, 2)]
    for each in two:
        table.add(each, by=ADMINISTRATOR, at=NOON)
    waiting, refused = list(two), []

    def disable() -> None:
        try:
            table.change(replace(waiting.pop(), enabled=False), by=ADMINISTRATOR, at=NOON)
        except MalformedInput as error:
            refused.append(error)

    at_once(2, disable)
    assert len(refused) == 1
    assert table.anyone(frozenset({Role.ADMINISTRATOR}))


def test_tokens_and_units_come_back_as_they_were(engine: Engine) -> None:
    tokens, units = ApiTokens(engine, engine), Units(engine, engine)
    wanted = ApiToken(
        id="t-new", name="短信网关", roles=frozenset({Role.AGENT}), scopes=frozenset({"tickets.file"}), expires=NOON + timedelta(days=30)
    )
    token, told = tokens.make(wanted, by=ADMINISTRATOR, at=NOON)
    assert tokens.all() == (token,)
    assert tokens.proved(told, at=NOON) == token.actor

    units.keep(OrgUnit(id="u1", name="市人社局"), by=OFFICE, at=NOON)
    below = OrgUnit(id="u1-1", name="劳动监察科", tier=3, above="u1", duties="受理劳动监察事项")
    units.propose(below, by=LEADER, at=NOON)
    assert units.decide("u1-1", yes=True, by=OFFICE, at=NOON).state is UnitState.APPROVED
    assert set(units.in_force()) == {"u1", "u1-1"}
    assert AccessLogTable(engine).verify() == []
