"""并单与关联: one ticket is handled for several callers, and each of them gets an answer of his own (国办函〔2025〕66号 重复诉求并单)."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from hotline.errors import MalformedInput
from tickets import commands as c
from tickets import inner_commands as inner
from tickets.decision import Case, FollowUp, Handler, Happened, Outcome, is_report, only, said, written_dues
from tickets.kinds import EntryKind
from tickets.moments import WITH_UNIT
from tickets.moves import MoveRefused, TicketState
from tickets.terms import Step
from tickets.ticket import LinkKind, Ticket

TAKING: Final = WITH_UNIT | {TicketState.OPEN, TicketState.TO_DESIGNATE}
"""A ticket that is not answered yet may take others in."""


def merge(case: Case, ticket: Ticket, command: c.Merge) -> Outcome:
    """并单: never a report into what more people may see, and never two deep."""
    main = case.others.get(command.into)
    if main is None or main.number == ticket.number:
        raise MalformedInput("请选择要并入的另一张业务单 choose another ticket to merge into")
    if main.merged_into or ticket.merged:
        raise MoveRefused("已并单的不能再并（第15条） it is merged already; choose the main one", article="15")
    if main.state not in TAKING:
        raise MoveRefused("主单已答复，不能并入，请另行办理（第15条） the main one is answered already", article="15")
    if ticket.secrecy > main.secrecy or not ticket.accused <= main.accused:
        raise MoveRefused("保密级别更高或被反映单位不同的，不能并入（第10条） it is more secret than the main one", article="10")
    if is_report(main) and not is_report(ticket) and case.holds("10-1b"):  # its citizen, shown beside that number, would be the reporter
        raise MoveRefused("不能并入举报保密的业务单，请先提高本单的保密级别（第10条） raise its secrecy first", article="10")
    due = case.rules.due(Step.ANSWER, ticket.appeal, ticket.dispatched_at or case.at)
    values = {"into": main.number, "why": said(command.why, "并单理由", most=500), "dues": written_dues({Step.ANSWER: due})}
    merged = Happened(what=EntryKind.MERGED, values=values)
    return Outcome(happened=(merged,), follow_ups=(FollowUp(number=main.number, command=inner.TakeIn(number=ticket.number)),))


def take_in(case: Case, ticket: Ticket, command: inner.TakeIn) -> Outcome:
    """The main one knows who hangs on it. Raises where it was answered or merged in between."""
    if ticket.state not in TAKING or ticket.merged_into:
        raise MoveRefused("主单已答复或已并单，不能并入（第15条） the main one is answered or merged already", article="15")
    return only(EntryKind.TOOK_IN, number=command.number)


def separate(case: Case, ticket: Ticket, command: c.Separate) -> Outcome:
    """拆开: it goes its own way again, from the beginning."""
    apart = Happened(what=EntryKind.SEPARATED, values={"why": said(command.why, "理由", most=500)})
    return Outcome(happened=(apart,), follow_ups=(FollowUp(number=ticket.merged_into, command=inner.LetGo(number=ticket.number)),))


def let_go(case: Case, ticket: Ticket, command: inner.LetGo) -> Outcome:
    """The main one without the other."""
    return only(EntryKind.LET_GO, number=command.number)


def fall_apart(case: Case, ticket: Ticket, command: inner.FallApart) -> Outcome:
    """The main one ended without an answer for this caller."""
    return only(EntryKind.SEPARATED, why=f"主单{command.main}没有答复而结束")


def link_to(case: Case, ticket: Ticket, command: c.LinkTo) -> Outcome:
    """关联 of two tickets, both ways. Redo, split and merge have commands of their own."""
    other = case.others.get(command.to)
    if other is None or other.number == ticket.number:
        raise MalformedInput("请选择另一张业务单 choose another ticket")
    if command.how not in (LinkKind.REPEAT, LinkKind.SAME_CAUSE):
        raise MalformedInput("只能登记重复诉求或同一原因 only repeats and common causes are linked by hand")
    if any(link.to == other.number for link in ticket.links):
        return Outcome(happened=())
    linked = Happened(what=EntryKind.LINKED, values={"to": other.number, "how": command.how.value})
    back = FollowUp(number=other.number, command=inner.LinkBack(to=ticket.number, how=command.how))
    return Outcome(happened=(linked,), follow_ups=(back,))


def link_back(case: Case, ticket: Ticket, command: inner.LinkBack) -> Outcome:
    """The other side, once."""
    if any(link.to == command.to for link in ticket.links):
        return Outcome(happened=())
    return only(EntryKind.LINKED, to=command.to, how=command.how.value)


HANDLERS: Final[Mapping[type[c.Command], Handler]] = MappingProxyType(
    {
        c.Merge: merge,
        c.Separate: separate,
        c.LinkTo: link_to,
        inner.TakeIn: take_in,
        inner.LetGo: let_go,
        inner.FallApart: fall_apart,
        inner.LinkBack: link_back,
    }
)
