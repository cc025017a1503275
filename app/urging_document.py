"""《催办通知书》 of a ticket, out of its history as the actor sees it (article 19). Pure but for the drawing."""

from datetime import date, datetime, timedelta

from hotline.workdays import CHINA
from notify.urging_notice import UrgingNotice
from tickets.kinds import EntryKind
from tickets.rules import Rules
from tickets.terms import Step
from tickets.ticket import Entry, Secrecy
from tickets.urging import inspection_due
from tickets.views import View

_SENT = frozenset({EntryKind.DISPATCHED, EntryKind.DESIGNATED, EntryKind.DISPATCHED_AGAIN})


def urging_document(view: View, rules: Rules, *, copy_to_leader: bool = False) -> bytes | None:
    """The last one as PDF; None when none was issued."""
    notice = urging_notice_of(view, rules)
    if notice is None:
        return None
    from notify.urging_pdf import urging_pdf  # takes a second to import; the console must answer soon after a restart

    return urging_pdf(notice, copy_to_leader=copy_to_leader)


def urging_notice_of(view: View, rules: Rules) -> UrgingNotice | None:
    """What the last notice said on the day on which it was issued; None when none was."""
    issued = [entry for entry in view.history if entry.what is EntryKind.NOTICED]
    if not issued:
        return None
    last = issued[-1]
    before = [entry for entry in view.history if entry.seq < last.seq]
    sent = next(entry for entry in reversed(before) if entry.what in _SENT)
    lead = str(sent.values.get("lead") or view.ticket.lead)
    unit = rules.catalogue.units.get(lead)
    due = datetime.fromisoformat(last.values["due"]).astimezone(CHINA)
    return UrgingNotice(
        number=f"{view.ticket.number}-{len(issued)}",
        ticket=view.ticket.number,
        unit=unit.name if unit else lead,
        appeal="" if view.ticket.secrecy >= Secrecy.REPORT else view.ticket.appeal.value,
        dispatched_at=sent.at.astimezone(CHINA),
        due=due,
        due_why=_why(view, due),
        urged_at=_urged(before, after=sent.at),
        issued_at=last.at.astimezone(CHINA),
        inspection_after=_inspection_after(view, rules, due, last.at),
    )


def _why(view: View, due: datetime) -> str:
    """As the ticket says it, as long as it is the term that was missed; a report's says what it is, and is left out."""
    term = view.ticket.dues.get(Step.ANSWER)
    return term.why if term is not None and term.until == due and view.ticket.secrecy < Secrecy.REPORT else ""


def _urged(before: list[Entry], *, after: datetime) -> datetime | None:
    return next((entry.at for entry in reversed(before) if entry.what is EntryKind.URGED and entry.at >= after), None)


def _inspection_after(view: View, rules: Rules, due: datetime, issued: datetime) -> date:
    last = (due - timedelta(seconds=1)).astimezone(CHINA).date()
    return inspection_due(last, issued, view.ticket.appeal, follow=rules.follow, calendar=rules.calendar).last_day
