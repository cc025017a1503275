"""From facts to figures, by definitions. Pure: the same facts and the same moment always give the same figures."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime

from assessment.conditions import CONDITIONS, MOMENTS
from assessment.model import ALL, Definitions, Figure, Handling, Measure, Period, RatedCall, Source
from hotline.errors import MalformedInput
from hotline.workdays import midnight, midnight_after


def checked(definitions: Definitions) -> Definitions:
    """The same, once every word in it is known. Raises `MalformedInput`."""
    for measure in definitions.measures:
        where = f"{definitions.name}.{measure.id}"
        if measure.source is Source.TICKETS and measure.moment not in MOMENTS:
            raise MalformedInput(f"{where}: 没有 moment {measure.moment!r} write one of {', '.join(MOMENTS)}")
        known = CONDITIONS if measure.source is Source.TICKETS else {"content": None}
        if unknown := [word for word in (*measure.of, *measure.without, *measure.hits) if word not in known]:
            raise MalformedInput(f"{where}: 没有条件 {unknown[0]!r} write one of {', '.join(known)}")
        if (measure.of or measure.without) and not measure.hits:
            raise MalformedInput(f"{where}: 有分母没有分子 a rate needs `with`; a count has neither")
        if measure.source is Source.CALLS and (measure.of or measure.without or measure.moment != "rated"):
            raise MalformedInput(f"{where}: 话务评价只有 rated 和 content a figure of calls has no other words")
    return definitions


def in_force(versions: Iterable[Definitions], day: date) -> Definitions:
    """The version that holds for a period that begins on this day: the newest that is in force. Raises `MalformedInput`."""
    held = [each for each in versions if each.since <= day]
    if not held:
        raise MalformedInput(f"{day}: 还没有生效的考核指标 no definitions are in force; give an earlier `since`")
    return max(held, key=lambda each: each.since)


def figures(
    handlings: Iterable[Handling], calls: Iterable[RatedCall], definitions: Definitions, period: Period, now: datetime
) -> list[Figure]:
    """Every figure of every unit that has a ticket in the period, then those of all units together; calls have no unit.

    `now`: the moment of reckoning. What is still under way then is judged as it stands.
    """
    facts, rated = list(handlings), list(calls)
    found: list[Figure] = []
    for measure in definitions.measures:
        if measure.source is Source.CALLS:
            found.append(_of_calls(measure, rated, period))
        else:
            found += _of_tickets(measure, facts, period, now)
    return found


def month_of(year: int, month: int) -> Period:
    """考核月, in China. Raises `MalformedInput`."""
    try:
        begin, following = date(year, month, 1), date(year + month // 12, month % 12 + 1, 1)
    except ValueError:
        raise MalformedInput(f"{year}-{month}: 没有这个月份 no such month; write 2026-11") from None
    return Period(begin=midnight(begin), end=midnight(following))


def days_of(first: date, last: date) -> Period:
    """From the first day to the last, both included, in China."""
    return Period(begin=midnight(first), end=midnight_after(last))


def _of_calls(measure: Measure, calls: Sequence[RatedCall], period: Period) -> Figure:
    base = [call for call in calls if call.at in period]
    content = [call.call for call in base if call.content]
    return Figure(
        measure=measure.id,
        unit=ALL,
        base=len(base),
        hits=len(content),
        based_on=tuple(sorted(call.call for call in base)),
        counted=tuple(sorted(content)),
        is_rate=True,
    )


def _of_tickets(measure: Measure, facts: Sequence[Handling], period: Period, now: datetime) -> list[Figure]:
    times: dict[str, list[tuple[Handling, int]]] = defaultdict(list)
    for it in facts:
        if measure.appeals and it.appeal not in measure.appeals:
            continue
        count = sum(moment in period for moment in MOMENTS[measure.moment](it, now))
        if count and _holds(it, now, measure.of) and not any(CONDITIONS[word](it, now) for word in measure.without):
            times[it.unit].append((it, count))
    units = [*sorted(times), ALL]
    times[ALL] = [each for unit in units for each in times.get(unit, ())]
    return [_figure(measure, unit, times[unit], now) for unit in units]


def _figure(measure: Measure, unit: str, times: Sequence[tuple[Handling, int]], now: datetime) -> Figure:
    if not measure.is_rate:
        numbers = tuple(sorted({it.ticket for it, _ in times}))
        hits = sum(count for _, count in times)
        return Figure(measure=measure.id, unit=unit, base=0, hits=hits, based_on=(), counted=numbers, is_rate=False)
    hit = [it.ticket for it, _ in times if _holds(it, now, measure.hits)]
    based_on = tuple(sorted(it.ticket for it, _ in times))
    return Figure(
        measure=measure.id, unit=unit, base=len(times), hits=len(hit), based_on=based_on, counted=tuple(sorted(hit)), is_rate=True
    )


def _holds(it: Handling, now: datetime, words: Iterable[str]) -> bool:
    return all(CONDITIONS[word](it, now) for word in words)
