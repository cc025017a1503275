"""受理: a matter comes in, is answered at once, declined, or left to the office (揭府办〔2015〕4号 articles 6, 7, 8, 11, 12, 17)."""

from collections.abc import Mapping
from datetime import date, datetime
from types import MappingProxyType
from typing import Any, Final

from hotline.errors import MalformedInput
from hotline.notices import CITIZEN, OFFICE
from hotline.workdays import CHINA
from tickets import commands as c
from tickets import inner_commands as inner
from tickets.decision import Case, FollowUp, Handler, Happened, Outcome, Tell, only, said, short
from tickets.declining import GROUNDS, DeclineReason
from tickets.kinds import EntryKind
from tickets.model import Channel
from tickets.moves import MoveRefused, TicketState
from tickets.rules import Rules
from tickets.snapshot import plain
from tickets.terms import Appeal
from tickets.ticket import Link, LinkKind, Secrecy, Ticket

AT_ONCE: Final = frozenset({Appeal.CONSULTATION, Appeal.HELP, Appeal.SUGGESTION})
"""咨询类等 (article 11): a complaint, a report or a claim is never settled by an entry of the knowledge base."""
AMENDABLE: Final = frozenset({TicketState.OPEN, TicketState.TO_DESIGNATE, TicketState.RETURN_ASKED})
MOST_TITLE: Final = 200


def kept_until(at: datetime, rules: Rules) -> str:
    """档案保存到期日: so many years from the day of the report (article 5), as ISO."""
    day = at.astimezone(CHINA).date()
    years = rules.keep_years if rules.holds("5-2") else 0
    leap = day.month == 2 and day.day == 29
    return (date(day.year + years, 3, 1) if leap and years % 4 else day.replace(year=day.year + years)).isoformat()


def file(case: Case, command: c.File) -> Outcome:
    """受理: written down whatever it is, and whoever declines it later (article 11)."""
    _judge_input(case, command)
    values = _values(case, command)
    earlier = case.others.get(command.repeats)
    if command.repeats:
        if earlier is None:
            raise MalformedInput("没有所重复的业务单 no such earlier ticket; give its number, or leave it empty")
        values["links"] = [plain(Link(to=earlier.number, how=LinkKind.REPEAT))]
        values["repeats_final"] = earlier.final
    tell = [Tell(kind="accepted", to=CITIZEN)] if command.citizen.phone and not command.answered else []
    if command.life_at_risk:
        tell.append(Tell(kind="emergency_filed", to=OFFICE))
    return Outcome(happened=(Happened(what=EntryKind.FILED, values=values),), tell=tuple(tell))


def _judge_input(case: Case, command: c.File) -> None:
    short(command.title, "标题", most=MOST_TITLE)
    short(command.content, "诉求内容")
    if not (command.title.strip() or command.content.strip() or command.calls):
        raise MalformedInput("请填写标题或诉求内容 title or content is missing")
    if (command.ordered_until is None) is not (not command.order_doc.strip()):
        raise MalformedInput("急办事项要同时填写交办件和办结期限 an ordered term needs its document, and the other way round")
    _in_china(command)
    if command.ordered_until is not None and command.ordered_until <= case.at:
        raise MalformedInput("办结期限已过 the ordered term is over already; ask for another")
    if command.life_at_risk and command.channel is Channel.PHONE:
        case.require("6-3", command.transferred_to.strip(), "生命财产紧急求助先转接110、119、120，再登记 transfer him first")


def _values(case: Case, command: c.File) -> dict[str, Any]:
    values: dict[str, Any] = plain(command) | _in_china(command)
    secrecy = command.secrecy
    if command.appeal is Appeal.REPORT and case.holds("10-1b"):
        secrecy = max(secrecy, Secrecy.REPORT)
    return {**values, "secrecy": int(secrecy), "urgent": command.urgent or command.life_at_risk}


def _in_china(command: c.File | c.Amend) -> dict[str, str]:
    """Times as they are said here, whatever zone they came in: a day is a day of China."""
    moments = {"happened_at": command.happened_at, "ordered_until": getattr(command, "ordered_until", None)}
    if any(moment is not None and moment.tzinfo is None for moment in moments.values()):
        raise MalformedInput("时间没有时区 a time has no zone; add +08:00")
    return {name: moment.astimezone(CHINA).isoformat() for name, moment in moments.items() if moment is not None}


def amend(case: Case, ticket: Ticket, command: c.Amend) -> Outcome:
    """更正: only while no unit works by the old words."""
    if ticket.state not in AMENDABLE:
        raise MoveRefused("业务单已派出，不能更正；请另行说明（第11条） it is with a unit already", article="11")
    given = {name: value for name, value in (plain(command) | _in_china(command)).items() if value is not None}
    if not given:
        raise MalformedInput("没有要更正的内容 nothing to amend")
    _other_matter(ticket, command)
    short(command.title or "", "标题", most=MOST_TITLE)
    short(command.content or "", "诉求内容")
    if command.appeal is Appeal.REPORT and ticket.secrecy < Secrecy.REPORT and case.holds("10-1b"):
        given["secrecy"] = int(Secrecy.REPORT)
    return only(EntryKind.AMENDED, **given)


def _other_matter(ticket: Ticket, command: c.Amend) -> None:
    """The unit that wants to return it goes on by its terms and rules if that is refused; another type or matter has others."""
    other = command.appeal not in (None, ticket.appeal) or command.code not in (None, ticket.code)
    if ticket.state is TicketState.RETURN_ASKED and other:
        raise MoveRefused(
            "承办单位正在申请退单，要更正诉求类型或事项，请先收回或另行转派（第11条） withdraw it or dispatch it again first", article="11"
        )


def note_call(case: Case, ticket: Ticket, command: c.NoteCall) -> Outcome:
    """再次来电, once per call."""
    call = said(command.call, "通话编号", most=64)
    return Outcome(happened=()) if call in ticket.calls else only(EntryKind.CALL_NOTED, call=call)


def answer_at_once(case: Case, ticket: Ticket, command: c.AnswerAtOnce) -> Outcome:
    """当场答复: by the knowledge base, and written down."""
    not_final(case, ticket)
    case.require("8-1", ticket.appeal in AT_ONCE, f"{ticket.appeal}类诉求不能当场办结，请派发业务单 dispatch it")
    case.require("11-1", command.basis.strip() and command.answer.strip(), "当场答复要写明知识库依据和答复内容 name the entry")
    basis, answer = short(command.basis, "知识库依据", most=128), short(command.answer, "答复内容")
    values = {"basis": basis, "answer": answer, "kept_until": kept_until(case.at, case.rules)}
    with_it = tuple(FollowUp(number=each, command=inner.AnswerWithMain(main=ticket.number, text=answer)) for each in ticket.merged)
    return Outcome(happened=(Happened(what=EntryKind.ANSWERED_AT_ONCE, values=values),), follow_ups=with_it)


def decline(case: Case, ticket: Ticket, command: c.Decline) -> Outcome:
    """不予受理: by one of the reasons of articles 6, 7 and 17, and he is told where to go."""
    ground = GROUNDS[command.reason]
    where = short(command.where, "去处", most=200)
    if case.holds(ground.clause):
        where = where or ground.where
    if command.reason is DeclineReason.FINAL:
        case.require("17-2", ticket.repeats_final, "只有重办并经市政管办确认办结的同一诉求才不再受理 the earlier one is not final")
    else:
        case.require(ground.clause, where, "不予受理要写明告知诉求人的去处或说明 say what he was told")
    if command.reason is DeclineReason.OUTSIDE and ticket.place:
        case.require("6-1", not within(ticket.place, case.rules), "事发地在本市，不能以不属于本市管辖为由不受理 it is in this city")
    tell = (Tell(kind="declined", to=CITIZEN, values={"where": ground.where or "有关部门"}),)
    values = {"reason": command.reason.value, "where": where, "kept_until": kept_until(case.at, case.rules)}
    alone = tuple(FollowUp(number=each, command=inner.FallApart(main=ticket.number)) for each in ticket.merged)
    return Outcome(happened=(Happened(what=EntryKind.DECLINED, values=values),), tell=tell, follow_ups=alone)


def leave_to_office(case: Case, ticket: Ticket, command: c.LeaveToOffice) -> Outcome:
    """报市政管办指定."""
    not_final(case, ticket)
    return only(EntryKind.LEFT_TO_OFFICE, Tell(kind="to_designate", to=OFFICE), why=said(command.why, "原因", most=500))


def not_final(case: Case, ticket: Ticket) -> None:
    """同一事实和理由不再受理 (article 17): what repeats a final ticket can only be declined."""
    case.require("17-2", not ticket.repeats_final, "该诉求已重办并确认办结，以同一事实和理由不再受理，请告知诉求人 decline it")


def within(place: str, rules: Rules) -> bool:
    """本市行政区域内 (article 6). An unknown place is taken for ours."""
    return not place or not rules.place or place.startswith(rules.place)


HANDLERS: Final[Mapping[type[c.Command], Handler]] = MappingProxyType(
    {
        c.Amend: amend,
        c.NoteCall: note_call,
        c.AnswerAtOnce: answer_at_once,
        c.Decline: decline,
        c.LeaveToOffice: leave_to_office,
    }
)
