"""揭阳市 in small, with the whole console over a real database: people sign in, the clock is moved by hand, and requests speak HTTP.

A test names the one clause that it guards: `@pytest.mark.guards("13-3a")`. `scripts/bench articles` runs each test once more with just that
clause switched off (`Rules.off`), and it must fail then.
"""

import asyncio
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

import httpx
from fastapi import FastAPI
from sqlalchemy import Engine, select, update

from app.accounts import Accounts, accounts_on, with_accounts
from app.around import Around, Later, with_around
from console import api_progress, api_tickets
from console.filing import Filing
from console.problems import with_problems
from console.progress import ProgressDesk
from console.telling import teller
from console.ticket_counter import TicketCounter
from hotline.access import Actor, Role
from hotline.accounts import Person
from hotline.sign_in_rules import SignInRules
from hotline.workdays import CHINA
from storage.account_tables import people
from storage.notice_tables import notices
from storage.passwords import Passwords
from storage.tickets import StoredTickets
from tests.fakes.fake_clock import AloneClock
from tests.tickets.cases import RULES
from tickets.desk import TicketDesk
from tickets.rules import UnitSecrecy
from tickets.ticket import Secrecy

PASSWORD: Final = "Kq7!mdwZ2x"
QUICK: Final = Passwords(passes=1, memory_kib=8, lanes=1)
MONDAY: Final = datetime(2026, 3, 2, 9, 0, tzinfo=CHINA)
ADMINISTRATOR: Final = Actor(id="p-admin", roles=frozenset({Role.ADMINISTRATOR}))
BASE: Final = "/api/v1/tickets"
PEOPLE: Final = {
    "话务员": Person(login="1001", roles=frozenset({Role.AGENT})),
    "班长": Person(login="1002", roles=frozenset({Role.SUPERVISOR})),
    "市政管办": Person(login="3001", roles=frozenset({Role.OFFICE})),
    "涉密专人": Person(login="3002", roles=frozenset({Role.OFFICE}), cleared=3),
    "回访员": Person(login="1003", roles=frozenset({Role.CALLBACK_STAFF})),
    "档案专人": Person(login="1004", roles=frozenset({Role.ARCHIVIST})),
    "监察": Person(login="5001", roles=frozenset({Role.MONITOR})),
    "税务局": Person(login="2001", roles=frozenset({Role.HANDLER}), unit="tax"),
    "税务局专人": Person(login="2002", roles=frozenset({Role.HANDLER}), unit="tax"),
    "区税务局": Person(login="2003", roles=frozenset({Role.HANDLER}), unit="tax-rc"),
    "水利局": Person(login="2004", roles=frozenset({Role.HANDLER}), unit="water"),
    "榕城区": Person(login="2005", roles=frozenset({Role.HANDLER}), unit="rc"),
    "普宁市": Person(login="2006", roles=frozenset({Role.UNIT_LEADER}), unit="pn"),
}
CITIZEN: Final = {"name": "诉求人庚", "phone": "19900001234"}
ANSWER: Final = "您反映的个体户减免问题，可在三月底前带营业执照到市局二楼七号窗口当场办理，不用预约。"
CONTENT: Final = {"reached": True, "satisfied": "满意", "timely": True, "sound": True}
WHOLE_RULES: Final = replace(
    RULES,
    unit_secrecy=(UnitSecrecy(unit="tax", code="0199", level=Secrecy.CONTACT, staff=frozenset({"p-2002"})),),
)


def settle(engine: Engine) -> None:
    """Everybody moves in."""
    accounts = accounts_on(engine, engine, passwords=QUICK)
    for person in PEOPLE.values():
        accounts.people.add(person, by=ADMINISTRATOR, at=MONDAY)
    with engine.begin() as connection:
        connection.execute(update(people).values(password=QUICK.hashed(PASSWORD), must_change_password=0))


class World:
    """One city for all tests of a run; each begins at `begin`, with tickets of its own."""

    def __init__(self, writing: Engine, reading: Engine) -> None:
        self.now = MONDAY
        self._engine = writing
        self._loop = asyncio.Runner()
        self._entered: dict[str, httpx.Cookies] = {}
        heard, accounts = Later(), accounts_on(writing, reading, passwords=QUICK, rules=SignInRules())
        self.desk = TicketDesk(StoredTickets(writing, reading=reading), WHOLE_RULES, aftermath=heard)
        around = Around(desk=self.desk, units=accounts.units, writing=writing, reading=reading)
        heard.then = around.drafts()
        self.app = self._made(accounts, StoredTickets(writing, reading=reading), around)

    def begin(self, off: Iterable[str] = ()) -> "World":
        """A test begins: Monday morning, and these clauses switched off."""
        self.now, self._entered = MONDAY, {}
        self.desk.rules = replace(WHOLE_RULES, off=frozenset(off))
        return self

    def _made(self, accounts: Accounts, tickets: StoredTickets, around: Around) -> FastAPI:
        now = lambda: self.now  # noqa: E731
        app = with_problems(FastAPI(title="12345"))
        reception, guard = with_accounts(app, accounts, now=now)
        filing = Filing(desk=self.desk, tickets=tickets, now=now)
        counter = TicketCounter(desk=self.desk, tickets=tickets, filing=filing, guard=guard, now=now)
        app.include_router(api_tickets.router(counter, reception.actor, area_code="0663"))
        app.include_router(api_progress.router(ProgressDesk(find=teller(tickets), clock=AloneClock(MONDAY), area_code="0663")))
        with_around(app, around, reception, guard)
        return app

    def on(self, text: str) -> "World":
        """The clock of China says so: `2026-03-09T17:00`."""
        self.now = datetime.fromisoformat(text).replace(tzinfo=CHINA)
        return self

    def later(self, **span: float) -> "World":
        """Some time goes by."""
        self.now += timedelta(**span)
        return self

    def ask(self, method: str, path: str, who: str = "", body: object = None) -> httpx.Response:
        """A request by somebody who has signed in (again, where his session is over), or by nobody."""
        if not who:
            return self._loop.run(self._asked(method, path, body, None))[0]
        answer = self._loop.run(self._asked(method, path, body, self._entered[who]))[0] if who in self._entered else None
        if answer is None or answer.status_code == 401:
            self._enter(who)
            answer = self._loop.run(self._asked(method, path, body, self._entered[who]))[0]
        return answer

    def _enter(self, who: str) -> None:
        told = {"login": PEOPLE[who].login, "password": PASSWORD}
        answer, self._entered[who] = self._loop.run(self._asked("POST", "/api/v1/sign-in", told, None))
        assert answer.status_code < 300, answer.text

    def shut(self) -> None:
        """The run is over."""
        self._loop.close()

    async def _asked(self, method: str, path: str, body: object, cookies: httpx.Cookies | None) -> tuple[httpx.Response, httpx.Cookies]:
        transport = httpx.ASGITransport(app=self.app, client=("127.0.0.1", 50000))
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8345", cookies=cookies) as client:
            answer = await client.request(method, path, json=body)
            return answer, client.cookies

    def file(self, appeal: str = "咨询", who: str = "话务员", **said: Any) -> str:  # noqa: ANN401 - JSON
        """受理; its number."""
        answer = self.try_filing(appeal, who, **said)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["number"])

    def try_filing(self, appeal: str = "咨询", who: str = "话务员", **said: Any) -> httpx.Response:  # noqa: ANN401 - JSON
        """受理, as it is answered."""
        words = {"channel": "电话", "title": "咨询减免", "content": "想问个体户减免怎么办理", "code": "01", "citizen": CITIZEN}
        return self.ask("POST", BASE, who, {**words, "appeal": appeal, **said})

    def do(self, number: str, command: str, who: str, **said: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
        """A command that must be carried out; the ticket as he sees it then."""
        answer = self.attempt(number, command, who, **said)
        assert answer.status_code == 200, f"{command}: {answer.status_code} {answer.text}"
        return dict(answer.json().get("ticket", {}))

    def attempt(self, number: str, command: str, who: str, **said: Any) -> httpx.Response:  # noqa: ANN401 - JSON
        """A command, as it is answered."""
        return self.ask("POST", f"{BASE}/{number}/{command}", who, said)

    def refused(self, number: str, command: str, who: str, **said: Any) -> str:  # noqa: ANN401 - JSON
        """A command that must be refused; the article that the answer names. Nothing has changed."""
        before = self.ticket(number)
        answer = self.attempt(number, command, who, **said)
        assert answer.status_code in (403, 409), f"{command}: {answer.status_code} {answer.text}"
        assert self.ticket(number) == before
        return str(answer.json()["article"])

    def ticket(self, number: str, who: str = "涉密专人") -> dict[str, Any]:
        """As he sees it."""
        answer = self.ask("GET", f"{BASE}/{number}", who)
        assert answer.status_code == 200, answer.text
        return dict(answer.json()["ticket"])

    def sees(self, number: str, who: str) -> str:
        """All that he may read of it, as text; empty: it is not there for him."""
        parts = [self.ask("GET", f"{BASE}/{number}{part}", who) for part in ("", "/history")]
        return "".join(part.text for part in parts if part.status_code == 200)

    def history(self, number: str) -> list[str]:
        """What has happened, in order."""
        answer = self.ask("GET", f"{BASE}/{number}/history", "涉密专人")
        return [entry["what"] for entry in answer.json()["entries"]]

    def told(self, number: str) -> set[tuple[str, str]]:
        """Kind and recipient of every notice about it."""
        with self._engine.connect() as connection:
            rows = connection.execute(select(notices.c.kind, notices.c.recipient).where(notices.c.ticket == number)).all()
        return {(row.kind, row.recipient) for row in rows}

    def sweep(self, text: str) -> "World":
        """The worker looks at what is ripe at this moment."""
        self.on(text)
        self._loop.run(self.desk.sweep(self.now))
        return self

    def last_day(self, number: str, step: str) -> str:
        """到期日 of a term; empty: there is none."""
        due = self.ticket(number)["dues"].get(step)
        return (datetime.fromisoformat(due["until"]) - timedelta(seconds=1)).date().isoformat() if due else ""

    def sent(self, appeal: str = "咨询", **said: Any) -> str:  # noqa: ANN401 - JSON
        """派到市税务局的业务单."""
        number = self.file(appeal, **said)
        self.do(number, "dispatch", "话务员", lead="tax", why="测试")
        return number

    def received(self, appeal: str = "咨询", **said: Any) -> str:  # noqa: ANN401 - JSON
        """已签收的业务单."""
        number = self.sent(appeal, **said)
        self.do(number, "receive", "税务局")
        return number

    def closed(self, appeal: str = "咨询", **said: Any) -> str:  # noqa: ANN401 - JSON
        """已办结的业务单."""
        number = self.received(appeal, **said)
        return self.finish(number)

    def finish(self, number: str) -> str:
        """答复并反馈."""
        self.do(number, "reply", "税务局", text=ANSWER, satisfied="满意")
        self.do(number, "report-closed", "税务局", result="已办理")
        return number

    def redone(self, number: str) -> str:
        """复核认定主观原因, by the office; the new ticket's number."""
        self.do(number, "complain-of", "回访员", words="没有解决")
        self.do(number, "judge", "市政管办", fault="主观原因", why="未到现场")
        return str(next(link["to"] for link in reversed(self.ticket(number)["links"]) if link["how"] == "重办"))


def stocked(path: Path) -> Path:
    """Where its database lies."""
    return path / "ledger.sqlite"
