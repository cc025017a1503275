"""业务单 as one table: what may happen to a ticket next, who may do it, and which article says so (揭府办〔2015〕4号).

What is beside the way of a ticket has tables or lists of its own: assisting units, extensions (article 21), urging and 移交监察 (19),
contact attempts (14). They change no state here, except that three days of vain attempts count as the answer.

A redo is a new, linked ticket (article 16): the old one ends in `REDONE`, so that its history and its figures stay what they were.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from hotline.access import NotAllowed, Role
from hotline.errors import HotlineError
from hotline.moves import moved, picture


class TicketState(StrEnum):
    """Where a ticket stands."""

    DRAFT = "draft"
    """草稿: made from a call; nobody has looked at it yet."""
    OPEN = "open"
    """已受理."""
    ANSWERED_AT_ONCE = "answered_at_once"
    """当场答复, from the knowledge base."""
    DECLINED = "declined"
    """不予受理, with the reason and where to go."""
    TO_DESIGNATE = "to_designate"
    """待指定: several units, or nobody knows which."""
    SENT = "sent"
    """已派单."""
    RECEIVED = "received"
    """已签收."""
    IN_HAND = "in_hand"
    """办理中: the unit has spoken with the citizen."""
    RETURN_ASKED = "return_asked"
    """申请退单: until another one has it, the unit goes on with it (no shirking, article 13)."""
    REPLIED = "replied"
    """已答复: the citizen has his answer, or it counts as given."""
    CLOSED = "closed"
    """已办结: the unit has reported it to the hotline."""
    CALLED_BACK = "called_back"
    """已回访."""
    IN_REVIEW = "in_review"
    """复核中: he is not content, and a person judges why."""
    REDONE = "redone"
    """已发回重办: goes on as another ticket."""
    CONFIRMED = "confirmed"
    """确认办结."""
    ARCHIVED = "archived"
    """已归档."""
    MERGED = "merged"
    """已并单: another ticket is handled for both; this citizen gets an answer of his own all the same."""


class TicketEvent(StrEnum):
    """What happens to it."""

    FILED = "filed"
    ANSWERED_AT_ONCE = "answered_at_once"
    DECLINED = "declined"
    LEFT_TO_OFFICE = "left_to_office"
    DISPATCHED = "dispatched"
    DESIGNATED = "designated"
    RECEIVED = "received"
    CONTACTED = "contacted"
    RETURN_ASKED = "return_asked"
    RETURN_REFUSED = "return_refused"
    DISPATCHED_AGAIN = "dispatched_again"
    WITHDRAWN = "withdrawn"
    REPLIED = "replied"
    DEEMED_ANSWERED = "deemed_answered"
    REPORTED_CLOSED = "reported_closed"
    CALLED_BACK = "called_back"
    COMPLAINED_OF = "complained_of"
    JUDGED_UNITS_FAULT = "judged_units_fault"
    JUDGED_NO_FAULT = "judged_no_fault"
    CONFIRMED = "confirmed"
    ARCHIVED = "archived"
    MERGED = "merged"
    SEPARATED = "separated"
    ANSWERED_WITH_MAIN = "answered_with_main"


_S, _E = TicketState, TicketEvent

TICKET_MOVES: Final[Mapping[tuple[TicketState, TicketEvent], TicketState]] = MappingProxyType(
    {
        (_S.DRAFT, _E.FILED): _S.OPEN,
        (_S.OPEN, _E.ANSWERED_AT_ONCE): _S.ANSWERED_AT_ONCE,
        (_S.OPEN, _E.DECLINED): _S.DECLINED,
        (_S.OPEN, _E.LEFT_TO_OFFICE): _S.TO_DESIGNATE,
        (_S.OPEN, _E.DISPATCHED): _S.SENT,
        (_S.TO_DESIGNATE, _E.DESIGNATED): _S.SENT,
        (_S.TO_DESIGNATE, _E.DECLINED): _S.DECLINED,
        (_S.SENT, _E.RECEIVED): _S.RECEIVED,
        (_S.SENT, _E.RETURN_ASKED): _S.RETURN_ASKED,
        (_S.RECEIVED, _E.CONTACTED): _S.IN_HAND,
        (_S.RECEIVED, _E.RETURN_ASKED): _S.RETURN_ASKED,
        (_S.RECEIVED, _E.DEEMED_ANSWERED): _S.REPLIED,
        (_S.IN_HAND, _E.RETURN_ASKED): _S.RETURN_ASKED,
        (_S.IN_HAND, _E.REPLIED): _S.REPLIED,
        (_S.IN_HAND, _E.DEEMED_ANSWERED): _S.REPLIED,
        (_S.RETURN_ASKED, _E.CONTACTED): _S.RETURN_ASKED,
        (_S.RETURN_ASKED, _E.RETURN_REFUSED): _S.RECEIVED,
        (_S.RETURN_ASKED, _E.DISPATCHED_AGAIN): _S.SENT,
        (_S.RETURN_ASKED, _E.REPLIED): _S.REPLIED,
        (_S.RETURN_ASKED, _E.DEEMED_ANSWERED): _S.REPLIED,
        (_S.SENT, _E.WITHDRAWN): _S.TO_DESIGNATE,
        (_S.RECEIVED, _E.WITHDRAWN): _S.TO_DESIGNATE,
        (_S.IN_HAND, _E.WITHDRAWN): _S.TO_DESIGNATE,
        (_S.RETURN_ASKED, _E.WITHDRAWN): _S.TO_DESIGNATE,
        (_S.REPLIED, _E.WITHDRAWN): _S.TO_DESIGNATE,
        (_S.REPLIED, _E.REPORTED_CLOSED): _S.CLOSED,
        (_S.CLOSED, _E.CALLED_BACK): _S.CALLED_BACK,
        (_S.CLOSED, _E.COMPLAINED_OF): _S.IN_REVIEW,
        (_S.CALLED_BACK, _E.COMPLAINED_OF): _S.IN_REVIEW,
        (_S.IN_REVIEW, _E.JUDGED_UNITS_FAULT): _S.REDONE,
        (_S.IN_REVIEW, _E.JUDGED_NO_FAULT): _S.CALLED_BACK,
        (_S.CALLED_BACK, _E.CONFIRMED): _S.CONFIRMED,
        (_S.ANSWERED_AT_ONCE, _E.CONFIRMED): _S.CONFIRMED,
        (_S.DECLINED, _E.CONFIRMED): _S.CONFIRMED,
        (_S.CONFIRMED, _E.ARCHIVED): _S.ARCHIVED,
        (_S.OPEN, _E.MERGED): _S.MERGED,
        (_S.TO_DESIGNATE, _E.MERGED): _S.MERGED,
        (_S.SENT, _E.MERGED): _S.MERGED,
        (_S.MERGED, _E.SEPARATED): _S.OPEN,
        (_S.MERGED, _E.ANSWERED_WITH_MAIN): _S.CLOSED,
    }
)


@dataclass(frozen=True, kw_only=True)
class Rule:
    """Who may do it, by which article, in the words that a refusal uses."""

    by: frozenset[Role]
    article: str
    words: str


def _rule(article: str, words: str, *by: Role) -> Rule:
    return Rule(by=frozenset(by), article=article, words=words)


_PLATFORM = (Role.AGENT, Role.SUPERVISOR, Role.OFFICE)
_UNIT = (Role.HANDLER, Role.UNIT_LEADER)

TICKET_RULES: Final[Mapping[TicketEvent, Rule]] = MappingProxyType(
    {
        _E.FILED: _rule("11", "受理诉求", *_PLATFORM, Role.CLOCK),
        _E.ANSWERED_AT_ONCE: _rule("11", "按知识库当场答复", *_PLATFORM),
        _E.DECLINED: _rule("6、7", "不予受理并告知去处", *_PLATFORM),
        _E.LEFT_TO_OFFICE: _rule("12", "报市政管办指定", *_PLATFORM, Role.CLOCK),
        _E.DISPATCHED: _rule("11、12", "派发业务单", *_PLATFORM, Role.CLOCK),
        _E.DESIGNATED: _rule("12", "指定承办单位", Role.OFFICE),
        _E.RECEIVED: _rule("9-1", "接收业务单", *_UNIT),
        _E.CONTACTED: _rule("20", "与市民首次沟通", *_UNIT),
        _E.RETURN_ASKED: _rule("13-3", "申请退单", *_UNIT),
        _E.RETURN_REFUSED: _rule("13-3", "不同意退单", Role.SUPERVISOR, Role.OFFICE),
        _E.DISPATCHED_AGAIN: _rule("13-3", "另行转派", Role.SUPERVISOR, Role.OFFICE),
        _E.WITHDRAWN: _rule("12", "收回业务单", *_PLATFORM),
        _E.REPLIED: _rule("13-1", "答复市民", *_UNIT),
        _E.DEEMED_ANSWERED: _rule("14", "连续3天联系未果，视为已答复", Role.CLOCK),
        _E.REPORTED_CLOSED: _rule("14", "反馈办结", *_UNIT),
        _E.CALLED_BACK: _rule("15", "回访", Role.CALLBACK_STAFF, Role.AGENT, Role.CLOCK),
        _E.COMPLAINED_OF: _rule("15、16", "不满意，交人工复核", Role.CALLBACK_STAFF, Role.AGENT, Role.CLOCK),
        _E.JUDGED_UNITS_FAULT: _rule("16、17", "认定为承办单位主观原因，发回重办", Role.SUPERVISOR, Role.OFFICE),
        _E.JUDGED_NO_FAULT: _rule("16", "认定为非主观原因", Role.SUPERVISOR, Role.OFFICE),
        _E.CONFIRMED: _rule("18", "确认办结", Role.SUPERVISOR, Role.OFFICE),
        _E.ARCHIVED: _rule("18", "归档", Role.ARCHIVIST),
        _E.MERGED: _rule("15", "并单", Role.SUPERVISOR, Role.OFFICE),
        _E.SEPARATED: _rule("15", "拆开并单", Role.SUPERVISOR, Role.OFFICE, Role.CLOCK),
        _E.ANSWERED_WITH_MAIN: _rule("15", "随主单办结", Role.CLOCK),
    }
)


class MoveRefused(HotlineError):
    """The regulation does not allow it now: the message names the article and what is possible. Nothing changed.

    `article`: of 揭府办〔2015〕4号 ("13-3"); `possible`: the events that may come next, where the state forbids it.
    """

    def __init__(self, words: str, *, article: str, possible: tuple[TicketEvent, ...] = ()) -> None:
        super().__init__(words)
        self.words = words
        self.article = article
        self.possible = possible


def next_state(state: TicketState, event: TicketEvent, *, by: Role) -> TicketState:
    """Where the ticket stands then. Raises `MoveRefused` (not now) or `NotAllowed` (not by this role)."""
    rule = TICKET_RULES[event]
    possible_now(state, event)
    if by not in rule.by:
        raise not_by(by, rule)
    return moved(TICKET_MOVES, state, event)


def possible_now(state: TicketState, event: TicketEvent) -> None:
    """Raises `MoveRefused` when this cannot happen to a ticket that stands there."""
    if (state, event) in TICKET_MOVES:
        return
    rule, events = TICKET_RULES[event], possible_events(state)
    possible = "、".join(TICKET_RULES[each].words for each in events) or "没有了"
    words = f"业务单现在不能{rule.words}（第{rule.article}条）；现在可以：{possible} this cannot happen now"
    raise MoveRefused(words, article=rule.article, possible=events)


def not_by(who: str, rule: Rule) -> NotAllowed:
    """The refusal for somebody who may not do it: says who may."""
    allowed = "、".join(role for role in Role if role in rule.by)
    return NotAllowed(f"{who}不能{rule.words}（第{rule.article}条）；请由{allowed}办理 not by this role", article=rule.article)


def possible_events(state: TicketState, *, by: Role | None = None) -> tuple[TicketEvent, ...]:
    """What may happen next (by this role): the buttons of a page."""
    return tuple(event for event in TicketEvent if (state, event) in TICKET_MOVES and (by is None or by in TICKET_RULES[event].by))


def replayed(history: Iterable[tuple[TicketEvent, Role]], *, start: TicketState = TicketState.DRAFT) -> TicketState:
    """Where a history leads. Raises `MoveRefused` at the first entry that never could have happened."""
    state = start
    for event, role in history:
        state = next_state(state, event, by=role)
    return state


PICTURES: Final[Mapping[str, str]] = MappingProxyType({"ticket.md": picture("Ticket 业务单", TICKET_MOVES, source="tickets/moves.py")})
"""Files in docs/states/; tests/tickets/test_moves.py notices a stale copy."""
