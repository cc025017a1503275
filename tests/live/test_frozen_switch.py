"""An Asterisk that freezes is noticed, killed and started again; one that is merely slow is left alone, and so is everybody else when it
was the supervisor who stood still."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import pytest

from app.children import MUTE_LIMITS_S, STOP_ORDER
from app.switch_signs import options
from runtime.binaries import AsteriskHome
from storage.alarm_files import alarms_in
from tests.live.switch import until
from tests.live.system import System

NOTICED_WITHIN_S = 15.0
UP_WITHIN_S = 5.0
SPARE_S = 10.0
"""What a busy machine may add to either; the measured times are printed."""

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("frozen-switch")]

BUSY_A_MINUTE = "import time; end = time.monotonic() + 60\nwhile time.monotonic() < end: pass"


@pytest.fixture(scope="module")
def system(asterisk_home: AsteriskHome) -> Iterator[System]:
    with System() as system:
        system.up()
        yield system


@pytest.fixture(autouse=True)
def well_again(system: System) -> Iterator[None]:
    yield
    until(lambda: system.health()["healthy"], within_s=60, what=f"all well again; {system.health()}")


def answers(system: System) -> bool:
    """SIP answers: what a carrier sees of us."""
    port = system.settings.sip.port
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        asking.settimeout(0.3)
        asking.connect(("127.0.0.1", port))
        try:
            asking.send(options("127.0.0.1", port, asking.getsockname()))
            return asking.recv(100).startswith(b"SIP/2.0 ")
        except OSError:
            return False


def alarms(system: System) -> set[str]:
    return {alarm.name for alarm in alarms_in(system.places.var)}


def of(system: System, name: str) -> dict[str, Any]:
    return next(each for each in system.health()["processes"] if each["name"] == name)


def took(what: str, since: float) -> float:
    seconds = time.monotonic() - since
    print(f"{what}: {seconds:.1f} s")  # noqa: T201 - a measurement, shown by -s
    return seconds


def test_a_frozen_asterisk_is_noticed_buried_and_up_again_in_time(system: System) -> None:
    old = system.claim("asterisk").pid
    os.kill(old, signal.SIGSTOP)
    since = time.monotonic()
    until(lambda: not answers(system), what="it is frozen")
    until(lambda: "switch-frozen" in alarms(system), within_s=NOTICED_WITHIN_S + SPARE_S, what="the alarm")
    assert took("asterisk frozen -> alarm", since) < NOTICED_WITHIN_S + SPARE_S
    until(partial(answers, system), within_s=NOTICED_WITHIN_S + UP_WITHIN_S + SPARE_S, what="SIP answers again")
    took("asterisk frozen -> answers again", since)
    assert system.claim("asterisk").pid != old
    log = (system.places.log / "supervisor.log").read_text(encoding="utf-8")
    assert "asterisk is mute" in log
    remains = (system.places.asterisk_log / "frozen-threads.txt").read_text(encoding="utf-8")
    assert remains.startswith(f"pid {old}: ")
    assert "T do_signal_stop" in remains


def test_a_killed_asterisk_answers_again_in_time_and_everybody_is_told(system: System) -> None:
    system.kill("asterisk")
    since = time.monotonic()
    until(lambda: "switch-died" in alarms(system), what="the alarm")
    until(partial(answers, system), within_s=UP_WITHIN_S + SPARE_S, what="SIP answers again")
    took("asterisk died -> answers again", since)
    until(lambda: system.health()["healthy"], within_s=60, what="the alarm is over, and every link is back")
    assert alarms(system) == set()


# ── alive, and of no use ─────────────────────────────────────────────────────────────────────────


@pytest.fixture
def hasty(asterisk_home: AsteriskHome) -> Iterator[System]:
    """A system whose switch is asked for a call every second, and given up after a few."""
    figures = {
        "app/switch_signs.py": {
            "CALL_EVERY_S: Final = 60.0": "CALL_EVERY_S: Final = 1.0",
            "USELESS_AFTER_S: Final = 20.0": "USELESS_AFTER_S: Final = 2.0",
        },
        "app/children.py": {'"asterisk": 10.0': '"asterisk": 3.0'},
        "app/restarts.py": {"BIRTH_S = 20.0": "BIRTH_S = 5.0"},
        "app/troubles.py": {"SWITCH_SICK_S: Final = 10.0": "SWITCH_SICK_S: Final = 1.0"},
    }
    with System() as system:
        for name, changes in figures.items():
            text = (system.tree / name).read_text(encoding="utf-8")
            for old, new in changes.items():
                assert old in text
                text = text.replace(old, new)
            (system.tree / name).write_text(text, encoding="utf-8")
        system.up()
        yield system


def test_an_asterisk_that_answers_no_call_is_replaced_as_soon_as_nobody_talks(hasty: System) -> None:
    """Its console, its manager interface and its SIP stack answer all the while."""
    pid = hasty.claim("asterisk").pid
    until(lambda: "HL_SELF_CALL=" in hasty.cli("dialplan show globals"), what="a call to itself came through")
    assert all(each["healthy"] for each in hasty.health()["processes"])
    hasty.cli("channel originate PJSIP/12345@self-check application ConfBridge talk")
    until(lambda: "ConfBridge" in hasty.cli("core show channels concise"), what="somebody talks")
    hasty.cli("dialplan remove context self-call")
    since = time.monotonic()
    until(lambda: "switch-frozen" in alarms(hasty), within_s=30 + SPARE_S, what="the alarm")
    took("no call to itself comes through -> alarm", since)
    assert "call: " in of(hasty, "asterisk")["words"]
    until(lambda: time.monotonic() - since > 20, within_s=30, what="longer than anybody who does not talk is given")
    assert hasty.claim("asterisk").pid == pid
    assert answers(hasty)
    hasty.cli("channel request hangup all")
    over = time.monotonic()
    until(lambda: hasty.health()["healthy"] and hasty.claim("asterisk").pid != pid, within_s=60, what="another one serves")
    took("nobody talks any more -> well again", over)
    assert "HL_SELF_CALL=" in hasty.cli("dialplan show globals")
    until(lambda: not alarms(hasty) - {"switch-died"}, within_s=30, what=f"no alarm is left; {alarms(hasty)}")


@contextmanager
def starved(processes: int = 12) -> Iterator[None]:
    """A machine on which everybody wants the processor."""
    hungry = [subprocess.Popen([sys.executable, "-S", "-c", BUSY_A_MINUTE]) for _ in range(processes)]
    try:
        yield
    finally:
        for each in hungry:
            each.kill()
            each.wait()


def test_an_asterisk_on_a_starved_machine_carries_its_calls_on(system: System) -> None:
    system.call()
    until(lambda: system.channels() == 2, what="the call is up")
    pid, since = system.claim("asterisk").pid, time.monotonic()
    with starved():
        until(lambda: time.monotonic() - since > MUTE_LIMITS_S["asterisk"] + 5, within_s=60, what="longer than a frozen one is given")
    assert system.claim("asterisk").pid == pid
    assert system.channels() == 2
    system.cli("channel request hangup all")


def test_an_asterisk_that_is_slow_in_turns_is_left_alone(system: System) -> None:
    """Three seconds frozen, a moment alive, again and again: each time some sign comes through."""
    pid, since = system.claim("asterisk").pid, time.monotonic()
    while time.monotonic() - since < MUTE_LIMITS_S["asterisk"] + 5:
        os.kill(pid, signal.SIGSTOP)
        paused = time.monotonic()
        until(lambda: time.monotonic() - paused > 3.0)  # noqa: B023 - asked before the next turn
        os.kill(pid, signal.SIGCONT)
        until(partial(answers, system), what="it is alive")
        until(lambda: time.monotonic() - paused > 4.5)  # noqa: B023
    assert system.claim("asterisk").pid == pid


def test_a_supervisor_that_stood_still_blames_nobody(system: System) -> None:
    before = {name: system.claim(name).pid for name in STOP_ORDER}
    supervisor = system.claim("supervisor").pid
    os.kill(supervisor, signal.SIGSTOP)
    since = time.monotonic()
    until(lambda: time.monotonic() - since > max(MUTE_LIMITS_S.values()) + 2, within_s=60, what="longer than anybody is given")
    os.kill(supervisor, signal.SIGCONT)
    until(lambda: system.health()["healthy"], within_s=15, what="all well")
    assert {name: system.claim(name).pid for name in STOP_ORDER} == before


@pytest.mark.parametrize(("name", "limit_s"), [("agi", 8.0), ("watchdog", 12.0), ("routing", 14.0), ("redis", 16.0)])
def test_a_frozen_process_is_killed_and_back(system: System, name: str, limit_s: float) -> None:
    old = system.claim(name).pid
    os.kill(old, signal.SIGSTOP)
    since = time.monotonic()
    until(
        lambda: of(system, name)["healthy"] and of(system, name)["pid"] not in (None, old),
        within_s=limit_s + 2 * SPARE_S,
        what="it is back",
    )
    took(f"{name} frozen -> well again", since)
    until(lambda: not alarms(system), within_s=30, what=f"no alarm is left; {alarms(system)}")
