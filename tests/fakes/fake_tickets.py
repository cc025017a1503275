"""业务单 in memory: the twin of storage/tickets.py."""

from collections.abc import Sequence
from datetime import UTC, date, datetime

from hotline.access import Actor
from hotline.errors import DoorClosed, MalformedInput
from hotline.gate import Act, may
from hotline.notices import Notice
from tickets.moments import WITH_UNIT, Moment
from tickets.ports import Asked, Change, KeyTaken, Loaded, Page, VersionConflict
from tickets.rules import Rules
from tickets.terms import Step
from tickets.ticket import Secrecy, Ticket
from tickets.views import seen_by, visible


class FakeTickets:
    """The `Tickets` door. `notices` is everything that must be told; `closed` makes it silent."""

    def __init__(self, rules: Rules) -> None:
        self.rules = rules
        self.kept: dict[str, Loaded] = {}
        self.moments: dict[str, tuple[Moment, ...]] = {}
        self.notices: list[Notice] = []
        self.numbers: dict[date, int] = {}
        self.closed = False

    async def load(self, number: str) -> Loaded | None:
        """The ticket with its history."""
        self._open()
        return self.kept.get(number)

    async def append(self, changes: Sequence[Change]) -> None:
        """All or nothing."""
        self._open()
        for change in changes:
            known = self.kept.get(change.ticket.number)
            if (known.ticket.version if known else 0) != change.was:
                raise VersionConflict("somebody was faster")
            if change.was == 0 and change.ticket.key and await self.by_key(change.ticket.key):
                raise KeyTaken("filed already")
        for change in changes:
            known = self.kept.get(change.ticket.number)
            self.kept[change.ticket.number] = Loaded(ticket=change.ticket, history=(*(known.history if known else ()), *change.entries))
            self.moments[change.ticket.number] = change.moments
            self.notices += change.notices

    async def next_number(self, day: date) -> str:
        """受理编号."""
        self._open()
        self.numbers[day] = self.numbers.get(day, 0) + 1
        return f"{day:%Y%m%d}{self.numbers[day]:06d}"

    async def by_key(self, key: str) -> str | None:
        """The number of the ticket that its channel calls so."""
        self._open()
        return next((number for number, each in self.kept.items() if each.ticket.key == key), None)

    async def ripe(self, now: datetime, *, limit: int) -> Sequence[str]:
        """Numbers of tickets that have a moment at `now` or before."""
        self._open()
        first = {number: min(each.at for each in moments) for number, moments in self.moments.items() if moments}
        due = sorted((at.astimezone(UTC), number) for number, at in first.items() if at <= now)
        return [number for _, number in due[:limit]]

    async def search(self, asked: Asked, actor: Actor) -> Page:
        """What the actor may know to exist, newest first."""
        self._open()
        if any(len(word) < 2 for word in asked.words):
            raise MalformedInput("a word has two characters and more")
        found = [each.ticket for _, each in sorted(self.kept.items(), reverse=True) if self._fits(each.ticket, asked, actor)]
        page = [each for each in found if not asked.after or each.number < asked.after][: asked.limit]
        rest = [each for each in found if page and each.number < page[-1].number]
        return Page(tickets=tuple(page), next=page[-1].number if rest else "")

    def _fits(self, ticket: Ticket, asked: Asked, actor: Actor) -> bool:
        if not visible(ticket, actor, self.rules):
            return False
        view = seen_by(ticket, (), actor, self.rules)
        due = ticket.dues.get(Step.ANSWER) if ticket.state in WITH_UNIT else None
        text = f"{ticket.title} {ticket.content} {ticket.address}"
        if ticket.secrecy > Secrecy.OPEN or not may(actor, Act.TICKET_REPORTER).ok:
            for known in (ticket.citizen.name, ticket.citizen.phone):
                text = text.replace(known, " ") if known else text
        return (
            (not asked.states or ticket.state in asked.states)
            and (not asked.appeals or ticket.appeal in asked.appeals)
            and (not asked.unit or asked.unit in ticket.units)
            and asked.code in ("", ticket.code)
            and asked.place in ("", ticket.place)
            and (not asked.phone or (view is not None and view.ticket.citizen.phone == asked.phone))
            and all(word in text for word in asked.words)
            and (asked.filed_from is None or ticket.filed_at >= asked.filed_from)
            and (asked.filed_before is None or ticket.filed_at < asked.filed_before)
            and (asked.due_before is None or (due is not None and due.until < asked.due_before))
            and (not asked.provisional or any(each.provisional for each in ticket.dues.values()))
            and (not asked.published or ticket.published)
        )

    def _open(self) -> None:
        if self.closed:
            raise DoorClosed("the fake tickets are closed")
