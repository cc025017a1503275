"""延期与说明理由 (揭府办〔2015〕4号 articles 19 and 21)."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Final

from hotline.errors import MalformedInput
from hotline.notices import CITIZEN, OFFICE, staff
from hotline.workdays import CHINA
from tickets import commands as c
from tickets.decision import Case, Handler, Outcome, Tell, day_of, only, said, short, written_dues
from tickets.kinds import EntryKind
from tickets.moments import WITH_UNIT
from tickets.moves import MoveRefused
from tickets.terms import Due, Step
from tickets.ticket import Ticket
from tickets.urging import urging_at

LEAST_WHY: Final = 5
"""Characters, without marks: fewer say no reason."""


def ask_extension(case: Case, ticket: Ticket, command: c.AskExtension) -> Outcome:
    """申请延期: before the term is over, with the promised date, the legal term, the basis and the reason."""
    due = _running(ticket)
    case.require("21-1", case.at < due.until, "办理时限已届满，不能再申请延期，请报告说明理由 the term is over; explain instead")
    told = (command.legal_term.strip(), command.basis.strip(), command.why.strip())
    case.require("21-1", all(told), "延期申请要写明承诺时限、法定时限、依据和理由 legal term, basis and reason are needed")
    if command.until.tzinfo is None or command.until <= max(due.until, case.at):
        raise MalformedInput("承诺的时限应晚于现在的期限 the promised date lies after the present one, with a zone")
    if ticket.extension is not None and ticket.extension.granted is None:
        raise MoveRefused("延期申请正在审核（第21条） one is being decided already", article="21")
    legal_term, basis, why = (short(text, "延期理由") for text in told)
    until = command.until.astimezone(CHINA)
    values = {"unit": case.unit_name(ticket.lead), "until": day_of(_promised(until))}
    tell = Tell(kind="extension_asked", to=OFFICE, values=values)
    return only(EntryKind.EXTENSION_ASKED, tell, until=until.isoformat(), legal_term=legal_term, basis=basis, why=why)


def _running(ticket: Ticket) -> Due:
    due = ticket.dues.get(Step.ANSWER)
    if ticket.state not in WITH_UNIT or due is None:
        raise MoveRefused("业务单不在办理中，没有可延长的时限（第21条） no term is running", article="21")
    return due


def _promised(until: datetime, why: str = "") -> Due:
    return Due(until=until, provisional=False, rules="", why=why)


def decide_extension(case: Case, ticket: Ticket, command: c.DecideExtension) -> Outcome:
    """经市政管办审核同意: then the promised date is the term."""
    asked = ticket.extension
    if asked is None or asked.granted is not None:
        raise MoveRefused("没有待审核的延期申请（第21条） nobody waits for a decision", article="21")
    if ticket.state not in WITH_UNIT:
        raise MoveRefused("业务单已答复，不必再审核延期（第21条） it is answered already", article="21")
    why = short(command.why, "审核意见") if command.granted else said(command.why, "不同意的理由")
    said_so = f"经市政管办同意延期至{_promised(asked.until).last_day:%Y年%m月%d日}：{asked.why}（揭府办〔2015〕4号 第21条）"
    due = _promised(asked.until, said_so)
    dues = written_dues({Step.ANSWER: due} if command.granted else {})
    tell = Tell(kind="extension_decided", to=staff(ticket.lead), values={"unit": case.unit_name(ticket.lead)})
    return only(EntryKind.EXTENSION_DECIDED, tell, granted=command.granted, why=why, dues=dues)


def tell_extension(case: Case, ticket: Ticket, command: c.TellExtension) -> Outcome:
    """承办单位再将延期办理时限和理由告知诉求人: only what 市政管办 has agreed with."""
    granted = ticket.extension is not None and ticket.extension.granted
    case.require("21-2", granted, "延期未经市政管办同意，不能告知诉求人 it is not granted")
    if ticket.extension is None:
        raise MoveRefused("没有延期申请（第21条） there is no extension", article="21")
    tell = Tell(kind="extended", to=CITIZEN, values={"until": day_of(_promised(ticket.extension.until))})
    return only(EntryKind.EXTENSION_TOLD, tell, how=said(command.how, "告知方式", most=64))


def explain(case: Case, ticket: Ticket, command: c.Explain) -> Outcome:
    """报告说明理由: who has told his reasons is neither noticed nor handed over. So they are told when the term runs out, and the office
    knows of them."""
    ripe = case.at >= urging_at(_running(ticket), case.rules.calendar)
    case.require("19-2", ripe, "届满前一个工作日起才能报告说明理由；确需延长的请申请延期 too early; ask for an extension")
    why = said(command.why, "理由")
    if sum(char.isalnum() for char in why) < LEAST_WHY:
        raise MalformedInput(f"请具体说明理由，至少{LEAST_WHY}个字 say the reasons in some words")
    return only(EntryKind.EXPLAINED, Tell(kind="explained", to=OFFICE, values={"unit": case.unit_name(ticket.lead)}), why=why)


HANDLERS: Final[Mapping[type[c.Command], Handler]] = MappingProxyType(
    {
        c.AskExtension: ask_extension,
        c.DecideExtension: decide_extension,
        c.TellExtension: tell_extension,
        c.Explain: explain,
    }
)
