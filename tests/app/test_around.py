"""Knowledge, figures and notices behind one console, with the real desk of tickets: a consultation's whole life over HTTP."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from app.around import Around, Later, with_around
from console.guard import Guard
from console.reception import Reception
from hotline.access import Actor, Role
from hotline.accounts import OrgUnit
from storage.engine import open_for_reading, open_for_writing
from storage.tickets import StoredTickets
from storage.units import Units
from tests.console.account_house import House
from tests.console.account_house import stocked as stocked
from tests.console.account_house import web as web
from tests.tickets.cases import AGENT, GOOD, NAME, PHONE, RULES, handler
from tickets import commands as c
from tickets.desk import TicketDesk
from tickets.dispatch import Entry, Unit
from tickets.model import Channel
from tickets.terms import Appeal
from tickets.ticket import Citizen, Satisfaction

OFFICE_CLERK = Actor(id="p-3001", roles=frozenset({Role.OFFICE}))


class City:
    """The console's house with tickets in it, whose unit is u1."""

    def __init__(self, web: House, desk: TicketDesk) -> None:
        self.web = web
        self.desk = desk

    def do(self, number: str | None, command: c.Command, by: Actor) -> str:
        return asyncio.run(self.desk.do(number, command, by, self.web.now)).number

    def filed(self) -> str:
        citizen = Citizen(name=NAME, phone=PHONE)
        number = self.do(None, c.File(channel=Channel.PHONE, appeal=Appeal.CONSULTATION, code="01", content="咨询", citizen=citizen), AGENT)
        return self.do(number, c.Dispatch(lead="u1", why="测试"), AGENT)

    def seen(self, who: str, path: str) -> tuple[int, dict[str, Any]]:
        self.web.enter(who)
        answer = self.web.get(path)
        return answer.status_code, answer.json()


@pytest.fixture
def city(web: House, tmp_path: Path) -> Iterator[City]:
    writing, reading = open_for_writing(tmp_path / "ledger.sqlite"), open_for_reading(tmp_path / "ledger.sqlite")
    units = Units(writing, reading)
    units.keep(OrgUnit(id="u1", name="市人社局", staff_phone="06630000001"), by=OFFICE_CLERK, at=web.now)
    heard = Later()
    catalogue = type(RULES.catalogue)(
        version="t",
        since=RULES.catalogue.since,
        units={"u1": Unit(id="u1", name="市人社局")},
        entries=(Entry(code="01", name="社保", lead="u1"),),
    )
    rules = type(RULES)(follow=RULES.follow, calendar=RULES.calendar, catalogue=catalogue, place="4452")
    desk = TicketDesk(StoredTickets(writing, reading=reading), rules, aftermath=heard)
    around = Around(desk=desk, units=units, writing=writing, reading=reading)
    heard.then = around.drafts()
    accounts = web.accounts
    reception = Reception(sessions=accounts.sign_in, tokens=accounts.tokens, now=lambda: web.now)
    with_around(web.app, around, reception, Guard(log=accounts.log, now=lambda: web.now))
    yield City(web, desk)
    writing.dispose()
    reading.dispose()


def test_an_answered_consultation_waits_for_review_and_counts_in_the_figures(city: City) -> None:
    number = city.filed()
    unit = handler("u1")
    city.do(number, c.Receive(), unit)
    city.do(number, c.Reply(text=GOOD, satisfied=Satisfaction.CONTENT), unit)
    status, waiting = city.seen("2001", "/api/v1/knowledge/reviews")
    assert (status, [each["title"] for each in waiting["entries"]]) == (200, ["社保咨询"])
    assert waiting["entries"][0]["review_due"] == "2026-03-06T00:00:00+08:00"
    status, figures = city.seen("3001", "/api/v1/assessment?month=2026-03")
    one = next(each for each in figures["figures"] if (each["measure"], each["unit"]) == ("on_time_rate", "u1"))
    assert (status, one["shown"], one["unit_name"]) == (200, "100.0%", "市人社局")
    behind = city.seen("3001", "/api/v1/assessment/figures/on_time_rate/tickets?month=2026-03&unit=u1")[1]
    assert behind["counted"] == [number]


def test_a_unit_that_is_late_gets_its_notice_as_a_document_and_nobody_else_does(city: City) -> None:
    number = city.filed()
    address = f"/api/v1/tickets/{number}/urging-notice.pdf"
    city.web.enter("2001")
    assert city.web.get(address).status_code == 404
    later = city.web.now + timedelta(days=8)
    asyncio.run(city.desk.sweep(later))
    for who, status in (("2001", 200), ("3001", 200), ("2101", 404)):
        city.web.enter(who)
        answer = city.web.get(address + "?copy=true")
        assert answer.status_code == status
        assert (answer.content[:5] == b"%PDF-") is (status == 200)


def test_what_was_told_about_a_ticket_can_be_read_without_a_number(city: City) -> None:
    number = city.filed()
    status, told = city.seen("3001", f"/api/v1/tickets/{number}/notices")
    assert status == 200
    assert {(each["kind"], each["recipient"], each["state"]) for each in told["notices"]} >= {
        ("accepted", "citizen", "waiting"),
        ("dispatched", "staff:u1", "waiting"),
    }
    assert PHONE not in str(told)
    mine = city.seen("2001", f"/api/v1/tickets/{number}/notices")[1]["notices"]
    assert {each["recipient"] for each in mine} == {"staff:u1"}
    assert city.seen("2101", f"/api/v1/tickets/{number}/notices")[0] == 404
    assert city.seen("3001", "/api/v1/tickets/20990101000001/notices")[0] == 404


def test_what_a_person_must_send_is_listed_and_can_be_sent_again(city: City) -> None:
    assert city.seen("3001", "/api/v1/notices/for-a-person") == (200, {"notices": []})
    assert city.seen("2001", "/api/v1/notices/for-a-person")[0] == 403
    city.web.enter("3001")
    assert city.web.post("/api/v1/notices/again").json() == {"again": 0}


def test_before_anybody_listens_nothing_is_heard() -> None:
    asyncio.run(Later().happened(()))
