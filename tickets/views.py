"""What somebody may see of a ticket (揭府办〔2015〕4号 article 10). Pure. Nobody is shown a ticket but through here.

Who handles a matter must not learn who reported it, and who is complained of must not learn that there is a complaint: for him it does not
exist. What is hidden is taken out, not crossed out: the length of a name is a hint, too.
"""

import re
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from types import MappingProxyType
from typing import Any, Final

from hotline.access import MOST_SECRET, UNIT_ROLES, Actor, Role
from hotline.gate import Act, may
from hotline.phone import mask
from hotline.workdays import CHINA
from tickets.authority import is_kept_from, is_staff
from tickets.buttons import possible_for
from tickets.kinds import EntryKind
from tickets.moves import TicketState
from tickets.rules import Rules
from tickets.terms import Appeal, Step
from tickets.ticket import Citizen, Entry, Link, LinkKind, Secrecy, Ticket

HIDDEN: Final = "（保密）"
_DIGITS: Final = re.compile(r"(?<!\d)\d[\d -]{5,18}\d(?!\d)")
"""What may be a telephone number in somebody's words."""
_NOT_FOR_UNITS: Final = frozenset({EntryKind.SPLIT_OFF, EntryKind.HANDED_OVER, EntryKind.OUTSIDE_TOLD, EntryKind.LINKED})
_WORDS_NOW: Final = frozenset({EntryKind.FILED, EntryKind.AMENDED})
_OF_FILING: Final = frozenset({"channel", "appeal", "code", "place", "urgent", "redo_of", "redo_count"})
"""What units see of these entries: the words as they stand now are on the ticket, former ones may hold what was split off."""
_OTHERS: Final[Mapping[EntryKind, tuple[str, ...]]] = MappingProxyType(
    {
        EntryKind.SPLIT_OFF: ("to",),
        EntryKind.LINKED: ("to",),
        EntryKind.MERGED: ("into",),
        EntryKind.TOOK_IN: ("number",),
        EntryKind.LET_GO: ("number",),
        EntryKind.JUDGED_UNITS_FAULT: ("redo",),
    }
)
"""Where an entry names another ticket."""
_NOTHING: Final[Mapping[str, Secrecy]] = MappingProxyType({})
_TEXTS: Final = ("title", "content", "address", "complaint", "dispatch_why", "order_doc", "public_title", "public_words")
_WORDY: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "reply": ("text", "written"),
        "returning": ("facts", "legal_basis", "proposed"),
        "extension": ("legal_term", "basis", "why"),
        "declined": ("where",),
    }
)
"""Where somebody's own words stand: they may name him."""


@dataclass(frozen=True, kw_only=True)
class View:
    """The ticket as this actor sees it. `hidden`: names of the fields that he does not see; `possible`: addresses of the commands that
    he may give now (the buttons of a page)."""

    ticket: Ticket
    history: tuple[Entry, ...]
    hidden: frozenset[str] = frozenset()
    possible: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Progress:
    """办理进度, for the citizen who asks by his number: where it stands and when, never what it says. `dates`: the words of a step, its
    day."""

    number: str
    state: str
    dates: Mapping[str, date] = field(default_factory=lambda: MappingProxyType({}))


def visible(ticket: Ticket, actor: Actor, rules: Rules) -> bool:
    """Whether it exists for him: units have their own, the accused none about themselves, 涉密 only who is cleared for it."""
    if not may(actor, Act.TICKET_READ).ok:
        return False
    if is_kept_from(actor, ticket, rules):
        return False
    if ticket.secrecy >= MOST_SECRET and actor.cleared < MOST_SECRET and rules.holds("10-2a"):
        return False
    if not actor.unit:
        return not actor.roles <= UNIT_ROLES
    return actor.unit in ticket.units and is_staff(actor, ticket, rules)


def seen_by(
    ticket: Ticket, history: Iterable[Entry], actor: Actor, rules: Rules, *, beside: Mapping[str, Secrecy] = _NOTHING
) -> View | None:
    """What he may see; None: as if it did not exist.

    `beside`: the secrecy of the tickets that `named_by` it. One that is not there may be a report, and is named to the cleared alone.
    """
    if not visible(ticket, actor, rules):
        return None
    possible = possible_for(ticket, actor, rules)
    apart = _apart(ticket, history := tuple(history), actor, rules, beside)
    shown, history = _without(ticket, apart), tuple(each for entry in history if (each := _told_without(entry, apart)))
    hides = _hides(ticket, actor, rules)
    if not hides and not actor.unit:
        return View(ticket=shown, history=history, possible=possible)
    shown, hidden = _masked(shown, hides) if hides else (shown, frozenset())
    if actor.unit:
        shown, hidden = _for_unit(shown), hidden | {"inspections"}
    kept = (
        _entry(_unit_entry(entry) if actor.unit else entry, ticket, hides)
        for entry in history
        if not (actor.unit and entry.what in _NOT_FOR_UNITS)
    )
    return View(ticket=shown, history=tuple(kept), hidden=hidden, possible=possible)


def compared(ticket: Ticket, actor: Actor, rules: Rules) -> Ticket:
    """As he may compare it with others: without the citizen, unless he sees him whole. Else two answers together would name a reporter."""
    hides = _hides(ticket, actor, rules)
    return replace(_masked(ticket, hides)[0], citizen=Citizen(anonymous=True)) if hides else ticket


def named_by(ticket: Ticket, history: Iterable[Entry]) -> frozenset[str]:
    """Numbers of other tickets that this one names, or once named."""
    own = {ticket.repeats, ticket.merged_into, ticket.redo_of, *ticket.merged, *(link.to for link in ticket.links)}
    told = {str(entry.values[name]) for entry in history for name in _OTHERS.get(entry.what, ()) if entry.values.get(name)}
    return frozenset((own | told) - {"", ticket.number})


def _apart(ticket: Ticket, history: Iterable[Entry], actor: Actor, rules: Rules, beside: Mapping[str, Secrecy]) -> frozenset[str]:
    """Those that he must not see together with this one: one of the two is a report, and the other one shows its citizen (article 10)."""
    if actor.has(Role.CLOCK) or not rules.holds("10-1b"):
        return frozenset()
    level = 0 if actor.unit else actor.cleared

    def confidential(secrecy: Secrecy) -> bool:
        return secrecy >= Secrecy.REPORT and secrecy > level

    mine = confidential(ticket.secrecy)
    unknown = level < MOST_SECRET
    others = named_by(ticket, history)
    return frozenset(each for each in others if (confidential(beside[each]) is not mine if each in beside else unknown))


def _without(ticket: Ticket, apart: Set[str]) -> Ticket:
    if not apart:
        return ticket
    return replace(
        ticket,
        links=tuple(link for link in ticket.links if link.to not in apart),
        merged=tuple(each for each in ticket.merged if each not in apart),
        repeats="" if ticket.repeats in apart else ticket.repeats,
        merged_into="" if ticket.merged_into in apart else ticket.merged_into,
        redo_of="" if ticket.redo_of in apart else ticket.redo_of,
    )


def _told_without(entry: Entry, apart: Set[str]) -> Entry | None:
    """None: all that it says is about one of those."""
    if not apart or not _mentions(entry.values, apart):
        return entry
    if entry.what is not EntryKind.FILED:
        return None
    return replace(entry, values={name: value for name, value in entry.values.items() if not _mentions(value, apart)})


def _mentions(value: object, apart: Set[str]) -> bool:
    if isinstance(value, str):
        return any(number in value for number in apart)
    if isinstance(value, Mapping):
        return any(_mentions(each, apart) for each in value.values())
    return isinstance(value, list | tuple) and any(_mentions(each, apart) for each in value)


def _hides(ticket: Ticket, actor: Actor, rules: Rules) -> int:
    """0: nothing; 1: name and number masked; 2: everything that names him. Who only watches or archives needs no number at any level."""
    least = 0 if may(actor, Act.TICKET_REPORTER).ok or actor.has(Role.CLOCK) else 1
    return max(least, _hides_at_level(ticket, actor, rules))


def _hides_at_level(ticket: Ticket, actor: Actor, rules: Rules) -> int:
    cleared = not actor.unit and actor.cleared >= ticket.secrecy
    if ticket.secrecy >= Secrecy.REPORT and rules.holds("10-1b"):
        return 0 if cleared else 2
    if ticket.secrecy >= Secrecy.CONTACT and rules.holds("10-1a"):
        return 1 if actor.unit else 0
    return 0


def _masked(ticket: Ticket, hides: int) -> tuple[Ticket, frozenset[str]]:
    whole = hides > 1
    citizen = Citizen(anonymous=True) if whole else _half(ticket.citizen)
    hidden = {"citizen", *(("calls", "key", "links", "repeats") if whole else ("calls", "key"))}
    texts = _texts(ticket, _TEXTS, ticket.citizen)
    for name in _WORDY:
        part = getattr(ticket, name)
        if part is not None:
            texts[name] = replace(part, **_texts(part, _WORDY[name], ticket.citizen))
    links = tuple(link for link in ticket.links if not whole or link.how is LinkKind.REDO)
    shown = replace(ticket, citizen=citizen, calls=(), key="", links=links, **texts)
    return (replace(shown, repeats="", merged=(), merged_into="") if whole else shown), frozenset(hidden)


def _texts(value: object, names: Iterable[str], citizen: Citizen) -> dict[str, Any]:
    return {name: _clean(getattr(value, name), citizen) for name in names}


def _half(citizen: Citizen) -> Citizen:
    return replace(citizen, name=citizen.name[:1] + "**" if citizen.name else "", phone=mask(citizen.phone), account="")


def _for_unit(ticket: Ticket) -> Ticket:
    """What no unit sees at any level: what was handed to the inspection, and a report that was taken out of this."""
    return replace(ticket, inspections=(), links=tuple(_open(ticket.links)), outside_events=())


def _open(links: Iterable[Link]) -> Iterable[Link]:
    return (link for link in links if link.how in (LinkKind.REDO, LinkKind.MERGED))


def _clean(text: str, citizen: Citizen) -> str:
    """Without his name, his number, his account, and whatever looks like a number."""
    for known in (citizen.name, citizen.phone, citizen.account):
        if len(known) > 1:
            text = text.replace(known, HIDDEN)
    return _DIGITS.sub(HIDDEN, text)


_PERSONAL: Final = frozenset({"citizen", "calls", "call", "key", "links", "repeats", "to", "transferred_to"})


def _unit_entry(entry: Entry) -> Entry:
    if entry.what not in _WORDS_NOW:
        return entry
    return replace(entry, values={name: value for name, value in entry.values.items() if name in _OF_FILING})


def _entry(entry: Entry, ticket: Ticket, hides: int) -> Entry:
    if not hides:
        return entry
    values = {
        name: _value(value, ticket.citizen) for name, value in entry.values.items() if name not in _PERSONAL or (name == "to" and hides < 2)
    }
    return replace(entry, values=values)


def _value(value: object, citizen: Citizen) -> object:
    if isinstance(value, str):
        return value if _is_time(value) else _clean(value, citizen)
    if isinstance(value, list):
        return [_value(each, citizen) for each in value]
    if isinstance(value, dict):
        return {name: _value(each, citizen) for name, each in value.items()}
    return value


def _is_time(text: str) -> bool:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


STATE_WORDS: Final[Mapping[TicketState, str]] = MappingProxyType(
    {
        TicketState.OPEN: "已受理",
        TicketState.ANSWERED_AT_ONCE: "已答复",
        TicketState.DECLINED: "不予受理",
        TicketState.TO_DESIGNATE: "正在派单",
        TicketState.SENT: "已派单",
        TicketState.RECEIVED: "办理中",
        TicketState.IN_HAND: "办理中",
        TicketState.RETURN_ASKED: "办理中",
        TicketState.REPLIED: "已答复",
        TicketState.CLOSED: "已办结",
        TicketState.CALLED_BACK: "已回访",
        TicketState.IN_REVIEW: "复核中",
        TicketState.REDONE: "重新办理",
        TicketState.CONFIRMED: "已办结",
        TicketState.ARCHIVED: "已办结",
        TicketState.MERGED: "办理中",
    }
)


def progress(ticket: Ticket, history: Iterable[Entry]) -> Progress | None:
    """Where it stands; None for reports and whatever else is secret, just as for a number that is not there."""
    if ticket.appeal is Appeal.REPORT or ticket.secrecy > Secrecy.OPEN or ticket.state not in STATE_WORDS:
        return None
    moments = {"受理": ticket.filed_at, "派单": ticket.dispatched_at, "答复": ticket.replied_at, "办结": ticket.closed_at}
    due = ticket.dues.get(Step.ANSWER)
    dates = {words: moment.astimezone(CHINA).date() for words, moment in moments.items() if moment is not None}
    if due is not None and ticket.replied_at is None:
        dates["办理期限"] = due.last_day
    return Progress(number=ticket.number, state=STATE_WORDS[ticket.state], dates=dates)
