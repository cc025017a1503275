"""What routing knows of callbacks (回拨): the values. Who is owed a call is told by the worker, or by the citizen's key a moment ago."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from hotline.callbacks import IN_LINE, Owed, Patience
from hotline.identity import AgentId, CallId, LegId

LONGEST_S: Final = 8 * 3600.0
"""A place that the worker has not written down after so long is forgotten: there may have been none since."""


@dataclass(frozen=True, kw_only=True)
class CallbackRules:
    """What the operator has set. `ready`: so many agents must be ready before who was missed is called; `patience`: when he is tried."""

    ready: int = 2
    patience: Patience = field(default_factory=Patience)


@dataclass(frozen=True, kw_only=True)
class Flight:
    """A callback under way. `call`: the outgoing call, None = the agent's phone still rings. `since`: Unix seconds."""

    task: CallId
    agent: AgentId
    leg: LegId
    since: float
    call: CallId | None = None


@dataclass(frozen=True, kw_only=True)
class Debts:
    """All of it. `fresh`: asked for a moment ago, and not yet told of by the worker; `settled`: he told of them, and knows not yet that
    they are over; `tried`: attempts and due of those whose last try he does not know yet.
    """

    owed: Mapping[CallId, Owed] = field(default_factory=dict)
    flights: Mapping[CallId, Flight] = field(default_factory=dict)
    fresh: frozenset[CallId] = frozenset()
    settled: frozenset[CallId] = frozenset()
    tried: Mapping[CallId, tuple[int, float]] = field(default_factory=dict)

    def told(self, owed: Iterable[Owed], now: float) -> "Debts":
        """The worker's list is the truth, but for what it cannot know yet."""
        list_ = {each.call: each for each in owed}
        tried = {call: at for call, at in self.tried.items() if call in self.fresh or _is_ahead(at, list_.get(call), now)}
        fresh = frozenset(call for call in self.fresh - list_.keys() if now - self.owed[call].since < LONGEST_S)
        # He may not have listed it yet: it is forgotten when nobody could list it any more.
        settled = frozenset(call for call in self.settled if call in list_ or now - call.born < LONGEST_S)
        known = {call: _as_tried(each, tried) for call, each in list_.items() if call not in settled}
        return replace(self, owed={**known, **{call: self.owed[call] for call in fresh}}, fresh=fresh, settled=settled, tried=tried)

    def asked(self, owed: Owed) -> "Debts":
        """He has just asked. One call for each number: who stands in line for one already keeps the earlier place."""
        others = self.of_number(owed.number)
        if any(each.reason in IN_LINE for each in others) or owed.call in self.settled:
            return self
        rest = self.settle(each.call for each in others)
        return replace(rest, owed={**rest.owed, owed.call: owed}, fresh=rest.fresh | {owed.call})

    def of_number(self, number: str) -> tuple[Owed, ...]:
        """Whatever is owed to this number."""
        return tuple(each for each in self.owed.values() if each.number == number) if number else ()

    def settle(self, calls: Iterable[CallId]) -> "Debts":
        """Nothing is owed for these any more."""
        over = frozenset(calls) & self.owed.keys()
        if not over:
            return self
        owed = {call: each for call, each in self.owed.items() if call not in over}
        return replace(self, owed=owed, fresh=self.fresh - over, settled=self.settled | over)

    def again(self, call: CallId, attempts: int, due: float) -> "Debts":
        """So often he was tried by now, and not before then again."""
        if call not in self.owed:
            return self
        tried = {**self.tried, call: (attempts, due)}
        return replace(self, owed={**self.owed, call: _as_tried(self.owed[call], tried)}, tried=tried)

    def fly(self, flight: Flight) -> "Debts":
        """It is under way."""
        return replace(self, flights={**self.flights, flight.task: flight})

    def land(self, task: CallId) -> "Debts":
        """It is not any more."""
        return replace(self, flights={key: each for key, each in self.flights.items() if key != task})


def _is_ahead(tried: tuple[int, float], listed: Owed | None, now: float) -> bool:
    """Whether we know of a later try than the worker, or of a pause that he does not know of."""
    attempts, due = tried
    return listed is not None and (listed.attempts < attempts or (listed.attempts == attempts and due > max(now, listed.due)))


def _as_tried(owed: Owed, tried: Mapping[CallId, tuple[int, float]]) -> Owed:
    attempts, due = tried.get(owed.call, (owed.attempts, owed.due))
    return replace(owed, attempts=max(owed.attempts, attempts), due=max(owed.due, due))
