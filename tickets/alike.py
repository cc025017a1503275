"""重复诉求、群体诉求: which tickets may be about the same thing, and why (国办函〔2025〕66号: 重复诉求并单). Pure; a person decides.

Points, not a probability: each reason is shown with the candidate, so that whoever merges or links sees what he goes by.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from tickets.ticket import Ticket

LEAST_POINTS: Final = 50
_CITIZEN, _WORDS, _ADDRESS, _PLACE, _CODE, _SOON = 30, 40, 20, 10, 15, 5
_NEAR_WORDS: Final = 0.25
"""Below this share of common character pairs two texts have nothing to do with each other."""
_SOON_IS: Final = timedelta(days=3)
MASS: Final = 5
"""So many different citizens with one matter in one place within a day: 同因预警."""
MASS_WITHIN: Final = timedelta(hours=24)


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """Another ticket that may be about the same. `same_citizen`: 重复诉求; else 同一原因. `reasons` are for the eyes of staff."""

    number: str
    points: int
    same_citizen: bool
    reasons: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class MassAlarm:
    """同因预警: many have called about one thing. `numbers` the newest first."""

    code: str
    place: str
    citizens: int
    numbers: tuple[str, ...]


def alike(ticket: Ticket, others: Iterable[Ticket], *, most: int = 20) -> tuple[Candidate, ...]:
    """The best candidates first; of equal ones, the newest number first."""
    words = _pairs(ticket)
    found = (_compared(ticket, words, other) for other in others if other.number != ticket.number)
    near = sorted((each for each in found if each is not None), key=lambda each: (each.points, each.number), reverse=True)
    return tuple(near[:most])


def _compared(ticket: Ticket, words: frozenset[str], other: Ticket) -> Candidate | None:
    same_citizen = bool(ticket.citizen.phone) and ticket.citizen.phone == other.citizen.phone
    likeness = _likeness(words, _pairs(other))
    apart = abs(ticket.filed_at - other.filed_at)
    reasons = [
        (_CITIZEN, "同一诉求人", same_citizen),
        (round(_WORDS * likeness), f"内容相似{likeness:.0%}", likeness >= _NEAR_WORDS),
        (_ADDRESS, "同一地址", bool(ticket.address) and _plain(ticket.address) == _plain(other.address)),
        (_PLACE, "同一地区", bool(ticket.place) and ticket.place == other.place),
        (_CODE, "同一事项", bool(ticket.code) and ticket.code == other.code),
        (_SOON, "相隔不到3天", apart < _SOON_IS),
    ]
    points = sum(points for points, _, holds in reasons if holds)
    if points < LEAST_POINTS:
        return None
    return Candidate(
        number=other.number, points=points, same_citizen=same_citizen, reasons=tuple(words for _, words, holds in reasons if holds)
    )


def mass(ticket: Ticket, others: Iterable[Ticket], *, at_least: int = MASS, within: timedelta = MASS_WITHIN) -> MassAlarm | None:
    """同因预警: so many different citizens (those without a number count each) about this matter in this place within that time.

    A ticket without a category or a place raises no alarm: too much would look alike.
    """
    if not ticket.code or not ticket.place:
        return None
    near = [other for other in others if other.number != ticket.number and _same_matter(ticket, other, within)]
    everybody = [ticket, *near]
    citizens = {each.citizen.phone or each.number for each in everybody}
    if len(citizens) < at_least:
        return None
    numbers = sorted((each.number for each in everybody), reverse=True)
    return MassAlarm(code=ticket.code, place=ticket.place, citizens=len(citizens), numbers=tuple(numbers))


def _same_matter(ticket: Ticket, other: Ticket, within: timedelta) -> bool:
    return ticket.code == other.code and ticket.place == other.place and timedelta(0) <= ticket.filed_at - other.filed_at <= within


def _pairs(ticket: Ticket) -> frozenset[str]:
    """Pairs of neighbouring characters: Chinese has no blanks between words."""
    text = _plain(ticket.title + " " + ticket.content)
    return frozenset(text[place : place + 2] for place in range(len(text) - 1))


def _plain(text: str) -> str:
    return "".join(each for each in text.lower() if each.isalnum())


def _likeness(mine: frozenset[str], theirs: frozenset[str]) -> float:
    """Of the shorter text: the share of its pairs that stand in the longer one."""
    least = min(len(mine), len(theirs))
    return len(mine & theirs) / least if least else 0.0
