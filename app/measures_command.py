"""`scripts/measures`: 考核指标 of a day or several, by hour, day, line, skill or agent, and the calls behind every figure."""

import argparse
import json
import sys
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from sqlalchemy.exc import OperationalError

from app.places import Places
from hotline.errors import DoorClosed, MalformedInput
from routing.measures import DEFINITIONS, GROUPS, Clock, Count, Rate, Start
from storage.engine import open_for_reading
from storage.layout import Layout
from storage.measures import CHINA, Period, Row, rows

OCCUPANCY: Final = "occupancy"
_COLUMNS: Final = ("calls", "asked", "answered", "answer_rate", "in_time_rate", "gave_up", "wait_mean", "wait_p95", "talk_mean")


def add_measures(commands: "argparse._SubParsersAction[argparse.ArgumentParser]", common: argparse.ArgumentParser) -> None:
    """`measures [--day D] [--to D] [--by hour] [--clock wait] [--within 15] [--calls KEY [--group NAME]] [--json]`."""
    asked = commands.add_parser("measures", parents=[common], help="考核指标：接通率、等待、放弃 figures, and the calls behind them")
    asked.add_argument("--day", type=date.fromisoformat, metavar="2026-11-23", help="哪一天，默认今天 default: today, China time")
    asked.add_argument("--to", type=date.fromisoformat, metavar="2026-11-30", help="到哪一天（含）up to and with this day")
    asked.add_argument("--by", choices=sorted(GROUPS), default="", help="分组 groups")
    asked.add_argument("--clock", choices=[str(each) for each in Start], default=str(Start.ARRIVAL), help="从何时起算 the begin")
    asked.add_argument("--within", type=float, default=15.0, metavar="SECONDS", help="限时，默认15秒 the limit")
    asked.add_argument("--calls", choices=list(DEFINITIONS), metavar="KEY", help="列出这个数背后的通话 the calls behind this figure")
    asked.add_argument("--group", default="", metavar="NAME", help="只列这一组的 with --by and --calls: of this group alone")
    asked.add_argument("--json", action="store_true")
    asked.set_defaults(run=_run)


def figures(places: Places, period: Period, clock: Clock, by: str = "") -> list[Row]:
    """What is known of this period; the ledger has a call some seconds after its end. Raises `DoorClosed` when it cannot be read."""
    engine = open_for_reading(Layout(var=places.var).ledger)
    try:
        return rows(engine, places.var, period, clock, by)
    except OperationalError as error:
        raise DoorClosed("台账暂时读不到，稍后再试 the ledger cannot be read now: try again") from error
    finally:
        engine.dispose()


def live_figures(places: Places, day: str, by: str, clock: str) -> list[dict[str, Any]]:
    """What `GET /api/measures` answers (console/api_measures.py)."""
    if by and by not in GROUPS:
        raise MalformedInput(f"没有这种分组 no such group {by}: {', '.join(GROUPS)}")
    period = _period(day, datetime.now(CHINA))
    return [as_json(row) for row in figures(places, period, Clock(start=Start(clock or Start.ARRIVAL)), by)]


def live_calls(places: Places, day: str, figure: str) -> list[str]:
    """What `GET /api/measures/{figure}/calls` answers."""
    return list(figures(places, _period(day, datetime.now(CHINA)), Clock())[0].measures.calls[figure])


def _period(day: str, now: datetime) -> Period:
    return days(date.fromisoformat(day) if day else now.date(), None, now)


def days(first: date, last: date | None, now: datetime) -> Period:
    """Whole days of China, not beyond now. Raises `MalformedInput` when the second is before the first."""
    last = last or first
    if last < first:
        raise MalformedInput(f"结束日期 {last} 早于开始日期 {first} the last day is before the first: exchange them")
    begin = datetime.combine(first, time(), CHINA)
    return Period(begin=begin, end=max(begin, min(datetime.combine(last, time(), CHINA) + timedelta(days=1), now)))


def as_json(row: Row) -> dict[str, Any]:
    """One row as plain values."""
    work = row.work and {"busy_s": row.work.busy_s, "ready_s": row.work.ready_s, "paused_s": row.work.paused_s}
    return {"group": row.name, **row.measures.values, OCCUPANCY: row.work and row.work.occupancy, "work": work}


def as_text(found: Sequence[Row]) -> str:
    """All figures of the whole, then one line for each group."""
    whole = found[0]
    lines = [f"{each.name:　<7} {_shown(key, whole.measures.values[key]):>9}  {key}" for key, each in DEFINITIONS.items()]
    lines.append(f"{'工时利用率':　<7} {_percent(whole.work.occupancy if whole.work else None):>9}  {OCCUPANCY}")
    if len(found) > 1:
        lines += ["", "\t".join(["", *(DEFINITIONS[key].name for key in _COLUMNS), "工时利用率"])]
        lines += ["\t".join(_cells(row)) for row in found[1:]]
    return "\n".join(lines)


def _cells(row: Row) -> list[str]:
    values = [_shown(key, row.measures.values[key]) for key in _COLUMNS]
    return [row.name or "—", *values, _percent(row.work.occupancy if row.work else None)]


def _shown(key: str, value: float | None) -> str:
    if value is None:
        return "—"
    match DEFINITIONS[key]:
        case Count():
            return f"{value:.0f}"
        case Rate():
            return _percent(value)
        case _:
            return f"{value:.1f} s"


def _percent(value: float | None) -> str:
    return "—" if value is None else f"{value:.1%}"


def _run(asked: argparse.Namespace, places: Places) -> int:
    now = datetime.now(CHINA)
    period = days(asked.day or now.date(), asked.to, now)
    found = figures(places, period, Clock(start=Start(asked.clock), within_s=asked.within), asked.by)
    if asked.calls:
        sys.stdout.writelines(f"{call}\n" for call in _of_group(found, asked.group).measures.calls[asked.calls])
    elif asked.json:
        sys.stdout.write(json.dumps([as_json(row) for row in found], ensure_ascii=False) + "\n")
    else:
        sys.stdout.write(as_text(found) + "\n")
    return 0


def _of_group(found: Sequence[Row], name: str) -> Row:
    chosen = next((row for row in found if row.name == name), None)
    if chosen is None:
        known = "、".join(row.name for row in found if row.name)
        raise MalformedInput(f"没有这一组 no such group: {name}；{known or '请加 --by add --by'}")
    return chosen
