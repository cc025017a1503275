"""The record's emergency side (应急): what was asked for, who was called and who accepted, and what the lifeline did. Pure.

The dialplan tells each of these steps several times (hotline.call_facts): to routing, to the switch's own event log, and the note-taker
tells some as well. `once` makes them one again.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from hotline import call_facts as facts
from hotline.call_facts import CallFact
from records.journal import JournalLine
from records.model import Attempt, Emergency, Lifeline, Origin, Spotted, ThreeWay

Moment = tuple[datetime, CallFact]

TOLD = (
    facts.EmergencyAsked,
    facts.EmergencyDialled,
    facts.EmergencyAnswered,
    facts.EmergencyOver,
    facts.EmergencyUnreached,
    facts.ThreeWayBegan,
    facts.ThreeWayLeft,
    facts.HandedIn,
    facts.WordSpotted,
    facts.OutCallBegan,
    facts.OutCallDialled,
    facts.OutCallAnswered,
    facts.OutCallOver,
    facts.CallbackAsked,
    facts.CallbackBegan,
    facts.LifelineEntered,
    facts.LifelineAnswered,
    facts.LifelineOver,
    facts.SupervisorJoined,
    facts.SupervisorLeft,
)
"""What several sources may tell of one and the same step."""

ECHO = timedelta(seconds=5)
"""The same words from another source so soon are the same step."""

US = "us"
TALKED = "talked"


def source_of(writer: str) -> str:
    """Who a writer is, whichever process of it: agi, routing, note, cel."""
    return writer.partition("-")[0]


def once(lines: Iterable[JournalLine]) -> list[JournalLine]:
    """The lines, in their order, without those that only repeat what another source told a moment before."""
    heard: dict[CallFact, list[tuple[datetime, set[str]]]] = {}
    return [line for line in lines if not isinstance(line.fact, TOLD) or not _echoes(line, heard.setdefault(line.fact, []))]


def _echoes(line: JournalLine, heard: list[tuple[datetime, set[str]]]) -> bool:
    source = source_of(line.writer)
    for at, sources in heard:
        if line.at - at <= ECHO and source not in sources:
            sources.add(source)
            return True
    heard.append((line.at, {source}))
    return False


def emergencies(moments: Iterable[Moment], *, over: bool) -> tuple[Emergency, ...]:
    """Each time that a service was asked for. `over`: the call has ended, so that who accepted is decided."""
    found = _Episodes()
    for at, fact in moments:
        found.take(at, fact)
    return tuple(replace(each, accepted_by=_accepted_by(each, over=over)) for each in found.each)


def lifelines(moments: Iterable[Moment]) -> tuple[Lifeline, ...]:
    """Each time that the dialplan went on without us. An answer or end whose beginning nobody told stands for itself."""
    found: list[Lifeline] = []
    for at, fact in moments:
        match fact:
            case facts.LifelineEntered(why=why):
                found.append(Lifeline(why=why, entered=at))
            case facts.LifelineAnswered(agent=agent):
                if not found or found[-1].answered or found[-1].ended:
                    found.append(Lifeline(why="", entered=at))
                found[-1] = replace(found[-1], agent=agent, answered=at)
            case facts.LifelineOver(outcome=outcome):
                if not found or found[-1].ended:
                    found.append(Lifeline(why="", entered=at))
                found[-1] = replace(found[-1], over=outcome, ended=at)
            case _:
                pass
    return tuple(found)


def origin(moments: Iterable[Moment]) -> Origin | None:
    """Who handed him in, if anybody."""
    return next((Origin(service=fact.service, case=fact.case) for _, fact in moments if isinstance(fact, facts.HandedIn)), None)


def words(moments: Iterable[Moment]) -> tuple[Spotted, ...]:
    """When the recogniser believed that he spoke of an emergency."""
    return tuple(Spotted(at=at, service=fact.service) for at, fact in moments if isinstance(fact, facts.WordSpotted))


def _accepted_by(each: Emergency, *, over: bool) -> str:
    taken = _taken_in_three_way(each) if each.three_way else _taken(each, over=over)
    return each.service if taken else US if over or each.unreached else ""


def _taken(each: Emergency, *, over: bool) -> bool:
    """A talk with the centre that did not break off; one whose end nobody told of counts once the call is over."""
    return any(it.outcome == TALKED or (over and it.answered is not None and it.ended is None) for it in each.attempts)


def _taken_in_three_way(each: Emergency) -> bool:
    """The agent stays until the service has taken over: it has, when he left first and it was there."""
    three = each.three_way
    if three is None or three.agent_left is None or not any(it.answered for it in each.attempts):
        return False
    return all(left is None or three.agent_left < left for left in (three.service_left, three.citizen_left))


@dataclass(kw_only=True)
class _Episodes:
    """The emergencies so far; the last one is the one that goes on."""

    each: list[Emergency] = field(default_factory=list)

    def take(self, at: datetime, fact: CallFact) -> None:
        """Whatever was lost before, each fact finds or makes its place."""
        match fact:
            case facts.EmergencyAsked():
                self._asked(at, fact)
            case facts.EmergencyDialled():
                self._dialled(at, fact)
            case facts.EmergencyAnswered():
                self._change(at, fact, answered=at)
            case facts.EmergencyOver():
                self._change(at, fact, ended=at)
            case facts.EmergencyUnreached():
                self._unreached(at, fact)
            case facts.ThreeWayBegan():
                self._three_way(at, fact)
            case facts.ThreeWayLeft():
                self._left(at, fact)
            case _:
                pass

    def _asked(self, at: datetime, fact: facts.EmergencyAsked) -> None:
        """The key first and the service a moment later are one request."""
        last = self._last(fact.service)
        if last and not last.attempts:
            self.each[-1] = replace(last, service=last.service or fact.service)
        else:
            self.each.append(Emergency(service=fact.service, how=fact.how, asked=at))

    def _dialled(self, at: datetime, fact: facts.EmergencyDialled) -> None:
        last = self._last(fact.service)
        known = {it.attempt: it for it in last.attempts} if last else {}
        if fact.attempt in known and known[fact.attempt].ended is None:
            return
        if last is None or (known and fact.attempt <= max(known)):
            last = self._begin(fact.service, at)
        attempt = Attempt(trunk=fact.trunk, attempt=fact.attempt, began=at)
        self.each[-1] = replace(last, service=fact.service, attempts=(*last.attempts, attempt))

    def _change(self, at: datetime, fact: facts.EmergencyAnswered | facts.EmergencyOver, **moment: datetime) -> None:
        place = self._place_of(fact.service, fact.attempt)
        if place is None:
            self._dialled(at, facts.EmergencyDialled(service=fact.service, trunk=fact.trunk, attempt=fact.attempt))
            place = self._place_of(fact.service, fact.attempt) or 0
        self.each[place] = replace(self.each[place], attempts=tuple(_told(it, fact, moment) for it in self.each[place].attempts))

    def _unreached(self, at: datetime, fact: facts.EmergencyUnreached) -> None:
        last = self._last(fact.service) or self._begin(fact.service, at)
        self.each[-1] = replace(last, unreached=True)

    def _three_way(self, at: datetime, fact: facts.ThreeWayBegan) -> None:
        last = self._last(fact.service)
        if last is None or last.three_way or (last.attempts and last.attempts[-1].ended):
            last = self._begin(fact.service, at, how="agent")
        self.each[-1] = replace(last, service=fact.service, three_way=ThreeWay(agent=fact.agent, began=at))

    def _left(self, at: datetime, fact: facts.ThreeWayLeft) -> None:
        name = f"{fact.who}_left"
        if self.each and (three := self.each[-1].three_way) and getattr(three, name, at) is None:
            self.each[-1] = replace(self.each[-1], three_way=replace(three, **{name: at}))  # type: ignore[arg-type]  # its own field

    def _begin(self, service: str, at: datetime, how: str = "") -> Emergency:
        self.each.append(Emergency(service=service, how=how, asked=at))
        return self.each[-1]

    def _last(self, service: str) -> Emergency | None:
        """The one that goes on, if it may be about this service."""
        last = self.each[-1] if self.each else None
        return last if last and not last.unreached and (not last.service or not service or last.service == service) else None

    def _place_of(self, service: str, attempt: int) -> int | None:
        """Where the last attempt with this number stands."""
        places = [
            place for place, each in enumerate(self.each) if each.service == service and any(it.attempt == attempt for it in each.attempts)
        ]
        return places[-1] if places else None


def _told(attempt: Attempt, fact: facts.EmergencyAnswered | facts.EmergencyOver, moment: dict[str, datetime]) -> Attempt:
    """What is told of it for the first time."""
    if attempt.attempt != fact.attempt or any(getattr(attempt, name) for name in moment):
        return attempt
    outcome = {"outcome": fact.outcome, "cause": fact.cause} if isinstance(fact, facts.EmergencyOver) else {}
    return replace(attempt, **moment, **outcome)  # type: ignore[arg-type]  # names of its own fields
