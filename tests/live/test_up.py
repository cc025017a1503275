"""`scripts/up` as operators use it: up, up again, trouble said plainly, down in order."""

import signal
import socket
import time
from collections.abc import Iterator

import pytest

from app.children import STOP_ORDER, running
from app.ledger_reading import reading
from app.pidfile import read_claim
from app.settings import Waiting
from runtime.binaries import AsteriskHome
from tests.live.patience import patience
from tests.live.switch import until
from tests.live.system import System

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("up")]


@pytest.fixture(scope="module")
def system(asterisk_home: AsteriskHome) -> Iterator[System]:
    with System() as system:
        system.up()
        yield system


def test_the_self_check_call_stands_in_the_ledger_with_its_sound(system: System) -> None:
    with reading(system.places) as ledger:
        record = ledger.latest(1)[0]
    assert record["trunk"] == "self-check"
    assert record["recording"]["state"] == "complete"
    assert record["recording"]["seconds"] > 0.3


def test_a_second_up_is_quick_and_changes_nothing(system: System) -> None:
    before = {name: system.claim(name).pid for name in STOP_ORDER}
    began = time.monotonic()
    said = system.up()
    assert time.monotonic() - began < 15 * patience()
    assert "已在运行" in said
    assert {name: system.claim(name).pid for name in STOP_ORDER} == before


def test_changed_settings_replace_our_processes_and_leave_asterisk_running(system: System) -> None:
    before = {name: system.claim(name).pid for name in STOP_ORDER}
    system.write(system.settings.model_copy(update={"waiting": Waiting(ring_seconds=6)}))
    system.up()
    after = {name: system.claim(name).pid for name in STOP_ORDER}
    assert {name for name in STOP_ORDER if before[name] == after[name]} == {"asterisk", "redis"}


def test_nothing_it_writes_can_be_read_by_others(system: System) -> None:
    written = [path for path in system.places.var.rglob("*") if path != system.config and not path.is_symlink()]
    assert [path for path in written if path.stat().st_mode & 0o077] == []
    assert system.places.secrets.stat().st_mode & 0o777 == 0o600


def test_no_password_is_shown_unless_asked_for(system: System) -> None:
    said = system.up()
    shown = system.run("up", "--show-phones").stdout
    password = shown.split()[-1]
    assert len(password) >= 24
    assert password in system.places.secrets.read_text(encoding="utf-8")
    assert password not in said


def test_the_reading_commands_show_the_call_and_mask_the_caller(system: System) -> None:
    listed = system.run("calls", "latest").stdout
    call = listed.split()[2]
    assert f'"call": "{call}"' in system.run("record", call).stdout
    assert system.run("record", "u1-1.1").returncode == 1


def test_a_stop_refuses_new_calls_and_lets_the_one_that_is_on_end(system: System) -> None:
    system.call()
    until(lambda: system.channels() == 2, what="the call is up")
    stopping = system.start("up", "--stop", "--within", "60")
    until(lambda: system.health()["state"] == "draining", within_s=30, what="draining")
    until(lambda: "HL_DRAINING=1" in system.cli("dialplan show globals"), what="the dialplan knows")
    system.call()
    time.sleep(1)  # noqa: TID251 - a call that is refused leaves nothing to wait for
    assert system.channels() == 2
    system.cli("channel request hangup all")
    said, _ = stopping.communicate(timeout=30)
    assert stopping.returncode == 0, said
    assert not [name for name in STOP_ORDER if running(system.places, name)]


def test_stopping_what_does_not_run_says_so(system: System) -> None:
    system.run("up", "--stop", "--now")
    done = system.run("up", "--stop")
    assert done.returncode == 0
    assert "没有在运行" in done.stdout


def test_a_taken_port_is_named_with_its_setting_before_anything_starts(system: System) -> None:
    system.run("up", "--stop", "--now")
    with socket.create_server(("127.0.0.1", system.settings.agi.port)):
        done = system.run("up")
    assert done.returncode == 1
    assert f"agi.port = {system.settings.agi.port}" in done.stderr
    assert "Traceback" not in done.stderr
    assert not [name for name in STOP_ORDER if running(system.places, name)]


def test_a_wrong_setting_is_named_by_line_and_key(system: System) -> None:
    system.config.write_text(system.config.read_text(encoding="utf-8") + "\n[sipp]\n", encoding="utf-8")
    done = system.run("up")
    system.write(system.settings)
    assert done.returncode == 1
    assert "sipp" in done.stderr
    assert "did you mean sip?" in done.stderr


def test_all_goes_down_without_a_supervisor_too(system: System) -> None:
    system.up()
    system.kill("supervisor")
    assert system.run("up", "--stop", "--now").returncode == 0
    assert not [name for name in STOP_ORDER if running(system.places, name)]


def test_a_service_takes_over_what_runs_begins_anew_in_place_and_stops_in_order(system: System) -> None:
    system.up()
    before = {name: system.claim(name).pid for name in STOP_ORDER}
    service = system.start("up", "--foreground")
    until(lambda: read_claim(system.places.pid_file("supervisor")) and system.claim("supervisor").pid == service.pid, within_s=15)
    until(lambda: system.health()["state"] == "running", within_s=15, what="running under the service")
    service.send_signal(signal.SIGHUP)
    until(lambda: "adopting redis" in _since(system, "SIGHUP"), within_s=15, what="adopted again after SIGHUP")
    until(lambda: system.health()["state"] == "running", within_s=15, what="running again")
    assert {name: system.claim(name).pid for name in STOP_ORDER} == before
    assert system.claim("supervisor").pid == service.pid
    service.terminate()
    said, _ = service.communicate(timeout=30)
    assert service.returncode == 0, said
    assert not [name for name in STOP_ORDER if running(system.places, name)]


def _since(system: System, word: str) -> str:
    """The supervisor's log behind the last line with this word."""
    return (system.places.log / "supervisor.log").read_text(encoding="utf-8").rpartition(word)[2]
