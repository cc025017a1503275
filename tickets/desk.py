"""业务单台: load, decide, keep. The one way by which anything happens to a ticket."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final, Protocol

from hotline.access import SYSTEM, Actor
from hotline.errors import DoorClosed, HotlineError, OurMistake
from hotline.notices import OFFICE, Notice
from hotline.workdays import CHINA
from tickets.alike import MASS_WITHIN, Candidate, alike, mass
from tickets.authority import kept_from
from tickets.commands import Command, HandToInspection, SendNotice, Urge
from tickets.deciding import carried_out, decide, names, wants_number
from tickets.decision import Decision, FollowUp
from tickets.inner_commands import DeemAnswered, ReckonAgain
from tickets.moments import Watch, moments
from tickets.moves import TicketState
from tickets.ports import Asked, Change, Loaded, NoSuchTicket, Tickets, VersionConflict
from tickets.rules import Rules
from tickets.ticket import LinkKind, Secrecy, Ticket
from tickets.views import View, compared, named_by, seen_by, visible

_TRIES: Final = 2
_BATCH: Final = 100
_MOST_STEPS: Final = 8
_LOOK_BACK: Final = timedelta(days=90)


_COMMANDS: Final[Mapping[Watch, Command]] = MappingProxyType(
    {
        Watch.URGE: Urge(),
        Watch.NOTICE: SendNotice(),
        Watch.HAND_OVER: HandToInspection(clause="19-3"),
        Watch.DEEM_ANSWERED: DeemAnswered(),
        Watch.FEEDBACK: Urge(),
    }
)


class Aftermath(Protocol):
    """Whoever wants to know what has happened (knowledge drafts, boards). Called after it is kept; a failure there undoes nothing."""

    async def happened(self, changes: tuple[Change, ...]) -> None:
        """These were just written down."""


class SweepFailed(OurMistake):
    """Steps that were ripe and could not be made, by the number of their ticket; everything else was done.

    What our own errors say names nobody; of any other one only its kind is told, for its words may hold what stands in the ticket.
    """

    def __init__(self, failed: Mapping[str, Exception]) -> None:
        number, error = next(iter(failed.items()))
        words = str(error) if isinstance(error, HotlineError) else type(error).__name__
        super().__init__(f"{len(failed)} ripe tickets were left, the first is {number}: {words}")
        self.failed = dict(failed)


class TicketDesk:
    """Every command goes through here. `rules` may be replaced while it works (a calendar that arrived)."""

    def __init__(self, tickets: Tickets, rules: Rules, *, aftermath: Aftermath | None = None) -> None:
        self._tickets = tickets
        self.rules = rules
        self._aftermath = aftermath

    async def do(self, number: str | None, command: Command, by: Actor, at: datetime, *, version: int | None = None) -> Ticket:
        """Carry it out and return the ticket as it is then (a new one where `number` is None).

        `version`: the one that the person saw who decided it; on any other it is not carried out, for he has not decided anew.
        Raises `NoSuchTicket`, `NotAllowed`, `MoveRefused`, `MalformedInput`, `VersionConflict` (twice in a row), `KeyTaken`, `DoorClosed`:
        nothing has changed then.
        """
        fresh = await self._tickets.next_number(at.astimezone(CHINA).date()) if wants_number(command) else ""
        for last in (False, True):
            try:
                return await self._once(number, command, by, at, fresh, version=version)
            except VersionConflict:
                if last or version is not None:
                    raise
        raise OurMistake("unreachable")

    async def see(self, number: str, by: Actor) -> View:
        """As he may see it. Raises `NoSuchTicket`: there is none, or none for him."""
        loaded = await self._load(number)
        beside = await self._beside(loaded)
        view = seen_by(loaded.ticket, loaded.history, by, self.rules, beside=beside)
        if view is None:
            raise _no_such(number)
        return view

    async def alike(self, number: str, by: Actor) -> tuple[Candidate, ...]:
        """重复、同因的候选: the same citizen's, or of the same matter and place, of the last 90 days. Raises `NoSuchTicket`.

        Only what he sees of both is compared: who reported something is no reason (article 10).
        """
        ticket = (await self._load(number)).ticket
        if not visible(ticket, by, self.rules):
            raise _no_such(number)
        ticket = compared(ticket, by, self.rules)
        since = ticket.filed_at - _LOOK_BACK
        asked = [Asked(phone=ticket.citizen.phone, filed_from=since, limit=_BATCH)] if ticket.citizen.phone else []
        if ticket.code:
            asked.append(Asked(code=ticket.code, place=ticket.place, filed_from=since, limit=_BATCH))
        found = {each.number: each for one in asked for each in (await self._tickets.search(one, by)).tickets}
        return alike(ticket, [compared(each, by, self.rules) for each in found.values() if visible(each, by, self.rules)])

    async def sweep(self, now: datetime, *, most: int = 1000) -> int:
        """Whatever is ripe: urging, notices, 移交监察, three days in vain. Returns how many steps were made; call again until 0.

        A ticket whose step fails stops no other: all the rest is done first. Raises `SweepFailed` then, and `DoorClosed` at once.
        """
        made, failed, aside = 0, dict[str, Exception](), set[str]()
        while made < most:
            ripe = await self._tickets.ripe(now, limit=_BATCH + len(failed) + len(aside))
            numbers = [number for number in ripe if number not in failed and number not in aside]
            for number in numbers:
                try:
                    steps = await self._ripen(number, now)
                except DoorClosed:
                    raise
                except Exception as error:  # noqa: BLE001 - whatever is wrong with one ticket, the others are urged; told below
                    failed[number] = error
                else:
                    made += steps
                    if not steps:
                        aside.add(number)
            if not numbers:
                break
        if failed:
            raise SweepFailed(failed)
        return made

    async def reckon_again(self, now: datetime) -> int:
        """After the calendar has changed: every provisional date anew. Returns how many tickets have another one now.

        A ticket that fails stops no other: all the rest is done first. Raises `SweepFailed` then, and `DoorClosed` at once.
        """
        changed, after, failed = 0, "", dict[str, Exception]()
        while True:
            page = await self._tickets.search(Asked(provisional=True, after=after), SYSTEM)
            for ticket in page.tickets:
                try:
                    done = await self.do(ticket.number, ReckonAgain(), SYSTEM, now)
                except DoorClosed:
                    raise
                except Exception as error:  # noqa: BLE001 - told below
                    failed[ticket.number] = error
                else:
                    changed += done.version != ticket.version
            if not page.next:
                break
            after = page.next
        if failed:
            raise SweepFailed(failed)
        return changed

    async def _ripen(self, number: str, now: datetime) -> int:
        """The ripe steps of one ticket, one after the other. What somebody else is at work on is left to the next sweep."""
        for made in range(_MOST_STEPS):
            loaded = await self._load(number)
            ripe = [moment for moment in moments(loaded.ticket, self.rules, now=now) if moment.at <= now]
            if not ripe:
                return made
            try:
                # Not `do`: decided anew on what another sweep has just done, the same step would be done twice.
                await self._once(number, _COMMANDS[ripe[0].what], SYSTEM, now, "", loaded)
            except VersionConflict:
                return made
        return _MOST_STEPS

    async def _once(
        self,
        number: str | None,
        command: Command,
        by: Actor,
        at: datetime,
        fresh: str,
        seen: Loaded | None = None,
        version: int | None = None,
    ) -> Ticket:
        """`seen`: the version on which somebody decided that it should be done; on no other it is."""
        loaded = seen or (None if number is None else await self._load(number))
        if loaded is not None and not visible(loaded.ticket, by, self.rules):
            raise _no_such(loaded.ticket.number)
        if loaded is not None and version not in (None, loaded.ticket.version):
            raise VersionConflict("业务单已被别人改动 somebody changed it since it was looked at")
        others = {each: await self._last_of(each, by) for each in names(command)}
        ticket = loaded.ticket if loaded else None
        decision = decide(ticket, command, by=by, at=at, rules=self.rules, others=others, fresh=fresh)
        changes = [self._change(ticket, decision)] if decision.entries else []
        if ticket is None and changes:
            changes = [await self._with_alarm(changes[0])]
        for follow_up in decision.follow_ups:
            changes += await self._followed(follow_up, at)
        if changes:
            await self._tickets.append(changes)
            if self._aftermath is not None:
                await self._aftermath.happened(tuple(changes))
        return changes[0].ticket if changes else _there(ticket)

    async def _followed(self, follow_up: FollowUp, at: datetime) -> list[Change]:
        loaded = await self._tickets.load(follow_up.number)
        ticket = loaded.ticket if loaded else None
        decision = decide(ticket, follow_up.command, by=SYSTEM, at=at, rules=self.rules, fresh=follow_up.number)
        return [self._change(ticket, decision)] if decision.entries else []

    def _change(self, before: Ticket | None, decision: Decision) -> Change:
        after = carried_out(before, decision)
        was = before.version if before else 0
        return Change(
            ticket=after,
            was=was,
            entries=decision.entries,
            notices=decision.notices,
            moments=moments(after, self.rules),
            kept_from=kept_from(after, self.rules),
        )

    async def _load(self, number: str) -> Loaded:
        loaded = await self._tickets.load(number)
        if loaded is None:
            raise _no_such(number)
        return loaded

    async def _beside(self, loaded: Loaded) -> dict[str, Secrecy]:
        """How secret the tickets are that this one names."""
        named = [await self._tickets.load(number) for number in sorted(named_by(loaded.ticket, loaded.history))]
        return {each.ticket.number: each.ticket.secrecy for each in named if each is not None}

    async def _last_of(self, number: str, by: Actor) -> Ticket:
        """The ticket, or the redo in which it goes on: what is final of a matter stands there."""
        loaded = await self._load(number)
        if not visible(loaded.ticket, by, self.rules):
            raise _no_such(number)
        ticket = loaded.ticket
        while ticket.state is TicketState.REDONE and (after := _redo_of(ticket)):
            ticket = (await self._load(after)).ticket
        return ticket

    async def _with_alarm(self, change: Change) -> Change:
        """同因预警, once: by the ticket that makes the number full."""
        ticket = change.ticket
        if not ticket.code or not ticket.place or ticket.secrecy >= Secrecy.REPORT:
            return change
        asked = Asked(code=ticket.code, place=ticket.place, filed_from=ticket.filed_at - MASS_WITHIN, limit=_BATCH)
        page = await self._tickets.search(asked, SYSTEM)
        alarm = mass(ticket, page.tickets)
        if alarm is None or mass(page.tickets[0], page.tickets) is not None:
            return change
        told = Notice(kind="same_cause", to=OFFICE, ticket=ticket.number, seq=1, values={"ticket": ticket.number})
        return replace(change, notices=(*change.notices, told))


def _redo_of(ticket: Ticket) -> str:
    return next((link.to for link in ticket.links if link.how is LinkKind.REDO and link.to != ticket.redo_of), "")


def _no_such(number: str) -> NoSuchTicket:
    return NoSuchTicket(f"没有业务单{number[:32]} no such ticket")


def _there(ticket: Ticket | None) -> Ticket:
    if ticket is None:
        raise OurMistake("nothing came of a new ticket")
    return ticket
