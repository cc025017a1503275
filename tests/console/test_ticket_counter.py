"""The counter: who sees what is written down, and what a log keeps of a refusal is no citizen's word."""

import asyncio
from dataclasses import replace

import pytest

from console.filing import Filing
from console.guard import Guard
from console.ticket_counter import Asker, TicketCounter
from hotline.errors import DoorClosed
from hotline.gate import Act
from tests.console.ticket_house import WHO
from tests.fakes.fake_access_log import FakeAccessLog
from tests.fakes.fake_tickets import FakeTickets
from tests.tickets.cases import MONDAY, RULES
from tickets.commands import Decline, Dispatch, File
from tickets.declining import DeclineReason
from tickets.desk import TicketDesk
from tickets.model import Channel
from tickets.moves import MoveRefused
from tickets.ports import NoSuchTicket
from tickets.rules import UnitSecrecy
from tickets.terms import Appeal
from tickets.ticket import Secrecy
from tickets.views import View

AGENT = Asker(actor=WHO["agent"], source="127.0.0.1")
FILE = File(channel=Channel.PHONE, appeal=Appeal.REPORT, title="举报市民甲")


def counter() -> tuple[TicketCounter, FakeAccessLog]:
    tickets, log = FakeTickets(RULES), FakeAccessLog()
    desk = TicketDesk(tickets, RULES)
    filing = Filing(desk=desk, tickets=tickets, now=lambda: MONDAY)
    guard = Guard(log=log, now=lambda: MONDAY)
    return TicketCounter(desk=desk, tickets=tickets, filing=filing, guard=guard, now=lambda: MONDAY), log


def test_a_refusal_is_kept_by_its_code_and_article_alone() -> None:
    mine, log = counter()

    async def run() -> None:
        number, _ = await mine.file(FILE, AGENT)
        await mine.do(number, Decline(reason=DeclineReason.OUTSIDE), AGENT)
        with pytest.raises(MoveRefused):
            await mine.do(number, Decline(reason=DeclineReason.OTHER_BODIES, where="市民甲"), AGENT)
        with pytest.raises(NoSuchTicket):
            await mine.see("市民甲", AGENT)

    asyncio.run(run())
    assert [(line.done, bool(line.ticket)) for line in log.lines] == [(True, True), (True, True), (False, True), (False, False)]
    assert not [line for line in log.lines if "市民甲" in f"{line}"]
    assert {line.source for line in log.lines} == {"127.0.0.1"}


def test_nothing_is_shown_that_could_not_be_written_down() -> None:
    mine, log = counter()

    async def run() -> None:
        number, _ = await mine.file(FILE, AGENT)
        log.closed = True
        with pytest.raises(DoorClosed):
            await mine.see(number, AGENT)

    asyncio.run(run())


def test_what_was_done_is_not_said_to_have_failed_because_the_log_was_closed_after_it(caplog: pytest.LogCaptureFixture) -> None:
    mine, log = counter()

    async def run() -> tuple[str, View | None]:
        log.closed = True
        number, _ = await mine.file(FILE, AGENT)
        return number, await mine.do(number, Decline(reason=DeclineReason.OUTSIDE), AGENT)

    number, view = asyncio.run(run())
    assert view is not None
    owed = [record.getMessage() for record in caplog.records if record.levelname == "ERROR"]
    assert (len(owed), f"p-agent {Act.TICKET_FILE} {number} from 127.0.0.1" in owed[0]) == (2, True)
    assert "市民甲" not in caplog.text


def test_a_refusal_that_cannot_be_written_down_changes_nothing() -> None:
    mine, log = counter()

    async def run() -> None:
        number, _ = await mine.file(FILE, AGENT)
        log.closed = True
        with pytest.raises(DoorClosed):
            await mine.do(number, Decline(reason=DeclineReason.OTHER_BODIES, where=""), Asker(actor=WHO["nothing"], source="127.0.0.1"))

    asyncio.run(run())
    assert len(log.lines) == 1


def test_who_loses_sight_of_it_by_what_he_did_is_shown_nothing_of_it() -> None:
    mine, _ = counter()
    reported = UnitSecrecy(unit="tax", code="01", level=Secrecy.SECRET)
    mine.desk.rules = replace(mine.desk.rules, unit_secrecy=(reported,))

    async def run() -> None:
        number, _ = await mine.file(File(channel=Channel.PHONE, appeal=Appeal.HELP, title="排队", code="01"), AGENT)
        assert await mine.do(number, Dispatch(), AGENT) is None

    asyncio.run(run())
