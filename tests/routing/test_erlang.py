"""Erlang C against values that can be worked out by hand or are printed in tables."""

from math import exp, inf

import pytest

from routing.erlang import agents_needed, answered_within, mean_wait, probability_of_waiting


@pytest.mark.parametrize("load", [0.1, 0.5, 0.9])
def test_with_one_agent_the_share_that_waits_is_the_load(load: float) -> None:
    assert probability_of_waiting(load, 1) == pytest.approx(load)
    assert mean_wait(load=load, agents=1, handling_s=60) == pytest.approx(load * 60 / (1 - load))


def test_two_agents_as_worked_out_by_hand() -> None:
    # C(2, 1) = (1/2 * 2) / (1 + 1 + 1/2 * 2) = 1/3
    assert probability_of_waiting(1.0, 2) == pytest.approx(1 / 3)
    assert answered_within(15, load=1.0, agents=2, handling_s=60) == pytest.approx(1 - exp(-15 / 60) / 3)


def test_a_value_of_the_printed_tables() -> None:
    assert probability_of_waiting(10.0, 14) == pytest.approx(0.174, abs=0.001)


@pytest.mark.parametrize("agents", [9, 10])
def test_a_line_that_never_settles_says_so(agents: int) -> None:
    assert probability_of_waiting(10.0, agents) == 1.0
    assert answered_within(15, load=10.0, agents=agents, handling_s=60) == 0.0
    assert mean_wait(load=10.0, agents=agents, handling_s=60) == inf


def test_a_thousand_agents_are_no_trouble() -> None:
    assert 0 < probability_of_waiting(950.0, 1000) < 0.1


@pytest.mark.parametrize("load", [0.2, 5.0, 40.0, 300.0])
def test_the_least_number_of_agents_is_enough_and_one_less_is_not(load: float) -> None:
    needed = agents_needed(0.95, 15, load=load, handling_s=180)
    assert answered_within(15, load=load, agents=needed, handling_s=180) >= 0.95
    assert answered_within(15, load=load, agents=needed - 1, handling_s=180) < 0.95


@pytest.mark.parametrize(
    ("calls", "agents"),
    [(165, {150: 12, 240: 17, 300: 21}), (385, {150: 23, 240: 34, 300: 42}), (1155, {150: 58, 240: 90, 300: 111})],
)
def test_the_busy_hour_of_a_city_needs_what_the_tables_of_the_field_say(calls: int, agents: dict[int, int]) -> None:
    assert {handling: agents_needed(0.95, 15, load=calls / 3600 * handling, handling_s=handling) for handling in agents} == agents
