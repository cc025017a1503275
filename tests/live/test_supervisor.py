"""What dies is started again; what starts it may die, too."""

import os
import signal
import time
from collections.abc import Iterator
from functools import partial

import pytest

from app.children import STOP_ORDER, running
from app.pidfile import is_alive, read_claim
from app.supervisor import AlreadySupervised, hold_lock
from runtime.binaries import AsteriskHome
from storage.alarm_files import alarms_in
from tests.live.patience import patience
from tests.live.switch import until
from tests.live.system import System

BACK_WITHIN_S = 5.0

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("supervisor")]


@pytest.fixture(scope="module")
def system(asterisk_home: AsteriskHome) -> Iterator[System]:
    with System() as system:
        system.up()
        yield system


def is_back(system: System, name: str, old: int) -> bool:
    """Another process runs under this name and answers its probe."""
    each = next(each for each in system.health()["processes"] if each["name"] == name)
    return bool(each["healthy"] and each["pid"] not in (None, old))


def all_well(system: System) -> bool:
    """Everybody answers, and no trouble of a process stands. That a call was rebuilt, for its processes were killed, stands longer."""
    report = system.health()
    troubles = {alarm.name for alarm in alarms_in(system.places.var)} - {"calls-rebuilt"}
    return report["state"] == "running" and all(each["healthy"] for each in report["processes"]) and not troubles


@pytest.mark.parametrize("name", [name for name in STOP_ORDER if name != "asterisk"])
def test_a_killed_process_is_back_and_well_within_five_seconds(system: System, name: str) -> None:
    old = system.kill(name)
    until(partial(is_back, system, name, old), within_s=BACK_WITHIN_S, what=f"{name} is back")


def test_no_process_of_ours_is_needed_by_a_call_that_goes_on(system: System) -> None:
    system.call()
    until(lambda: system.channels() == 2, what="the call is up")
    for name in ("agi", "routing", "worker", "redis", "console"):
        system.kill(name)
    assert system.channels() == 2
    system.cli("channel request hangup all")
    until(partial(all_well, system), within_s=30, what="all well again")


def test_a_killed_supervisor_leaves_all_alive_and_the_next_one_adopts_them(system: System) -> None:
    system.call()
    until(lambda: system.channels() == 2, what="the call is up")
    before = {name: system.claim(name).pid for name in STOP_ORDER}
    supervisor = read_claim(system.places.pid_file("supervisor"))
    assert supervisor is not None
    system.kill("supervisor")
    until(lambda: not is_alive(supervisor), what="the supervisor is dead")
    assert {name: system.claim(name).pid for name in STOP_ORDER} == before
    system.up()
    assert {name: system.claim(name).pid for name in STOP_ORDER} == before
    assert system.channels() == 2
    assert all(each["restarts"] == 0 for each in system.health()["processes"])
    system.cli("channel request hangup all")


def test_without_anybodys_help_the_watchdog_starts_a_supervisor_where_one_died_and_never_two(system: System) -> None:
    before = {name: system.claim(name).pid for name in STOP_ORDER}
    dead = system.kill("supervisor")
    until(lambda: system.health()["state"] == "running", within_s=30, what="another supervisor")
    assert system.claim("supervisor").pid != dead
    assert {name: system.claim(name).pid for name in STOP_ORDER} == before
    killed = system.kill("agi")
    until(partial(is_back, system, "agi", killed), within_s=BACK_WITHIN_S, what="agi is back")


def test_who_is_stopped_after_his_supervisor_died_stays_down(system: System) -> None:
    system.kill("supervisor")
    assert system.run("up", "--stop", "--now").returncode == 0
    assert not [name for name in STOP_ORDER if running(system.places, name)]
    assert not system.places.pid_file("supervisor").exists()
    system.up()


def test_a_second_supervisor_is_refused(system: System) -> None:
    with pytest.raises(AlreadySupervised):
        hold_lock(system.places)
    assert system.run("supervise").returncode == 1
    assert all_well(system), system.health()


def test_a_killed_asterisk_is_back_within_five_seconds_and_the_log_says_what_is_lost(system: System) -> None:
    old = system.kill("asterisk")
    until(partial(is_back, system, "asterisk", old), within_s=BACK_WITHIN_S, what="asterisk is back")
    assert "HOTLINE: its calls are lost" in (system.places.log / "supervisor.log").read_text(encoding="utf-8")
    until(partial(all_well, system), within_s=30, what="all well again")
    began = time.monotonic()
    system.up()
    assert time.monotonic() - began < 15 * patience()


def test_a_stop_by_signal_takes_everything_down_in_order(system: System) -> None:
    pid = system.claim("supervisor")
    os.kill(pid.pid, signal.SIGTERM)
    until(lambda: not is_alive(pid), within_s=30, what="the supervisor ends")
    assert not [name for name in STOP_ORDER if running(system.places, name)]
    log = (system.places.log / "supervisor.log").read_text(encoding="utf-8")
    stops = [line.split(" stopping ")[1].split()[0] for line in log.splitlines() if " stopping " in line]
    assert tuple(stops) == STOP_ORDER
