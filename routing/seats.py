"""The seats that are ready (可接席位): by what they can, and in order. Values that never change: with one more, with one less."""

from bisect import bisect_left
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final, TypeVar

Named = TypeVar("Named", bound=Hashable)
Valued = TypeVar("Valued")
Sorted = TypeVar("Sorted", bound=tuple[Any, ...])

Signature = frozenset[tuple[str, int]]
"""Skills and levels: agents who have the same are interchangeable but for their order."""
SeatKind = tuple[Signature, str]
"""… and the skill that they are kept for, or nothing."""
Ordered = tuple[float, str]
"""A seat's order and name."""
KEPT: Final = ""
"""No skill has this name."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Seat:
    """An agent who may be offered a call now. `order`: smaller is asked first. `kept_for`: a skill, or empty (see `ChoiceRules.kept`)."""

    id: str
    levels: Mapping[str, int] = field(default_factory=dict)
    order: float = 0.0
    kept_for: str = ""


@dataclass(frozen=True, kw_only=True)
class Pool:
    """The seats that are ready, by what they can; within one kind in their order. `open`: all in their order, but for kept seats.

    `kinds_with`: skill → the kinds that have it, and under `KEPT` the kept ones: whoever asks for a skill is not compared with all others.
    """

    seats: Mapping[str, Seat] = field(default_factory=dict)
    kinds: Mapping[SeatKind, tuple[Ordered, ...]] = field(default_factory=dict)
    kinds_with: Mapping[str, frozenset[SeatKind]] = field(default_factory=dict)
    open: tuple[Ordered, ...] = ()

    def with_seat(self, seat: Seat) -> "Pool":
        """The same with this seat; one of the same name is replaced."""
        pool = self.without(seat.id)
        kind, ordered = _kind(seat), (seat.order, seat.id)
        before = pool.kinds.get(kind, ())
        return Pool(
            seats={**pool.seats, seat.id: seat},
            kinds={**pool.kinds, kind: with_one(before, ordered)},
            kinds_with=pool.kinds_with if before else _indexed(pool.kinds_with, kind),
            open=pool.open if seat.kept_for else with_one(pool.open, ordered),
        )

    def without(self, name: str) -> "Pool":
        """The same without this seat."""
        seat = self.seats.get(name)
        if seat is None:
            return self
        kind, ordered = _kind(seat), (seat.order, seat.id)
        left = without_one(self.kinds[kind], ordered)
        return Pool(
            seats=less(self.seats, name),
            kinds={**self.kinds, kind: left} if left else less(self.kinds, kind),
            kinds_with=self.kinds_with if left else _unindexed(self.kinds_with, kind),
            open=self.open if seat.kept_for else without_one(self.open, ordered),
        )


def pool_of(seats: Iterable[Seat]) -> Pool:
    """All these seats at once."""
    known = {seat.id: seat for seat in seats}
    kinds: dict[SeatKind, list[Ordered]] = {}
    kinds_with: dict[str, set[SeatKind]] = {}
    for seat in known.values():
        kind = _kind(seat)
        kinds.setdefault(kind, []).append((seat.order, seat.id))
        for skill in _listed_under(kind):
            kinds_with.setdefault(skill, set()).add(kind)
    return Pool(
        seats=known,
        kinds={kind: tuple(sorted(ordered)) for kind, ordered in kinds.items()},
        kinds_with={skill: frozenset(having) for skill, having in kinds_with.items()},
        open=tuple(sorted((seat.order, seat.id) for seat in known.values() if not seat.kept_for)),
    )


class SeatsInTurn:
    """Some seats while choices are made: first in order first, without those who are taken."""

    __slots__ = ("_at", "_ordered", "_taken")

    def __init__(self, ordered: tuple[Ordered, ...], taken: set[str]) -> None:
        self._ordered, self._taken, self._at = ordered, taken, 0

    @property
    def first(self) -> Ordered | None:
        """Who is asked first."""
        while self._at < len(self._ordered):
            if self._ordered[self._at][1] not in self._taken:
                return self._ordered[self._at]
            self._at += 1
        return None


def _kind(seat: Seat) -> SeatKind:
    return frozenset(seat.levels.items()), seat.kept_for


@lru_cache(maxsize=10_000)
def levels_of_kind(signature: Signature) -> Mapping[str, int]:
    """Its skills and levels."""
    return dict(signature)


def _listed_under(kind: SeatKind) -> list[str]:
    return [skill for skill, _ in kind[0]] + ([KEPT] if kind[1] else [])


def _indexed(kinds_with: Mapping[str, frozenset[SeatKind]], kind: SeatKind) -> Mapping[str, frozenset[SeatKind]]:
    return {**kinds_with, **{skill: kinds_with.get(skill, frozenset()) | {kind} for skill in _listed_under(kind)}}


def _unindexed(kinds_with: Mapping[str, frozenset[SeatKind]], kind: SeatKind) -> Mapping[str, frozenset[SeatKind]]:
    left = {**kinds_with, **{skill: kinds_with[skill] - {kind} for skill in _listed_under(kind)}}
    return {skill: having for skill, having in left.items() if having}


def with_one(ordered: tuple[Sorted, ...], each: Sorted) -> tuple[Sorted, ...]:
    """The same with this one at its place."""
    at = bisect_left(ordered, each)
    return (*ordered[:at], each, *ordered[at:])


def without_one(ordered: tuple[Sorted, ...], each: Sorted) -> tuple[Sorted, ...]:
    """The same without this one, which is there."""
    at = bisect_left(ordered, each)
    return ordered[:at] + ordered[at + 1 :]


def less(named: Mapping[Named, Valued], name: Named) -> dict[Named, Valued]:
    """The same without this name."""
    left = dict(named)
    del left[name]
    return left
