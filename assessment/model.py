"""考核: facts, definitions and figures (揭府办〔2015〕4号 articles 19, 25 to 27). Values only; times carry a zone."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from hotline.errors import MalformedInput

ALL: Final = ""
"""Instead of a unit: all of them together."""


class Source(StrEnum):
    """What a figure is reckoned over."""

    TICKETS = "tickets"
    CALLS = "calls"


@dataclass(frozen=True, kw_only=True)
class Handling:
    """What one unit did with one ticket while it led it: from the dispatch to its end, or to the day on which another unit got it.

    Assisting units are not assessed: they answer to the lead. `due` is the last one that held (an extension's, where one was granted).
    """

    ticket: str
    unit: str
    appeal: str
    began: datetime
    secrecy: int = 0
    left: datetime | None = None
    """When another unit got it, or it was merged: from then on it is not this unit's."""
    due: datetime | None = None
    contact_due: datetime | None = None
    contacted: datetime | None = None
    replied: datetime | None = None
    """Answered, or counted as answered (article 14)."""
    closed: datetime | None = None
    called_back: datetime | None = None
    satisfied: str = ""
    """满意, 基本满意, 不满意, or empty: not asked, not reached, 未表态."""
    redone: datetime | None = None
    """Sent back for the unit's own fault (article 16): when a person judged so."""
    returned: datetime | None = None
    """Returned by this unit, and another one got it."""
    urged: tuple[datetime, ...] = ()
    noticed: tuple[datetime, ...] = ()
    handed_over: tuple[datetime, ...] = ()
    return_asked: tuple[datetime, ...] = ()
    return_refused: tuple[datetime, ...] = ()
    extended: tuple[datetime, ...] = ()


@dataclass(frozen=True, kw_only=True)
class RatedCall:
    """One call that its citizen rated after it (一次一评). `content`: he was."""

    call: str
    at: datetime
    content: bool


@dataclass(frozen=True, kw_only=True)
class Measure:
    """One definition. `moment` says in which period a handling counts; `of` and `without` which of them are the base; `hits` which of those
    are counted. Without `of` and `hits` it is a count of moments, else a rate. Words are names of assessment/conditions.py.
    """

    id: str
    name: str
    moment: str
    source: Source = Source.TICKETS
    of: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    hits: tuple[str, ...] = ()
    appeals: frozenset[str] = frozenset()
    """Only of these types; empty: of all."""
    article: str = ""

    @property
    def is_rate(self) -> bool:
        """A share of a base, not a number of times."""
        return bool(self.hits)


@dataclass(frozen=True, kw_only=True)
class Definitions:
    """一版指标定义, in force from `since` on."""

    name: str
    title: str
    document: str
    since: date
    measures: tuple[Measure, ...]

    def __post_init__(self) -> None:
        ids = [measure.id for measure in self.measures]
        if twice := sorted({each for each in ids if ids.count(each) > 1}):
            raise MalformedInput(f"{self.name}: 指标 {twice[0]} 写了两次 stands there twice; keep one")


@dataclass(frozen=True, kw_only=True)
class Period:
    """考核期: from one moment to another, the second not included."""

    begin: datetime
    end: datetime

    def __post_init__(self) -> None:
        if self.begin.tzinfo is None or self.end.tzinfo is None or self.begin >= self.end:
            raise MalformedInput("考核期的起止不对 a period begins before it ends, and both have a zone")

    def __contains__(self, moment: datetime) -> bool:
        return self.begin <= moment < self.end


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One number, and the tickets (or calls) behind it. `base` is 0 for a count."""

    measure: str
    unit: str
    base: int
    hits: int
    based_on: tuple[str, ...]
    counted: tuple[str, ...]
    is_rate: bool

    @property
    def value(self) -> float | None:
        """A rate from 0 to 1, None without a base; or the count itself."""
        if not self.is_rate:
            return float(self.hits)
        return self.hits / self.base if self.base else None
