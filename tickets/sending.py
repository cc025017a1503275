"""派单、退单、转派: who gets it, who gives it back, and when its terms begin (揭府办〔2015〕4号 articles 5, 6, 9–13, 20).

收到业务单 (article 20) is the moment at which it stands in the unit's system: a unit that is slow to open it wins no time by that.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any, Final

from hotline.access import Role
from hotline.errors import MalformedInput
from hotline.notices import OFFICE, staff
from tickets import commands as c
from tickets.decision import Case, Handler, Outcome, Tell, day_of, only, said, short, written_dues
from tickets.dispatch import ACCUSING, Matter, Suggestion, suggest
from tickets.intake import not_final, within
from tickets.kinds import EntryKind
from tickets.moves import MoveRefused
from tickets.rules import Rules
from tickets.terms import Due, Step, by_order
from tickets.ticket import Secrecy, Ticket


def offer(ticket: Ticket, rules: Rules) -> Suggestion:
    """Whom the catalogue suggests, as the platform can dispatch: a unit of the third tier is reached through the one above it."""
    matter = Matter(code=ticket.code, appeal=ticket.appeal, place=ticket.place, urgent=ticket.urgent, accused=ticket.accused)
    found = suggest(matter, rules.catalogue)
    if found.lead and not rules.is_member(found.lead) and rules.holds("5-1"):
        found = _lifted(found, rules)
    bad = found.lead and ticket.appeal in ACCUSING and rules.touched(found.lead, ticket.accused) and rules.holds("10-1c")
    return replace(found, lead="", why=f"{found.why}；其上级为被反映单位，请市政管办指定（第12条）") if bad else found


def _lifted(found: Suggestion, rules: Rules) -> Suggestion:
    member = next((unit for unit in rules.above(found.lead) if rules.is_member(unit)), "")
    name = rules.unit(member).name if member else "市政管办"
    others = tuple(unit for unit in found.assisting if unit != member)
    at_once = tuple(unit for unit in found.at_once if unit != member)
    return replace(found, lead=member, assisting=others, at_once=at_once, why=f"{found.why}；经{name}转派（第5条）")


def dispatch(case: Case, ticket: Ticket, command: c.Dispatch) -> Outcome:
    """派单: a person confirms what the catalogue suggests, or says why not."""
    not_final(case, ticket)
    case.require("6-1", within(ticket.place, case.rules), "事发地不在本市行政区域内，请告知去处 decline it")
    found = offer(ticket, case.rules)
    case.require("12-3", found.lead, f"{found.why} leave it to the office")
    lead = command.lead or found.lead
    if not lead:
        raise MalformedInput("请选择承办单位 choose a unit")
    why = short(command.why, "说明", most=500)
    case.require("12-1", lead == found.lead or why, "不按派单目录派发的，要说明理由 say why")
    at_once = found.at_once if case.holds("12-2") else ()
    assisting = found.assisting if command.assisting is None else command.assisting
    sent = _sent(case, ticket, lead, assisting, at_once, why or found.why)
    return only(EntryKind.DISPATCHED, *told(case, ticket, sent), **sent)


def designate(case: Case, ticket: Ticket, command: c.Designate) -> Outcome:
    """指定: by the office, with its reason (article 12)."""
    case.require("12-3", command.why.strip(), "指定承办单位要说明理由 say why")
    found = offer(ticket, case.rules)
    at_once = found.at_once if case.holds("12-2") else ()
    sent = _sent(case, ticket, command.lead, command.assisting, at_once, short(command.why, "理由", most=500))
    return only(EntryKind.DESIGNATED, *told(case, ticket, sent), **sent)


def _sent(
    case: Case, ticket: Ticket, lead: str, assisting: Iterable[str], at_once: Iterable[str], why: str, *, anew: bool = True
) -> dict[str, Any]:
    """What the entry of any dispatch says. Raises for a unit that may not have it."""
    beside = [unit for unit in dict.fromkeys(at_once) if unit != lead]
    others = [unit for unit in dict.fromkeys(assisting) if unit != lead and unit not in beside]
    for unit in (lead, *beside, *others):
        _may_have(case, ticket, unit)
    people = {person for rule in case.rules.reported(lead, ticket.code) for person in rule.staff}
    dues = terms_of(case, ticket) if anew else dict(ticket.dues)
    return {
        "lead": lead,
        "assisting": others,
        "at_once": beside,
        "why": why,
        "staff": sorted(people),
        "secrecy": int(level_reported(case.rules, ticket, (lead, *beside, *others))),
        "dues": written_dues(dues),
        "anew": anew,
    }


def withdraw(case: Case, ticket: Ticket, command: c.Withdraw) -> Outcome:
    """收回: whoever had it has it no more, and 市政管办 designates."""
    return only(EntryKind.WITHDRAWN, Tell(kind="to_designate", to=OFFICE), why=said(command.why, "理由", most=500))


def resent(case: Case, of: Ticket, why: str) -> dict[str, Any] | None:
    """The entry that sends a redo to the unit that had it; None where that unit may not have it any more.

    An order's own term is over, and the common one holds.
    """
    anew = replace(of, ordered_until=None, order_doc="")
    if not _could_have(case, anew, of.lead):
        return None
    assisting, at_once = ([unit for unit in units if _could_have(case, anew, unit)] for units in (of.assisting, of.at_once))
    return _sent(case, anew, of.lead, assisting, at_once, why)


def _could_have(case: Case, ticket: Ticket, unit: str) -> bool:
    try:
        _may_have(case, ticket, unit)
    except (MoveRefused, MalformedInput):
        return False
    return True


def _may_have(case: Case, ticket: Ticket, unit: str) -> None:
    known = case.rules.unit(unit)
    if not known.approved:
        case.require("9-7", known.approved, f"{known.name}未经市政管办同意，不能承办 not approved yet")
    case.require("5-1", case.rules.is_member(unit), f"{known.name}属三级平台，请派其上级单位转派 dispatch it to the unit above")
    accused = ticket.appeal in ACCUSING and case.rules.touched(unit, ticket.accused)
    case.require("10-1c", not accused, f"{known.name}是被反映单位或其下属，不能承办 it is complained of")


def level_reported(rules: Rules, ticket: Ticket, units: Iterable[str]) -> Secrecy:
    """单位报备的保密要求 (article 10-2) of whoever gets it: for all of the ticket, and the level only rises."""
    return Secrecy(max([ticket.secrecy, *(rule.level for unit in units for rule in rules.reported(unit, ticket.code))]))


def terms_of(case: Case, ticket: Ticket) -> dict[Step, Due]:
    """The terms that begin with a dispatch: first contact, answer, return."""
    dues: dict[Step, Due] = {}
    if case.holds("20-1"):
        dues[Step.CONTACT] = case.rules.due(Step.CONTACT, ticket.appeal, case.at)
    if ticket.ordered_until is not None and case.holds("20-3"):
        dues[Step.ANSWER] = by_order(ticket.ordered_until, order=ticket.order_doc)
    elif case.holds("20-2"):
        dues[Step.ANSWER] = case.rules.due(Step.ANSWER, ticket.appeal, case.at)
    if case.holds("13-3a"):
        dues[Step.RETURN] = case.rules.due(Step.RETURN, ticket.appeal, case.at)
    return dues


def told(case: Case, ticket: Ticket, sent: Mapping[str, Any], *, kind: str = "dispatched") -> tuple[Tell, ...]:
    """以短信形式通知办理单位相关人员 (article 11)."""
    if not case.holds("11-2"):
        return ()
    due = day_of(terms_of(case, ticket).get(Step.ANSWER))
    return tuple(
        Tell(
            kind="dispatched_urgent" if ticket.urgent and kind == "dispatched" else kind,
            to=staff(unit),
            values={"unit": case.unit_name(unit), "appeal": ticket.appeal.value, "due": due},
        )
        for unit in (sent["lead"], *sent["at_once"], *sent["assisting"])
    )


def ask_return(case: Case, ticket: Ticket, command: c.AskReturn) -> Outcome:
    """申请退单: within one working day, with facts, basis and proposal (article 13-3). Until another unit has it, this one goes on."""
    due = ticket.dues.get(Step.RETURN)
    case.require("13-3a", due is None or case.at < due.until, f"退单期限已过（{day_of(due)}），请继续办理 too late to return it")
    grounds = (command.facts.strip(), command.legal_basis.strip(), command.proposed.strip())
    case.require("13-3b", all(grounds), "退单要列明事实、法律依据和转派建议 facts, legal basis and proposal are needed")
    tell = Tell(kind="return_asked", to=OFFICE, values={"unit": case.unit_name(ticket.lead)})
    facts, basis, proposed = (short(text, "退单理由") for text in grounds)
    return only(EntryKind.RETURN_ASKED, tell, facts=facts, legal_basis=basis, proposed=proposed)


def _objected_again(case: Case, ticket: Ticket) -> None:
    """派单异议审核: who was refused once and objects again is judged by the office."""
    again = ticket.returns_refused > 0 and case.role is not Role.OFFICE
    case.require("13-3d", not again, "承办单位再次提出异议，请由市政管办核定 the office judges a second objection")


def refuse_return(case: Case, ticket: Ticket, command: c.RefuseReturn) -> Outcome:
    """不同意退单: with a reason; the terms run on."""
    _objected_again(case, ticket)
    values = {"unit": case.unit_name(ticket.lead), "due": day_of(ticket.dues.get(Step.ANSWER))}
    return only(EntryKind.RETURN_REFUSED, Tell(kind="return_refused", to=staff(ticket.lead), values=values), why=said(command.why, "理由"))


def dispatch_again(case: Case, ticket: Ticket, command: c.DispatchAgain) -> Outcome:
    """另行转派: another unit has it now, and its terms begin anew (article 13-3)."""
    _objected_again(case, ticket)
    if command.lead == ticket.lead:
        raise MoveRefused("转派的还是原单位；不同意退单请说明理由（第13-3条） it is the same unit", article="13-3")
    why = short(command.why, "说明", most=500) or (ticket.returning.proposed if ticket.returning else "")
    sent = _sent(case, ticket, command.lead, command.assisting, (), why, anew=case.holds("13-3c"))
    return only(EntryKind.DISPATCHED_AGAIN, *told(case, ticket, sent), **sent)


HANDLERS: Final[Mapping[type[c.Command], Handler]] = MappingProxyType(
    {
        c.Dispatch: dispatch,
        c.Designate: designate,
        c.Withdraw: withdraw,
        c.AskReturn: ask_return,
        c.RefuseReturn: refuse_return,
        c.DispatchAgain: dispatch_again,
    }
)
