"""What a citizen wrote becomes a ticket, once per key."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from console.filing import EMPTY, LONGEST_CONTENT, MEDIA, UNTYPED, Filing, citizen_of, command_of
from console.intake import Message
from hotline.errors import DoorClosed
from tests.fakes.fake_tickets import FakeTickets
from tests.tickets.cases import MONDAY, RULES
from tickets.desk import TicketDesk
from tickets.model import Channel
from tickets.terms import Appeal
from tickets.ticket import Citizen, Secrecy

SENT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


def message(words: str = "路灯坏了\n请尽快修", contact: str = "19900001234", note: str = "") -> Message:
    return Message(channel=Channel.SMS, key="sms:gw/1", words=words, contact=contact, sent_at=SENT, note=note)


def filing(tickets: FakeTickets) -> Filing:
    return Filing(desk=TicketDesk(tickets, RULES), tickets=tickets, now=lambda: MONDAY)


def test_a_message_is_filed_once_with_its_words_and_its_sender() -> None:
    tickets = FakeTickets(RULES)
    mine = filing(tickets)

    async def run() -> None:
        first, again = await mine.take(message()), await mine.take(message())
        assert (first.fresh, again.fresh, first.number) == (True, False, again.number)

    asyncio.run(run())
    [kept] = tickets.kept.values()
    ticket = kept.ticket
    assert (ticket.title, ticket.content, ticket.appeal, ticket.channel) == ("路灯坏了", "路灯坏了\n请尽快修", UNTYPED, Channel.SMS)
    assert (ticket.citizen, ticket.key, kept.history[0].by) == (Citizen(phone="19900001234"), "sms:gw/1", MEDIA.id)


@pytest.mark.parametrize(("answered", "told"), [(True, []), (False, ["accepted"])])
def test_whom_his_medium_answers_is_sent_no_second_sms(answered: bool, told: list[str]) -> None:
    tickets = FakeTickets(RULES)
    asyncio.run(filing(tickets).take(replace(message(), answered=answered)))
    assert [notice.kind for notice in tickets.notices] == told


def test_a_message_that_somebody_else_filed_in_this_moment_gets_the_same_number() -> None:
    class Racing(FakeTickets):
        """Says at first that the key is not known."""

        blind = True

        async def by_key(self, key: str) -> str | None:
            if self.blind and not self.kept:
                return None
            blind, self.blind = self.blind, False
            return None if blind and len(self.kept) == 1 else await super().by_key(key)

    tickets = Racing(RULES)
    mine = filing(tickets)

    async def run() -> None:
        first = await mine.take(message())
        tickets.blind = True
        second = await mine.take(message())
        assert (second.number, second.fresh) == (first.number, False)

    asyncio.run(run())
    assert len(tickets.kept) == 1


@pytest.mark.parametrize("note", ["", "长短信未收齐，请联系市民核实 parts of this SMS never came"])
def test_words_that_are_cut_say_so(note: str) -> None:
    filed = command_of(message("灯" * 20_000, note=note)).content
    assert "原文共20000字" in filed
    assert note in filed
    assert len(filed) <= 4000
    assert "原文" not in command_of(message("灯" * LONGEST_CONTENT, note=note)).content


def test_a_report_by_sms_is_confidential_from_its_first_moment() -> None:
    tickets = FakeTickets(RULES)
    asyncio.run(filing(tickets).take(message("举报：某站偷排")))
    [kept] = tickets.kept.values()
    assert (kept.ticket.appeal, kept.ticket.secrecy) == (Appeal.REPORT, Secrecy.REPORT)


def test_a_database_that_is_away_is_said_and_nothing_is_filed() -> None:
    tickets = FakeTickets(RULES)
    tickets.closed = True
    with pytest.raises(DoorClosed):
        asyncio.run(filing(tickets).take(message()))


def test_staff_are_told_how_it_came_and_a_long_one_leaves_room_for_that() -> None:
    command = command_of(message("字" * 5000, note="长短信未收齐"))
    assert command.content.startswith("字" * LONGEST_CONTENT)
    assert "未收齐" in command.content
    assert len(command.content) <= 4000


def test_an_address_on_a_medium_is_no_number() -> None:
    assert citizen_of("wechat:oMarket01") == Citizen(account="wechat:oMarket01")


@pytest.mark.parametrize("words", ["   ", "\n\n", "\x00\x07"])
def test_whatever_a_citizen_can_send_becomes_a_ticket(words: str) -> None:
    tickets = FakeTickets(RULES)
    asyncio.run(filing(tickets).take(message(words)))
    [kept] = tickets.kept.values()
    assert kept.ticket.content == EMPTY


def test_control_characters_do_not_reach_the_database() -> None:
    assert command_of(message("路灯\x00坏了\u2028快修")).content == "路灯 坏了 快修"
