"""办理: received, passed on, talked about, answered, reported (揭府办〔2015〕4号 articles 5, 9, 13, 14, 20)."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from hotline.errors import MalformedInput
from hotline.notices import CITIZEN, staff
from hotline.workdays import midnight_after
from tickets import commands as c
from tickets import inner_commands as inner
from tickets.contact import counts_as_answered
from tickets.decision import Case, FollowUp, Handler, Happened, Outcome, Tell, day_of, missed, only, said, short, written_dues
from tickets.dispatch import ACCUSING
from tickets.intake import kept_until
from tickets.kinds import EntryKind
from tickets.moments import UNANSWERED, WITH_UNIT
from tickets.moves import MoveRefused, TicketState
from tickets.sending import level_reported
from tickets.substance import REFUSED, flags_of
from tickets.terms import Appeal, Step
from tickets.ticket import Ticket


def receive(case: Case, ticket: Ticket, command: c.Receive) -> Outcome:
    """接收."""
    return only(EntryKind.RECEIVED)


def in_hand(case: Case, ticket: Ticket, words: str) -> tuple[Happened, ...]:
    """办理要先接收 (article 9-1). Raises `MoveRefused` where it is not received, or not with a unit at all."""
    if ticket.state not in WITH_UNIT:
        raise MoveRefused(f"业务单现在不能{words}（第13条） it is not in hand", article="13")
    if ticket.state is not TicketState.SENT:
        return ()
    case.require("9-1", False, f"请先接收业务单，再{words} receive it first")
    return (Happened(what=EntryKind.RECEIVED),)


def sub_dispatch(case: Case, ticket: Ticket, command: c.SubDispatch) -> Outcome:
    """转派三级平台: to a unit below the lead that 市政管办 has agreed with (articles 5 and 9-7)."""
    first = in_hand(case, ticket, "转派三级平台")
    unit = case.rules.unit(command.to)
    case.require("5-1", ticket.lead in case.rules.above(unit.id), f"{unit.name}不是贵单位的三级平台 it is not below this unit")
    case.require("9-7", unit.approved, f"{unit.name}未经市政管办同意，不能转派 not approved yet")
    accused = ticket.appeal in ACCUSING and case.rules.touched(unit.id, ticket.accused)
    case.require("10-1c", not accused, f"{unit.name}是被反映单位或其下属，不能承办 it is complained of")
    if unit.id in ticket.below:
        return Outcome(happened=())
    values = {"unit": unit.name, "appeal": ticket.appeal.value, "due": day_of(ticket.dues.get(Step.ANSWER))}
    level = level_reported(case.rules, ticket, (unit.id,))
    raised = Happened(what=EntryKind.SECRECY_RAISED, values={"to": int(level), "why": f"{unit.name}报备的保密要求"})
    first += (raised,) if level > ticket.secrecy else ()
    sent = Happened(what=EntryKind.SUB_DISPATCHED, values={"to": unit.id, "why": short(command.why, "说明", most=500)})
    tell = (Tell(kind="dispatched", to=staff(unit.id), values=values),) if case.holds("11-2") else ()
    return Outcome(happened=(*first, sent), tell=tell)


def sub_report(case: Case, ticket: Ticket, command: c.SubReport) -> Outcome:
    """处置完毕后，向二级平台反馈."""
    return only(EntryKind.SUB_REPORTED, unit=case.by.unit, text=said(command.text, "处理情况"))


def assist_reply(case: Case, ticket: Ticket, command: c.AssistReply) -> Outcome:
    """协办单位的处理情况."""
    return only(EntryKind.ASSISTING_REPLIED, unit=case.by.unit, text=said(command.text, "处理情况"))


def contact(case: Case, ticket: Ticket, command: c.Contact) -> Outcome:
    """首次沟通 within one working day (article 20); a late one is written down as late."""
    first = in_hand(case, ticket, "与市民沟通")
    spoke = Happened(what=EntryKind.CONTACTED, values={"note": short(command.note, "沟通情况"), "late": _late_contact(case, ticket)})
    return Outcome(happened=(*first, spoke))


def _late_contact(case: Case, ticket: Ticket) -> list[str]:
    return [] if ticket.contacted_at or not case.holds("20-1") else missed(ticket, Step.CONTACT, case.at)


def log_attempt(case: Case, ticket: Ticket, command: c.LogAttempt) -> Outcome:
    """将联系的时间逐一记录 (article 14): each one, the vain ones above all. Having reached him is the first contact."""
    first = in_hand(case, ticket, "登记联系")
    at = command.at or case.at
    if at.tzinfo is None:
        raise MalformedInput("联系时间没有时区 the time of an attempt has no zone; add +08:00")
    if at > case.at or (ticket.dispatched_at and at < ticket.dispatched_at):
        raise MalformedInput("联系时间应在派单之后、现在之前 an attempt lies between the dispatch and now")
    tried = Happened(what=EntryKind.ATTEMPTED, values={"at": at.isoformat(), "reached": command.reached})
    spoke = Happened(what=EntryKind.CONTACTED, values={"note": "", "late": _late_contact(case, ticket)})
    new = command.reached and ticket.contacted_at is None
    return Outcome(happened=(*first, tried, spoke) if new else (*first, tried))


def reply(case: Case, ticket: Ticket, command: c.Reply) -> Outcome:
    """答复: full and to the point, and he is asked whether he is content (articles 13-1, 14, 21)."""
    first = in_hand(case, ticket, "答复市民")
    flags = flags_of(command.text)
    bad = "、".join(flag for flag in flags if flag in REFUSED)
    case.require("13-1", not bad, f"答复{bad}，请完整、清晰、准确、有针对性地答复 this is no answer")
    case.require("14-1a", command.satisfied, "答复时要征求诉求人是否满意；不愿表态的选“未表态” ask him whether he is content")
    extended = ticket.extension is not None and ticket.extension.granted and ticket.extension.told_at is None
    case.require("21-2", not extended, "延期已获同意，请先将延期时限和理由告知诉求人 tell him of the extension first")
    spoke = Happened(what=EntryKind.CONTACTED, values={"note": "", "late": _late_contact(case, ticket)})
    values = {
        "by_unit": case.by.unit,
        "text": short(command.text, "答复"),
        "satisfied": command.satisfied.value if command.satisfied else "",
        "written_asked": command.written_asked,
        "flags": [flag.value for flag in flags],
        "late": missed(ticket, Step.ANSWER, case.at),
        "dues": written_dues({Step.FEEDBACK: case.rules.due(Step.FEEDBACK, ticket.appeal, case.at)}),
        "knowledge": ticket.appeal is Appeal.CONSULTATION and case.holds("13-2"),
    }
    talk = () if ticket.contacted_at else (spoke,)
    tell = (Tell(kind="knowledge_draft", to=staff(ticket.lead)),) if values["knowledge"] else ()
    return Outcome(happened=(*first, *talk, Happened(what=EntryKind.REPLIED, values=values)), tell=tell)


def ask_written(case: Case, ticket: Ticket, command: c.AskWritten) -> Outcome:
    """诉求人要求提供书面答复材料."""
    if ticket.reply is None or ticket.state not in (TicketState.REPLIED, TicketState.CLOSED, TicketState.CALLED_BACK):
        raise MoveRefused("还没有答复，不能登记书面答复要求（第14条） there is no reply yet", article="14")
    return only(EntryKind.WRITTEN_ASKED)


def give_written(case: Case, ticket: Ticket, command: c.GiveWritten) -> Outcome:
    """须以本单位名义予以答复."""
    if ticket.reply is None:
        raise MoveRefused("还没有答复，不能登记书面答复（第14条） there is no reply yet", article="14")
    return only(EntryKind.WRITTEN_GIVEN, document=said(command.document, "书面答复文号", most=200), unit=ticket.lead)


def report_closed(case: Case, ticket: Ticket, command: c.ReportClosed) -> Outcome:
    """反馈办结: on the day of the answer, by the unit of the second tier (articles 5, 13-1, 14)."""
    case.require("5-1", case.by.unit == ticket.lead, "三级平台向二级平台反馈，由二级平台反馈热线平台 the unit above reports it")
    if case.holds("14-1b") and ticket.reply is not None:
        case.require("14-1b", not ticket.reply.written_asked or ticket.reply.written, "诉求人要求书面答复，请先给书面答复 write first")
    if ticket.deemed:
        kept = not {flag for flag in flags_of(command.result) if flag in REFUSED}
        case.require("14-3b", kept, "视为已答复的，请把答复资料存档 keep the reply that he could not be given")
    dues = {Step.CALLBACK: case.rules.due(Step.CALLBACK, ticket.appeal, case.at)} if case.holds("15-1") else {}
    values: dict[str, Any] = {
        "result": short(command.result, "办理结果") if ticket.deemed else said(command.result, "办理结果"),
        "late": missed(ticket, Step.FEEDBACK, case.at) if case.holds("14-2") else [],
        "dues": written_dues(dues),
        "kept_until": kept_until(case.at, case.rules),
    }
    text = ticket.reply.text if ticket.reply else values["result"]
    answered = tuple(FollowUp(number=each, command=inner.AnswerWithMain(main=ticket.number, text=text)) for each in ticket.merged)
    return Outcome(happened=(Happened(what=EntryKind.REPORTED_CLOSED, values=values),), follow_ups=answered)


def deem_answered(case: Case, ticket: Ticket, command: inner.DeemAnswered) -> Outcome:
    """连续3天均未果，视为已答复: when the third day is over."""
    day = counts_as_answered(ticket.attempts)
    if not case.holds("14-3a") or ticket.state not in UNANSWERED or day is None or case.at < midnight_after(day):
        raise MoveRefused("还没有连续3天联系未果（第14条） not three days in a row in vain", article="14")
    due = case.rules.due(Step.FEEDBACK, ticket.appeal, case.at)
    return only(EntryKind.DEEMED_ANSWERED, dues=written_dues({Step.FEEDBACK: due}), day=day.isoformat())


def answer_with_main(case: Case, ticket: Ticket, command: inner.AnswerWithMain) -> Outcome:
    """并单: each caller gets an answer of his own, and is called back."""
    due = {Step.CALLBACK: case.rules.due(Step.CALLBACK, ticket.appeal, case.at)} if case.holds("15-1") else {}
    values = {"main": command.main, "text": command.text, "dues": written_dues(due), "kept_until": kept_until(case.at, case.rules)}
    return only(EntryKind.ANSWERED_WITH_MAIN, Tell(kind="answered", to=CITIZEN), **values)


HANDLERS: Final[Mapping[type[c.Command], Handler]] = MappingProxyType(
    {
        c.Receive: receive,
        c.SubDispatch: sub_dispatch,
        c.SubReport: sub_report,
        c.AssistReply: assist_reply,
        c.Contact: contact,
        c.LogAttempt: log_attempt,
        c.Reply: reply,
        c.AskWritten: ask_written,
        c.GiveWritten: give_written,
        c.ReportClosed: report_closed,
        inner.DeemAnswered: deem_answered,
        inner.AnswerWithMain: answer_with_main,
    }
)
