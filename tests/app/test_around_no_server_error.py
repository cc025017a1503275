"""Whatever is sent to knowledge, figures and notices by whoever: no server error. Generated from the description of the interface."""

import asyncio
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pytest
import schemathesis
from fastapi import FastAPI, Request
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from app.around import Around, with_around
from console.guard import Guard
from console.problems import Problem, with_problems
from console.reception import Reception
from hotline.access import Access, Actor
from hotline.workdays import CHINA
from knowledge.model import Words
from storage.engine import open_for_reading, open_for_writing
from storage.migrate import migrate
from storage.tickets import StoredTickets
from storage.units import Units
from tests.tickets.cases import AGENT, AUDITOR, CLEARED, MONITOR, OFFICE, RULES, handler
from tickets import commands as c
from tickets.desk import TicketDesk
from tickets.model import Channel
from tickets.terms import Appeal

WHO: Final = {
    "agent": AGENT,
    "office": OFFICE,
    "tax": handler("tax"),
    "water": handler("water"),
    "monitor": MONITOR,
    "auditor": AUDITOR,
    "cleared": CLEARED,
}
NOW: Final = datetime(2026, 3, 2, 9, tzinfo=CHINA)
PATIENCE_S: Final = 120.0
"""Documents are drawn: on a machine that works for others that takes long."""
QUICK: Final = settings(
    max_examples=6, deadline=None, phases=(Phase.explicit, Phase.generate), suppress_health_check=list(HealthCheck), database=None
)


class Named(Reception):
    """Believes whoever says who he is."""

    def actor(self, request: Request) -> Actor:
        known = WHO.get(request.headers.get("x-who", ""))
        if known is None:
            raise Problem(401, "not_signed_in", "请先登录 please sign in")
        return known


class Silent:
    """The log, which keeps nothing here."""

    async def keep(self, *seen: Access) -> None:
        """All of it."""


class Street:
    """An entry in each state, a ticket that is open and one that is secret."""

    def __init__(self, folder: Path) -> None:
        migrate(folder / "ledger.sqlite")
        self.engines = (open_for_writing(folder / "ledger.sqlite"), open_for_reading(folder / "ledger.sqlite"))
        desk = TicketDesk(StoredTickets(self.engines[0], reading=self.engines[1]), RULES)
        around = Around(desk=desk, units=Units(*self.engines), writing=self.engines[0], reading=self.engines[1])
        self.app = with_problems(FastAPI())
        reception = Named(sessions=None, tokens=None, now=lambda: NOW)  # type: ignore[arg-type]
        with_around(self.app, around, reception, Guard(log=Silent(), now=lambda: NOW))
        self.schema = schemathesis.openapi.from_asgi("/openapi.json", self.app)
        self.numbers = [self._late(desk, Appeal.CONSULTATION), self._late(desk, Appeal.REPORT)]
        self.items = self._entries(around)

    def _late(self, desk: TicketDesk, appeal: Appeal) -> str:
        async def made() -> str:
            ticket = await desk.do(None, c.File(channel=Channel.PHONE, appeal=appeal, code="01", content="内容"), CLEARED, NOW)
            await desk.do(ticket.number, c.Dispatch(lead="tax", why="测试"), CLEARED, NOW)
            return ticket.number

        number = asyncio.run(made())
        asyncio.run(desk.sweep(NOW + timedelta(days=9)))
        return number

    def _entries(self, around: Around) -> list[str]:
        desk, items = around.knowledge(), []
        for step in range(3):
            item = desk.write("tax", Words(title="个体户减免", answer="到市局办理"), by=AGENT, at=NOW)
            if step:
                desk.submit(item.id, by=AGENT, at=NOW)
            if step > 1:
                desk.confirm(item.id, valid_until=date(2027, 3, 1), by=handler("tax"), at=NOW)
            items.append(item.id)
        return items


@pytest.fixture(scope="module")
def street(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Street]:
    made = Street(tmp_path_factory.mktemp("street"))
    yield made
    for engine in made.engines:
        engine.dispose()


def operations(street: Street) -> dict[str, Any]:
    """By method and path. Raises what schemathesis finds wrong with the description itself."""
    made: list[Any] = list(street.schema.get_all_operations())
    return {each.ok().label: each.ok() for each in made}


def ask(street: Street, label: str, operation: Any) -> None:  # noqa: ANN401 - schemathesis makes it
    """One address, asked with whatever its description allows."""
    there = st.fixed_dictionaries({"number": st.sampled_from(street.numbers), "item_id": st.sampled_from(street.items)})

    @seed(12345)
    @QUICK
    @given(operation.as_strategy(), st.sampled_from([*WHO, ""]), there, st.booleans())
    def asked(case: Any, name: str, known: dict[str, str], real: bool) -> None:  # noqa: ANN401 - the same
        places = case.path_parameters or {}
        if real:
            places.update({place: known[place] for place in known if place in places})
        answer = case.call(headers={"X-Who": name}, timeout=PATIENCE_S)
        assert answer.status_code < 500, f"{label} {name}: {answer.status_code} {answer.text}"

    asked()


@pytest.mark.slow
def test_no_address_answers_with_a_server_error(street: Street) -> None:
    for label, operation in operations(street).items():
        ask(street, label, operation)


def test_the_description_holds_all_of_it(street: Street) -> None:
    labels = set(operations(street))
    assert {
        "POST /api/v1/knowledge/{item_id}/confirm",
        "GET /api/v1/assessment",
        "GET /api/v1/tickets/{number}/urging-notice.pdf",
    } <= labels
    assert len(labels) >= 20
