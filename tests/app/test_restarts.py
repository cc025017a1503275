"""When a dead process is started again."""

from app.restarts import (
    BIRTH_S,
    LONG_LIFE_S,
    LONGEST_S,
    SHORTEST_S,
    STANDSTILL_S,
    Step,
    Watch,
    died,
    forgiven,
    half_heard,
    heard,
    next_step,
    started,
    unheard,
)


def test_a_new_process_is_started_at_once() -> None:
    assert next_step(Watch(), 100.0, mute_limit_s=None) is Step.START


def test_the_first_death_costs_a_fifth_of_a_second() -> None:
    watch = died(started(Watch(), 0.0, adopted=False), 1.0)
    assert next_step(watch, 1.0 + SHORTEST_S - 0.01, mute_limit_s=None) is Step.NOTHING
    assert next_step(watch, 1.0 + SHORTEST_S, mute_limit_s=None) is Step.START


def test_who_dies_again_and_again_waits_longer_up_to_five_seconds() -> None:
    watch, now, pauses = Watch(), 0.0, []
    for _ in range(8):
        watch = died(started(watch, now, adopted=False), now)
        pauses.append(watch.pause_s)
        now = watch.due_at
    assert pauses == [0.2, 0.4, 0.8, 1.6, 3.2, LONGEST_S, LONGEST_S, LONGEST_S]
    assert watch.restarts == 7


def test_a_long_life_forgives_earlier_deaths() -> None:
    watch = Watch()
    for _ in range(5):
        watch = died(started(watch, 0.0, adopted=False), 0.0)
    assert died(started(watch, 0.0, adopted=False), LONG_LIFE_S).pause_s == SHORTEST_S


def test_an_adopted_process_counts_no_restart() -> None:
    assert started(Watch(), 0.0, adopted=True).restarts == 0


def test_a_process_is_healthy_from_its_first_answer_to_its_first_silence() -> None:
    watch = started(Watch(), 0.0, adopted=False)
    assert not watch.healthy
    watch = heard(watch, 1.0)
    assert watch.healthy
    assert not unheard(watch, "no answer").healthy


def test_a_process_that_stays_mute_is_killed() -> None:
    watch = unheard(heard(started(Watch(), 0.0, adopted=False), 10.0), "no answer")
    assert next_step(watch, 29.0, mute_limit_s=20.0) is Step.NOTHING
    assert next_step(watch, 31.0, mute_limit_s=20.0) is Step.KILL_MUTE


def test_without_a_limit_nobody_is_killed_for_silence() -> None:
    watch = unheard(started(Watch(), 0.0, adopted=False), "no answer")
    assert next_step(watch, 1e6, mute_limit_s=None) is Step.NOTHING


def test_a_new_process_gets_its_time_to_be_born() -> None:
    watch = unheard(started(Watch(), 0.0, adopted=False), "no answer")
    assert next_step(watch, BIRTH_S, mute_limit_s=5.0) is Step.NOTHING
    assert next_step(watch, BIRTH_S + 0.1, mute_limit_s=5.0) is Step.KILL_MUTE


def test_who_is_half_heard_is_not_well_and_not_killed() -> None:
    watch = half_heard(heard(started(Watch(), 0.0, adopted=False), 10.0), 50.0, "SIP: no answer")
    assert not watch.healthy
    assert watch.well_at == 10.0
    assert next_step(watch, 54.9, mute_limit_s=5.0) is Step.NOTHING


def test_after_a_standstill_of_our_own_the_silence_of_others_begins_anew() -> None:
    watch = unheard(heard(started(Watch(), 0.0, adopted=False), 10.0), "no answer")
    assert next_step(forgiven(watch, 100.0, STANDSTILL_S - 0.1), 100.0, mute_limit_s=20.0) is Step.KILL_MUTE
    assert next_step(forgiven(watch, 100.0, STANDSTILL_S), 119.0, mute_limit_s=20.0) is Step.NOTHING
    newborn = unheard(started(Watch(), 0.0, adopted=False), "no answer")
    assert next_step(forgiven(newborn, 100.0, 90.0), 100.0 + BIRTH_S, mute_limit_s=5.0) is Step.NOTHING
    assert forgiven(Watch(), 100.0, 90.0) == Watch()


def test_an_answer_that_comes_after_the_death_is_not_counted() -> None:
    watch = died(started(Watch(), 0.0, adopted=False), 1.0)
    assert heard(watch, 1.1) == watch
    assert unheard(watch, "late") == watch
