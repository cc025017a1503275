"""The supervisor with real, small processes instead of ours; the whole system is in tests/live/test_supervisor.py."""

import asyncio
import os
import signal
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from app.children import ChildSpec, launch, running
from app.moves import RunState
from app.pidfile import Claim
from app.places import Places
from app.probes import Mute
from app.restarts import Step, Watch, next_step
from app.supervisor import AlreadySupervised, Supervisor, hold_lock
from app.switch import Switch
from app.switch_signs import Partly
from hotline.errors import OurMistake
from storage.alarm_files import alarms_in

PROGRAM = (sys.executable, "-S", "-c", "import signal; signal.pause()")
WITHIN_S = 5.0


class QuietSwitch(Switch):
    """A line with as many citizens as a test says."""

    def __init__(self, citizens: int = 0) -> None:
        super().__init__(asterisk=(), conf=Path())
        self.citizens = citizens
        self.refusing = False

    async def live_calls(self) -> int:
        return self.citizens

    async def refuse_new(self, refuse: bool) -> None:
        self.refusing = refuse

    async def hang_up_all(self) -> None:
        self.citizens = 0


@pytest.fixture
def places(tmp_path: Path) -> Places:
    made = Places(var=tmp_path)
    made.make()
    return made


def spec(name: str, fingerprint: str = "f1", **more: object) -> ChildSpec:
    return ChildSpec(name=name, argv=PROGRAM, fingerprint=fingerprint, **more)  # type: ignore[arg-type]


async def well() -> None:
    """A probe that is always answered."""


async def mute() -> None:
    raise Mute("says nothing")


def supervisor(places: Places, *specs: ChildSpec, probe: Callable[[], Awaitable[None]] = well, citizens: int = 0) -> Supervisor:
    probes = {each.name: probe for each in specs}
    return Supervisor(places=places, specs=specs, probes=probes, switch=QuietSwitch(citizens))


async def until(reached: Callable[[], object]) -> None:
    async with asyncio.timeout(WITHIN_S):
        while not reached():  # noqa: ASYNC110 - real processes tell nobody
            await asyncio.sleep(0.005)


async def supervised(made: Supervisor, story: Callable[[], Awaitable[None]]) -> None:
    async with asyncio.TaskGroup() as group:
        serving = group.create_task(made.serve())
        await story()
        if not serving.done() and not made.leaving:
            made.stop()


def test_all_are_started_and_taken_down(places: Places) -> None:
    made = supervisor(places, spec("agi"), spec("worker"))

    async def story() -> None:
        await until(lambda: made.state is RunState.RUNNING)
        assert running(places, "agi")
        assert running(places, "worker")

    asyncio.run(supervised(made, story))
    assert made.state is RunState.STOPPED
    assert not running(places, "agi")
    assert not running(places, "worker")


def test_who_dies_is_started_again_and_counted(places: Places) -> None:
    made = supervisor(places, spec("agi"))

    async def story() -> None:
        await until(lambda: made.state is RunState.RUNNING)
        old = made.claims["agi"].pid
        os.kill(old, signal.SIGKILL)
        await until(lambda: made.claims.get("agi") and made.claims["agi"].pid != old)
        assert made.watches["agi"].restarts == 1

    asyncio.run(supervised(made, story))


def well_once(then: Callable[[], Awaitable[None]]) -> Callable[[], Awaitable[None]]:
    """A probe that is answered at first."""
    asked: list[int] = []

    async def probe() -> None:
        asked.append(1)
        if len(asked) > 1:
            await then()

    return probe


async def slow() -> None:
    raise Partly("SIP: no answer")


def test_who_is_mute_for_too_long_is_killed_and_started_again(places: Places, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.supervisor.PROBE_EVERY_S", 0.01)
    made = supervisor(places, spec("agi", mute_limit_s=0.1), probe=well_once(mute))

    async def story() -> None:
        await until(lambda: made.watches["agi"].restarts >= 1)

    asyncio.run(supervised(made, story))
    assert made.state is RunState.STOPPED


def test_who_shows_some_sign_of_life_is_never_killed(places: Places, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.supervisor.PROBE_EVERY_S", 0.01)
    monkeypatch.setattr("app.supervisor.TICK_S", 0.01)
    made = supervisor(places, spec("asterisk", mute_limit_s=0.05), probe=well_once(slow))

    async def story() -> None:
        await until(lambda: made.watches["asterisk"].words and "asterisk" in made.claims)
        pid, since = made.claims["asterisk"].pid, time.monotonic()
        await until(lambda: time.monotonic() - since > 0.2)
        assert made.claims["asterisk"].pid == pid
        assert not made.report().healthy

    asyncio.run(supervised(made, story))


@pytest.mark.slow
def test_who_is_mute_and_works_hard_gets_longer(places: Places, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.supervisor.BUSY", 0.02)  # what is left to it on a machine that is full of tests
    monkeypatch.setattr("app.supervisor.PROBE_EVERY_S", 0.01)
    monkeypatch.setattr("app.supervisor.TICK_S", 0.01)
    hard = (sys.executable, "-S", "-c", "import time; end = time.monotonic() + 60\nwhile time.monotonic() < end: pass")
    busy = ChildSpec(name="asterisk", argv=hard, fingerprint="f1", mute_limit_s=0.5, busy_limit_s=1.5)
    made = supervisor(places, busy, probe=well_once(mute))

    async def story() -> None:
        await until(lambda: made.watches["asterisk"].words)
        heard = made.watches["asterisk"].heard_at
        assert heard is not None
        await until(lambda: made.watches["asterisk"].restarts >= 1)
        assert time.monotonic() - heard >= 1.5

    asyncio.run(supervised(made, story))


def test_what_is_left_of_a_frozen_one_is_kept_before_it_is_killed(places: Places, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.supervisor.PROBE_EVERY_S", 0.01)
    monkeypatch.setattr("app.remains.shutil.which", lambda _name: None)
    made = supervisor(places, spec("asterisk", mute_limit_s=0.05, remains=places.asterisk_log), probe=well_once(mute))

    async def story() -> None:
        await until(lambda: made.watches["asterisk"].restarts >= 1)

    asyncio.run(supervised(made, story))
    assert "thread, name, state" in (places.asterisk_log / "frozen-threads.txt").read_text(encoding="utf-8")


def test_who_takes_his_time_to_die_is_buried_once(places: Places, monkeypatch: pytest.MonkeyPatch) -> None:
    """A big process on a busy machine: what was kept of it while it was frozen is not overwritten while it dies."""
    kept: list[int] = []
    looks: list[Step] = []

    async def keep(pid: int, _folder: Path) -> None:
        kept.append(pid)

    def looked(watch: Watch, now: float, *, mute_limit_s: float | None) -> Step:
        looks.append(next_step(watch, now, mute_limit_s=mute_limit_s))
        return looks[-1]

    for name, stand_in in (("keep", keep), ("tell", lambda _claim, _sign: None), ("next_step", looked), ("TICK_S", 0.001)):
        monkeypatch.setattr(f"app.supervisor.{name}", stand_in)
    monkeypatch.setattr("app.supervisor.PROBE_EVERY_S", 0.01)
    made = supervisor(places, spec("asterisk", mute_limit_s=0.05, remains=places.asterisk_log), probe=well_once(mute))

    async def story() -> None:
        await until(lambda: looks.count(Step.KILL_MUTE) >= 5)

    asyncio.run(supervised(made, story))
    assert len(kept) == 1


def test_a_death_of_the_switch_is_an_alarm_until_it_has_been_well_for_a_while(places: Places, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.troubles.DIED_STAYS_S", 0.3)
    made = supervisor(places, spec("asterisk"))

    async def story() -> None:
        await until(lambda: made.state is RunState.RUNNING)
        os.kill(made.claims["asterisk"].pid, signal.SIGKILL)
        await until(lambda: [alarm.name for alarm in alarms_in(places.var)] == ["switch-died"])
        await until(lambda: not alarms_in(places.var))
        assert made.watches["asterisk"].healthy

    asyncio.run(supervised(made, story))


def test_a_process_that_cannot_be_started_does_not_take_the_others_down(places: Places, monkeypatch: pytest.MonkeyPatch) -> None:
    made = supervisor(places, spec("agi"), spec("worker"))

    def refusing(asked: ChildSpec, where: Places) -> int:
        if asked.name == "agi":
            raise OSError(12, "Cannot allocate memory")
        return launch(asked, where)

    monkeypatch.setattr("app.supervisor.launch", refusing)

    async def story() -> None:
        await until(lambda: made.watches["worker"].healthy)
        assert not made.watches["agi"].healthy

    asyncio.run(supervised(made, story))
    assert made.state is RunState.STOPPED


def claim_of(places: Places, name: str) -> Claim:
    claim = running(places, name)
    assert claim is not None
    return claim


def adopted(places: Places, *specs: ChildSpec, citizens: int = 0) -> Supervisor:
    """A supervisor that found these processes running and left them again."""
    made = supervisor(places, *specs, citizens=citizens)

    async def story() -> None:
        await until(lambda: made.state is RunState.RUNNING)
        made.leave("hand_over")

    asyncio.run(supervised(made, story))
    return made


def end_by(places: Places, name: str) -> None:
    claim = running(places, name)
    if claim:
        os.kill(claim.pid, signal.SIGKILL)
        os.waitpid(claim.pid, 0)


def started_before(places: Places, name: str, fingerprint: str = "f1") -> int:
    pid = launch(spec(name, fingerprint), places)

    async def up() -> None:
        await until(lambda: running(places, name))

    asyncio.run(up())
    return pid


def test_who_runs_already_is_adopted_and_left_alive_by_a_hand_over(places: Places) -> None:
    pid = started_before(places, "agi")
    made = adopted(places, spec("agi"))
    assert claim_of(places, "agi").pid == pid
    assert made.watches["agi"].restarts == 0
    end_by(places, "agi")


def test_who_was_started_from_something_else_is_replaced(places: Places) -> None:
    pid = started_before(places, "agi", "old")
    adopted(places, spec("agi", "new"))
    assert claim_of(places, "agi").pid != pid
    end_by(places, "agi")


def test_asterisk_with_calls_is_never_replaced_and_a_note_says_what_to_do(places: Places) -> None:
    pid = started_before(places, "asterisk", "old")
    made = adopted(places, spec("asterisk", "new", replaceable=False), citizens=1)
    assert claim_of(places, "asterisk").pid == pid
    assert "scripts/up" in made.report().alarms[0]
    end_by(places, "asterisk")


def test_an_empty_asterisk_is_replaced(places: Places) -> None:
    pid = started_before(places, "asterisk", "old")
    adopted(places, spec("asterisk", "new", replaceable=False))
    assert claim_of(places, "asterisk").pid != pid
    end_by(places, "asterisk")


def test_a_drain_refuses_new_calls_and_waits_for_the_line_to_be_empty(places: Places) -> None:
    made = supervisor(places, spec("asterisk"), citizens=1)
    switch = made.switch
    assert isinstance(switch, QuietSwitch)

    async def story() -> None:
        await until(lambda: made.state is RunState.RUNNING)
        made.drain(60.0)
        await until(lambda: switch.refusing)
        assert made.state is RunState.DRAINING
        assert running(places, "asterisk")
        switch.citizens = 0
        await until(lambda: made.state is RunState.STOPPED)

    asyncio.run(supervised(made, story))
    assert not running(places, "asterisk")


def test_a_drain_ends_when_patience_does(places: Places) -> None:
    made = supervisor(places, spec("asterisk"), citizens=1)

    async def story() -> None:
        await until(lambda: made.state is RunState.RUNNING)
        made.drain(0.0)
        await until(lambda: made.state is RunState.STOPPED)

    asyncio.run(supervised(made, story))


def test_only_one_supervisor_holds_the_lock(places: Places) -> None:
    with hold_lock(places), pytest.raises(AlreadySupervised):
        hold_lock(places)
    hold_lock(places).close()


def test_a_question_at_the_door_that_is_none_changes_nothing(places: Places) -> None:
    made = supervisor(places, spec("agi"))
    assert asyncio.run(made._answer({"do": "dance"})) == {"error": "not a request"}
    assert asyncio.run(made._answer({"do": "drain", "within_s": "long"})) == {"error": "not a request"}
    assert made.state is RunState.STARTING
    assert made.watches == {"agi": Watch()}


def test_a_stopped_system_cannot_drain(places: Places) -> None:
    made = supervisor(places)
    made.state = RunState.STOPPED
    with pytest.raises(OurMistake):
        made.drain(1.0)
