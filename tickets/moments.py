"""When the clock must look at a ticket again: rows with a time, found by a sweep. Nothing sleeps (articles 14 and 19). Pure."""

from collections.abc import Set
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from hotline.workdays import midnight_after
from tickets.contact import counts_as_answered
from tickets.moves import TicketState
from tickets.rules import Rules
from tickets.terms import Due, Step
from tickets.ticket import Ticket
from tickets.urging import Next, Reminder, next_step

WITH_UNIT: Final = frozenset({TicketState.SENT, TicketState.RECEIVED, TicketState.IN_HAND, TicketState.RETURN_ASKED})
"""States in which a unit has it and owes the citizen an answer."""
UNANSWERED: Final = frozenset({TicketState.RECEIVED, TicketState.IN_HAND, TicketState.RETURN_ASKED})
CLAUSE_OF: Final = {Reminder.URGED: "19-1", Reminder.NOTICED: "19-2", Reminder.HANDED_OVER: "19-3"}


class Watch(StrEnum):
    """What there is to do then."""

    URGE = "urge"
    NOTICE = "notice"
    HAND_OVER = "hand_over"
    DEEM_ANSWERED = "deem_answered"
    FEEDBACK = "feedback"
    """Answered, and not reported on the day of the answer (article 14)."""


_WATCH_OF: Final = {Reminder.URGED: Watch.URGE, Reminder.NOTICED: Watch.NOTICE, Reminder.HANDED_OVER: Watch.HAND_OVER}


@dataclass(frozen=True, kw_only=True)
class Moment:
    """A row: at this time the ticket is looked at for this."""

    what: Watch
    at: datetime


def moments(ticket: Ticket, rules: Rules, *, now: datetime | None = None) -> tuple[Moment, ...]:
    """Every moment that the ticket waits for, as it stands; the sweep does what is ripe at `now` and asks again.

    What is overdue at `now` is not urged any more: the notice comes at once.
    """
    return tuple(
        moment for moment in (_deeming(ticket, rules), _reminding(ticket, rules, now), _reporting(ticket, rules)) if moment is not None
    )


def excused(ticket: Ticket) -> bool:
    """已报告说明理由: the unit has told its reasons, or waits for the office's word on its extension (articles 19 and 21)."""
    return ticket.explained or (ticket.extension is not None and ticket.extension.granted is None)


def reminder_of(term: Due, ticket: Ticket, rules: Rules, done: Set[Reminder]) -> Next | None:
    """What comes next for this ticket, whose answer is due by `term`, when all of `done` is done."""
    return next_step(
        term,
        ticket.appeal,
        explained=excused(ticket),
        done=done,
        noticed_at=ticket.noticed_at,
        follow=rules.follow,
        calendar=rules.calendar,
    )


def _deeming(ticket: Ticket, rules: Rules) -> Moment | None:
    """连续3天 are over with the third day: until midnight he may still be reached."""
    if ticket.state not in UNANSWERED or not ticket.attempts or not rules.holds("14-3a"):
        return None
    day = counts_as_answered(ticket.attempts)
    return None if day is None else Moment(what=Watch.DEEM_ANSWERED, at=midnight_after(day))


def _reporting(ticket: Ticket, rules: Rules) -> Moment | None:
    """并于当天反馈: who has not is reminded once, and his report is late."""
    due = ticket.dues.get(Step.FEEDBACK)
    if ticket.state is not TicketState.REPLIED or due is None or Step.FEEDBACK in ticket.late or not rules.holds("14-2"):
        return None
    return Moment(what=Watch.FEEDBACK, at=due.until)


def _reminding(ticket: Ticket, rules: Rules, now: datetime | None) -> Moment | None:
    term = ticket.dues.get(Step.ANSWER)
    if ticket.state not in WITH_UNIT or term is None or (ticket.returning is not None and not rules.holds("13-4")):
        return None
    done: Set[Reminder] = ticket.reminders | {reminder for reminder, clause in CLAUSE_OF.items() if not rules.holds(clause)}
    if now is not None and now >= term.until:
        done |= {Reminder.URGED}
    step = reminder_of(term, ticket, rules, done)
    return None if step is None else Moment(what=_WATCH_OF[step.what], at=step.at)
