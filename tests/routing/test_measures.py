"""考核指标: every figure follows from its definition, and names its calls."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline.identity import CallId
from routing.measures import DEFINITIONS, GROUPS, Call, Clock, Count, Measures, Rate, Rung, Start, Talk, Time, grouped, measured, page

NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)
CLOCK = Clock()


def at(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def call(number: int, **more: object) -> Call:
    """It arrives `number` minutes after noon, hears the menu for 5 s and stands in line from the 6th on."""
    begin = 60.0 * number
    starts = {Start.ARRIVAL: at(begin), Start.PROMPTS: at(begin + 5), Start.WAIT: at(begin + 6)}
    return replace(Call(id=CallId(f"hl1-1764000000.{number}"), arrived=at(begin), called="12345", starts=starts), **more)  # type: ignore[arg-type]


def answered(number: int, after: float, *, talk: float | None = 100.0) -> Call:
    human = at(60.0 * number + after)
    talks = (Talk(agent="1001", seconds=talk),)
    return call(
        number, human=human, ended=human + timedelta(seconds=200), talks=talks, rings=(Rung(agent="1001", outcome="joined", rang=True),)
    )


def gave_up(number: int, stage: str, after: float, *rings: Rung) -> Call:
    return call(number, ended=at(60.0 * number + after), stage=stage, rings=rings)


RANG = Rung(agent="1002", outcome="citizen_gone", rang=True)
CHOSEN = Rung(agent="1002", outcome="citizen_gone")
REFUSED = Rung(agent="1002", outcome="refused", rang=True)

A_DAY = (
    answered(1, 10),
    answered(2, 15),
    answered(3, 18),
    gave_up(4, "prompts", 3),
    gave_up(5, "queue", 40, REFUSED),
    gave_up(6, "ringing", 20, CHOSEN),
    gave_up(7, "ringing", 30, REFUSED, RANG),
    replace(gave_up(8, "emergency", 12), starts={Start.ARRIVAL: at(480)}),
    call(9),
)


def value(name: str, *calls: Call, clock: Clock = CLOCK) -> float | None:
    return measured(calls or A_DAY, clock).values[name]


def numbers(measures: Measures, name: str) -> list[int]:
    return [int(each.rpartition(".")[2]) for each in measures.calls[name]]


@pytest.mark.parametrize(
    ("name", "whose"),
    [
        ("calls", [1, 2, 3, 4, 5, 6, 7, 8, 9]),
        ("open", [9]),
        ("answered", [1, 2, 3]),
        ("in_time", [1, 2]),
        ("gave_up", [4, 5, 6, 7, 8]),
        ("gave_up_prompts", [4]),
        ("gave_up_queue", [5]),
        ("gave_up_offer", [6]),
        ("gave_up_ringing", [7]),
        ("gave_up_emergency", [8]),
        ("missed", [5, 7]),
        ("talked", [1, 2, 3]),
    ],
)
def test_a_count_is_its_calls(name: str, whose: list[int]) -> None:
    found = measured(A_DAY, CLOCK)
    assert (numbers(found, name), found.values[name]) == (whose, len(whose))


def test_who_gave_up_in_the_prompts_did_not_ask_for_a_human_and_the_rates_leave_him_out() -> None:
    in_the_prompts = Call(id=CallId("hl1-1764000000.50"), arrived=NOON, starts={Start.ARRIVAL: NOON}, ended=at(3), stage="prompts")
    calls = (answered(1, 10), answered(2, 30), gave_up(3, "queue", 40), in_the_prompts)
    assert (value("asked", *calls), value("answer_rate", *calls), value("in_time_rate", *calls)) == (3, 2 / 3, 1 / 3)
    assert value("gave_up_rate", *calls) == 2 / 4


@pytest.mark.parametrize(("start", "whose"), [(Start.ARRIVAL, [1, 2]), (Start.PROMPTS, [1, 2, 3]), (Start.WAIT, [1, 2, 3])])
def test_cities_differ_in_where_the_clock_begins(start: Start, whose: list[int]) -> None:
    assert numbers(measured(A_DAY, Clock(start=start)), "in_time") == whose
    assert value("wait_mean", answered(1, 16), clock=Clock(start=start)) == {"arrival": 16, "prompts": 11, "wait": 10}[start]


def test_fifteen_seconds_are_still_in_time_and_the_limit_can_be_set() -> None:
    assert value("in_time", answered(1, 15)) == 1
    assert value("in_time", answered(1, 15.001)) == 0
    assert value("in_time", answered(1, 19), clock=Clock(within_s=20)) == 1


def test_without_calls_there_is_no_rate_and_no_time_rather_than_a_zero() -> None:
    nothing = measured((), CLOCK)
    assert nothing.values["calls"] == 0
    assert {nothing.values[name] for name, each in DEFINITIONS.items() if not isinstance(each, Count)} == {None}


def test_a_mean_and_what_95_of_100_do_not_exceed() -> None:
    calls = [answered(number, after=float(number)) for number in range(1, 101)]
    assert (value("wait_mean", *calls), value("wait_p95", *calls)) == (50.5, 95)
    assert value("talk_mean", answered(1, 5, talk=60), answered(2, 5, talk=120), answered(3, 5, talk=None)) == 90


def test_an_owed_callback_is_done_when_he_was_reached_and_not_when_it_was_given_up() -> None:
    calls = [replace(gave_up(number, "queue", 9), owed=owed) for number, owed in enumerate(("", "open", "reached", "unreached"))]
    names = ("callback_owed", "callback_done", "callback_unreached", "callback_rate")
    assert [value(name, *calls) for name in names] == [3, 1, 1, 1 / 3]


def test_calls_are_put_together_by_the_clock_on_the_wall_and_by_each_of_their_skills_and_agents() -> None:
    late = replace(answered(1, 5), arrived=NOON.replace(hour=17), skills=("tax", "teochew"), rings=(REFUSED,))
    china = timedelta(hours=8)

    def names(by: str) -> list[str]:
        return list(grouped((answered(2, 5), late), by, lambda moment: moment + china))

    assert names("day") == ["2026-11-23", "2026-11-24"]
    assert names("hour") == ["2026-11-23 12", "2026-11-24 01"]
    assert (names("line"), names("skill"), names("agent")) == (["12345"], ["", "tax", "teochew"], ["1001", "1002"])
    assert set(GROUPS) == {"hour", "day", "line", "skill", "agent"}


stages = st.sampled_from(["", "prompts", "queue", "ringing", "emergency"])
rings = st.lists(
    st.builds(Rung, agent=st.just("1001"), outcome=st.sampled_from(["citizen_gone", "refused", "joined"]), rang=st.booleans()), max_size=3
)


@given(st.lists(st.tuples(stages, rings, st.booleans(), st.floats(0, 100)), max_size=6), st.sampled_from(Start))
def test_whatever_happened_who_gave_up_did_so_in_one_place_and_a_share_is_a_share(
    stories: list[tuple[str, list[Rung], bool, float]], start: Start
) -> None:
    calls = [
        gave_up(number, stage, after, *rung) if over and stage else replace(answered(number, after), ended=at(9999) if over else None)
        for number, (stage, rung, over, after) in enumerate(stories)
    ]
    found = measured(calls, Clock(start=start))
    places = [found.calls[name] for name in DEFINITIONS if name.startswith("gave_up_") and isinstance(DEFINITIONS[name], Count)]
    assert sorted(each for place in places for each in place) == sorted(found.calls["gave_up"])
    assert set(found.calls["in_time"]) <= set(found.calls["answered"]) <= set(found.calls["asked"]) <= set(found.calls["calls"])
    assert all(0 <= rate <= 1 for name, each in DEFINITIONS.items() if isinstance(each, Rate) and (rate := found.values[name]) is not None)


def test_every_rate_and_time_is_taken_over_counts_of_the_table() -> None:
    for each in DEFINITIONS.values():
        keys = [each.part, each.whole] if isinstance(each, Rate) else [each.over] if isinstance(each, Time) else []
        assert all(isinstance(DEFINITIONS[key], Count) for key in keys)


def test_the_page_of_definitions_is_the_one_in_the_docs() -> None:
    kept = Path(__file__).parents[2] / "docs" / "staff" / "measures.md"
    assert kept.read_text(encoding="utf-8") == page(), (
        "draw it again: python -c 'from routing.measures import page; print(page(), end=\"\")'"
    )
