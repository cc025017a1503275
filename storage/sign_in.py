"""登录: proves people by their password, and from then on by a session that their browser keeps.

A try is counted before it is judged, so that many at once are no way round the count.
"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, Engine, Row, and_, delete, func, insert, select, update

from hotline.access import Access
from hotline.accounts import Person, SignedIn, is_login
from hotline.errors import MalformedInput
from hotline.sign_in_rules import Failures, SignInRefused, SignInRules, TooManyTries, is_over, locked, must_change, password_trouble
from storage.access_log import alone, append
from storage.account_tables import people, sessions, sign_in_failures
from storage.passwords import Passwords, digest, secret
from storage.people import person_of
from storage.tables import written

SEEN_EVERY: Final = timedelta(minutes=1)
"""A session that is used writes so often, not at every request."""
WRONG: Final = "工号或密码不对，或帐号已停用 the login or the password is wrong, or the account is disabled"
LATER: Final = "登录失败次数太多，请{minutes}分钟后再试，或请管理员重置密码 too many tries: wait, or ask an administrator"
SIGN_IN: Final = "sign-in"
SIGN_OUT: Final = "sign-out"
PASSWORD: Final = "password"


class SignIn:
    """Every method may be called by many at once. `source`: the address that asks."""

    def __init__(self, writing: Engine, reading: Engine, passwords: Passwords, rules: SignInRules) -> None:
        """`writing`, `reading`: of `storage.engine`; the same one twice on PostgreSQL."""
        self._writing = writing
        self._reading = reading
        self._passwords = passwords
        self._rules = rules
        _ = passwords.nobodys  # reckoned now: the first stranger must not be told by the time that it takes

    def sign_in(self, login: str, password: str, *, source: str, at: datetime) -> SignedIn:
        """Raises `SignInRefused`, in the same words and the same time whoever there is; `TooManyTries`."""
        login = login.strip().lower()
        row = self._prove(login, password, source, at, SIGN_IN)
        session = secret()
        stronger = self._passwords.hashed(password) if self._passwords.is_weak(row.password) else ""
        with self._writing.begin() as connection:
            connection.execute(delete(sessions).where(sessions.c.begun <= written(at - self._rules.longest)))
            times = {"begun": written(at), "seen": written(at)}
            connection.execute(insert(sessions).values(hashed=digest(session), login=login, source=source[:64], **times))
            if stronger:
                connection.execute(
                    update(people).where(people.c.login == login, people.c.password == row.password).values(password=stronger)
                )
            append(connection, [_line(login, SIGN_IN, source, at)])
        return SignedIn(person=self._person(row, at), session=session)

    def signed_in(self, session: str, *, at: datetime) -> Person | None:
        """Whose session it is; None when it is nobody's, is over, or he may not work any more."""
        hashed = digest(session)
        with self._reading.connect() as connection:
            found = connection.execute(
                select(people, sessions.c.begun, sessions.c.seen)
                .join_from(sessions, people, sessions.c.login == people.c.login)
                .where(sessions.c.hashed == hashed)
            ).first()
        if found is None or not found.enabled:
            return None
        begun, seen = _moment(found.begun), _moment(found.seen)
        if is_over(begun=begun, seen=seen, now=at, rules=self._rules):
            self._end(sessions.c.hashed == hashed)
            return None
        if at - seen >= SEEN_EVERY:
            with self._writing.begin() as connection:
                connection.execute(update(sessions).where(sessions.c.hashed == hashed).values(seen=written(at)))
        return self._person(found, at)

    def sign_out(self, session: str, *, source: str, at: datetime) -> None:
        """It proves nobody any more."""
        with self._writing.begin() as connection:
            login = connection.execute(select(sessions.c.login).where(sessions.c.hashed == digest(session))).scalar_one_or_none()
            if login is not None:
                connection.execute(delete(sessions).where(sessions.c.hashed == digest(session)))
                append(connection, [_line(login, SIGN_OUT, source, at)])

    def change_password(self, login: str, old: str, new: str, *, source: str, at: datetime) -> None:
        """He is signed out everywhere and signs in anew. Raises `SignInRefused`, `TooManyTries`; `MalformedInput` for a bad new one."""
        if trouble := password_trouble(new, login, self._rules):
            raise MalformedInput(trouble)
        self._prove(login, old, source, at, PASSWORD)
        if old == new:
            raise MalformedInput("新密码不能与旧密码相同 the new password is the old one")
        kept = {"password": self._passwords.hashed(new), "password_set": written(at), "must_change_password": 0}
        with self._writing.begin() as connection:
            connection.execute(update(people).where(people.c.login == login).values(**kept))
            connection.execute(delete(sessions).where(sessions.c.login == login))
            append(connection, [_line(login, PASSWORD, source, at)])

    def _prove(self, login: str, password: str, source: str, at: datetime, act: str) -> Row[Any]:
        """His row. The try stands in the table before it is judged."""
        account, source = digest(login), source[:64]
        with self._writing.begin() as connection:
            alone(connection)
            if locked(self._failures(connection, account, source, at), self._rules):
                raise TooManyTries(LATER.format(minutes=int(self._rules.window.total_seconds() // 60)))
            connection.execute(insert(sign_in_failures).values(account=account, source=source, at=written(at)))
            row = connection.execute(select(people).where(people.c.login == (login if is_login(login) else ""))).first()
        known = row is not None and bool(row.enabled)
        fits = self._passwords.fits(password, row.password if row is not None and known else "")
        with self._writing.begin() as connection:
            if row is None or not fits:
                append(connection, [_line(login if row else "", act, source, at, done=False)])
            else:
                here = and_(sign_in_failures.c.account == account, sign_in_failures.c.source == source)
                connection.execute(delete(sign_in_failures).where(here))
        if row is None or not fits:
            raise SignInRefused(WRONG)
        return row

    def _failures(self, connection: Connection, account: str, source: str, at: datetime) -> Failures:
        table = sign_in_failures
        connection.execute(delete(table).where(table.c.at <= written(at - self._rules.window)))
        same_account, same_source = table.c.account == account, table.c.source == source
        here, anywhere, anyone = (
            connection.execute(select(func.count()).select_from(table).where(where)).scalar_one()
            for where in (and_(same_account, same_source), same_account, same_source)
        )
        return Failures(here=here, account=anywhere, source=anyone)

    def _person(self, row: Row[Any], at: datetime) -> Person:
        person = person_of(row)
        return replace(person, must_change_password=person.must_change_password or must_change(_moment(row.password_set), at, self._rules))

    def _end(self, where: Any) -> None:  # noqa: ANN401 - a condition
        with self._writing.begin() as connection:
            connection.execute(delete(sessions).where(where))


def _line(login: str, act: str, source: str, at: datetime, *, done: bool = True) -> Access:
    return Access(at=at, actor=f"p-{login}" if login else "", act=act, done=done, why="" if done else "工号或密码不对", source=source)


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)
