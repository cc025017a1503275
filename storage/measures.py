"""From the ledger and the agents' days to what the measures count (routing/measures.py, routing/occupancy.py). Reading only."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, Engine, func, select

from hotline.identity import CallId
from routing.measures import Call, Clock, Measures, Rung, Start, Talk, grouped, measured
from routing.occupancy import Stood, Work, all_work, work_of
from storage.presence_files import day_of
from storage.tables import calls, written

CHINA: Final = timezone(timedelta(hours=8))


@dataclass(frozen=True, kw_only=True)
class Period:
    """From one moment to another, the second not included."""

    begin: datetime
    end: datetime


def calls_in(engine: Engine, period: Period) -> Iterator[Call]:
    """Every call that arrived in this period and was not made by us, by the newest revision of its record."""
    here = (calls.c.arrived >= written(period.begin)) & (calls.c.arrived < written(period.end))
    of_them = calls.c.call_id.in_(select(calls.c.call_id).where(here))
    newest = select(calls.c.call_id, func.max(calls.c.revision).label("revision")).where(of_them).group_by(calls.c.call_id).subquery()
    joined = calls.join(newest, (calls.c.call_id == newest.c.call_id) & (calls.c.revision == newest.c.revision))
    with engine.connect() as connection:
        for row in connection.execute(select(calls.c.record, calls.c.arrived).select_from(joined).where(here)):
            record = json.loads(row.record)
            if record.get("placed") is None:
                call = call_of(record, arrived=_at(row.arrived))
                yield replace(call, owed="") if _stands_elsewhere(connection, record) else call


def call_of(record: dict[str, Any], *, arrived: datetime) -> Call:
    """What the measures need of a record, of any revision that the ledger may hold. `arrived`: under which it stands there."""
    starts = {
        Start.ARRIVAL: _at_or_none(record["arrived"]),
        Start.PROMPTS: _prompts_over(record),
        Start.WAIT: _at_or_none(record["wait_began"]),
    }
    return Call(
        id=CallId(record["call"]),
        arrived=arrived,
        called=record["called"],
        skills=tuple(record["skills"]),
        starts={start: at for start, at in starts.items() if at},
        human=_human(record),
        ended=_at_or_none(record["ended"]),
        stage=record["abandon_stage"],
        rings=tuple(Rung(agent=ring["agent"], outcome=ring["outcome"], rang=bool(ring.get("rang"))) for ring in record["rings"]),
        talks=tuple(Talk(agent=pair["agent"], seconds=_seconds(pair)) for pair in record["joined"]),
        owed=_owed(record.get("callback")),
    )


def stood_in(var: Path, period: Period) -> Iterator[Stood]:
    """How the agents stood in this period, with the day before it: whoever has no line since stands as then."""
    day = period.begin.astimezone(CHINA).date() - timedelta(days=1)
    while day <= period.end.astimezone(CHINA).date():
        for line in day_of(var, day):
            yield Stood(agent=line.agent, at=line.at, presence=line.presence, there=line.there)
        day += timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Row:
    """Figures of one group of calls; `name` is empty for all of them. `work`: of the agents, where the group is a time or an agent."""

    name: str
    measures: Measures
    work: Work | None = None


def rows(engine: Engine, var: Path, period: Period, clock: Clock, by: str = "") -> list[Row]:
    """All calls of the period together, and after that by one of `routing.measures.GROUPS`."""
    found, stood = list(calls_in(engine, period)), list(stood_in(var, period))
    whole = work_of(stood, period.begin, period.end)
    first = Row(name="", measures=measured(found, clock), work=all_work(whole.values()))
    if not by:
        return [first]
    groups = grouped(found, by, lambda moment: moment.astimezone(CHINA))
    names = sorted({*groups, *whole}) if by == "agent" else list(groups)

    def work_in(name: str) -> Work | None:
        if by == "agent":
            return whole.get(name)
        span = _span(name, by)
        return all_work(work_of(stood, span.begin, min(span.end, period.end)).values()) if span else None

    return [first, *(Row(name=name, measures=measured(groups.get(name, ()), clock), work=work_in(name)) for name in names)]


def _span(name: str, by: str) -> Period | None:
    """The time that a group's name means; None when it means none."""
    if by not in _SPANS:
        return None
    form, length = _SPANS[by]
    begin = datetime.strptime(name, form).replace(tzinfo=CHINA)
    return Period(begin=begin, end=begin + length)


_SPANS: Final = {"hour": ("%Y-%m-%d %H", timedelta(hours=1)), "day": ("%Y-%m-%d", timedelta(days=1))}


def _human(record: dict[str, Any]) -> datetime | None:
    """As `records.model.CallRecord.human`."""
    answers = [pair["began"] for pair in record["joined"]] + [each["answered"] for each in record.get("lifeline", ())]
    answers += [attempt["answered"] for each in record.get("emergency", ()) for attempt in each["attempts"]]
    return min((_at(answer) for answer in answers if answer), default=None)


def _stands_elsewhere(connection: Connection, record: dict[str, Any]) -> bool:
    """His callback was closed because that of another call of his stands for it, too: it is counted there."""
    closed_by = (record.get("callback") or {}).get("closed_by")
    if not closed_by:
        return False
    newest = select(calls.c.record).where(calls.c.call_id == closed_by).order_by(calls.c.revision.desc()).limit(1)
    other = connection.execute(newest).scalar()
    return other is not None and bool(json.loads(other).get("callback"))


def _owed(callback: dict[str, Any] | None) -> str:
    if callback is None:
        return ""
    return callback["state"] if callback["state"] != "closed" else "reached" if callback["closed_by"] else "unreached"


def _prompts_over(record: dict[str, Any]) -> datetime | None:
    """The end of his first visit; of one whose end nobody told, when he stood in line."""
    first: Iterable[str] = (point["at"] for point in record["track"] if point["what"] == "flow_over")
    return _at_or_none(next(iter(first), record["wait_began"]))


def _seconds(pair: dict[str, Any]) -> float | None:
    return (_at(pair["ended"]) - _at(pair["began"])).total_seconds() if pair["ended"] else None


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _at_or_none(text: str | None) -> datetime | None:
    return _at(text) if text else None
