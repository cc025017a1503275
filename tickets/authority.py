"""Who may give which command: the roles, the unit that must be his, and secrecy (揭府办〔2015〕4号 articles 5, 9, 10, 12–21, 28). Pure.

The gate (hotline/gate.py) says what his roles and his token are good for at all; this says it of this command and this ticket.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto
from types import MappingProxyType
from typing import Final

from hotline.access import MOST_SECRET, UNIT_ROLES, Actor, NotAllowed, Role
from hotline.gate import Act, Subject, require
from tickets import commands as c
from tickets import inner_commands as inner
from tickets.dispatch import ACCUSING
from tickets.moves import TICKET_RULES, Rule, TicketEvent, not_by
from tickets.rules import Rules
from tickets.ticket import Ticket


class Whose(Enum):
    """Which units may, where a unit's people may at all."""

    LEAD = auto()
    HANDLING = auto()
    """The lead and whom it passed it on to."""
    BELOW = auto()
    BESIDE = auto()
    """Assisting, or told at once."""
    ANY = auto()


@dataclass(frozen=True, kw_only=True)
class Permit:
    """One line. `act`: of the gate; None: the system's own."""

    rule: Rule
    act: Act | None
    whose: Whose = Whose.ANY
    event: TicketEvent | None = None


_E = TicketEvent
_UNIT: Final = (Role.HANDLER, Role.UNIT_LEADER)
_PLATFORM: Final = (Role.AGENT, Role.SUPERVISOR, Role.OFFICE)


def _moves(event: TicketEvent, act: Act | None, whose: Whose = Whose.ANY) -> Permit:
    return Permit(rule=TICKET_RULES[event], act=act, whose=whose, event=event)


def _beside(article: str, words: str, act: Act | None, *by: Role, whose: Whose = Whose.ANY) -> Permit:
    return Permit(rule=Rule(by=frozenset(by), article=article, words=words), act=act, whose=whose)


def _inner(article: str, words: str) -> Permit:
    return _beside(article, words, None, Role.CLOCK)


PERMITS: Final[Mapping[type[c.Command], Permit]] = MappingProxyType(
    {
        c.File: _moves(_E.FILED, Act.TICKET_FILE),
        c.Amend: _beside("11", "更正内容", Act.TICKET_FILE, *_PLATFORM),
        c.NoteCall: _beside("11", "登记来电", Act.TICKET_FILE, *_PLATFORM),
        c.AnswerAtOnce: _moves(_E.ANSWERED_AT_ONCE, Act.TICKET_FILE),
        c.Decline: _moves(_E.DECLINED, Act.TICKET_FILE),
        c.LeaveToOffice: _moves(_E.LEFT_TO_OFFICE, Act.TICKET_DISPATCH),
        c.Dispatch: _moves(_E.DISPATCHED, Act.TICKET_DISPATCH),
        c.Designate: _moves(_E.DESIGNATED, Act.TICKET_DESIGNATE),
        c.Withdraw: Permit(
            rule=Rule(by=frozenset({Role.SUPERVISOR, Role.OFFICE}), article="12", words="收回业务单"),
            act=Act.TICKET_REVIEW,
            event=_E.WITHDRAWN,
        ),
        c.Receive: _moves(_E.RECEIVED, Act.TICKET_HANDLE, Whose.LEAD),
        c.SubDispatch: _beside("5", "转派三级平台", Act.TICKET_HANDLE, *_UNIT, whose=Whose.LEAD),
        c.SubReport: _beside("5", "向二级平台反馈", Act.TICKET_HANDLE, *_UNIT, whose=Whose.BELOW),
        c.AssistReply: _beside("12", "协办反馈", Act.TICKET_HANDLE, *_UNIT, whose=Whose.BESIDE),
        c.Contact: _beside("20", "与市民首次沟通", Act.TICKET_HANDLE, *_UNIT, whose=Whose.HANDLING),
        c.LogAttempt: _beside("14", "登记联系", Act.TICKET_HANDLE, *_UNIT, whose=Whose.HANDLING),
        c.AskReturn: _moves(_E.RETURN_ASKED, Act.TICKET_HANDLE, Whose.LEAD),
        c.RefuseReturn: _moves(_E.RETURN_REFUSED, Act.TICKET_REVIEW),
        c.DispatchAgain: _moves(_E.DISPATCHED_AGAIN, Act.TICKET_REVIEW),
        c.Reply: _beside("13-1", "答复市民", Act.TICKET_HANDLE, *_UNIT, whose=Whose.HANDLING),
        c.AskWritten: _beside("14", "登记书面答复要求", Act.TICKET_CALL_BACK, Role.AGENT, Role.CALLBACK_STAFF),
        c.GiveWritten: _beside("14", "书面答复", Act.TICKET_HANDLE, *_UNIT, whose=Whose.HANDLING),
        c.ReportClosed: _moves(_E.REPORTED_CLOSED, Act.TICKET_HANDLE, Whose.HANDLING),
        c.CallBack: _moves(_E.CALLED_BACK, Act.TICKET_CALL_BACK),
        c.ComplainOf: _moves(_E.COMPLAINED_OF, Act.TICKET_CALL_BACK),
        c.Judge: _beside("16", "复核", Act.TICKET_REVIEW, Role.SUPERVISOR, Role.OFFICE),
        c.ConfirmClosed: _moves(_E.CONFIRMED, Act.TICKET_REVIEW),
        c.Archive: _moves(_E.ARCHIVED, Act.TICKET_ARCHIVE),
        c.AskExtension: _beside("21", "申请延期", Act.TICKET_HANDLE, *_UNIT, whose=Whose.LEAD),
        c.DecideExtension: _beside("21", "审核延期", Act.TICKET_EXTEND, Role.OFFICE),
        c.TellExtension: _beside("21", "告知延期", Act.TICKET_HANDLE, *_UNIT, whose=Whose.HANDLING),
        c.Explain: _beside("19", "报告说明理由", Act.TICKET_HANDLE, *_UNIT, whose=Whose.LEAD),
        c.Urge: _beside("19", "催办", Act.TICKET_URGE, *_PLATFORM, Role.CLOCK),
        c.SendNotice: _beside("19", "发《催办通知书》", Act.TICKET_INSPECT, Role.OFFICE, Role.CLOCK),
        c.HandToInspection: _beside("28", "移交监察", Act.TICKET_INSPECT, Role.OFFICE, Role.CLOCK),
        c.RaiseSecrecy: _beside("10", "提高保密级别", Act.TICKET_SECRECY, *_UNIT, *_PLATFORM),
        c.MarkAccused: _beside("10", "登记被反映单位", Act.TICKET_SECRECY, *_PLATFORM),
        c.Split: _beside("10", "拆分", Act.TICKET_FILE, *_PLATFORM),
        c.Merge: _moves(_E.MERGED, Act.TICKET_REVIEW),
        c.Separate: _moves(_E.SEPARATED, Act.TICKET_REVIEW),
        c.LinkTo: _beside("11", "关联", Act.TICKET_FILE, *_PLATFORM),
        c.Hold: _beside("5", "保留档案", Act.TICKET_HOLD, Role.ARCHIVIST, Role.OFFICE),
        c.Publish: _beside("10", "公开", Act.TICKET_PUBLISH, Role.SUPERVISOR, Role.OFFICE),
        c.Unpublish: _beside("10", "撤回公开", Act.TICKET_PUBLISH, Role.SUPERVISOR, Role.OFFICE),
        c.NoteOutside: _beside("11", "登记外部系统状态", Act.TICKET_OUTSIDE, Role.OFFICE, Role.CLOCK),
        inner.DeemAnswered: _moves(_E.DEEMED_ANSWERED, None),
        inner.ReckonAgain: _inner("20", "重算期限"),
        inner.OpenRedo: _inner("16", "发回重办"),
        inner.OpenSplit: _inner("10", "拆分立单"),
        inner.TakeIn: _inner("15", "并入"),
        inner.LetGo: _inner("15", "拆出"),
        inner.AnswerWithMain: _moves(_E.ANSWERED_WITH_MAIN, None),
        inner.FallApart: _moves(_E.SEPARATED, None),
        inner.LinkBack: _inner("11", "关联"),
    }
)
"""Every command. A unit's people are asked whose ticket it is; the platform's are not."""


_IF_NOT_HELD: Final[Mapping[type[c.Command], tuple[str, Role]]] = MappingProxyType({c.Archive: ("18-1", Role.ARCHIVIST)})
"""Where who does it is the clause itself: without it, anybody passes for that role."""


def role_for(actor: Actor, command: type[c.Command], ticket: Ticket | None, rules: Rules) -> Role:
    """As what he does it; 市政管办 before any other, for some decisions are the office's alone. Raises `NotAllowed`, with the article."""
    permit = PERMITS[command]
    roles = sorted((role for role in Role if role in actor.roles and role in permit.rule.by), key=lambda role: role is not Role.OFFICE)
    clause, anyway = _IF_NOT_HELD.get(command, ("", None))
    if clause and anyway is not None and not rules.holds(clause):
        return anyway
    if not roles:
        raise not_by("、".join(role for role in Role if role in actor.roles) or "他", permit.rule)
    if permit.act is not None and Role.CLOCK not in actor.roles:
        require(actor, permit.act, None if ticket is None else subject_of(ticket, actor, rules))
    if ticket is None:
        return roles[0]
    role = next((role for role in roles if _his_unit(actor, role, permit, ticket)), None)
    if role is None:
        raise NotAllowed(f"业务单不由贵单位{permit.rule.words}（第{permit.rule.article}条） not this unit's", article=permit.rule.article)
    _secret(actor, role, ticket, rules)
    return role


def subject_of(ticket: Ticket, actor: Actor, rules: Rules) -> Subject:
    """What the gate must know of a ticket, for this actor."""
    secrecy = int(ticket.secrecy) if rules.holds("10-2a") or ticket.secrecy < MOST_SECRET else MOST_SECRET - 1
    kept = frozenset({actor.unit}) if is_kept_from(actor, ticket, rules) else frozenset()
    return Subject(units=ticket.units, secrecy=secrecy, kept_from=kept)


def is_kept_from(actor: Actor, ticket: Ticket, rules: Rules) -> bool:
    """Whether his unit is complained of, or stands below one that is."""
    hidden = bool(actor.unit) and bool(ticket.accused) and ticket.appeal in ACCUSING and rules.holds("10-1c")
    return hidden and rules.touched(actor.unit, ticket.accused)


def kept_from(ticket: Ticket, rules: Rules) -> frozenset[str]:
    """The units that must not learn of it: the accused, and all below them, who would report to them (article 5)."""
    if not ticket.accused or ticket.appeal not in ACCUSING or not rules.holds("10-1c"):
        return frozenset()
    return frozenset(unit for unit in {*rules.catalogue.units, *ticket.accused} if rules.touched(unit, ticket.accused))


def is_staff(actor: Actor, ticket: Ticket, rules: Rules) -> bool:
    """指定专门的工作人员 (article 10-2): each unit's own, and those of one unit shut no other one out."""
    if not rules.holds("10-2b"):
        return True
    if actor.unit == ticket.lead:
        return not ticket.staff or actor.id in ticket.staff
    named = {person for rule in rules.reported(actor.unit, ticket.code) for person in rule.staff}
    return not named or actor.id in named


def _his_unit(actor: Actor, role: Role, permit: Permit, ticket: Ticket) -> bool:
    if role not in UNIT_ROLES:
        return True
    mine = {
        Whose.LEAD: {ticket.lead},
        Whose.HANDLING: {ticket.lead, *ticket.below},
        Whose.BELOW: set(ticket.below),
        Whose.BESIDE: {*ticket.assisting, *ticket.at_once},
        Whose.ANY: set(ticket.units),
    }[permit.whose]
    return bool(actor.unit) and actor.unit in mine


def _secret(actor: Actor, role: Role, ticket: Ticket, rules: Rules) -> None:
    if ticket.secrecy >= MOST_SECRET and actor.cleared < MOST_SECRET and rules.holds("10-2a"):
        raise NotAllowed("涉密事项只由专人经手（第10-2条） only for people who are cleared for it", article="10-2")
    if role in UNIT_ROLES and not is_staff(actor, ticket, rules):
        raise NotAllowed("此业务单由本单位指定人员经手（第10-2条） only for the unit's designated staff", article="10-2")
