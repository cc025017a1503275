"""通报 (article 26): the figures of a period as one table, ready for JSON and XLSX. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from assessment.conditions import CONDITION_WORDS, MOMENT_WORDS
from assessment.model import ALL, Definitions, Figure, Measure, Period, Source
from hotline.workdays import CHINA

ALL_WORDS = "全部"


@dataclass(frozen=True, kw_only=True)
class Bulletin:
    """What is published. `units`: names of the units by id."""

    period: Period
    definitions: Definitions
    reckoned_at: datetime
    figures: tuple[Figure, ...]
    units: Mapping[str, str]

    def rows(self) -> list[tuple[str, list[Figure | None]]]:
        """One row for a unit, in the order of their names, all together last; one figure for each measure, None where there is none."""
        by = {(figure.unit, figure.measure): figure for figure in self.figures}
        ids = sorted({figure.unit for figure in self.figures} - {ALL}, key=self.name_of)
        return [(unit, [by.get((unit, measure.id)) for measure in self.definitions.measures]) for unit in [*ids, ALL]]

    def name_of(self, unit: str) -> str:
        """The unit's name; its id where nobody knows one."""
        return self.units.get(unit, unit) if unit else ALL_WORDS

    def figure(self, measure: str, unit: str) -> Figure | None:
        """One of them."""
        return next((each for each in self.figures if (each.measure, each.unit) == (measure, unit)), None)


def for_unit(bulletin: Bulletin, unit: str) -> Bulletin:
    """What one unit is shown of the current figures: its own, and not the others'."""
    mine = tuple(figure for figure in bulletin.figures if figure.unit == unit)
    return Bulletin(
        period=bulletin.period,
        definitions=bulletin.definitions,
        reckoned_at=bulletin.reckoned_at,
        figures=mine,
        units={unit: bulletin.units[unit]} if unit in bulletin.units else {},
    )


def as_json(bulletin: Bulletin) -> dict[str, Any]:
    """Figures without their tickets: those are asked for one by one."""
    return {
        "from": bulletin.period.begin.isoformat(),
        "to": bulletin.period.end.isoformat(),
        "definitions": bulletin.definitions.name,
        "reckoned_at": bulletin.reckoned_at.isoformat(),
        "measures": [
            {"id": each.id, "name": each.name, "article": each.article, "means": meaning(each)} for each in bulletin.definitions.measures
        ],
        "figures": [_figure(bulletin, figure) for figure in bulletin.figures],
    }


def meaning(measure: Measure) -> str:
    """The definition in words, made of the same words that are reckoned with."""
    if measure.source is Source.CALLS:
        return "期内通话后作出评价的通话中，评为满意的所占比例（话务服务，不按承办单位）"
    kinds = f"（限{'、'.join(sorted(measure.appeals))}）" if measure.appeals else ""
    if not measure.is_rate:
        return f"期内{MOMENT_WORDS[measure.moment]}的次数{kinds}"
    base = "，且".join([f"期内{MOMENT_WORDS[measure.moment]}", *_words(measure.of)])
    out = f"，不含{'、'.join(_words(measure.without))}的" if measure.without else ""
    return f"{base}的业务单{kinds}{out}；其中{'，且'.join(_words(measure.hits))}的所占比例"


def shown(figure: Figure | None) -> str:
    """As a person reads it: 98.5%, 12, or —."""
    if figure is None or figure.value is None:
        return "—"
    return f"{figure.value:.1%}" if figure.is_rate else str(figure.hits)


def heading(bulletin: Bulletin) -> str:
    """12345市民服务热线办理情况通报（2026年11月1日至2026年11月30日）."""
    first = bulletin.period.begin.astimezone(CHINA).date()
    last = (bulletin.period.end - timedelta(microseconds=1)).astimezone(CHINA).date()
    return f"市民服务热线办理情况通报（{_day(first)}至{_day(last)}）"


def detail(bulletin: Bulletin) -> Iterable[tuple[str, str, str, bool]]:
    """(measure, unit, ticket, counted) of every figure: 逐件可查."""
    names = {measure.id: measure.name for measure in bulletin.definitions.measures}
    for figure in bulletin.figures:
        if figure.unit == ALL and _has_units(bulletin.figures, figure.measure):
            continue
        for number in figure.based_on or figure.counted:
            yield names[figure.measure], bulletin.name_of(figure.unit), number, number in set(figure.counted)


def _has_units(figures: Sequence[Figure], measure: str) -> bool:
    return any(figure.measure == measure and figure.unit != ALL for figure in figures)


def _words(names: Iterable[str]) -> list[str]:
    return [CONDITION_WORDS[name] for name in names]


def _day(moment: date) -> str:
    return f"{moment.year}年{moment.month}月{moment.day}日"


def _figure(bulletin: Bulletin, figure: Figure) -> dict[str, Any]:
    return {
        "measure": figure.measure,
        "unit": figure.unit,
        "unit_name": bulletin.name_of(figure.unit),
        "base": figure.base if figure.is_rate else None,
        "hits": figure.hits,
        "value": figure.value,
        "shown": shown(figure),
    }
