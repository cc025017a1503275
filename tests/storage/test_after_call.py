"""The worker's steps: each may be repeated, each has the effect of once."""

import logging
import shutil
from array import array
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from hotline import call_facts as facts
from hotline.call_facts import CallFact
from hotline.errors import DoorClosed
from hotline.identity import CallId
from hotline.messages import Receipt, TicketDraft
from recordings.handlers import Spooled, keep_audio
from recordings.wav import header
from records.journal import encode
from storage.after_call import REST_S, AfterCall
from storage.disk_watch import join_second_volume
from storage.layout import Layout
from storage.ledger import LedgerBook
from storage.outbox import MOST_ATTEMPTS
from storage.tables import written
from tickets.model import DraftRefused, InDoubt

CALL = "hl1-1764000001.12"
ARRIVED = datetime(2025, 11, 24, 16, 0, 1, tzinfo=UTC)
SIDES = (f"{CALL}-citizen.wav", f"{CALL}-heard.wav")
CALL_FACTS: tuple[CallFact, ...] = (
    facts.Arrived(called="12345", caller="19900000001", trunk="t"),
    facts.RecordingStarted(citizen_file=SIDES[0], heard_file=SIDES[1]),
    facts.CallEnded(by="citizen", cause=16),
)


class Play:
    """The steps with a backend that answers as it is told, and a clock that stands."""

    def __init__(self, layout: Layout, engine: Engine) -> None:
        self.layout = layout
        self.book = LedgerBook(engine)
        self.pushed: list[TicketDraft] = []
        self.trouble: Exception | None = None
        self.now = ARRIVED
        self.steps = AfterCall(layout, engine, self._push, now=lambda: self.now)

    def _push(self, draft: TicketDraft) -> Receipt:
        self.pushed.append(draft)
        if self.trouble:
            raise self.trouble
        return Receipt(reference="city-1", fresh=True)

    def journal(self, *written: CallFact, part: int = 1, first: int = 0) -> None:
        """One second between two facts."""
        name = f"{CALL}.jsonl" if part == 1 else f"{CALL}.{part}.jsonl"
        lines = [
            encode(writer="w", seq=seq, call=CALL, at=(ARRIVED + timedelta(seconds=seq)).isoformat(), fact=fact)
            for seq, fact in enumerate(written, start=first)
        ]
        (self.layout.journal_closed / name).write_bytes(b"".join(lines))

    def sound(self, seconds: float = 1.0) -> None:
        for name in SIDES:
            samples = array("h", [5] * int(8000 * seconds)).tobytes()
            (self.layout.spool / name).write_bytes(header(len(samples) // 2, 1) + samples)

    def record(self) -> dict[str, Any]:
        record = self.book.record_of(CALL)
        assert record is not None
        return record

    def push(self) -> dict[str, Any]:
        push = self.book.push_of(CALL)
        assert push is not None
        return push


@pytest.fixture
def play(layout: Layout, engine: Engine) -> Play:
    return Play(layout, engine)


def test_one_whole_run_leaves_record_draft_recording_and_a_resting_journal(play: Play, layout: Layout) -> None:
    play.journal(*CALL_FACTS)
    play.sound()
    assert play.steps.keep_record(CALL) == 1
    assert play.steps.push_draft(CALL, 1) == "delivered"
    assert play.steps.keep_audio(CALL) == "complete"
    assert play.steps.keep_record(CALL) == 2
    assert play.steps.push_draft(CALL, 2) == "delivered"
    play.steps.put_away(CALL, 1)
    recording = play.record()["recording"]
    assert (recording["state"], recording["seconds"], recording["expected_seconds"]) == ("complete", 1.0, 1.0)
    assert (layout.var / recording["file"]).is_file()
    assert [draft.revision for draft in play.pushed] == [1, 2]
    assert list(layout.spool.iterdir()) == list(layout.journal_closed.iterdir()) == []


def test_every_step_twice_is_as_good_as_once(play: Play) -> None:
    play.journal(*CALL_FACTS)
    play.sound()
    assert [play.steps.keep_record(CALL) for _ in range(2)] == [1, 1]
    assert [play.steps.push_draft(CALL, 1) for _ in range(2)] == ["delivered", "done before"]
    assert [play.steps.keep_audio(CALL) for _ in range(2)] == ["complete"] * 2
    assert [play.steps.keep_record(CALL) for _ in range(2)] == [2, 2]
    for _ in range(2):
        play.steps.put_away(CALL, 1)
    assert play.steps.keep_record(CALL) == 2
    assert len(play.pushed) == 1


def test_a_crash_before_the_recording_was_written_down_does_not_lose_it(play: Play, layout: Layout) -> None:
    play.journal(*CALL_FACTS)
    play.sound()
    play.steps.keep_audio(CALL)
    for name in SIDES:
        assert not (layout.spool / name).exists()
    assert play.steps.keep_audio(CALL) == "complete"


def test_a_call_without_a_recorder_has_no_recording(play: Play) -> None:
    play.journal(CALL_FACTS[0], CALL_FACTS[2])
    assert play.steps.keep_audio(CALL) == "none"
    play.steps.keep_record(CALL)
    assert play.record()["recording"]["state"] == "none"


def test_a_recorder_whose_files_are_gone_is_reported_as_missing(play: Play) -> None:
    play.journal(*CALL_FACTS)
    assert play.steps.keep_audio(CALL) == "missing"


def test_file_names_that_lead_elsewhere_are_left_alone(play: Play, caplog: pytest.LogCaptureFixture) -> None:
    play.journal(facts.RecordingStarted(citizen_file="../../secrets.toml", heard_file="x.wav"))
    assert play.steps.keep_audio(CALL) == "none"
    assert "left alone" in caplog.text


def test_late_facts_make_the_next_revision(play: Play) -> None:
    play.journal(*CALL_FACTS)
    play.steps.keep_record(CALL)
    play.steps.put_away(CALL, 1)
    play.journal(facts.KeysPressed(question="late", digits="1"), part=2, first=10)
    assert play.steps.keep_record(CALL) == 2
    assert play.record()["track"][0]["name"] == "late"


def test_late_facts_that_say_nothing_new_make_no_revision(play: Play) -> None:
    play.journal(*CALL_FACTS)
    play.steps.keep_record(CALL)
    play.steps.put_away(CALL, 1)
    play.journal(CALL_FACTS[0], part=2)
    assert play.steps.keep_record(CALL) == 1


def test_a_journal_of_which_nothing_can_be_read_still_makes_a_record(play: Play, layout: Layout) -> None:
    (layout.journal_closed / f"{CALL}.jsonl").write_bytes(b"\0\0\0\n\xff")
    assert play.steps.keep_record(CALL) == 1
    assert play.record()["unreadable_lines"] == 2


def test_a_silent_backend_leaves_the_draft_in_the_outbox(play: Play) -> None:
    play.journal(*CALL_FACTS)
    play.steps.keep_record(CALL)
    play.trouble = DoorClosed("silence")
    assert play.steps.push_draft(CALL, 1) == "waiting"
    assert (play.push()["state"], play.push()["attempts"], play.push()["error"]) == ("waiting", 1, "silence")


def test_a_silent_backend_is_not_asked_again_for_some_seconds(play: Play, caplog: pytest.LogCaptureFixture) -> None:
    play.journal(*CALL_FACTS)
    play.steps.keep_record(CALL)
    play.trouble = DoorClosed("silence")
    with caplog.at_level(logging.ERROR):
        for _ in range(3):
            play.steps.push_draft(CALL, 1)
    assert (len(play.pushed), len(caplog.records)) == (1, 1)
    play.now += timedelta(seconds=REST_S)
    play.trouble = None
    assert play.steps.push_draft(CALL, 1) == "delivered"


def test_a_refused_draft_asks_for_a_person(play: Play, caplog: pytest.LogCaptureFixture) -> None:
    play.journal(*CALL_FACTS)
    play.steps.keep_record(CALL)
    play.trouble = DraftRefused("400")
    assert play.steps.push_draft(CALL, 1) == "person"
    assert "needs a person" in caplog.text
    assert play.steps.push_draft(CALL, 1) == "done before"


def test_an_error_that_no_door_announces_counts_too_and_ends_with_a_person(play: Play, caplog: pytest.LogCaptureFixture) -> None:
    play.journal(*CALL_FACTS)
    play.steps.keep_record(CALL)
    play.trouble = KeyError("a bug in the backend's adapter, and 19900000001 in its words")
    outcomes = [play.steps.push_draft(CALL, 1) for _ in range(MOST_ATTEMPTS)]
    assert outcomes == ["waiting"] * (MOST_ATTEMPTS - 1) + ["person"]
    assert (play.push()["state"], play.push()["error"]) == ("person", "KeyError")
    assert "needs a person" in caplog.text


def test_trouble_with_our_own_database_counts_as_no_attempt(play: Play) -> None:
    play.journal(*CALL_FACTS)
    play.steps.keep_record(CALL)
    play.trouble = OperationalError("UPDATE", {}, Exception("database or disk is full"))
    with pytest.raises(OperationalError):
        play.steps.push_draft(CALL, 1)
    assert (play.push()["state"], play.push()["attempts"]) == ("waiting", 0)


def test_logs_name_no_citizen(play: Play, caplog: pytest.LogCaptureFixture) -> None:
    play.journal(*CALL_FACTS)
    with caplog.at_level(logging.DEBUG):
        play.steps.keep_record(CALL)
        play.trouble = DoorClosed("silence")
        play.steps.push_draft(CALL, 1)
        play.steps.keep_audio(CALL)
    assert "19900000001" not in caplog.text


# ── the second volume ────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def volumes(layout: Layout, tmp_path_factory: pytest.TempPathFactory) -> Layout:
    """The first volume is nearly full, the second one is not."""
    join_second_volume(layout, str(tmp_path_factory.mktemp("second")))
    layout.second_room.touch()
    return layout


def test_a_recording_that_was_made_on_the_second_volume_is_kept_there(play: Play, volumes: Layout) -> None:
    play.journal(*CALL_FACTS)
    play.sound()
    for name in SIDES:
        shutil.move(volumes.spool / name, volumes.second_spool / name)
    play.steps.keep_record(CALL)
    for _ in range(2):
        assert play.steps.keep_audio(CALL) == "complete"
    play.steps.keep_record(CALL)
    file = play.record()["recording"]["file"]
    assert file.startswith("second/recordings/")
    assert (volumes.var / file).stat().st_size == 44 + 8000 * 4
    assert not list(volumes.second_spool.iterdir())
    assert not list((volumes.var / "recordings").rglob("*.wav"))


def test_a_recording_of_the_first_volume_moves_to_the_second_while_the_first_is_nearly_full(play: Play, volumes: Layout) -> None:
    play.journal(*CALL_FACTS)
    play.sound()
    play.steps.keep_record(CALL)
    assert play.steps.keep_audio(CALL) == "complete"
    assert not list(volumes.spool.iterdir())
    assert len(list((volumes.second / "recordings").rglob("*.wav"))) == 1


def test_an_earlier_run_that_kept_it_on_the_second_volume_is_found_when_the_ledger_forgot(play: Play, volumes: Layout) -> None:
    play.journal(*CALL_FACTS)
    play.sound()
    play.steps.keep_record(CALL)
    spooled = Spooled(call=CallId(CALL), citizen_file=SIDES[0], heard_file=SIDES[1], expected_seconds=1.0)
    audio = keep_audio(spooled, spool=volumes.spool, var=volumes.var, second=True)
    for name in SIDES:
        (volumes.spool / name).unlink()
    volumes.first_room.touch()
    assert play.steps.keep_audio(CALL) == "complete"
    kept = play.book.audio_of(CALL)
    assert kept is not None
    assert (kept.file, kept.sha256) == (audio.file, audio.sha256)


def test_a_message_on_the_second_volume_is_found_too(play: Play, volumes: Layout) -> None:
    play.journal(*LEFT)
    _speak(play)
    shutil.move(volumes.spool / MESSAGE, volumes.second_spool / MESSAGE)
    play.steps.keep_record(CALL)
    play.steps.keep_audio(CALL)
    kept = play.book.message_of(CALL)
    assert kept is not None
    assert kept.file.startswith("second/recordings/")
    assert not list(volumes.second_spool.iterdir())


# ── messages ─────────────────────────────────────────────────────────────────────────────────────

MESSAGE = f"{CALL}-message.wav"
LEFT = (CALL_FACTS[0], facts.MessageBegan(box="night", file=MESSAGE), facts.MessageLeft(file=MESSAGE, seconds=2.0), CALL_FACTS[2])


def _speak(play: Play, seconds: float = 2.0) -> None:
    (play.layout.spool / MESSAGE).write_bytes(header(int(8000 * seconds), 1) + bytes(int(16_000 * seconds)))


def test_a_left_message_is_a_draft_of_its_own_channel_with_its_audio(play: Play, layout: Layout) -> None:
    play.journal(*LEFT)
    _speak(play)
    assert play.steps.push_draft(CALL, play.steps.keep_record(CALL)) == "delivered"
    for _ in range(2):
        play.steps.keep_audio(CALL)
    assert play.steps.push_draft(CALL, play.steps.keep_record(CALL)) == "delivered"
    assert {draft.channel for draft in play.pushed} == {"留言"}
    message = play.record()["message"]
    assert (message["box"], message["ended"], message["state"], message["seconds"]) == ("night", "silence", "complete", 2.0)
    assert (layout.var / message["file"]).is_file()
    assert not (layout.spool / MESSAGE).exists()


def test_a_message_that_nobody_could_write_down_is_found_by_its_name(play: Play) -> None:
    play.journal(CALL_FACTS[0], CALL_FACTS[2])
    _speak(play)
    play.steps.keep_audio(CALL)
    play.steps.keep_record(CALL)
    assert play.record()["message"]["state"] == "complete"


def test_a_message_named_elsewhere_is_left_alone(play: Play, caplog: pytest.LogCaptureFixture) -> None:
    play.journal(facts.MessageBegan(box="night", file="../../secrets.toml"))
    play.steps.keep_audio(CALL)
    assert "left alone" in caplog.text


# ── call-backs ───────────────────────────────────────────────────────────────────────────────────

CUT = (*CALL_FACTS[:2], facts.CallEnded(by="us", how="cut_off"))
AGAIN = "hl1-1764000099.13"


def _calls_again(play: Play) -> None:
    """He calls again a minute and a half later and talks with an agent."""
    said = (CALL_FACTS[0], facts.AgentJoined(agent="1001", leg="leg-1"), CALL_FACTS[2])
    lines = [
        encode(writer="w", seq=seq, call=AGAIN, at=(ARRIVED + timedelta(seconds=98 + seq)).isoformat(), fact=fact)
        for seq, fact in enumerate(said)
    ]
    (play.layout.journal_closed / f"{AGAIN}.jsonl").write_bytes(b"".join(lines))


def test_who_was_cut_off_is_owed_a_call_and_the_record_says_so(play: Play) -> None:
    play.journal(*CUT)
    assert [play.steps.keep_record(CALL) for _ in range(2)] == [1, 1]
    owed = play.record()["callback"]
    assert (owed["reason"], owed["priority"], owed["state"], play.record()["completeness"]) == ("cut_off", 60, "open", "cut_off")


def test_when_he_gets_through_by_himself_both_records_know(play: Play) -> None:
    play.journal(*CUT)
    play.steps.keep_record(CALL)
    play.steps.put_away(CALL, 1)
    _calls_again(play)
    assert [play.steps.keep_record(AGAIN) for _ in range(2)] == [1, 1]
    owed = play.record()["callback"]
    assert (owed["state"], owed["closed_by"], play.record()["revision"]) == ("closed", AGAIN, 2)
    assert play.push()["state"] == "waiting"
    again = play.book.record_of(AGAIN)
    assert again is not None
    assert again["callback"] is None


def test_a_call_that_was_cut_off_lasted_as_long_as_it_was_recorded(play: Play) -> None:
    play.journal(*CUT)
    play.sound(9.0)
    play.steps.keep_record(CALL)
    assert play.steps.keep_audio(CALL) == "complete"
    play.steps.keep_record(CALL)
    assert play.record()["ended"] == "2025-11-24T16:00:11.000000Z"
    assert (play.record()["recording"]["expected_seconds"], play.record()["recording"]["gaps"]) == (9.0, [])


# ── gaps ─────────────────────────────────────────────────────────────────────────────────────────


def test_a_recording_that_is_short_has_a_gap_and_a_missing_one_from_the_answer_on(play: Play) -> None:
    play.journal(*CALL_FACTS[:2], facts.VisitBegan(flow="welcome"), *[facts.Said(prompts=("x",))] * 9, CALL_FACTS[2])
    play.steps.keep_audio(CALL)
    play.steps.keep_record(CALL)
    [gap] = play.record()["recording"]["gaps"]
    assert gap == {"side": "both", "seconds": 11.0, "began": "2025-11-24T16:00:02.000000Z", "ended": "2025-11-24T16:00:13.000000Z"}


def test_when_the_end_is_found_late_the_recording_is_judged_anew(play: Play) -> None:
    play.journal(*CALL_FACTS[:2], *[facts.Said(prompts=("x",))] * 9, facts.CallEnded(by="unknown", how="reconciled"))
    play.sound(4.0)
    assert play.steps.keep_audio(CALL) == "short"
    assert play.book.audio_of(CALL) is not None
    play.steps.put_away(CALL, 1)
    play.journal(*[facts.Said(prompts=("x",))] * 5, facts.CallEnded(by="citizen", how="reconciled"), part=2, first=0)
    journal = play.layout.journal_closed / f"{CALL}.2.jsonl"
    journal.write_bytes(journal.read_bytes().replace(b'"writer":"w"', b'"writer":"cel-switch"'))
    assert play.steps.keep_audio(CALL) == "complete"


SETTLE = timedelta(seconds=120)


def without_keys(play: Play, engine: Engine) -> None:
    """From now on the backend honours no keys."""
    play.steps = AfterCall(play.layout, engine, play._push, now=lambda: play.now, settle=SETTLE)
    play.journal(*CALL_FACTS)
    play.steps.keep_record(CALL)


def test_that_it_is_on_its_way_is_written_down_before_a_backend_without_keys_is_sent_anything(play: Play, engine: Engine) -> None:
    seen: list[dict[str, Any]] = []

    def push(draft: TicketDraft) -> Receipt:
        seen.append(play.push())
        return Receipt(reference="city-1", fresh=True)

    play._push = push  # type: ignore[method-assign]
    without_keys(play, engine)
    assert play.steps.push_draft(CALL, 1) == "delivered"
    assert (seen[0]["attempts"], seen[0]["due"] >= written(play.now + SETTLE)) == (1, True)


def test_a_lost_reply_of_a_backend_without_keys_is_left_alone_until_it_is_settled(play: Play, engine: Engine) -> None:
    without_keys(play, engine)
    play.trouble = InDoubt("no answer")
    assert play.steps.push_draft(CALL, 1) == "waiting"
    assert play.push()["due"] == written(play.now + SETTLE)


def test_a_closed_door_took_nothing_and_is_tried_again_soon(play: Play, engine: Engine) -> None:
    without_keys(play, engine)
    play.trouble = DoorClosed("cannot be reached")
    assert play.steps.push_draft(CALL, 1) == "waiting"
    assert play.push()["due"] < written(play.now + SETTLE)


def test_a_second_revision_is_not_sent_while_the_first_may_be_on_its_way(play: Play, engine: Engine) -> None:
    without_keys(play, engine)
    play.trouble = InDoubt("no answer")
    play.steps.push_draft(CALL, 1)
    play.trouble = None
    play.book.keep_record({**play.record(), "caller": "19900000002"}, now=play.now)
    play.now += timedelta(seconds=REST_S)
    assert play.steps.push_draft(CALL, 2) == "waiting"
    assert [draft.revision for draft in play.pushed] == [1]
    play.now += SETTLE
    assert play.steps.push_draft(CALL, 2) == "delivered"
