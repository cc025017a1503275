"""When is the whole system well?"""

import dataclasses

from console.model import HealthReport, ProcessHealth

WELL = HealthReport(
    state="running", processes=(ProcessHealth(name="agi", pid=1, healthy=True, restarts=0),), live_calls=0, open_journals=0, backlog=0
)


def test_all_well_is_well() -> None:
    assert WELL.healthy


def test_one_sick_process_an_alarm_or_another_state_is_not() -> None:
    sick = ProcessHealth(name="agi", pid=None, healthy=False, restarts=3, words="not running")
    assert not dataclasses.replace(WELL, processes=(sick,)).healthy
    assert not dataclasses.replace(WELL, alarms=("disk",)).healthy
    assert not dataclasses.replace(WELL, state="draining").healthy


def test_calls_and_a_backlog_are_no_illness() -> None:
    assert dataclasses.replace(WELL, live_calls=150, open_journals=150, backlog=7).healthy
