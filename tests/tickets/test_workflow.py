"""The whole workflow at random: whatever people, units and the clock try, in any order (揭府办〔2015〕4号 articles 5–28).

What must always hold: a history replays to the ticket that stands; nothing refused changes anything; from everywhere a way leads on, except
from the two ends; who has it has a term; the accused never sees it; no unit reads the name of who reported it.
"""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from hotline.access import SYSTEM, Actor, NotAllowed, Role
from hotline.errors import MalformedInput
from tests.fakes.fake_tickets import FakeTickets
from tests.tickets.cases import AGENT, ARCHIVIST, CALLER, CITIZEN, CLEARED, GOOD, MONDAY, MONITOR, NAME, OFFICE, RULES, SUPERVISOR, handler
from tickets import commands as c
from tickets.authority import PERMITS
from tickets.buttons import possible_for
from tickets.declining import DeclineReason
from tickets.desk import TicketDesk
from tickets.evolving import replay
from tickets.model import Channel
from tickets.moments import WITH_UNIT, moments
from tickets.moves import MoveRefused, TicketState, possible_events
from tickets.ports import Loaded, NoSuchTicket
from tickets.snapshot import entry_of_json, entry_to_json, of_json, to_json
from tickets.terms import Appeal, Step
from tickets.ticket import Fault, LinkKind, Satisfaction, Secrecy, Ticket
from tickets.views import seen_by, visible

UNITS = ("tax", "tax-rc", "env", "rc", "rc-street", "pn")
ACTORS = (AGENT, SUPERVISOR, OFFICE, CALLER, ARCHIVIST, MONITOR, CLEARED, SYSTEM, *(handler(unit) for unit in UNITS))
ENDS = {TicketState.ARCHIVED, TicketState.REDONE}
TEXTS = st.sampled_from(["", "已核实", GOOD, f"{NAME}要求尽快办理此事并答复结果"])
_UNIT = st.sampled_from(UNITS)
_HOURS = st.sampled_from([1, 5, 24, 72, 24 * 9, 24 * 40])


Draw = Callable[[st.SearchStrategy[Any]], Any]


def wishes(draw: Draw, at: datetime, numbers: list[str]) -> c.Command:
    """Any command that somebody might give, sensible or not."""
    text, unit, other = draw(TEXTS), draw(_UNIT), draw(st.sampled_from(numbers))
    kinds = (_bare, _platforms, _units, _everybodys)
    wish: c.Command = draw(st.sampled_from(kinds))(draw, text, unit, other, at)
    return wish


def _bare(draw: Draw, text: str, unit: str, other: str, at: datetime) -> c.Command:
    choices = (c.Receive, c.Contact, c.Archive, c.ConfirmClosed, c.Urge, c.SendNotice, c.AskWritten, c.TellExtension, c.Unpublish)
    kind: type[c.Command] = draw(st.sampled_from(choices))
    return kind()


def _platforms(draw: Draw, text: str, unit: str, other: str, at: datetime) -> c.Command:
    yes, content = draw(st.booleans()), draw(st.sampled_from(Satisfaction))
    choices: tuple[c.Command, ...] = (
        *(c.AnswerAtOnce(basis="kb-1", answer=text), c.Decline(reason=draw(st.sampled_from(DeclineReason)), where=text)),
        *(c.LeaveToOffice(why=text), c.Dispatch(), c.Dispatch(lead=unit, why=text), c.Designate(lead=unit, why=text)),
        *(c.Withdraw(why=text), c.RefuseReturn(why=text), c.DispatchAgain(lead=unit), c.ComplainOf(words=text)),
        c.CallBack(reached=yes, satisfied=content, timely=True, sound=True),
        *(c.Judge(fault=draw(st.sampled_from(Fault)), why=text), c.DecideExtension(granted=yes, why=text)),
        c.HandToInspection(clause="28-6", evidence=(text,)),
    )
    chosen: c.Command = draw(st.sampled_from(choices))
    return chosen


def _units(draw: Draw, text: str, unit: str, other: str, at: datetime) -> c.Command:
    yes, content = draw(st.booleans()), draw(st.sampled_from(Satisfaction))
    choices: tuple[c.Command, ...] = (
        *(c.SubDispatch(to=unit), c.SubReport(text=text), c.AssistReply(text=text), c.LogAttempt(reached=yes)),
        *(c.AskReturn(facts=text, legal_basis=text, proposed=text), c.Explain(why=text), c.GiveWritten(document=text)),
        *(c.Reply(text=text, satisfied=content, written_asked=yes), c.ReportClosed(result=text)),
        c.AskExtension(until=at + timedelta(days=60), legal_term=text, basis=text, why=text),
    )
    chosen: c.Command = draw(st.sampled_from(choices))
    return chosen


def _everybodys(draw: Draw, text: str, unit: str, other: str, at: datetime) -> c.Command:
    choices: tuple[c.Command, ...] = (
        *(c.RaiseSecrecy(to=draw(st.sampled_from(Secrecy)), why=text), c.MarkAccused(units=frozenset({unit}))),
        *(c.Split(title="x", content=text, left=text), c.Merge(into=other, why=text), c.Separate(why=text)),
        *(c.LinkTo(to=other, how=draw(st.sampled_from(LinkKind))), c.Hold(on=draw(st.booleans()), why=text)),
        *(c.Publish(title=text, words=text), c.NoteCall(call="hl1-1.1"), c.Amend(title=text)),
        c.NoteOutside(system="x", event="1", state="y"),
    )
    chosen: c.Command = draw(st.sampled_from(choices))
    return chosen


def replays(loaded: Loaded) -> None:
    """The history makes the ticket, also after it was kept as JSON."""
    assert replay(loaded.history) == loaded.ticket
    assert replay(entry_of_json(entry_to_json(entry)) for entry in loaded.history) == loaded.ticket
    assert of_json(to_json(loaded.ticket)) == loaded.ticket


def leads_on(ticket: Ticket) -> None:
    """Somebody can do something with it, unless it is at one of the two ends."""
    if ticket.state in ENDS:
        return
    assert possible_events(ticket.state)
    leader = Actor(id="p-lead", roles=frozenset({Role.UNIT_LEADER}), unit=ticket.lead or "tax", cleared=3)
    moving = {address for address, command in c.COMMANDS.items() if PERMITS[command].event is not None} | {"reply", "contact", "judge"}
    everybody = (leader, *(replace(actor, cleared=3) for actor in ACTORS))
    able = {address for actor in everybody if visible(ticket, actor, RULES) for address in possible_for(ticket, actor, RULES)}
    assert able & moving, ticket.state


def has_a_term(ticket: Ticket) -> None:
    """Whoever has it knows until when."""
    if ticket.state in WITH_UNIT:
        assert ticket.lead
        assert {Step.ANSWER, Step.CONTACT} <= set(ticket.dues)


def is_kept_from_whom_it_must(loaded: Loaded) -> None:
    """The accused never see it, and no unit reads who reported it."""
    ticket = loaded.ticket
    for unit in UNITS:
        view = seen_by(ticket, loaded.history, handler(unit), RULES)
        if ticket.appeal not in (Appeal.CONSULTATION, Appeal.HELP, Appeal.SUGGESTION):
            assert view is None or not RULES.touched(unit, ticket.accused)
        if view is not None and ticket.secrecy >= Secrecy.REPORT:
            assert NAME not in repr(view)
            assert CITIZEN.phone not in repr(view)


class Workflow(RuleBasedStateMachine):
    """A city with a handful of tickets, and everybody at work on them."""

    def __init__(self) -> None:
        super().__init__()
        self.kept = FakeTickets(RULES)
        self.desk = TicketDesk(self.kept, RULES)
        self.at = MONDAY
        self.looked_at: dict[str, int] = {}

    @initialize(depth=st.integers(0, 7), appeal=st.sampled_from([Appeal.COMPLAINT, Appeal.CONSULTATION, Appeal.REPORT]))
    def begin(self, depth: int, appeal: Appeal) -> None:
        """A ticket somewhere on its way: chance alone seldom gets one far."""
        self.file(appeal, "01", "445202", urgent=False, accused=frozenset(), secrecy=Secrecy.OPEN)
        tax, other = handler("tax"), handler("tax-rc")
        way: tuple[tuple[c.Command, Actor], ...] = (
            (c.Dispatch(), AGENT),
            (c.Receive(), tax),
            (c.SubDispatch(to="tax-rc"), tax),
            (c.LogAttempt(reached=False), other),
            (c.Reply(text=GOOD, satisfied=Satisfaction.NOT), tax),
            (c.ReportClosed(result=GOOD), tax),
            (c.CallBack(reached=True, satisfied=Satisfaction.NOT, timely=True, sound=False), CALLER),
        )
        for command, actor in way[:depth]:
            asyncio.run(self.desk.do("20260302000001", command, actor, self.at))

    @precondition(lambda self: len(self.kept.kept) < 4)
    @rule(
        appeal=st.sampled_from(Appeal),
        code=st.sampled_from(["01", "0102", "02", "03", "09"]),
        place=st.sampled_from(["", "445202", "445281", "440100"]),
        urgent=st.booleans(),
        accused=st.frozensets(_UNIT, max_size=2),
        secrecy=st.sampled_from(Secrecy),
    )
    def file(self, appeal: Appeal, code: str, place: str, *, urgent: bool, accused: frozenset[str], secrecy: Secrecy) -> None:
        filing = c.File(channel=Channel.PHONE, appeal=appeal, title="反映", content=f"{NAME}反映", code=code, place=place, citizen=CITIZEN)
        self._try(None, replace(filing, urgent=urgent, accused=accused, secrecy=secrecy), CLEARED)

    @rule(data=st.data())
    def somebody_wants_something(self, data: st.DataObject) -> None:
        numbers = sorted(self.kept.kept)
        actor = data.draw(st.sampled_from(ACTORS))
        self._try(data.draw(st.sampled_from(numbers)), wishes(data.draw, self.at, numbers), actor)

    @rule(data=st.data(), presses=st.integers(1, 8))
    def somebody_presses_one_of_his_buttons(self, data: st.DataObject, presses: int) -> None:
        """Random wishes are mostly refused: here somebody who may do something does it, with sensible words, so that tickets get on."""
        number = data.draw(st.sampled_from(sorted(self.kept.kept)))
        for _ in range(presses):
            ticket = self.kept.kept[number].ticket
            people = [replace(actor, cleared=3) for actor in ACTORS] + [replace(OFFICE, id="p-9", cleared=3)]
            able = {address: actor for actor in people if visible(ticket, actor, RULES) for address in possible_for(ticket, actor, RULES)}
            moving = sorted(address for address in able if PERMITS[c.COMMANDS[address]].event is not None or address in ("reply", "judge"))
            address = data.draw(st.sampled_from(moving * 3 + sorted(able) if moving else sorted(able)))
            self._try(number, likely(c.COMMANDS[address], data.draw, ticket, sorted(self.kept.kept), self.at), able[address])

    @rule(hours=_HOURS)
    def time_goes_by(self, hours: int) -> None:
        self.at += timedelta(hours=hours)
        asyncio.run(self.desk.sweep(self.at))
        for number, loaded in self.kept.kept.items():
            assert all(moment.at > self.at for moment in moments(loaded.ticket, RULES, now=self.at)), number

    def _try(self, number: str | None, command: c.Command, actor: Actor) -> None:
        before = (dict(self.kept.kept), list(self.kept.notices))
        try:
            asyncio.run(self.desk.do(number, command, actor, self.at))
        except (MoveRefused, NotAllowed, MalformedInput, NoSuchTicket):
            assert (dict(self.kept.kept), list(self.kept.notices)) == before

    @invariant()
    def what_has_changed_is_as_it_must_be(self) -> None:
        for number, loaded in self.kept.kept.items():
            if self.looked_at.get(number) != loaded.ticket.version:
                replays(loaded)
                leads_on(loaded.ticket)
                has_a_term(loaded.ticket)
                is_kept_from_whom_it_must(loaded)
                self.looked_at[number] = loaded.ticket.version

    @invariant()
    def a_main_ticket_knows_all_that_hang_on_it(self) -> None:
        for number, loaded in self.kept.kept.items():
            if loaded.ticket.state is TicketState.MERGED:
                main = self.kept.kept[loaded.ticket.merged_into].ticket
                assert number in main.merged
                assert main.state not in ENDS


def likely(kind: type[c.Command], draw: Draw, ticket: Ticket, numbers: list[str], at: datetime) -> c.Command:
    """A command of this kind with sensible words."""
    unit = draw(st.sampled_from([unit for unit in ("tax", "env", "rc", "pn") if unit != ticket.lead]))
    below = next((unit.id for unit in RULES.catalogue.units.values() if unit.above == ticket.lead), "tax-rc")
    content, yes = draw(st.sampled_from(Satisfaction)), draw(st.booleans())
    words: tuple[c.Command, ...] = (
        *(c.AnswerAtOnce(basis="kb-1", answer=GOOD), c.Decline(reason=DeclineReason.RUMOURS, where="已劝告"), c.LeaveToOffice(why="不明")),
        *(c.Dispatch(lead=unit, why="按职责"), c.Designate(lead=unit, why="就近"), c.Withdraw(why="派错"), c.SubDispatch(to=below)),
        *(c.SubReport(text="已办"), c.AssistReply(text="已办"), c.LogAttempt(reached=yes), c.RefuseReturn(why="属实")),
        *(c.AskReturn(facts="x", legal_basis="y", proposed="z"), c.DispatchAgain(lead=unit, why="另派")),
        *(c.Reply(text=GOOD, satisfied=content, written_asked=yes), c.GiveWritten(document="1号"), c.ReportClosed(result=GOOD)),
        *(c.CallBack(reached=yes, satisfied=content, timely=True, sound=True), c.ComplainOf(words="没有解决")),
        *(
            c.Judge(fault=draw(st.sampled_from(Fault)), why="核实"),
            c.DecideExtension(granted=yes, why="同意"),
            c.Explain(why="等待鉴定结论"),
        ),
        c.AskExtension(until=at + timedelta(days=90), legal_term="x", basis="y", why="z"),
        *(c.RaiseSecrecy(to=draw(st.sampled_from(Secrecy)), why="x"), c.MarkAccused(units=frozenset({draw(_UNIT)})), c.Separate(why="x")),
        *(c.Split(title="x", content="y", left="z"), c.Merge(into=draw(st.sampled_from(numbers)), why="x")),
        *(c.LinkTo(to=draw(st.sampled_from(numbers))), c.Hold(on=yes, why="x"), c.Publish(title="指引", words="可到窗口办理")),
        *(c.NoteCall(call="hl1-2.2"), c.Amend(title="更正"), c.NoteOutside(system="x", event="1", state="y")),
        c.HandToInspection(clause="28-6", evidence=("x",)),
    )
    return {type(each): each for each in words}.get(kind) or kind()


TestWorkflow = Workflow.TestCase
TestWorkflow.settings = settings(
    max_examples=25, stateful_step_count=25, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
