"""Figures from facts: against a second reckoning by SQL, and the cases on which people will quarrel."""

import sqlite3
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.assessment_definitions import SHIPPED, read_definitions
from assessment.model import ALL, Definitions, Figure, Handling, Measure, Period, RatedCall, Source
from assessment.policy import checked, days_of, figures, in_force, month_of
from hotline.errors import MalformedInput
from hotline.workdays import CHINA
from tests.assessment.handlings import facts, moments, rated

DEFINITIONS: Final = read_definitions(SHIPPED / "jieyang-2015.toml")
NOVEMBER: Final = month_of(2026, 11)
END: Final = NOVEMBER.end
NEVER: Final = "9999"

KEPT = "(left_at = :never OR (due != :never AND due <= left_at))"
SETTLED = "min({due}, {done})"
RATES: Final = {
    "reply_rate": ("began", f"{KEPT} AND NOT (replied = :never AND due != :never AND :now < due)", "replied != :never"),
    "on_time_rate": (
        "settled",
        f"{KEPT} AND settled <= :now AND settled < left_at",
        "replied != :never AND (due = :never OR replied < due)",
    ),
    "contact_rate": (
        "contact_settled",
        f"{KEPT} AND contact_settled <= :now AND contact_settled < left_at",
        "contacted != :never AND (contact_due = :never OR contacted < contact_due)",
    ),
    "callback_rate": ("closed", "1", "called_back != :never"),
    "matter_satisfaction": ("called_back", "satisfied != ''", "satisfied IN ('满意', '基本满意')"),
    "redo_rate": ("called_back", "1", "redone != :never"),
}
COUNTS: Final = {
    "dispatched": "began",
    "urged": "urged",
    "noticed": "noticed",
    "handed_over": "handed_over",
    "return_asked": "return_asked",
    "returned": "returned",
    "return_refused": "return_refused",
    "redone": "redone",
    "extended": "extended",
}
MOMENTS: Final = ("began", "left_at", "due", "contact_due", "contacted", "replied", "closed", "called_back", "redone", "returned")


def in_sql(handlings: Sequence[Handling]) -> sqlite3.Connection:
    """The same facts as tables: one row for a handling, one for each moment of which there may be several."""
    base = sqlite3.connect(":memory:")
    base.execute(f"CREATE TABLE h (ticket, unit, satisfied, {', '.join(MOMENTS)}, settled, contact_settled)")
    base.execute("CREATE TABLE m (ticket, unit, what, at)")
    for it in handlings:
        times = {name: _text(it.left if name == "left_at" else getattr(it, name)) for name in MOMENTS}
        settled = (min(times["due"], times["replied"]), min(times["contact_due"], times["contacted"]))
        row = (it.ticket, it.unit, it.satisfied, *times.values(), *settled)
        base.execute(f"INSERT INTO h VALUES ({', '.join('?' * len(row))})", row)
        for what in ("urged", "noticed", "handed_over", "return_asked", "return_refused", "extended"):
            base.executemany("INSERT INTO m VALUES (?, ?, ?, ?)", [(it.ticket, it.unit, what, _text(at)) for at in getattr(it, what)])
        single = [("began", it.began), ("returned", it.returned), ("redone", it.redone)]
        base.executemany("INSERT INTO m VALUES (?, ?, ?, ?)", [(it.ticket, it.unit, what, _text(at)) for what, at in single if at])
    return base


def _text(moment: datetime | None) -> str:
    return NEVER if moment is None else moment.isoformat()


def second_reckoning(handlings: Sequence[Handling], period: Period, now: datetime) -> set[tuple[str, str, int, int, tuple[str, ...]]]:
    """(measure, unit, base, hits, counted) by SQL alone."""
    base = in_sql(handlings)
    found: set[tuple[str, str, int, int, tuple[str, ...]]] = set()
    when = {"begin": _text(period.begin), "end": _text(period.end), "now": _text(now), "never": NEVER}
    for measure, (moment, of, hit) in RATES.items():
        here = f"{moment} >= :begin AND {moment} < :end AND {of}"
        for unit, count in base.execute(f"SELECT unit, count(*) FROM h WHERE {here} GROUP BY unit", when):
            counted = [
                number
                for (number,) in base.execute(
                    f"SELECT ticket FROM h WHERE {here} AND {hit} AND unit = :unit ORDER BY ticket", when | {"unit": unit}
                )
            ]
            found.add((measure, unit, count, len(counted), tuple(counted)))
        whole = [number for (number,) in base.execute(f"SELECT ticket FROM h WHERE {here} AND {hit} ORDER BY ticket", when)]
        found.add((measure, ALL, base.execute(f"SELECT count(*) FROM h WHERE {here}", when).fetchone()[0], len(whole), tuple(whole)))
    for measure, what in COUNTS.items():
        here = "what = :what AND at >= :begin AND at < :end"
        rows = base.execute(
            f"SELECT unit, count(*), group_concat(DISTINCT ticket) FROM m WHERE {here} GROUP BY unit", when | {"what": what}
        )
        for unit, count, numbers in rows:
            found.add((measure, unit, 0, count, tuple(sorted(numbers.split(",")))))
        count, numbers = base.execute(
            f"SELECT count(*), group_concat(DISTINCT ticket) FROM m WHERE {here}", when | {"what": what}
        ).fetchone()
        found.add((measure, ALL, 0, count, tuple(sorted(numbers.split(","))) if numbers else ()))
    base.close()
    return found


def reckoned(
    handlings: Sequence[Handling], period: Period = NOVEMBER, now: datetime = END, calls: Sequence[RatedCall] = ()
) -> list[Figure]:
    return figures(handlings, calls, DEFINITIONS, period, now)


def one(handlings: Sequence[Handling], measure: str, unit: str = "u1", now: datetime = END) -> tuple[int, int]:
    """Base and hits of one figure."""
    return next(((each.base, each.hits) for each in reckoned(handlings, now=now) if (each.measure, each.unit) == (measure, unit)), (0, 0))


@settings(max_examples=40, deadline=None)
@given(facts, moments)
def test_every_figure_is_what_a_second_reckoning_by_sql_finds(handlings: tuple[Handling, ...], now: datetime) -> None:
    mine = {
        (each.measure, each.unit, each.base, each.hits, each.counted)
        for each in reckoned(handlings, now=now)
        if each.measure in RATES | COUNTS
    }
    assert mine == second_reckoning(handlings, NOVEMBER, now)


def test_the_second_reckoning_knows_every_shipped_measure() -> None:
    shipped = {measure.id for measure in DEFINITIONS.measures if measure.source is Source.TICKETS}
    assert shipped == set(RATES) | set(COUNTS)


@settings(max_examples=40, deadline=None)
@given(facts, rated, moments)
def test_every_figure_leads_to_its_tickets_and_all_together_is_the_sum(
    handlings: tuple[Handling, ...], calls: list[RatedCall], now: datetime
) -> None:
    found = reckoned(handlings, now=now, calls=calls)
    for each in found:
        if each.is_rate:
            assert (len(each.based_on), len(each.counted)) == (each.base, each.hits)
            assert set(each.counted) <= set(each.based_on)
            assert each.value is None or 0 <= each.value <= 1
        else:
            assert len(each.counted) <= each.hits
    for measure in DEFINITIONS.measures:
        of_it = [each for each in found if each.measure == measure.id]
        units, (whole,) = [each for each in of_it if each.unit != ALL], [each for each in of_it if each.unit == ALL]
        if measure.source is Source.TICKETS:
            assert (whole.base, whole.hits) == (sum(each.base for each in units), sum(each.hits for each in units))


@settings(max_examples=40, deadline=None)
@given(facts, st.integers(min_value=1, max_value=29))
def test_two_parts_of_a_month_add_up_to_the_month(handlings: tuple[Handling, ...], day: int) -> None:
    def hits(period: Period) -> dict[tuple[str, str], int]:
        return {(each.measure, each.unit): each.hits for each in reckoned(handlings, period)}

    first, second = days_of(date(2026, 11, 1), date(2026, 11, day)), days_of(date(2026, 11, day + 1), date(2026, 11, 30))
    one_part, other, whole = hits(first), hits(second), hits(NOVEMBER)
    assert {key: one_part.get(key, 0) + other.get(key, 0) for key in whole} == whole


NOON = datetime(2026, 11, 10, 12, tzinfo=CHINA)
PLAIN = Handling(ticket="20261110000001", unit="u1", appeal="投诉", began=NOON, due=NOON + timedelta(days=5))


def test_what_is_still_under_way_counts_neither_for_nor_against_a_unit() -> None:
    assert one([PLAIN], "reply_rate", now=NOON + timedelta(days=4)) == (0, 0)
    assert one([PLAIN], "reply_rate", now=NOON + timedelta(days=5)) == (1, 0)
    assert one([PLAIN], "on_time_rate", now=NOON + timedelta(days=4)) == (0, 0)
    assert one([PLAIN], "on_time_rate", now=NOON + timedelta(days=5)) == (1, 0)


def test_the_moment_of_the_term_s_end_is_too_late() -> None:
    assert one([replace(PLAIN, replied=PLAIN.due)], "on_time_rate") == (1, 0)
    assert PLAIN.due is not None
    assert one([replace(PLAIN, replied=PLAIN.due - timedelta(seconds=1))], "on_time_rate") == (1, 1)


def test_who_returns_in_time_what_is_not_his_is_not_judged_by_it_but_who_lets_it_run_out_first_is() -> None:
    assert one([replace(PLAIN, left=NOON + timedelta(days=1))], "on_time_rate") == (0, 0)
    assert one([replace(PLAIN, left=NOON + timedelta(days=6))], "on_time_rate") == (1, 0)


def test_who_was_not_reached_is_in_no_satisfaction() -> None:
    called = replace(PLAIN, called_back=NOON + timedelta(days=1))
    assert one([called, replace(called, ticket="2", satisfied="满意")], "matter_satisfaction") == (1, 1)


def test_two_urgings_of_one_ticket_are_two_and_lead_to_one() -> None:
    urged = replace(PLAIN, urged=(NOON, NOON + timedelta(days=1)))
    (figure,) = [each for each in reckoned([urged]) if (each.measure, each.unit) == ("urged", "u1")]
    assert (figure.hits, figure.counted, figure.value) == (2, (PLAIN.ticket,), 2.0)


def test_what_agents_are_rated_by_and_what_units_are_rated_by_stay_apart() -> None:
    call = RatedCall(call="hl1-1.1", at=NOON, content=True)
    found = {each.measure: each for each in reckoned([], calls=[call, replace(call, call="hl1-2.1", content=False)])}
    assert (found["service_satisfaction"].base, found["service_satisfaction"].counted) == (2, ("hl1-1.1",))
    assert (found["matter_satisfaction"].base, found["matter_satisfaction"].value) == (0, None)


def test_a_figure_may_be_of_some_types_only() -> None:
    only = Definitions(
        name="try",
        title="",
        document="",
        since=date(2026, 1, 1),
        measures=(Measure(id="dispatched", name="分转", moment="dispatched", appeals=frozenset({"咨询"})),),
    )
    assert [each.hits for each in figures([PLAIN, replace(PLAIN, appeal="咨询")], [], only, NOVEMBER, END)] == [1, 1]


@pytest.mark.parametrize(
    ("measure", "words"),
    [
        (Measure(id="a", name="甲", moment="sometime"), "没有 moment"),
        (Measure(id="a", name="甲", moment="closed", of=("kept",)), "有分母没有分子"),
        (Measure(id="a", name="甲", moment="closed", of=("liked",), hits=("replied",)), "没有条件 'liked'"),
        (Measure(id="a", name="甲", moment="closed", source=Source.CALLS, hits=("content",)), "话务评价"),
    ],
)
def test_a_definition_with_unknown_words_is_refused(measure: Measure, words: str) -> None:
    with pytest.raises(MalformedInput, match=words):
        checked(replace(DEFINITIONS, measures=(measure,)))


def test_a_measure_stands_once_in_a_version() -> None:
    with pytest.raises(MalformedInput, match="写了两次"):
        replace(DEFINITIONS, measures=DEFINITIONS.measures[:1] * 2)


def test_a_period_is_reckoned_by_the_version_that_was_in_force_when_it_began() -> None:
    newer = replace(DEFINITIONS, name="newer", since=date(2026, 11, 15))
    versions = (newer, DEFINITIONS)
    assert [in_force(versions, date(2026, 11, day)).name for day in (14, 15)] == ["jieyang-2015", "newer"]
    with pytest.raises(MalformedInput, match="还没有生效"):
        in_force(versions, date(2015, 3, 4))


def test_months_and_days_are_china_s() -> None:
    assert month_of(2026, 12) == Period(begin=datetime(2026, 12, 1, tzinfo=CHINA), end=datetime(2027, 1, 1, tzinfo=CHINA))
    assert days_of(date(2026, 11, 1), date(2026, 11, 30)) == NOVEMBER
    for year, month in ((2026, 13), (2026, 0)):
        with pytest.raises(MalformedInput, match="没有这个月份"):
            month_of(year, month)
