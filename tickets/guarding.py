"""保密: levels rise, the accused lose sight of it, and a report is taken out of a complaint (揭府办〔2015〕4号 article 10)."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from hotline.access import NotAllowed
from hotline.errors import MalformedInput
from hotline.notices import OFFICE
from tickets import commands as c
from tickets import inner_commands as inner
from tickets.decision import Case, FollowUp, Handler, Happened, Opener, Outcome, Tell, only, said, short
from tickets.dispatch import ACCUSING
from tickets.intake import MOST_TITLE
from tickets.kinds import EntryKind
from tickets.moves import TICKET_MOVES, MoveRefused, TicketEvent
from tickets.snapshot import plain
from tickets.terms import Appeal
from tickets.ticket import Link, LinkKind, Secrecy, Ticket


def raise_secrecy(case: Case, ticket: Ticket, command: c.RaiseSecrecy) -> Outcome:
    """提高保密级别: it never falls, for what was shown once cannot be hidden by a later word. So nobody buries a matter by one word:
    涉密专渠 is given by who is cleared for it, and the office is told of every step."""
    if command.to <= ticket.secrecy:
        raise MoveRefused("保密级别只能提高（第10条） the level only rises", article="10")
    most = Secrecy.REPORT if case.by.unit else max(case.by.cleared, Secrecy.REPORT)
    if command.to > most and case.holds("10-2a"):
        raise NotAllowed("涉密专渠只由有涉密权限的平台人员决定，请联系市政管办（第10-2条） ask the office to do it", article="10-2")
    return only(
        EntryKind.SECRECY_RAISED, Tell(kind="secrecy_raised", to=OFFICE), to=int(command.to), why=said(command.why, "理由", most=500)
    )


def mark_accused(case: Case, ticket: Ticket, command: c.MarkAccused) -> Outcome:
    """登记被反映单位: whoever has it and is accused, or stands below the accused, loses it at once; another lead is designated."""
    if not command.units:
        raise MalformedInput("请选择被反映单位 choose a unit")
    accused = ticket.accused | {case.rules.unit(unit).id for unit in command.units}
    if accused == ticket.accused:
        return Outcome(happened=())
    hidden = ticket.appeal in ACCUSING and case.holds("10-1c")
    gone = sorted(unit for unit in ticket.units if hidden and case.rules.touched(unit, accused))
    marked = Happened(what=EntryKind.ACCUSED_MARKED, values={"units": sorted(command.units), "gone": gone})
    if ticket.lead not in gone or (ticket.state, TicketEvent.WITHDRAWN) not in TICKET_MOVES:
        return Outcome(happened=(marked,))
    withdrawn = Happened(what=EntryKind.WITHDRAWN, values={"why": "承办单位是被反映单位或其下属"})
    return Outcome(happened=(marked, withdrawn), tell=(Tell(kind="to_designate", to=OFFICE),))


def split(case: Case, ticket: Ticket, command: c.Split) -> Outcome:
    """投诉、举报混在一起的分开: the report gets a number, a secrecy and a way of its own; what is left here names it to no unit."""
    if ticket.merged_into:
        raise MoveRefused("已并单的业务单请先拆开（第10条） separate it first", article="10")
    part = inner.OpenSplit(
        of=ticket,
        title=command.title.strip(),
        content=said(command.content, "拆出的内容"),
        code=command.code or ticket.code,
        accused=frozenset(case.rules.unit(unit).id for unit in command.accused),
        appeal=command.appeal.value,
        citizen=ticket.citizen,
    )
    left = {"left": said(command.left, "留下的内容"), "title": short(command.left_title, "标题", most=MOST_TITLE) or ticket.title}
    apart = Happened(what=EntryKind.SPLIT_OFF, values={"to": case.fresh, **left})
    return Outcome(happened=(apart,), follow_ups=(FollowUp(number=case.fresh, command=part),))


def open_split(case: Case, command: inner.OpenSplit) -> Outcome:
    """The part that was taken out, open, to be dispatched like any other."""
    of, appeal = command.of, Appeal(command.appeal)
    reported = Secrecy.REPORT if appeal is Appeal.REPORT and case.holds("10-1b") else Secrecy.OPEN
    filing = c.File(
        channel=of.channel,
        appeal=appeal,
        citizen=command.citizen,
        code=command.code,
        title=command.title or of.title,
        content=command.content,
        place=of.place,
        address=of.address,
        happened_at=of.happened_at,
        urgent=of.urgent,
        secrecy=Secrecy(max(of.secrecy, reported)),
        accused=of.accused | command.accused,
        calls=of.calls,
    )
    values: dict[str, Any] = plain(filing)
    values["links"] = [plain(Link(to=of.number, how=LinkKind.SPLIT))]
    return only(EntryKind.FILED, **values)


HANDLERS: Final[Mapping[type[c.Command], Handler]] = MappingProxyType(
    {
        c.RaiseSecrecy: raise_secrecy,
        c.MarkAccused: mark_accused,
        c.Split: split,
    }
)
OPENERS: Final[Mapping[type[c.Command], Opener]] = MappingProxyType({inner.OpenSplit: open_split})
