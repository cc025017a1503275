"""Every citizen's call that the switch knows has exactly one record, whoever of us was dead."""

import json
import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import agi.told
from hotline import call_facts as facts
from hotline.call_facts import CallFact
from hotline.identity import CallId
from records.cel import Told, encoded
from records.model import CallRecord
from records.policy import build
from storage.alarm_files import alarms_in, clear_alarm
from storage.cel_sweep import GAP, LONGEST, NO_CENTRE, REBUILT, SETTLE, STANDS, CelSweep, SwitchLife
from storage.journal_sweep import JournalSweep
from storage.layout import Layout
from tests.storage.cel_writing import append, begin_of, cel_line, end_of, out_call, told

NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)
CALL = CallId(f"hl1-{int(NOON.timestamp())}.1")
LIFELINE = cel_line("LifelineEntered", NOON + timedelta(seconds=1), CALL, extra=f"Call: {CALL}^Why: refused")
GONE = NOON + timedelta(seconds=9)
LATER = GONE + SETTLE


class Worker:
    """The sweep with a switch that began long ago, and the worker's other hand: `records` is what stands in the ledger in the end."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        layout.cel.mkdir(parents=True, exist_ok=True)
        layout.cel_expected.parent.mkdir(parents=True, exist_ok=True)
        layout.cel_expected.touch()
        self.switch_began(NOON - timedelta(days=1))
        self.anew(NOON)

    def anew(self, wall: datetime) -> None:
        self.sweep = CelSweep(self.layout, told, born=wall)

    def tells(self, how: Told) -> None:
        """Read the dialplan's words by this."""
        self.sweep = CelSweep(self.layout, how, born=NOON)

    def switch_began(self, at: datetime, pid: int | None = None) -> None:
        self.layout.switch_pid.parent.mkdir(parents=True, exist_ok=True)
        self.layout.switch_pid.write_text(f"{pid or os.getpid()}\n")
        os.utime(self.layout.switch_pid, (at.timestamp(),) * 2)

    def log(self, *lines: bytes) -> None:
        append(self.layout.cel, *lines)

    def round(self, wall: datetime) -> None:
        self.sweep.round(wall)
        self.sweep.round(wall)

    def journal(self, *said: CallFact, closed: bool = False, writer: bytes = b"routing-1") -> None:
        """Facts of one of our processes, one second apart."""
        lines = encoded(CALL, [(NOON + timedelta(seconds=second), fact) for second, fact in enumerate(said)])
        folder = self.layout.journal_closed if closed else self.layout.journal_open
        with (folder / f"{CALL}.jsonl").open("ab") as file:
            file.write(lines.replace(b"cel-switch", writer))

    def record(self) -> CallRecord:
        """The one record of the call, when all is worked off."""
        journals = JournalSweep(self.layout)
        while journals.closed():
            for part in journals.closed():
                journals.put_away(part)
            journals.take_late(NOON.timestamp() * 2)
        return build(CALL, journals.read(CALL))

    def alarms(self) -> list[str]:
        return [alarm.name for alarm in alarms_in(self.layout.var)]


@pytest.fixture
def worker(layout: Layout) -> Worker:
    return Worker(layout)


# ── nobody wrote, nobody closed, somebody left something out ─────────────────────────────────────


def test_a_call_of_which_nobody_wrote_is_rebuilt_once_and_said_so(worker: Worker) -> None:
    worker.log(*begin_of(CALL, NOON), LIFELINE, *end_of(CALL, GONE))
    worker.round(LATER)
    record = worker.record()
    assert (record.caller, record.completeness, record.ended, record.sources) == ("19900000001", "reconciled", GONE, ("cel",))
    assert [each.why for each in record.lifeline] == ["refused"]
    worker.round(LATER)
    assert worker.record() == record
    assert worker.alarms() == [REBUILT]


def test_its_own_processes_have_some_seconds_first(worker: Worker) -> None:
    worker.log(*begin_of(CALL, NOON), *end_of(CALL, GONE))
    worker.round(LATER - timedelta(seconds=1))
    assert worker.record() == CallRecord(call=CALL)


def test_a_journal_that_nobody_closed_is_closed_with_the_end_that_the_switch_saw(worker: Worker) -> None:
    worker.journal(facts.Arrived(called="12345", caller="19900000001", trunk="telecom"), facts.WaitBegan())
    worker.log(*begin_of(CALL, NOON), *end_of(CALL, GONE))
    worker.round(LATER)
    record = worker.record()
    assert (record.completeness, record.ended, record.cause, record.hung_up_by) == ("reconciled", GONE, 16, "citizen")
    assert list(worker.layout.journal_open.iterdir()) == []
    assert worker.alarms() == [REBUILT]


def test_a_step_that_nobody_told_comes_after_as_a_late_fact(worker: Worker) -> None:
    worker.journal(facts.Arrived(called="12345", caller="", trunk="telecom"), facts.CallEnded(by="citizen", cause=16), closed=True)
    worker.log(*begin_of(CALL, NOON), LIFELINE, *end_of(CALL, GONE))
    worker.round(LATER)
    assert (worker.record().completeness, len(worker.record().lifeline)) == ("complete", 1)
    assert worker.alarms() == []


@pytest.mark.parametrize(("seconds", "told_again"), [(0.9, 0), (1.1, 1), (19.0, 1)])
def test_a_hang_up_that_was_told_late_gets_the_switchs_time_and_keeps_its_words(worker: Worker, seconds: float, told_again: int) -> None:
    recorder = facts.RecordingStarted(citizen_file=f"{CALL}-citizen.wav", heard_file=f"{CALL}-heard.wav")
    worker.journal(facts.Arrived(called="12345", caller="", trunk="telecom"), recorder, closed=True)
    late = encoded(CALL, [(GONE + timedelta(seconds=seconds), facts.CallEnded(by="agent", cause=31))])
    with (worker.layout.journal_closed / f"{CALL}.jsonl").open("ab") as file:
        file.write(late.replace(b"cel-switch", b"routing-1"))
    worker.log(*begin_of(CALL, NOON), *end_of(CALL, GONE))
    worker.round(LATER)
    assert len(list(worker.layout.journal_late.iterdir())) == told_again
    record = worker.record()
    assert (record.completeness, record.hung_up_by, record.cause) == ("complete", "agent", 31)
    assert record.ended == (GONE if told_again else GONE + timedelta(seconds=seconds))
    worker.round(LATER)
    assert list(worker.layout.journal_late.iterdir()) == [], "once is enough"


def test_a_call_that_was_told_of_whole_is_left_alone(worker: Worker) -> None:
    recorder = facts.RecordingStarted(citizen_file=f"{CALL}-citizen.wav", heard_file=f"{CALL}-heard.wav")
    entered = facts.LifelineEntered(why="refused")
    arrived = facts.Arrived(called="12345", caller="", trunk="telecom")
    worker.journal(arrived, recorder, entered, facts.CallEnded(by="citizen", cause=16), closed=True)
    worker.log(*begin_of(CALL, NOON), LIFELINE, *end_of(CALL, GONE))
    worker.round(LATER)
    assert list(worker.layout.journal_late.iterdir()) == []
    assert worker.alarms() == []


def test_channels_that_are_no_citizens_leave_nothing(worker: Worker) -> None:
    worker.log(cel_line("CHAN_START", NOON, CALL), *end_of(CALL, GONE))
    worker.round(LATER)
    assert list(worker.layout.journal_closed.iterdir()) == []


def test_a_call_that_goes_on_is_left_alone(worker: Worker) -> None:
    worker.log(*begin_of(CALL, NOON))
    worker.round(LATER + timedelta(hours=3))
    assert list(worker.layout.journal_closed.iterdir()) == []


def test_a_call_whose_end_was_never_logged_is_given_up_after_a_day(worker: Worker) -> None:
    worker.log(*begin_of(CALL, NOON))
    worker.round(NOON + LONGEST + timedelta(seconds=1))
    assert worker.record().completeness == "open"


def test_the_last_lines_of_a_leg_that_outlives_its_citizen_are_not_waited_for(worker: Worker) -> None:
    leg, desk = f"leg-{CALL}-1", "PJSIP/1001-0000000d"
    worker.log(*begin_of(CALL, NOON), cel_line("CHAN_START", NOON, leg, channel=desk), *end_of(CALL, GONE))
    worker.round(LATER)
    worker.log(cel_line("HANGUP", LATER, leg, channel=desk), cel_line("CHAN_END", LATER, leg, channel=desk))
    worker.round(LATER)
    read = json.loads(worker.layout.cel_read.read_text())["offset"]
    assert read == (worker.layout.cel / "calls.csv").stat().st_size, "the next worker reads none of it again"


OUT_CALL = (
    facts.Arrived(called="19900000001", caller="12345", trunk="phones"),
    facts.OutCallBegan(agent="1001", how="callback"),
    facts.RecordingStarted(citizen_file=f"{CALL}-citizen.wav", heard_file=f"{CALL}-heard.wav"),
    facts.CallbackBegan(task="hl1-1.1", attempt=1, why="missed"),
    facts.OutCallDialled(trunk="telecom"),
    facts.OutCallAnswered(trunk="telecom"),
)


@pytest.mark.parametrize("written", range(len(OUT_CALL) + 1))
def test_a_call_of_ours_ends_as_the_switch_saw_it_however_much_routing_wrote_before_it_died(worker: Worker, written: int) -> None:
    worker.tells(agi.told.told)
    worker.journal(*OUT_CALL[:written])
    worker.log(*out_call(CALL, NOON, GONE))
    worker.round(LATER)
    record = worker.record()
    assert list(worker.layout.journal_open.iterdir()) == []
    assert (record.completeness, record.ended, record.hung_up_by, record.cause) == ("reconciled", GONE, "citizen", 16)
    assert record.placed is not None
    assert (record.placed.agent, record.placed.task, record.placed.outcome) == ("1001", "hl1-1.1", "talked")


# ── the switch died ──────────────────────────────────────────────────────────────────────────────

AGAIN = NOON + timedelta(seconds=20)


def test_a_call_under_which_the_switch_died_was_cut_off_when_it_was_last_heard_of(worker: Worker) -> None:
    worker.log(*begin_of(CALL, NOON), LIFELINE)
    worker.switch_began(AGAIN)
    worker.round(AGAIN + SETTLE)
    record = worker.record()
    assert (record.completeness, record.hung_up_by, record.ended) == ("cut_off", "us", NOON + timedelta(seconds=1))


def test_a_journal_of_the_dead_switch_is_ended_even_without_its_log(worker: Worker) -> None:
    worker.journal(facts.Arrived(called="12345", caller="19900000001", trunk="telecom"), facts.WaitBegan())
    worker.switch_began(AGAIN)
    worker.round(AGAIN + SETTLE - timedelta(seconds=1))
    assert list(worker.layout.journal_closed.iterdir()) == []
    worker.round(AGAIN + SETTLE)
    record = worker.record()
    assert (record.completeness, record.ended) == ("cut_off", NOON + timedelta(seconds=1))


def test_a_switch_that_died_and_does_not_come_back_has_cut_its_calls_off_too(worker: Worker) -> None:
    worker.log(*begin_of(CALL, NOON))
    worker.switch_began(NOON - timedelta(days=1), pid=2**22 + 1)
    worker.round(AGAIN)
    worker.round(AGAIN + SETTLE)
    assert worker.record().completeness == "cut_off"


def test_who_hung_up_before_the_switch_died_was_not_cut_off(worker: Worker) -> None:
    worker.log(*begin_of(CALL, NOON), *end_of(CALL, GONE))
    worker.switch_began(AGAIN)
    worker.round(AGAIN + SETTLE)
    assert worker.record().completeness == "reconciled"


def test_what_routing_ended_as_cut_off_is_not_ended_again(worker: Worker) -> None:
    recorder = facts.RecordingStarted(citizen_file=f"{CALL}-citizen.wav", heard_file=f"{CALL}-heard.wav")
    arrived = facts.Arrived(called="12345", caller="", trunk="telecom")
    worker.journal(arrived, recorder, facts.CallEnded(by="us", how="cut_off"), closed=True)
    worker.log(*begin_of(CALL, NOON))
    worker.switch_began(AGAIN)
    worker.round(AGAIN + SETTLE)
    assert list(worker.layout.journal_late.iterdir()) == []


def test_the_life_of_a_switch_is_told_by_its_pid_file(worker: Worker) -> None:
    life = SwitchLife(worker.layout.switch_pid)
    assert life.died_after(0.0) is None
    life.look(NOON)
    assert life.died_after(NOON.timestamp()) is None
    worker.switch_began(AGAIN)
    life.look(AGAIN)
    assert (life.died_after(NOON.timestamp()), life.died_after(AGAIN.timestamp() + 1)) == (AGAIN, None)
    worker.layout.switch_pid.unlink()
    life.look(AGAIN)
    assert life.died_after(AGAIN.timestamp() + 1) is None


# ── what is lost of the log ──────────────────────────────────────────────────────────────────────


def test_a_call_that_only_we_know_is_a_gap_in_the_switchs_log(worker: Worker) -> None:
    worker.sweep.expect(CALL)
    worker.round(NOON)
    assert worker.alarms() == []
    worker.round(NOON + SETTLE)
    assert worker.alarms() == [GAP]


def test_a_call_that_both_know_is_none_nor_one_of_a_worker_before(worker: Worker) -> None:
    worker.log(*begin_of(CALL, NOON), *end_of(CALL, GONE))
    worker.sweep.expect(CALL)
    worker.sweep.expect(CallId("hl1-1.1"))
    worker.journal(facts.CallEnded(by="citizen"), closed=True)
    for second in (0, 20, 60):
        worker.round(NOON + timedelta(seconds=second))
    assert worker.alarms() == []


def test_a_file_that_was_removed_is_one_alarm_that_stands_for_an_hour(worker: Worker, caplog: pytest.LogCaptureFixture) -> None:
    worker.log(*begin_of(CALL, NOON))
    worker.round(NOON)
    (worker.layout.cel / "calls.csv").unlink()
    for second in range(5):
        worker.round(NOON + timedelta(seconds=second))
    assert (worker.alarms(), caplog.text.count("ALARM")) == ([GAP], 1)
    worker.round(NOON + STANDS + timedelta(seconds=10))
    assert worker.alarms() == []


def test_an_emergency_that_reached_no_centre_is_an_alarm_at_once_until_a_person_takes_it_away(worker: Worker) -> None:
    worker.log(*begin_of(CALL, NOON), cel_line("EmergencyUnreached", NOON, CALL, extra=f"Call: {CALL}^Service: 110^Alarm: yes"))
    worker.round(NOON)
    [alarm] = alarms_in(worker.layout.var)
    assert (alarm.name, alarm.count, "紧急求助 110" in alarm.words, CALL in alarm.words) == (NO_CENTRE, 1, True, False)
    worker.round(NOON + STANDS * 2)
    assert worker.alarms() == [NO_CENTRE]
    clear_alarm(worker.layout.var, NO_CENTRE)
    worker.round(NOON + STANDS * 3)
    assert worker.alarms() == []


def test_where_no_switch_was_set_up_nothing_is_expected(layout: Layout) -> None:
    sweep = CelSweep(layout, told, born=NOON)
    sweep.expect(CALL)
    sweep.round(NOON + SETTLE)
    assert alarms_in(layout.var) == []
    sweep.close()


# ── whoever dies, and whenever ───────────────────────────────────────────────────────────────────

LOG = (*begin_of(CALL, NOON), LIFELINE, *end_of(CALL, GONE))
OURS: Sequence[CallFact] = (
    facts.Arrived(called="12345", caller="19900000001", trunk="telecom"),
    facts.LifelineEntered(why="refused"),
    facts.CallEnded(by="citizen", cause=16),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None)
@given(st.integers(0, len(OURS)), st.booleans(), st.integers(3, len(LOG)), st.lists(st.integers(0, 6), max_size=3))
def test_one_call_is_one_record_whatever_of_it_was_written_and_however_often_the_worker_dies(
    tmp_path_factory: pytest.TempPathFactory, written: int, closed: bool, logged: int, deaths: list[int]
) -> None:
    """`deaths`: after which of its own writes the worker is killed; it comes back and begins again."""
    layout = Layout(var=tmp_path_factory.mktemp("call"))
    layout.make()
    worker = Worker(layout)
    if written:
        worker.journal(*OURS[:written], closed=closed)
    worker.log(*LOG[:logged])
    worker.switch_began(AGAIN)
    for moment in deaths:
        _round_until_killed(worker, moment)
        worker.anew(NOON)
    worker.round(AGAIN + SETTLE)
    record = worker.record()
    worker.round(AGAIN + 2 * SETTLE)
    assert worker.record() == record
    assert [each.name for each in (*layout.journal_open.iterdir(), *layout.journal_late.glob("[!.]*"))] == []
    assert record.called == "12345"
    assert len(record.lifeline) == (1 if written > 1 or logged > 3 else 0)
    assert record.completeness == ("complete" if written == 3 else "reconciled" if logged == len(LOG) else "cut_off")


class Killed(BaseException):
    """The worker is gone."""


def _round_until_killed(worker: Worker, moment: int) -> None:
    """A round that ends right before its n-th change of a file."""
    left = [moment]

    def counted() -> None:
        left[0] -= 1
        if left[0] < 0:
            raise Killed

    rescue = worker.sweep._rescue
    with pytest.MonkeyPatch.context() as patch:
        for name in ("link", "fsync", "fdatasync"):
            patch.setattr(f"storage.journal_rescue.os.{name}", _before(counted, getattr(os, name)))
        patch.setattr(type(rescue), "add_late", _before(counted, type(rescue).add_late))
        with suppress(Killed):
            worker.round(AGAIN + SETTLE)


def _before(first: Callable[[], None], then: Callable[..., object]) -> Callable[..., object]:
    def both(*words: object) -> object:
        first()
        return then(*words)

    return both
