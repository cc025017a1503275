"""From journal lines to the call record: true to whatever lines there are."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from hotline import call_facts as facts
from hotline.call_facts import CallFact
from records.journal import Journal, JournalLine, decode, encode, merge
from records.model import CallRecord, Message, Recording, to_json
from records.policy import build, expected_seconds, message_file, spool_files, unnoted_message_file

CALL = "hl1-1764000000.12"
ARRIVED = datetime(2026, 11, 23, 6, tzinfo=UTC)
VALIDATOR = Draft202012Validator(json.loads((Path(__file__).parents[2] / "docs" / "call-record.schema.json").read_text(encoding="utf-8")))

WHOLE_CALL: tuple[tuple[float, CallFact], ...] = (
    (0.0, facts.Arrived(called="12345", caller="19900000001", trunk="telecom")),
    (0.1, facts.RecordingStarted(citizen_file=f"{CALL}-citizen.wav", heard_file=f"{CALL}-heard.wav")),
    (0.2, facts.VisitBegan(flow="welcome")),
    (3.0, facts.Said(prompts=("greeting", "recording-notice"), interrupted=True)),
    (3.1, facts.KeysPressed(question="main", digits="2")),
    (3.2, facts.CheckpointPassed(name="asked", values="topic=2")),
    (3.3, facts.VisitEnded(flow="welcome", outcome="finished")),
    (3.5, facts.WaitBegan(skills=("water",))),
    (4.0, facts.AgentOffered(agent="1001", leg="leg-1", why="longest idle")),
    (10.0, facts.OfferEnded(agent="1001", leg="leg-1", outcome="no_answer")),
    (10.1, facts.AgentOffered(agent="1002", leg="leg-2", why="next")),
    (12.5, facts.AgentJoined(agent="1002", leg="leg-2")),
    (72.5, facts.AgentParted(agent="1002", leg="leg-2", by="agent")),
    (75.0, facts.RecordingClosed(citizen_bytes=1_200_000, heard_bytes=1_200_000)),
    (75.1, facts.CallEnded(by="citizen", cause=16)),
)


def journal_of(*moments: tuple[float, CallFact]) -> Journal:
    lines = [
        encode(writer="w", seq=seq, call=CALL, at=(ARRIVED + timedelta(seconds=at)).isoformat(), fact=fact)
        for seq, (at, fact) in enumerate(moments)
    ]
    return decode(b"".join(lines))


def until(kind: type[CallFact]) -> tuple[tuple[float, CallFact], ...]:
    end = next(index for index, (_, fact) in enumerate(WHOLE_CALL) if isinstance(fact, kind))
    return WHOLE_CALL[: end + 1]


def test_a_whole_call_becomes_a_complete_record() -> None:
    record = build(CALL, journal_of(*WHOLE_CALL), revision=1)
    assert (record.called, record.caller, record.trunk, record.line) == ("12345", "19900000001", "telecom", "12345")
    assert (record.completeness, record.hung_up_by, record.cause, record.abandon_stage) == ("complete", "citizen", 16, "")
    assert (record.waited_seconds, record.waited_seconds_with_prompts) == (9.0, 12.5)
    assert [(ring.agent, ring.outcome) for ring in record.rings] == [("1001", "no_answer"), ("1002", "joined")]
    assert [(pair.agent, pair.by) for pair in record.joined] == [("1002", "agent")]
    assert record.skills == ("water",)
    assert [(point.what, point.name, point.value) for point in record.track] == [
        ("flow", "welcome", ""),
        ("prompts", "greeting recording-notice", "interrupted"),
        ("keys", "main", "2"),
        ("checkpoint", "asked", "topic=2"),
        ("flow_over", "welcome", "finished"),
    ]


def test_a_citizen_who_hangs_up_during_the_greeting_gave_up_in_the_prompts() -> None:
    record = build(CALL, journal_of(*until(facts.VisitBegan), (2.0, facts.CallEnded(by="citizen"))))
    assert (record.abandon_stage, record.waited_seconds, record.waited_seconds_with_prompts) == ("prompts", None, 2.0)


def test_a_citizen_who_hangs_up_in_line_gave_up_in_the_queue() -> None:
    record = build(CALL, journal_of(*until(facts.WaitBegan), (33.5, facts.CallEnded(by="citizen"))))
    assert (record.abandon_stage, record.waited_seconds) == ("queue", 30.0)


def test_a_citizen_who_hangs_up_while_an_agent_rings_gave_up_ringing() -> None:
    record = build(CALL, journal_of(*until(facts.AgentOffered), (9.0, facts.CallEnded(by="citizen"))))
    assert (record.abandon_stage, record.rings[0].outcome) == ("ringing", "ringing")


def test_when_a_phone_began_to_ring_is_kept_and_one_that_never_said_so_has_no_such_time() -> None:
    told = (*WHOLE_CALL, (5.0, facts.AgentRang(agent="1001", leg="leg-1")), (6.0, facts.AgentRang(agent="1001", leg="leg-1")))
    record = build(CALL, journal_of(*sorted(told, key=lambda moment: moment[0])))
    assert [ring.rang for ring in record.rings] == [ARRIVED + timedelta(seconds=5), None]
    VALIDATOR.validate(to_json(record))


def test_a_call_without_an_end_is_open_and_nobody_gave_up() -> None:
    record = build(CALL, journal_of(*until(facts.WaitBegan)))
    assert (record.completeness, record.abandon_stage, record.ended) == ("open", "", None)


def test_an_end_that_was_seen_beats_one_that_was_found_afterwards() -> None:
    found = (80.0, facts.CallEnded(by="unknown", how="reconciled"))
    assert build(CALL, journal_of(*until(facts.WaitBegan), found)).completeness == "reconciled"
    record = build(CALL, journal_of(*WHOLE_CALL, found))
    assert (record.completeness, record.ended) == ("complete", ARRIVED + timedelta(seconds=75.1))


def test_lines_of_another_call_are_left_out() -> None:
    assert build("hl1-1.1", journal_of(*WHOLE_CALL)) == CallRecord(call="hl1-1.1")


def test_the_recording_is_pending_until_the_worker_says_what_became_of_it() -> None:
    assert build(CALL, journal_of(*WHOLE_CALL)).recording == Recording(state="pending")
    assert build(CALL, journal_of(*WHOLE_CALL), recording=Recording(state="missing")).recording.state == "missing"
    assert build(CALL, journal_of(WHOLE_CALL[0])).recording == Recording()


def test_the_spool_files_are_those_of_this_call() -> None:
    journal = journal_of(*WHOLE_CALL)
    assert spool_files(CALL, journal.lines) == (f"{CALL}-citizen.wav", f"{CALL}-heard.wav")
    assert spool_files("hl1-1.1", journal.lines) is None


def test_the_recording_must_last_from_answer_to_the_end() -> None:
    assert expected_seconds(build(CALL, journal_of(*WHOLE_CALL))) == 75.0
    assert expected_seconds(build(CALL, journal_of(*until(facts.WaitBegan)))) == 0.0


def test_unreadable_lines_are_reported() -> None:
    assert build(CALL, decode(b"{torn")).unreadable_lines == 1


LINES = st.lists(st.sampled_from(journal_of(*WHOLE_CALL).lines), max_size=20)


@given(LINES, st.randoms(use_true_random=False))
def test_any_lines_in_any_order_make_the_same_valid_record(lines: list[JournalLine], chance: object) -> None:
    shuffled = list(lines)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    record = build(CALL, merge([Journal(lines=tuple(lines))]))
    assert build(CALL, merge([Journal(lines=tuple(shuffled)), Journal(lines=tuple(lines))])) == record
    VALIDATOR.validate(to_json(record))
    assert all(value >= 0 for value in (record.waited_seconds or 0, record.waited_seconds_with_prompts or 0))


@given(st.integers(min_value=0, max_value=len(WHOLE_CALL)))
def test_every_beginning_of_a_call_makes_a_valid_record(length: int) -> None:
    VALIDATOR.validate(to_json(build(CALL, journal_of(*WHOLE_CALL[:length]))))


# ── messages, languages, surveys ─────────────────────────────────────────────────────────────────

BEGAN = facts.MessageBegan(box="night", file=f"{CALL}-message.wav")


def test_a_message_is_told_of_before_its_audio_is_done() -> None:
    record = build(CALL, journal_of((0.0, BEGAN), (9.0, facts.MessageLeft(file=BEGAN.file, seconds=8.5, how="hung_up"))))
    assert record.message == Message(box="night", ended="hung_up", seconds=8.5)
    assert ("message", "night") in {(point.what, point.name) for point in record.track}
    VALIDATOR.validate(to_json(record))


def test_the_audio_says_how_long_a_message_is_and_the_journal_how_it_ended() -> None:
    kept = Message(state="complete", file="recordings/x-message.wav", sha256="0" * 64, seconds=9.1)
    record = build(CALL, journal_of((0.0, BEGAN), (9.0, facts.MessageLeft(file=BEGAN.file, seconds=8.5))), message=kept)
    assert record.message == replace(kept, box="night", ended="silence")


def test_of_a_message_whose_end_nobody_saw_the_beginning_is_enough() -> None:
    assert build(CALL, journal_of((0.0, BEGAN))).message == Message(box="night")


def test_a_message_of_which_only_the_audio_is_known_counts() -> None:
    kept = Message(state="complete", file="recordings/x-message.wav", seconds=2.0)
    assert build(CALL, journal_of(), message=kept).message == kept


def test_the_name_of_a_message_comes_from_the_journal_of_its_call() -> None:
    lines = journal_of((0.0, BEGAN)).lines
    assert message_file(CALL, lines) == unnoted_message_file(CALL) == BEGAN.file
    assert message_file("hl1-1764000000.13", lines) is message_file(CALL, ()) is None


def test_who_left_a_message_and_did_not_wait_has_not_given_up() -> None:
    gone = facts.CallEnded(by="citizen", cause=16)
    assert build(CALL, journal_of((0.0, BEGAN), (5.0, gone))).abandon_stage == ""
    assert build(CALL, journal_of((0.0, BEGAN), (3.0, facts.WaitBegan()), (5.0, gone))).abandon_stage == "queue"


def test_the_language_is_the_last_one_that_he_chose() -> None:
    chosen = [facts.CheckpointPassed(name="line", values=f"plan=1&language=x&tag={tag}") for tag in ("nan_CN", "en")]
    assert build(CALL, journal_of(*enumerate(chosen))).language == "en"
    assert build(CALL, journal_of((0.0, facts.CheckpointPassed(name="line", values="plan=1")))).language == ""


def test_a_grade_is_kept_by_survey_and_no_grade_is_no_number() -> None:
    rated = facts.CheckpointPassed(name="rated", values="survey=service&grade=2")
    skipped = facts.CheckpointPassed(name="rated", values="survey=other")
    record = build(CALL, journal_of((0.0, rated), (1.0, skipped)))
    assert record.survey == {"service": 2, "other": None}
    VALIDATOR.validate(to_json(record))


def test_who_hangs_up_in_the_survey_was_not_surveyed() -> None:
    assert build(CALL, journal_of((0.0, facts.Said(prompts=("survey-service",))))).survey is None


def test_the_menu_that_he_heard_is_the_first_that_the_journal_names() -> None:
    passed = [facts.CheckpointPassed(name="line", values=values) for values in ("notice=owed&plan=2026.1&menu=main", "plan=2026.2")]
    assert build(CALL, journal_of(*enumerate(passed))).plan == "2026.1"
    assert build(CALL, journal_of(*WHOLE_CALL)).plan == ""


# ── emergencies, the lifeline, calls that were cut off ───────────────────────────────────────────

ASKED = (*until(facts.VisitBegan), (2.0, facts.EmergencyAsked(how="key", service="110")))
DIALLED = (*ASKED, (2.1, facts.EmergencyDialled(service="110", trunk="telecom", attempt=1)))
ANSWERED = (*DIALLED, (5.0, facts.EmergencyAnswered(service="110", trunk="telecom", attempt=1)))
GONE = (60.0, facts.CallEnded(by="citizen", cause=16))


def test_who_reached_an_emergency_centre_has_not_given_up() -> None:
    record = build(CALL, journal_of(*ANSWERED, GONE))
    assert (record.abandon_stage, record.human, record.emergency[0].accepted_by) == ("", ARRIVED + timedelta(seconds=5), "110")
    assert record.waited_seconds_with_prompts == 5.0
    VALIDATOR.validate(to_json(record))


def test_who_hangs_up_while_the_centre_rings_gave_up_in_the_emergency_call_and_it_is_ours() -> None:
    record = build(CALL, journal_of(*DIALLED, GONE))
    assert (record.abandon_stage, record.emergency[0].accepted_by) == ("emergency", "us")


def test_who_waited_for_the_duty_agent_in_vain_gave_up_in_the_queue() -> None:
    unreached = ((9.0, facts.EmergencyUnreached(service="110")), (9.1, facts.WaitBegan()))
    record = build(CALL, journal_of(*DIALLED, *unreached, GONE))
    assert (record.abandon_stage, record.emergency[0].unreached, record.emergency[0].accepted_by) == ("queue", True, "us")


def test_an_agent_of_the_lifeline_is_a_human_reached() -> None:
    told = ((5.0, facts.LifelineEntered(why="no_router")), (8.5, facts.LifelineAnswered(agent="1001")))
    record = build(CALL, journal_of(*until(facts.WaitBegan), *told, GONE))
    assert (record.abandon_stage, record.waited_seconds, record.lifeline[0].agent) == ("", 5.0, "1001")
    VALIDATOR.validate(to_json(record))


FOUND_GONE = (
    (300.0, facts.AgentParted(agent="1002", leg="leg-2", by="us")),
    (300.0, facts.CallEnded(by="us", how="cut_off")),
)


def test_a_call_that_was_cut_off_ended_when_it_was_last_heard_of_and_nobody_gave_up() -> None:
    record = build(CALL, journal_of(*until(facts.AgentJoined), *FOUND_GONE))
    assert (record.completeness, record.hung_up_by, record.abandon_stage) == ("cut_off", "us", "")
    assert record.ended == record.joined[0].ended == ARRIVED + timedelta(seconds=12.5)
    waiting = build(CALL, journal_of(*until(facts.WaitBegan), *FOUND_GONE[1:]))
    assert (waiting.abandon_stage, waiting.waited_seconds) == ("", 0.0)
    VALIDATOR.validate(to_json(record))


def test_the_recording_tells_how_long_a_call_that_was_cut_off_lived() -> None:
    journal = journal_of(*until(facts.AgentJoined), *FOUND_GONE)
    record = build(CALL, journal, recording=Recording(state="complete", seconds=59.9))
    assert record.ended == ARRIVED + timedelta(seconds=60)


def test_of_several_ends_the_one_that_was_seen_counts_else_the_earliest() -> None:
    found = [(90.0, facts.CallEnded(by="unknown", how="reconciled")), (80.0, facts.CallEnded(by="citizen", how="reconciled"))]
    cut = facts.CallEnded(by="us", how="cut_off")
    assert build(CALL, journal_of(*found)).hung_up_by == "citizen"
    assert build(CALL, journal_of(*found, (300.0, cut))).completeness == "reconciled"
    assert build(CALL, journal_of(*found, (70.0, cut))).completeness == "cut_off"
    assert build(CALL, journal_of(*found, (50.0, cut), GONE)).completeness == "complete"


def test_the_record_names_who_wrote_it() -> None:
    assert build(CALL, journal_of(*WHOLE_CALL)).sources == ("w",)


EVERYTHING = journal_of(
    *ANSWERED,
    (1.0, facts.HandedIn(service="110", case="A-1")),
    (3.0, facts.WordSpotted(service="120")),
    (6.0, facts.EmergencyOver(service="110", trunk="telecom", attempt=1, outcome="lost", cause=38)),
    (7.0, facts.ThreeWayBegan(service="120", agent="1001")),
    (8.0, facts.EmergencyDialled(service="120", trunk="mobile", attempt=1)),
    (9.0, facts.ThreeWayLeft(who="agent")),
    (10.0, facts.EmergencyUnreached(service="120")),
    (11.0, facts.LifelineEntered(why="frozen")),
    (12.0, facts.LifelineAnswered(agent="1001")),
    (13.0, facts.LifelineOver(outcome="talked")),
    *FOUND_GONE,
    GONE,
).lines


@given(st.lists(st.sampled_from(EVERYTHING), max_size=20))
def test_any_lines_of_an_emergency_make_one_valid_record_whatever_else_is_lost(lines: list[JournalLine]) -> None:
    doubled = [replace(line, writer="cel-1") for line in lines]
    record = build(CALL, merge([Journal(lines=tuple(lines))]))
    VALIDATOR.validate(to_json(record))
    both = build(CALL, merge([Journal(lines=tuple(doubled)), Journal(lines=tuple(lines))]))
    assert (both.emergency, both.lifeline, both.words, both.origin) == (record.emergency, record.lifeline, record.words, record.origin)
