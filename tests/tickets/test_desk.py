"""业务单台: load, decide, keep; several tickets in one transaction, and the sweep."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from hotline.access import Actor, NotAllowed
from hotline.errors import DoorClosed
from hotline.national_days import national
from hotline.workdays import CHINA
from tests.fakes.fake_tickets import FakeTickets
from tests.tickets.cases import AGENT, CALLER, CITIZEN, CLEARED, GOOD, MONDAY, MONITOR, OFFICE, RULES, SUPERVISOR, handler
from tickets import commands as c
from tickets.desk import SweepFailed, TicketDesk
from tickets.evolving import replay
from tickets.model import Channel
from tickets.moves import MoveRefused, TicketState
from tickets.ports import Change, KeyTaken, Loaded, NoSuchTicket, VersionConflict
from tickets.terms import Appeal, Step
from tickets.ticket import Fault, LinkKind, Satisfaction, Ticket
from tickets.urging import Reminder

TAX = handler("tax")
REPLY = c.Reply(text=GOOD, satisfied=Satisfaction.CONTENT)
JUDGE = c.Judge(fault=Fault.SUBJECTIVE, why="未到现场")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=CHINA)


class Office:
    """A desk over the tickets in memory; what it keeps replays to what it shows."""

    def __init__(self) -> None:
        self.kept = FakeTickets(RULES)
        self.desk = TicketDesk(self.kept, RULES)
        self.now = MONDAY

    def do(self, number: str | None, command: c.Command, by: Actor = AGENT) -> Ticket:
        ticket = asyncio.run(self.desk.do(number, command, by, self.now))
        for loaded in self.kept.kept.values():
            assert replay(loaded.history) == loaded.ticket
        return ticket

    def file(self, appeal: Appeal = Appeal.CONSULTATION, **said: object) -> str:
        words = c.File(channel=Channel.PHONE, appeal=appeal, code="01", title="咨询减免", citizen=CITIZEN)
        told: dict[str, Any] = said
        return self.do(None, replace(words, **told)).number

    def closed(self, appeal: Appeal = Appeal.CONSULTATION, **said: object) -> str:
        number = self.file(appeal, **said)
        for command, by in ((c.Dispatch(), AGENT), (c.Receive(), TAX), (REPLY, TAX), (c.ReportClosed(result="已办"), TAX)):
            self.do(number, command, by)
        return number

    def sweep(self, now: str) -> int:
        self.now = at(now)
        return asyncio.run(self.desk.sweep(self.now))

    def ticket(self, number: str) -> Ticket:
        return self.kept.kept[number].ticket


def test_a_ticket_gets_its_number_and_is_kept_with_its_notices() -> None:
    office = Office()
    assert office.file() == "20260302000001"
    assert [notice.kind for notice in office.kept.notices] == ["accepted"]
    office.do("20260302000001", c.Dispatch())
    assert office.ticket("20260302000001").version == 2
    assert [moment.what.value for moment in office.kept.moments["20260302000001"]] == ["urge"]


def test_a_refused_command_changes_nothing() -> None:
    office = Office()
    number = office.file()
    before = (dict(office.kept.kept), list(office.kept.notices))
    for command, by in ((c.Archive(), OFFICE), (c.Receive(), AGENT), (c.Reply(text="", satisfied=None), OFFICE)):
        with pytest.raises((MoveRefused, NotAllowed)):
            office.do(number, command, by)
    assert (dict(office.kept.kept), list(office.kept.notices)) == before


def test_what_he_may_not_see_does_not_exist_for_him() -> None:
    office = Office()
    number = office.file()
    office.do(number, c.Dispatch())
    for unknown, by in ((number, handler("pn")), ("20260302999999", AGENT)):
        with pytest.raises(NoSuchTicket, match=f"没有业务单{unknown}"):
            office.do(unknown, c.Receive(), by)
        with pytest.raises(NoSuchTicket):
            asyncio.run(office.desk.see(unknown, by))
    assert asyncio.run(office.desk.see(number, TAX)).ticket.number == number


def test_the_same_key_is_filed_once() -> None:
    office = Office()
    office.file(key="wechat:m-1")
    with pytest.raises(KeyTaken):
        office.file(key="wechat:m-1")
    assert len(office.kept.kept) == 1


def test_a_redo_and_what_it_follows_from_are_kept_together() -> None:
    office = Office()
    number = office.closed()
    office.do(number, c.ComplainOf(words="没解决"), CALLER)
    assert office.do(number, JUDGE, SUPERVISOR).state is TicketState.REDONE
    redo = office.ticket("20260302000002")
    assert (redo.redo_of, redo.state, redo.lead) == (number, TicketState.SENT, "tax")


def test_when_the_door_is_closed_neither_is_kept() -> None:
    office = Office()
    number = office.closed()
    office.do(number, c.ComplainOf(words="没解决"), CALLER)
    office.kept.closed = True
    with pytest.raises(DoorClosed):
        office.do(number, JUDGE, SUPERVISOR)
    office.kept.closed = False
    assert (office.ticket(number).state, len(office.kept.kept)) == (TicketState.IN_REVIEW, 1)


def test_a_merge_touches_both_and_the_report_answers_both() -> None:
    office = Office()
    main, other = office.file(Appeal.COMPLAINT), office.file(Appeal.COMPLAINT)
    office.do(main, c.Dispatch())
    office.do(other, c.Merge(into=main, why="同一件事"), SUPERVISOR)
    assert office.ticket(main).merged == (other,)
    for command in (c.Receive(), REPLY, c.ReportClosed(result="已办")):
        office.do(main, command, TAX)
    assert [office.ticket(number).state for number in (main, other)] == [TicketState.CLOSED, TicketState.CLOSED]


def test_a_split_makes_two() -> None:
    office = Office()
    number = office.file(Appeal.COMPLAINT)
    office.do(number, c.Split(title="受贿", content="受贿", left="噪声"))
    assert office.ticket("20260302000002").appeal is Appeal.REPORT
    assert [(link.to, link.how) for link in office.ticket(number).links] == [("20260302000002", LinkKind.SPLIT)]


def test_who_repeats_the_first_ticket_of_a_redo_repeats_the_final_one() -> None:
    office = Office()
    number = office.closed()
    office.do(number, c.ComplainOf(words="没解决"), CALLER)
    office.do(number, JUDGE, SUPERVISOR)
    redo = "20260302000002"
    for command in (c.Receive(), REPLY, c.ReportClosed(result="已办")):
        office.do(redo, command, TAX)
    office.do(redo, c.CallBack(reached=True, satisfied=Satisfaction.CONTENT, timely=True, sound=True), CALLER)
    both = replace(OFFICE, roles=OFFICE.roles | SUPERVISOR.roles)
    assert office.do(redo, c.ConfirmClosed(), both).final
    assert office.ticket(office.file(repeats=number)).repeats_final


class Racing(FakeTickets):
    """Somebody else is faster, so many times."""

    faster = 0

    async def append(self, changes: Sequence[Change]) -> None:
        if self.faster:
            self.faster -= 1
            raise VersionConflict("somebody was faster")
        await super().append(changes)


def test_who_is_overtaken_decides_once_more_and_then_gives_up() -> None:
    office = Office()
    racing = Racing(RULES)
    office.kept, office.desk = racing, TicketDesk(racing, RULES)
    racing.faster = 1
    assert office.file() == "20260302000001"
    racing.faster = 2
    with pytest.raises(VersionConflict):
        office.do("20260302000001", c.Dispatch())


def test_who_said_which_version_he_saw_is_not_decided_for_once_more() -> None:
    office = Office()
    racing = Racing(RULES)
    office.kept, office.desk = racing, TicketDesk(racing, RULES)
    number = office.file()

    def amend(title: str, version: int) -> None:
        asyncio.run(office.desk.do(number, c.Amend(title=title), AGENT, office.now, version=version))

    racing.faster = 1
    with pytest.raises(VersionConflict):
        amend("甲", 1)
    amend("甲", 1)
    with pytest.raises(VersionConflict):
        amend("乙", 1)
    assert (office.ticket(number).title, office.ticket(number).version) == ("甲", 2)


def test_the_sweep_urges_notices_and_hands_over_each_once() -> None:
    office = Office()
    number = office.file()
    office.do(number, c.Dispatch())
    assert office.sweep("2026-03-06T08:59") == 0
    assert office.sweep("2026-03-06T09:00") == 1
    assert office.sweep("2026-03-06T09:01") == 0
    assert office.sweep("2026-03-10T00:00") == 1
    assert office.sweep("2026-03-17T00:00") == 1
    assert office.sweep("2026-05-01T00:00") == 0
    assert [entry.what.value for entry in office.kept.kept[number].history[2:]] == ["urged", "noticed", "handed_over"]


def test_a_sweep_that_comes_late_does_not_urge_any_more() -> None:
    office = Office()
    number = office.file()
    office.do(number, c.Dispatch())
    assert office.sweep("2026-04-01T10:00") == 1
    assert [entry.what.value for entry in office.kept.kept[number].history[2:]] == ["noticed"]


def test_who_is_noticed_late_has_five_working_days_to_explain_all_the_same() -> None:
    office = Office()
    silent, open_handed = office.file(), office.file()
    for number in (silent, open_handed):
        office.do(number, c.Dispatch())
    office.sweep("2026-04-01T10:00")
    assert office.sweep("2026-04-09T23:59") == 0
    office.do(open_handed, c.Explain(why="等待上级主管部门的鉴定结论，预计四月中旬办结"), TAX)
    with pytest.raises(MoveRefused, match="第19-3条"):
        office.do(silent, c.HandToInspection(clause="19-3"), OFFICE)
    assert office.sweep("2026-04-10T00:00") == 1
    assert [Reminder.HANDED_OVER in office.ticket(number).reminders for number in (silent, open_handed)] == [True, False]


def test_an_extension_that_is_refused_late_leaves_time_to_explain() -> None:
    office = Office()
    number = office.file()
    office.do(number, c.Dispatch())
    office.do(number, c.Receive(), TAX)
    office.do(number, c.AskExtension(until=at("2026-04-21T00:00"), legal_term="x", basis="y", why="z"), TAX)
    office.sweep("2026-03-20T10:00")
    office.do(number, c.DecideExtension(granted=False, why="不复杂"), OFFICE)
    assert office.sweep("2026-03-20T10:00") == 1
    assert office.ticket(number).reminders == {Reminder.NOTICED}
    assert office.sweep("2026-03-27T23:59") == 0
    assert office.sweep("2026-03-28T00:00") == 1


def test_a_ticket_whose_step_fails_stops_no_other() -> None:
    office = Office()
    broken, sound = office.file(), office.file()
    for number in (broken, sound):
        office.do(number, c.Dispatch())
    loaded = office.kept.kept[broken]
    office.kept.kept[broken] = replace(loaded, ticket=replace(loaded.ticket, lead="a unit that cannot be told"))
    with pytest.raises(SweepFailed, match=f"1 ripe tickets were left, the first is {broken}") as failed:
        office.sweep("2026-03-06T09:00")
    assert set(failed.value.failed) == {broken}
    assert office.ticket(sound).reminders == {Reminder.URGED}


class Unreadable(FakeTickets):
    """One ticket of it cannot be read: a mistake of ours, or a row that somebody has spoilt."""

    spoilt = ""

    async def load(self, number: str) -> Loaded | None:
        if number == self.spoilt:
            raise KeyError(CITIZEN.name)
        return await super().load(number)


def test_a_mistake_of_any_kind_in_one_ticket_stops_no_other_and_tells_no_name() -> None:
    office = Office()
    unreadable = Unreadable(RULES)
    office.kept, office.desk = unreadable, TicketDesk(unreadable, RULES)
    broken, sound = office.file(), office.file()
    for number in (broken, sound):
        office.do(number, c.Dispatch())
    unreadable.spoilt = broken
    with pytest.raises(SweepFailed, match=f"the first is {broken}: KeyError") as failed:
        office.sweep("2026-03-06T09:00")
    assert CITIZEN.name not in str(failed.value)
    assert office.ticket(sound).reminders == {Reminder.URGED}


def test_a_ticket_that_cannot_be_reckoned_again_stops_no_other() -> None:
    office = Office()
    unreadable = Unreadable(RULES)
    office.kept, office.desk = unreadable, TicketDesk(unreadable, RULES)
    beyond = max(national().years) + 1
    office.now = MONDAY.replace(year=beyond - 1, month=12, day=20)
    numbers = [office.file(Appeal.COMPLAINT) for _ in range(3)]
    for number in numbers:
        office.do(number, c.Dispatch())
    office.desk.rules = replace(RULES, calendar=replace(national(), years=national().years | {beyond}))
    unreadable.spoilt = numbers[1]
    with pytest.raises(SweepFailed) as failed:
        asyncio.run(office.desk.reckon_again(office.now))
    assert set(failed.value.failed) == {numbers[1]}
    assert [office.ticket(number).dues[Step.ANSWER].provisional for number in numbers] == [False, True, False]


def test_a_closed_door_ends_the_sweep_at_once() -> None:
    office = Office()
    office.do(office.file(), c.Dispatch())
    office.kept.closed = True
    with pytest.raises(DoorClosed):
        office.sweep("2026-03-06T09:00")


def test_a_row_that_is_ripe_for_nothing_any_more_hangs_no_sweep() -> None:
    office = Office()
    number = office.file()
    office.do(number, c.Dispatch())
    office.desk.rules = replace(RULES, off=frozenset({"19-1", "19-2", "19-3"}))
    assert office.sweep("2026-03-06T09:00") == 0


def test_three_vain_days_are_found_by_the_sweep() -> None:
    office = Office()
    number = office.file(Appeal.COMPLAINT)
    office.do(number, c.Dispatch())
    office.do(number, c.Receive(), TAX)
    for day in ("2026-03-03T10:00", "2026-03-04T10:00", "2026-03-05T10:00"):
        office.now = at(day)
        office.do(number, c.LogAttempt(reached=False), TAX)
    assert office.sweep("2026-03-05T23:59") == 0
    assert office.sweep("2026-03-06T00:00") == 1
    assert office.ticket(number).state is TicketState.REPLIED


def test_a_new_calendar_moves_provisional_dates_of_all_tickets() -> None:
    office = Office()
    beyond = max(national().years) + 1
    office.now = MONDAY.replace(year=beyond - 1, month=12, day=20)
    numbers = [office.file(Appeal.COMPLAINT) for _ in range(3)]
    for number in numbers:
        office.do(number, c.Dispatch())
    assert asyncio.run(office.desk.reckon_again(office.now)) == 0
    office.desk.rules = replace(RULES, calendar=replace(national(), years=national().years | {beyond}))
    assert asyncio.run(office.desk.reckon_again(office.now)) == 3
    assert not office.ticket(numbers[0]).dues[Step.ANSWER].provisional


def test_the_fifth_caller_about_one_thing_raises_one_alarm() -> None:
    office = Office()
    for caller in range(7):
        office.file(Appeal.COMPLAINT, place="445202", citizen=replace(CITIZEN, phone=f"1990000{caller:04d}"))
    assert [notice.ticket for notice in office.kept.notices if notice.kind == "same_cause"] == ["20260302000005"]


def test_candidates_are_only_what_he_may_see() -> None:
    office = Office()
    first, second = office.file(Appeal.COMPLAINT), office.file(Appeal.COMPLAINT)
    assert [each.number for each in asyncio.run(office.desk.alike(first, AGENT))] == [second]
    with pytest.raises(NoSuchTicket):
        asyncio.run(office.desk.alike(first, TAX))


def _reporter(office: Office) -> tuple[str, str]:
    """An open complaint and a report of one citizen, of one matter."""
    place: dict[str, Any] = {"place": "445202", "address": "榕城区某路8号"}
    return office.file(Appeal.COMPLAINT, **place), office.file(Appeal.REPORT, **place)


def test_nobody_learns_by_comparing_who_reported_something() -> None:
    office = Office()
    open_one, report = _reporter(office)
    for asked, other in ((report, open_one), (open_one, report)):
        [found] = asyncio.run(office.desk.alike(asked, AGENT))
        assert (found.number, found.same_citizen, "同一诉求人" in found.reasons) == (other, False, False)
        assert asyncio.run(office.desk.alike(asked, CLEARED))[0].same_citizen


def _words_of(office: Office, number: str, by: Actor) -> str:
    view = asyncio.run(office.desk.see(number, by))
    return repr((view.ticket, view.history))


def test_a_report_that_was_split_off_is_named_by_the_complaint_to_the_cleared_alone() -> None:
    office = Office()
    number = office.file(Appeal.COMPLAINT)
    office.do(number, c.Split(title="受贿", content="受贿", left="噪声"))
    for by in (AGENT, SUPERVISOR, OFFICE, MONITOR):
        assert "20260302000002" not in _words_of(office, number, by)
        assert number not in _words_of(office, "20260302000002", by)
    assert "20260302000002" in _words_of(office, number, CLEARED)


def test_a_link_from_an_open_ticket_to_a_report_is_shown_to_the_cleared_alone() -> None:
    office = Office()
    open_one, report = _reporter(office)
    other = office.file(Appeal.COMPLAINT, repeats=report)
    office.do(open_one, c.LinkTo(to=report, how=LinkKind.REPEAT))
    office.do(open_one, c.LinkTo(to=other, how=LinkKind.SAME_CAUSE))
    for number in (open_one, other):
        assert report not in _words_of(office, number, AGENT)
        assert report in _words_of(office, number, CLEARED)
    assert other in _words_of(office, open_one, AGENT)


def test_what_becomes_a_report_later_is_no_longer_named_by_an_open_ticket() -> None:
    office = Office()
    first, second = office.file(Appeal.COMPLAINT), office.file(Appeal.COMPLAINT)
    office.do(first, c.LinkTo(to=second, how=LinkKind.SAME_CAUSE))
    assert second in _words_of(office, first, AGENT)
    office.do(second, c.Amend(appeal=Appeal.REPORT))
    assert second not in _words_of(office, first, AGENT)


def test_an_open_ticket_is_not_merged_into_a_report() -> None:
    office = Office()
    open_one, report = _reporter(office)
    with pytest.raises(MoveRefused, match="举报"):
        office.do(open_one, c.Merge(into=report, why="同一件事"), SUPERVISOR)


def test_whoever_wants_to_know_is_told_what_was_kept() -> None:
    told: list[Change] = []

    class Listening:
        async def happened(self, changes: tuple[Change, ...]) -> None:
            told.extend(changes)

    desk = TicketDesk(FakeTickets(RULES), RULES, aftermath=Listening())
    filing = c.File(channel=Channel.PHONE, appeal=Appeal.HELP, title="x")
    asyncio.run(desk.do(None, filing, AGENT, MONDAY))
    assert [change.ticket.number for change in told] == ["20260302000001"]
