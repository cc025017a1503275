"""回访、复核、重办、确认、归档 (揭府办〔2015〕4号 articles 5, 15–18)."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from hotline.access import Role
from hotline.errors import MalformedInput
from hotline.notices import staff
from tickets import commands as c
from tickets import inner_commands as inner
from tickets.changing import dues_of
from tickets.decision import Case, FollowUp, Handler, Happened, Opener, Outcome, Tell, day_of, missed, only, said, short
from tickets.kinds import EntryKind
from tickets.moves import MoveRefused, TicketState
from tickets.sending import resent
from tickets.snapshot import plain
from tickets.terms import Step
from tickets.ticket import Fault, Link, LinkKind, Satisfaction, Secrecy, Ticket

MOST_CALLBACKS: Final = 3
"""Vain callbacks after which he counts as not reached: out of 满意率, but in 回访率. The city's choice: the text names no number."""


def call_back(case: Case, ticket: Ticket, command: c.CallBack) -> Outcome:
    """回访: each one is written down; who is not content is judged by a person (articles 15 and 16)."""
    values = _callback(command, missed(ticket, Step.CALLBACK, case.at) if case.holds("15-1") else [])
    if not command.reached:
        vain = sum(not made.reached for made in ticket.callbacks) + 1
        return only(EntryKind.CALLED_BACK if vain >= MOST_CALLBACKS else EntryKind.CALLBACK_TRIED, **values)
    checked = command.satisfied is not None and command.timely is not None and command.sound is not None
    case.require("15-2", checked, "回访要征求满意度，并检查办理时效和质量 ask for satisfaction, speed and quality")
    called = Happened(what=EntryKind.CALLED_BACK, values=values)
    if command.satisfied is not Satisfaction.NOT:
        return Outcome(happened=(called,))
    words = short(command.complaint, "不满意的原因") or "不满意"
    return Outcome(happened=(called, Happened(what=EntryKind.COMPLAINED_OF, values={"words": words})))


def _callback(command: c.CallBack, late: list[str]) -> dict[str, Any]:
    said_so = command.reached and command.satisfied is not None
    return {
        "reached": command.reached,
        "channel": command.channel.value,
        "satisfied": command.satisfied.value if said_so and command.satisfied else "",
        "timely": command.timely if command.reached else None,
        "sound": command.sound if command.reached else None,
        "late": late,
    }


def complain_of(case: Case, ticket: Ticket, command: c.ComplainOf) -> Outcome:
    """不满意: no machine judges it."""
    return only(EntryKind.COMPLAINED_OF, words=said(command.words, "不满意的原因"))


def judge(case: Case, ticket: Ticket, command: c.Judge) -> Outcome:
    """复核: only the unit's own fault sends it back, as a new ticket that hangs on this one (articles 16 and 17)."""
    if ticket.state is not TicketState.IN_REVIEW:
        raise MoveRefused("业务单不在复核中（第16条） it is not in review", article="16")
    why = said(command.why, "认定理由")
    if command.fault is not Fault.SUBJECTIVE:
        return only(EntryKind.JUDGED_NO_FAULT, fault=command.fault.value, why=why)
    second = ticket.redo_count > 0 and case.role is not Role.OFFICE
    case.require("17-1", not second, "再次重办要经市政管办确认 the office confirms a second redo")
    redo = case.fresh if case.holds("16-1") else ""
    follow = (FollowUp(number=redo, command=inner.OpenRedo(of=ticket, why=why)),) if redo else ()
    judged = Happened(what=EntryKind.JUDGED_UNITS_FAULT, values={"fault": command.fault.value, "why": why, "redo": redo})
    return Outcome(happened=(judged,), follow_ups=follow)


def open_redo(case: Case, command: inner.OpenRedo) -> Outcome:
    """重新制作业务单发回: to the same unit, with terms of its own; where it may not have it any more, the office designates."""
    of = command.of
    filed = Happened(what=EntryKind.FILED, values=_again(of))
    sent = resent(case, of, f"重办{of.number}：{command.why}")
    if sent is None:
        left = Happened(what=EntryKind.LEFT_TO_OFFICE, values={"why": f"重办{of.number}，原承办单位不能承办"})
        return Outcome(happened=(filed, left))
    values = {"unit": case.unit_name(of.lead), "due": day_of(dues_of(sent["dues"]).get(Step.ANSWER))}
    tell = Tell(kind="redo", to=staff(of.lead), values=values)
    return Outcome(happened=(filed, Happened(what=EntryKind.DISPATCHED, values=sent)), tell=(tell,))


def _again(of: Ticket) -> dict[str, Any]:
    filing = c.File(
        channel=of.channel,
        appeal=of.appeal,
        citizen=of.citizen,
        code=of.code,
        title=of.title,
        content=of.content,
        place=of.place,
        address=of.address,
        happened_at=of.happened_at,
        urgent=of.urgent,
        secrecy=of.secrecy,
        accused=of.accused,
        calls=of.calls,
    )
    links = [plain(Link(to=of.number, how=LinkKind.REDO))]
    return {**plain(filing), "redo_of": of.number, "redo_count": of.redo_count + 1, "links": links}


def confirm(case: Case, ticket: Ticket, command: c.ConfirmClosed) -> Outcome:
    """确认办结. A redo that the office confirms is final: the same facts and reasons are not accepted again (article 17)."""
    owed = ticket.reply is not None and ticket.reply.written_asked and not ticket.reply.written
    case.require("14-1b", not owed, "诉求人要求的书面答复还没有给，不能确认办结 the written reply is owed")
    final = ticket.redo_count > 0 and case.role is Role.OFFICE and ticket.declined is None
    return only(EntryKind.CONFIRMED, final=final)


def archive(case: Case, ticket: Ticket, command: c.Archive) -> Outcome:
    """归档, by the archivist."""
    return only(EntryKind.ARCHIVED)


def hold(case: Case, ticket: Ticket, command: c.Hold) -> Outcome:
    """保留: a report is held from its first day (article 5)."""
    if command.on is ticket.hold:
        return Outcome(happened=())
    return only(EntryKind.HELD if command.on else EntryKind.RELEASED, why=said(command.why, "理由", most=500))


def publish(case: Case, ticket: Ticket, command: c.Publish) -> Outcome:
    """公开: never what is secret, and nothing of the citizen in it."""
    title, words = said(command.title, "公开标题", most=200), said(command.words, "公开内容")
    if ticket.secrecy > Secrecy.OPEN:
        raise MoveRefused("保密的业务单不能公开（第10-1条） it is secret", article="10-1")
    for known in (ticket.citizen.name, ticket.citizen.phone, ticket.citizen.account):
        if len(known) > 1 and known in title + words:
            raise MalformedInput("公开内容不能有诉求人的姓名、电话 leave the citizen's name and number out")
    return only(EntryKind.PUBLISHED, title=title, words=words)


def unpublish(case: Case, ticket: Ticket, command: c.Unpublish) -> Outcome:
    """撤回公开."""
    return only(EntryKind.UNPUBLISHED) if ticket.published else Outcome(happened=())


def note_outside(case: Case, ticket: Ticket, command: c.NoteOutside) -> Outcome:
    """The city's own system told something; the same event once."""
    event = f"{said(command.system, '系统', most=64)}/{said(command.event, '事件编号', most=128)}"
    if event in ticket.outside_events:
        return Outcome(happened=())
    state, words = said(command.state, "状态", most=64), short(command.words, "说明", most=1000)
    return only(EntryKind.OUTSIDE_TOLD, event=event, state=state, words=words)


HANDLERS: Final[Mapping[type[c.Command], Handler]] = MappingProxyType(
    {
        c.CallBack: call_back,
        c.ComplainOf: complain_of,
        c.Judge: judge,
        c.ConfirmClosed: confirm,
        c.Archive: archive,
        c.Hold: hold,
        c.Publish: publish,
        c.Unpublish: unpublish,
        c.NoteOutside: note_outside,
    }
)
OPENERS: Final[Mapping[type[c.Command], Opener]] = MappingProxyType({inner.OpenRedo: open_redo})
