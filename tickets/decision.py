"""What a decision is made of: the case that is looked at, and what comes of it. Values, and the few questions that every phase asks."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from hotline.access import Actor, Role
from hotline.errors import MalformedInput
from hotline.notices import Notice
from tickets.commands import Command
from tickets.kinds import EntryKind
from tickets.moves import MoveRefused
from tickets.rules import Rules
from tickets.snapshot import plain
from tickets.terms import Due, Step
from tickets.ticket import Entry, Secrecy, Ticket

_ENGLISH: Final = re.compile(r" [ -~]+$")
"""The short English that stands behind the Chinese words."""
LONGEST: Final = 4000
"""Characters of a text that somebody writes about a ticket."""


@dataclass(frozen=True, kw_only=True)
class Case:
    """Everything that a decision may look at. `others`: tickets that the command names; `fresh`: a number for a ticket that may come of
    it."""

    by: Actor
    role: Role
    at: datetime
    rules: Rules
    others: Mapping[str, Ticket] = field(default_factory=dict)
    fresh: str = ""

    def holds(self, clause: str) -> bool:
        """Whether this clause is enforced."""
        return self.rules.holds(clause)

    def require(self, clause: str, fulfilled: object, words: str) -> None:
        """Raises `MoveRefused` by this clause, unless it is fulfilled or switched off."""
        if self.holds(clause) and not fulfilled:
            article = article_of(clause)
            chinese, english = _ENGLISH.split(words)[0], _ENGLISH.search(words)
            raise MoveRefused(f"{chinese}（第{article}条）{english[0] if english else ''}", article=article)

    def unit_name(self, unit: str) -> str:
        """As notices say it."""
        known = self.rules.catalogue.units.get(unit)
        return known.name if known else unit


@dataclass(frozen=True, kw_only=True)
class Happened:
    """An entry to be. `role`: None = as the actor of the case."""

    what: EntryKind
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Tell:
    """A notice to be."""

    kind: str
    to: str
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class FollowUp:
    """What this brings to another ticket, in the same transaction. `number` of a ticket that is not there yet: it is made."""

    number: str
    command: Command


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What a phase says happens. `secrecy`: of the notices, where the entries raise it."""

    happened: tuple[Happened, ...]
    tell: tuple[Tell, ...] = ()
    follow_ups: tuple[FollowUp, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Decision:
    """What happens. No entries: nothing changes (it was so already)."""

    entries: tuple[Entry, ...]
    notices: tuple[Notice, ...] = ()
    follow_ups: tuple[FollowUp, ...] = ()


Handler = Callable[[Case, Ticket, Any], Outcome]
Opener = Callable[[Case, Any], Outcome]


def only(what: EntryKind, /, *tell: Tell, **values: object) -> Outcome:
    """One entry and its notices."""
    return Outcome(happened=(Happened(what=what, values=values),), tell=tell)


def article_of(clause: str) -> str:
    """13-3a → 13-3: as a person reads it."""
    return clause.rstrip("abcdefgh")


def said(text: str, what: str, *, most: int = LONGEST) -> str:
    """A text that somebody must write, without blanks at its ends. Raises `MalformedInput` when it is empty or too long."""
    text = text.strip()
    if not text:
        raise MalformedInput(f"请填写{what} is missing")
    return short(text, what, most=most)


def short(text: str, what: str, *, most: int = LONGEST) -> str:
    """A text that may be empty. Raises `MalformedInput` when it is too long."""
    text = text.strip()
    if len(text) > most:
        raise MalformedInput(f"{what}最多{most}个字 has {len(text)} characters; shorten it")
    return text


def written_dues(dues: Mapping[Step, Due]) -> dict[str, Any]:
    """As an entry keeps them."""
    return {step.value: plain(due) for step, due in dues.items()}


def day_of(due: Due | None) -> str:
    """到期日, as notices say it."""
    return "" if due is None else f"{due.last_day.month}月{due.last_day.day}日"


def missed(ticket: Ticket, step: Step, at: datetime) -> list[str]:
    """[step] if its term is over, as the entry's `late`."""
    due = ticket.dues.get(step)
    return [step.value] if due is not None and at >= due.until else []


def is_report(ticket: Ticket) -> bool:
    """举报保密 and above."""
    return ticket.secrecy >= Secrecy.REPORT
