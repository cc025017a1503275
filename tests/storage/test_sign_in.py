"""登录: the right password and no other; nobody learns who there is; a session ends when it must."""

import threading
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine, func, select, update

from hotline.access import Role
from hotline.accounts import Person
from hotline.errors import MalformedInput
from hotline.sign_in_rules import SignInRefused, SignInRules, TooManyTries
from storage.access_log import AccessLogTable
from storage.account_tables import people, sessions, sign_in_failures
from storage.passwords import Passwords, digest
from storage.people import People
from storage.sign_in import SignIn
from tests.storage.account_database import ADMINISTRATOR, NOON, QUICK, Engines, engines, fresh

__all__ = ["engines", "fresh"]

HERE, THERE = "127.0.0.1", "10.1.2.3"
GOOD = "Kq7!mdwZ2x"
RULES = SignInRules(tries_account=8, tries_source=12)


class House:
    """One agent, 1001, whose password is `GOOD`."""

    def __init__(self, engines: Engines) -> None:
        self.engine: Engine = engines[0]
        self.people = People(*engines, QUICK)
        self.door = SignIn(*engines, QUICK, RULES)
        self.people.add(Person(login="1001", roles=frozenset({Role.AGENT})), by=ADMINISTRATOR, at=NOON)
        with self.engine.begin() as connection:
            connection.execute(update(people).values(password=QUICK.hashed(GOOD), must_change_password=0))

    def enter(self, password: str = GOOD, *, login: str = "1001", source: str = HERE, at: datetime = NOON) -> str:
        return self.door.sign_in(login, password, source=source, at=at).session

    def fail(self, times: int, *, login: str = "1001", source: str = HERE, at: datetime = NOON) -> None:
        for _ in range(times):
            with pytest.raises(SignInRefused):
                self.enter("wrong", login=login, source=source, at=at)

    def enable(self, enabled: bool) -> None:
        self.people.change(Person(login="1001", roles=frozenset({Role.AGENT}), enabled=enabled), by=ADMINISTRATOR, at=NOON)


@pytest.fixture
def house(engines: Engines) -> House:
    return House(engines)


def test_the_right_password_opens_and_the_session_proves_him(house: House) -> None:
    signed_in = house.door.sign_in(" 1001 ", GOOD, source=HERE, at=NOON)
    assert signed_in.person.id == "p-1001"
    assert signed_in.session not in repr(signed_in)
    assert house.door.signed_in(signed_in.session, at=NOON) == signed_in.person
    assert house.door.signed_in("another", at=NOON) is None


def test_a_session_is_kept_as_a_hash(house: House) -> None:
    session = house.enter()
    with house.engine.connect() as connection:
        assert connection.execute(select(sessions.c.hashed)).scalars().all() == [digest(session)]


def test_unknown_wrong_and_disabled_are_told_in_the_same_words(house: House) -> None:
    house.people.add(Person(login="1002", roles=frozenset({Role.AGENT}), enabled=False), by=ADMINISTRATOR, at=NOON)
    with house.engine.begin() as connection:
        connection.execute(update(people).where(people.c.login == "1002").values(password=QUICK.hashed(GOOD)))
    said = set()
    for login, password in (("1001", "wrong"), ("9999", GOOD), ("1002", GOOD), ("a\0b", GOOD), ("", ""), ("\ud800", GOOD)):
        with pytest.raises(SignInRefused) as refused:
            house.enter(password, login=login)
        said.add((type(refused.value), str(refused.value)))
    assert len(said) == 1


@pytest.mark.parametrize("login", ["1001", "9999"])
def test_after_five_failures_even_the_right_password_waits(house: House, login: str) -> None:
    house.fail(5, login=login)
    with pytest.raises(TooManyTries):
        house.enter(login=login)
    house.enter(source=THERE)  # a stranger's tries lock out nobody at his own desk
    if login == "1001":
        house.enter(at=NOON + RULES.window)


def test_one_account_is_not_tried_from_many_places(house: House) -> None:
    for number in range(8):
        house.fail(1, source=f"10.0.0.{number}")
    with pytest.raises(TooManyTries):
        house.enter(source=THERE)


def test_one_place_does_not_try_many_accounts(house: House) -> None:
    for number in range(12):
        house.fail(1, login=f"20{number:02}")
    with pytest.raises(TooManyTries):
        house.enter()


def test_a_right_password_forgets_the_wrong_ones(house: House) -> None:
    house.fail(4)
    house.enter()
    house.fail(4)
    house.enter()


def test_many_tries_at_once_are_counted_one_by_one(house: House) -> None:
    outcomes: list[type[Exception]] = []

    def attempt() -> None:
        try:
            house.enter("wrong")
        except SignInRefused as refused:
            outcomes.append(type(refused))

    threads = [threading.Thread(target=attempt) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes.count(SignInRefused) == RULES.tries_here
    assert outcomes.count(TooManyTries) == 12 - RULES.tries_here


def test_what_was_typed_as_a_login_is_not_kept(house: House) -> None:
    house.fail(1, login="my-secret-password")
    with house.engine.connect() as connection:
        assert connection.execute(select(sign_in_failures.c.account)).scalars().all() == [digest("my-secret-password")]
    assert [(line["actor"], line["act"], line["done"]) for line in AccessLogTable(house.engine).lines(count=1)] == [("", "sign-in", False)]


def test_old_tries_are_forgotten(house: House) -> None:
    house.fail(2)
    house.fail(1, at=NOON + RULES.window)
    with house.engine.connect() as connection:
        assert connection.execute(select(func.count()).select_from(sign_in_failures)).scalar_one() == 1


def test_a_session_that_is_used_lasts_and_one_that_is_idle_ends(house: House) -> None:
    session = house.enter()
    for minutes in (29, 58):
        assert house.door.signed_in(session, at=NOON + timedelta(minutes=minutes)) is not None
    assert house.door.signed_in(session, at=NOON + timedelta(minutes=88)) is None
    assert house.door.signed_in(session, at=NOON + timedelta(minutes=59)) is None  # it is gone, not only late


def test_a_session_ends_after_twelve_hours_whatever_he_does(house: House) -> None:
    session = house.enter()
    for half_hours in range(1, 48):
        known = house.door.signed_in(session, at=NOON + timedelta(minutes=half_hours * 29))
        assert (known is not None) is (half_hours * 29 < 12 * 60)


def test_who_signs_out_is_out(house: House) -> None:
    session, other = house.enter(), house.enter()
    house.door.sign_out(session, source=HERE, at=NOON)
    house.door.sign_out("nobody's", source=HERE, at=NOON)
    assert house.door.signed_in(session, at=NOON) is None
    assert house.door.signed_in(other, at=NOON) is not None


def test_who_is_disabled_is_out_at_once_and_his_old_session_stays_dead(house: House) -> None:
    session = house.enter()
    house.enable(False)
    assert house.door.signed_in(session, at=NOON) is None
    with pytest.raises(SignInRefused):
        house.enter()
    house.enable(True)
    assert house.door.signed_in(session, at=NOON) is None
    house.enter()


def test_a_password_is_changed_by_who_knows_the_old_one(house: House) -> None:
    session = house.enter()
    new = "Ty5$wqpL8n"
    with pytest.raises(SignInRefused):
        house.door.change_password("1001", "wrong", new, source=HERE, at=NOON)
    house.door.change_password("1001", GOOD, new, source=HERE, at=NOON)

    assert house.door.signed_in(session, at=NOON) is None
    with pytest.raises(SignInRefused):
        house.enter(GOOD)
    house.enter(new)


@pytest.mark.parametrize(("new", "said"), [("short", "至少10位"), (GOOD, "不能与旧密码相同")])
def test_a_bad_new_password_is_refused(house: House, new: str, said: str) -> None:
    with pytest.raises(MalformedInput, match=said):
        house.door.change_password("1001", GOOD, new, source=HERE, at=NOON)
    house.enter()


def test_a_reset_puts_him_out_and_he_must_choose_his_own(house: House) -> None:
    session = house.enter()
    given = house.people.reset("1001", by=ADMINISTRATOR, at=NOON)
    assert house.door.signed_in(session, at=NOON) is None
    assert house.door.sign_in("1001", given, source=HERE, at=NOON).person.must_change_password


def test_an_old_password_must_be_changed(house: House) -> None:
    session = house.door.sign_in("1001", GOOD, source=HERE, at=NOON + RULES.password_age)
    assert session.person.must_change_password


def test_a_password_that_was_kept_at_a_lower_cost_is_kept_anew(house: House, engines: Engines) -> None:
    stronger = Passwords(passes=2, memory_kib=16, lanes=1)
    SignIn(*engines, stronger, RULES).sign_in("1001", GOOD, source=HERE, at=NOON)
    with house.engine.connect() as connection:
        assert not stronger.is_weak(connection.execute(select(people.c.password)).scalar_one())


def test_whoever_comes_and_goes_stands_in_the_log(house: House) -> None:
    house.fail(1)
    house.door.sign_out(house.enter(), source=HERE, at=NOON)
    lines = list(reversed(AccessLogTable(house.engine).lines()))[1:]
    assert [(line["actor"], line["act"], line["done"], line["source"]) for line in lines] == [
        ("p-1001", "sign-in", False, HERE),
        ("p-1001", "sign-in", True, HERE),
        ("p-1001", "sign-out", True, HERE),
    ]
    assert AccessLogTable(house.engine).verify() == []
