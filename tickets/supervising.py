"""催办、《催办通知书》、移交监察、重算期限 (揭府办〔2015〕4号 articles 19, 20 and 28)."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from hotline.errors import MalformedInput
from hotline.notices import INSPECTION, leader, staff
from tickets import commands as c
from tickets import inner_commands as inner
from tickets.decision import Case, Handler, Outcome, Tell, article_of, day_of, missed, only, short, written_dues
from tickets.kinds import EntryKind
from tickets.moments import WITH_UNIT, excused, reminder_of
from tickets.moves import MoveRefused, TicketState
from tickets.terms import Due, Step
from tickets.ticket import Ticket
from tickets.urging import Reminder, urging_at

INSPECTED: Final = ("19-3", "28-1", "28-2", "28-3", "28-4", "28-5", "28-6")
_NOT_YET: Final = frozenset({TicketState.DRAFT, TicketState.OPEN, TicketState.ANSWERED_AT_ONCE, TicketState.DECLINED})


def _running(ticket: Ticket) -> Due:
    due = ticket.dues.get(Step.ANSWER)
    if ticket.state not in WITH_UNIT or due is None:
        raise MoveRefused("业务单不在承办单位手中（第19条） it is not with a unit", article="19")
    return due


def urge(case: Case, ticket: Ticket, command: c.Urge) -> Outcome:
    """催办: before the term ends; each one is written down. Who has answered is reminded to report it (article 14).

    An early one, by hand, takes the place of none.
    """
    if ticket.state is TicketState.REPLIED:
        late = missed(ticket, Step.FEEDBACK, case.at)
        tell = Tell(kind="report_due", to=staff(ticket.lead), values={"unit": case.unit_name(ticket.lead)})
        return only(EntryKind.URGED, tell, step=Step.FEEDBACK.value, late=late)
    due = _running(ticket)
    case.require("19-1", case.at < due.until, "办理时限已届满，请发《催办通知书》 the term is over; send the notice")
    values = {"unit": case.unit_name(ticket.lead), "due": day_of(due)}
    tell = Tell(kind="urged", to=staff(ticket.lead), values=values)
    early = case.at < urging_at(due, case.rules.calendar)
    return only(EntryKind.URGED, tell, step=Step.ANSWER.value, due=due.until.isoformat(), early=early)


def send_notice(case: Case, ticket: Ticket, command: c.SendNotice) -> Outcome:
    """《业务催办通知书》 with a copy to the unit's leader: overdue, and no reasons reported."""
    due = _running(ticket)
    case.require("19-2", case.at >= due.until and not excused(ticket), "未逾期，或者已报告说明理由，不发催办通知书 not now")
    case.require("19-2", Reminder.NOTICED not in ticket.reminders, "已发过催办通知书 it was sent already")
    values = {"unit": case.unit_name(ticket.lead), "due": day_of(due), "article": "19"}
    tell = (Tell(kind="overdue", to=staff(ticket.lead), values=values), Tell(kind="overdue", to=leader(ticket.lead), values=values))
    return only(EntryKind.NOTICED, *tell, due=due.until.isoformat(), late=missed(ticket, Step.ANSWER, case.at))


def hand_to_inspection(case: Case, ticket: Ticket, command: c.HandToInspection) -> Outcome:
    """移交监察: for one of article 28's events with its evidence, or because nothing came of the notice (article 19)."""
    if command.clause not in INSPECTED:
        raise MalformedInput(f"移交监察的条款应是{'、'.join(INSPECTED)}之一 no such clause: {command.clause[:20]}")
    if ticket.state in _NOT_YET or not ticket.units:
        raise MoveRefused("业务单没有承办单位，不能移交监察（第28条） no unit ever had it", article="28")
    evidence = tuple(short(each, "证据", most=500) for each in command.evidence if each.strip())
    _PROVEN[command.clause](case, ticket, command)
    if command.clause != "19-3":
        case.require(command.clause, evidence, "移交监察要附证据 evidence is needed")
    article = article_of(command.clause)
    values = {"unit": case.unit_name(ticket.lead), "article": article}
    tell = (Tell(kind="handed_over", to=INSPECTION, values=values), Tell(kind="handed_over", to=leader(ticket.lead), values=values))
    verified, consequence = short(command.verified, "查实情况", most=500), short(command.consequence, "后果", most=500)
    return only(
        EntryKind.HANDED_OVER,
        *(tell if ticket.lead else tell[:1]),
        clause=command.clause,
        evidence=[*evidence, *_own_evidence(ticket, case)],
        verified=verified,
        consequence=consequence,
    )


def _own_evidence(ticket: Ticket, case: Case) -> list[str]:
    """What the ticket itself proves: its terms and what was not kept."""
    terms = [f"{step.value}: {due.until.isoformat()}" for step, due in ticket.dues.items() if step in ticket.late or case.at >= due.until]
    return [f"业务单{ticket.number}共{ticket.version}条记录", *terms]


def _shirked(case: Case, ticket: Ticket, command: c.HandToInspection) -> None:
    case.require("28-1", command.consequence.strip(), "推诿扯皮、不履行职责要造成后果，请写明后果 say what came of it")


def _delayed(case: Case, ticket: Ticket, command: c.HandToInspection) -> None:
    late = ticket.late or any(case.at >= due.until for step, due in ticket.dues.items() if step in (Step.CONTACT, Step.ANSWER))
    if ticket.state not in WITH_UNIT:
        late = bool(ticket.late)
    case.require("28-2", late, "没有逾期的记录 nothing was late")


def _verified(clause: str) -> "Proof":
    def proof(case: Case, ticket: Ticket, command: c.HandToInspection) -> None:
        case.require(clause, command.verified.strip(), "要经调查核实，请写明由谁、何时查实 say who verified it, and when")

    return proof


def _leaked(case: Case, ticket: Ticket, command: c.HandToInspection) -> None:
    case.require("28-5", command.consequence.strip(), "泄露诉求人信息要造成严重后果，请写明后果 say what came of it")


def _other(case: Case, ticket: Ticket, command: c.HandToInspection) -> None:
    case.require("28-6", any(each.strip() for each in command.evidence), "请写明违纪违规的情形 say what it was")


def _vain_notice(case: Case, ticket: Ticket, command: c.HandToInspection) -> None:
    """经催办仍超过办理时限5个工作日且不报告说明理由: it had so many days from the notice, too."""
    due = _running(ticket)
    step = reminder_of(due, ticket, case.rules, frozenset({Reminder.URGED, Reminder.NOTICED}))
    ripe = step is not None and case.at >= step.at and Reminder.NOTICED in ticket.reminders
    case.require("19-3", ripe, "经催办超过办理时限5个工作日且未报告说明理由的，才移交监察 not yet, or explained")


Proof = Callable[[Case, Ticket, c.HandToInspection], None]
_PROVEN: "Final[Mapping[str, Proof]]" = MappingProxyType(
    {
        "19-3": _vain_notice,
        "28-1": _shirked,
        "28-2": _delayed,
        "28-3": _verified("28-3"),
        "28-4": _verified("28-4"),
        "28-5": _leaked,
        "28-6": _other,
    }
)


def reckon_again(case: Case, ticket: Ticket, command: inner.ReckonAgain) -> Outcome:
    """放假安排公布后重算: only dates that were provisional, from the moment from which they ran; the unit is told."""
    began = {
        Step.CONTACT: ticket.dispatched_at,
        Step.RETURN: ticket.dispatched_at,
        Step.ANSWER: ticket.dispatched_at,
        Step.FEEDBACK: ticket.replied_at,
        Step.CALLBACK: ticket.closed_at,
    }
    anew: dict[Step, Due] = {}
    for step, due in ticket.dues.items():
        start = began.get(step)
        if due.provisional and start is not None:
            reckoned = case.rules.due(step, ticket.appeal, start)
            if reckoned != due:
                anew[step] = reckoned
    if not anew:
        return Outcome(happened=())
    values = {"unit": case.unit_name(ticket.lead), "due": day_of(anew.get(Step.ANSWER) or next(iter(anew.values())))}
    tell = (Tell(kind="due_reckoned", to=staff(ticket.lead), values=values),) if ticket.lead else ()
    return only(EntryKind.DUE_RECKONED, *tell, dues=written_dues(anew))


HANDLERS: Final[Mapping[type[c.Command], Handler]] = MappingProxyType(
    {
        c.Urge: urge,
        c.SendNotice: send_notice,
        c.HandToInspection: hand_to_inspection,
        inner.ReckonAgain: reckon_again,
    }
)
