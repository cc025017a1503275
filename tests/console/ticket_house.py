"""A console with tickets behind it, in memory: everybody who may ask, and an application that knows him by a header."""

import asyncio
from datetime import datetime, timedelta
from typing import Any, Final

import httpx
from fastapi import FastAPI, Request

from console import (
    api_answer_times,
    api_intake_sms,
    api_intake_wechat,
    api_open311,
    api_progress,
    api_ticket_calls,
    api_tickets,
    api_webhooks,
)
from console.filing import Filing
from console.guard import Guard
from console.intake import Counter
from console.problems import Problem, with_problems
from console.progress import ProgressDesk
from console.signatures import Signatures
from console.size_limit import SizeLimit
from console.telling import teller
from console.ticket_counter import TicketCounter
from hotline.access import Actor, Role
from storage.tickets import StoredTickets
from tests.fakes.fake_access_log import FakeAccessLog
from tests.fakes.fake_answer_book import FakeAnswerBook
from tests.fakes.fake_call_book import FakeCallBook
from tests.fakes.fake_clock import AloneClock
from tests.fakes.fake_sms_parts import FakeSmsParts
from tests.fakes.fake_tickets import FakeTickets
from tests.tickets.cases import MONDAY, RULES
from tickets.desk import TicketDesk
from tickets.ports import Tickets

SECRET: Final = b"the secret of these tests, long enough"
WECHAT_TOKEN: Final = "token-of-these-tests"


def _person(name: str, *roles: Role, unit: str = "", cleared: int = 0) -> tuple[str, Actor]:
    return name, Actor(id=f"p-{name}", roles=frozenset(roles), unit=unit, cleared=cleared)


WHO: Final = dict(
    (
        _person("agent", Role.AGENT),
        _person("supervisor", Role.SUPERVISOR),
        _person("office", Role.OFFICE),
        _person("cleared", Role.OFFICE, cleared=3),
        _person("caller", Role.CALLBACK_STAFF),
        _person("archivist", Role.ARCHIVIST),
        _person("auditor", Role.AUDITOR),
        _person("monitor", Role.MONITOR),
        _person("administrator", Role.ADMINISTRATOR),
        _person("tax", Role.HANDLER, unit="tax"),
        _person("tax-leader", Role.UNIT_LEADER, unit="tax"),
        _person("tax-rc", Role.HANDLER, unit="tax-rc"),
        _person("env", Role.HANDLER, unit="env"),
        _person("water", Role.HANDLER, unit="water"),
        _person("rc", Role.HANDLER, unit="rc"),
        _person("pn", Role.UNIT_LEADER, unit="pn"),
        _person("nothing"),
    )
)
"""By the word of the header: every role, and several units."""


class TicketHouse:
    """`now` is moved by hand. `stored`: a real database's door instead of the twin in memory. Whoever asks is named: `agent`, `tax` …
    (`WHO`), empty = nobody is signed in."""

    def __init__(self, stored: StoredTickets | None = None) -> None:
        self.now: datetime = MONDAY
        self.tickets = FakeTickets(RULES)
        self.calls = FakeCallBook(self.tickets)
        self.log = FakeAccessLog()
        self.book = FakeAnswerBook()
        self.parts = FakeSmsParts()
        self._stored = stored
        self.door: Tickets = stored or self.tickets
        self.desk = TicketDesk(self.door, RULES)
        self.app = self._made()

    def _made(self) -> FastAPI:
        now = lambda: self.now  # noqa: E731
        guard = Guard(log=self.log, now=now)
        filing = Filing(desk=self.desk, tickets=self.door, now=now)
        counter = TicketCounter(desk=self.desk, tickets=self.door, filing=filing, guard=guard, now=now)
        written = Counter(take=filing.take, book=self.book, now=now)
        progress = ProgressDesk(find=teller(self.door), clock=AloneClock(MONDAY), area_code="0663")
        signatures = Signatures(secrets={"gateway": SECRET, "city": SECRET})
        self.sms = api_intake_sms.SmsDesk(signatures=signatures, parts=self.parts, counter=written, area_code="0663", now=now)
        wechat = api_intake_wechat.WechatDesk(
            token=WECHAT_TOKEN, counter=written, look=progress.words, now=now, chaos=lambda count: b"0" * count
        )
        app = with_problems(FastAPI(title="12345"))
        app.add_middleware(SizeLimit)
        for router in (
            api_ticket_calls.router(counter, self._stored or self.calls, who),
            api_tickets.router(counter, who, area_code="0663"),
            api_intake_sms.router(self.sms),
            api_intake_wechat.router(wechat),
            api_answer_times.router(self.book, who, guard, now=now),
            api_progress.router(progress),
            api_open311.router(self.desk, self.door),
            api_webhooks.router(api_webhooks.Webhooks(signatures=signatures, desk=self.desk, guard=guard, now=now)),
        ):
            app.include_router(router)
        return app

    def ask(self, method: str, path: str, name: str = "", body: Any = None, **more: Any) -> httpx.Response:  # noqa: ANN401 - JSON
        """One request by whoever is named."""

        async def run() -> httpx.Response:
            transport = httpx.ASGITransport(app=self.app, raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=transport, base_url="http://console") as client:
                headers = {"X-Who": name, **more.pop("headers", {})}
                return await client.request(method, path, json=body, headers=headers, **more)

        return asyncio.run(run())

    def get(self, path: str, name: str = "", **more: Any) -> httpx.Response:  # noqa: ANN401 - JSON
        """GET."""
        return self.ask("GET", path, name, **more)

    def post(self, path: str, name: str, body: Any = None, **more: Any) -> httpx.Response:  # noqa: ANN401 - JSON
        """POST."""
        return self.ask("POST", path, name, {} if body is None else body, **more)

    def filed(self, name: str = "agent", **body: Any) -> str:  # noqa: ANN401 - JSON
        """A new ticket; its number."""
        whole = {"channel": "电话", "appeal": "投诉", "title": "办税窗口排队", "content": "早上排了三个小时", "code": "01", **body}
        answer = self.post("/api/v1/tickets", name, whole)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["number"])

    def done(self, number: str, command: str, name: str, **body: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
        """A command that must be carried out."""
        answer = self.post(f"/api/v1/tickets/{number}/{command}", name, body)
        assert answer.status_code == 200, f"{command} by {name}: {answer.status_code} {answer.text}"
        return dict(answer.json())

    def wait(self, **later: float) -> None:
        """Time passes."""
        self.now += timedelta(**later)


def who(request: Request) -> Actor:
    """Whoever the header names."""
    actor = WHO.get(request.headers.get("x-who", ""))
    if actor is None:
        raise Problem(401, "not_signed_in", "请先登录 please sign in")
    return actor
