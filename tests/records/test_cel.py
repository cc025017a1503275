"""The switch's own event log: read whatever state it is in, and what it knows that the journal does not."""

import csv
import io
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from hotline import call_facts as facts
from hotline.call_facts import CallFact
from hotline.errors import MalformedInput
from hotline.identity import CallId
from hotline.line import CallTold
from records.cel import CelLine, Moment, arrived, encoded, ended, facts_of, missing, read_line
from records.journal import Journal, decode, merge
from records.policy import build

CALL = "hl1-1795425123.12"
BORN = datetime(2026, 11, 23, 9, 12, 3, tzinfo=UTC)
CITIZEN = "PJSIP/telecom-0000000c"
LEG = f"leg-{CALL}-1795425130000"
PHONE = "PJSIP/1001-0000000d"


def raw(event: str, second: float, unique: str = CALL, channel: str = CITIZEN, extra: Mapping[str, object] | str = "") -> bytes:
    """One line as Asterisk writes it; `extra` as a text is one of the dialplan's."""
    told = json.dumps({"extra": extra} if isinstance(extra, str) else extra, ensure_ascii=False) if extra else ""
    out = io.StringIO()
    at = f"{(BORN + timedelta(seconds=second)).timestamp():.6f}"
    csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="").writerow([event, at, unique, channel, "line", "12345", "", "", "", told])
    return out.getvalue().encode()


def told(words: Mapping[str, str]) -> CallTold | None:
    """As agi/told.py does it, for two events."""
    call, event = CallId(words["Call"]) if "Call" in words else CallId(CALL), words["UserEvent"]
    if event == "LifelineEntered":
        if not words.get("Why"):
            raise MalformedInput("LifelineEntered: Why is empty")
        return CallTold(call=call, fact=facts.LifelineEntered(why=words["Why"]))
    return CallTold(call=call, fact=facts.EmergencyUnreached(service=words["Service"])) if event == "EmergencyUnreached" else None


WHOLE = (
    raw("CHAN_START", 0.0),
    raw("CitizenArrived", 0.1, extra=f"Call: {CALL}^Called: 12345^Caller: 19900000001^Trunk: telecom"),
    raw("ANSWER", 0.2),
    raw("LifelineEntered", 1.0, extra=f"Call: {CALL}^Why: refused"),
    raw("CitizenWaits", 6.0, extra=f"Call: {CALL}^Skills: water&english"),
    raw("CHAN_START", 7.0, LEG, PHONE),
    raw("ANSWER", 9.0, LEG, PHONE),
    raw("BRIDGE_ENTER", 9.1, LEG, PHONE),
    raw("BRIDGE_ENTER", 9.1),
    raw("BRIDGE_EXIT", 19.0, LEG, PHONE),
    raw("HANGUP", 19.1, LEG, PHONE, {"hangupcause": 16, "hangupsource": PHONE, "dialstatus": ""}),
    raw("CHAN_END", 19.1, LEG, PHONE),
    raw("CitizenGone", 21.0, extra=f"Call: {CALL}^By: us^Cause: 16^CitizenBytes: 320044^HeardBytes: 320044"),
    raw("HANGUP", 21.1, extra={"hangupcause": 16, "hangupsource": "dialplan/builtin", "dialstatus": ""}),
    raw("CHAN_END", 21.2),
)


def lines_of(*written: bytes) -> list[CelLine]:
    return [line for each in written if (line := read_line(each))]


def found(*written: bytes, cut_off: bool = False) -> tuple[Moment, ...]:
    return facts_of(CALL, lines_of(*written), told, cut_off=cut_off)


def journal_of(*moments: tuple[float, CallFact]) -> Journal:
    return decode(encoded(CALL, [(BORN + timedelta(seconds=second), fact) for second, fact in moments]))


# ── reading ──────────────────────────────────────────────────────────────────────────────────────


def test_a_line_tells_its_event_its_moment_and_whose_it_is() -> None:
    line = read_line(WHOLE[1])
    assert line is not None
    assert (line.event, line.at, line.unique, line.channel, line.call) == (
        "CitizenArrived",
        BORN + timedelta(seconds=0.1),
        CALL,
        CITIZEN,
        CALL,
    )
    assert line.extra["Caller"] == "19900000001"


def test_an_agents_leg_and_whoever_tells_of_a_call_belong_to_that_call() -> None:
    assert [line.call for line in lines_of(WHOLE[5], raw("ThreeWayLeft", 1, "hl1-1795425123.99", extra=f"Call: {CALL}"))] == [CALL, CALL]
    assert [line.call for line in lines_of(raw("ANSWER", 0, unique="something else"))] == [""]


def test_what_a_caller_sends_cannot_break_a_line() -> None:
    rude = 'a"b,c\\d;e^Call: hl1-1.1'
    [line] = lines_of(raw("Weird", 0.0, extra={"extra": "Call: " + CALL, "name": rude}))
    assert (line.extra["name"], line.call) == (rude, CALL)


def test_a_line_of_the_real_switch_is_read() -> None:
    line = read_line(
        b'"Weird","1795425156.558317","t8190-1795425156.2","PJSIP/self-check-00000002","probe","s","","CELGenUserEvent","",'
        b'"{""extra"":""quote \\"" back \\\\ comma, percent % dollar $ brace }""}"'
    )
    assert line is not None
    assert (line.call, line.extra) == ("t8190-1795425156.2", {})


@given(st.binary(max_size=200))
def test_no_line_whatever_stands_in_it_raises(noise: bytes) -> None:
    read_line(noise)


@given(st.integers(min_value=0, max_value=len(WHOLE[0]) - 1))
def test_a_torn_line_is_no_line(length: int) -> None:
    assert read_line(WHOLE[0][:length]) is None


# ── what the switch knows ────────────────────────────────────────────────────────────────────────


def test_a_whole_call_of_which_nobody_else_wrote_becomes_a_record() -> None:
    record = build(CALL, decode(encoded(CALL, found(*WHOLE))))
    assert (record.called, record.caller, record.trunk) == ("12345", "19900000001", "telecom")
    assert (record.completeness, record.hung_up_by, record.cause, record.sources) == ("reconciled", "us", 16, ("cel",))
    assert (record.answered, record.ended) == (BORN + timedelta(seconds=0.2), BORN + timedelta(seconds=21.2))
    assert (record.skills, record.lifeline[0].why, record.abandon_stage) == (("water", "english"), "refused", "")
    assert [(each.agent, each.leg, each.by) for each in record.joined] == [("1001", LEG, "agent")]
    assert record.recording.state == "pending"


def test_who_hung_up_is_the_dialplans_word_before_the_switchs() -> None:
    by_citizen = raw("HANGUP", 21.1, extra={"hangupcause": 16, "hangupsource": CITIZEN})
    assert found(*WHOLE[:3], by_citizen, WHOLE[-1])[-1][1] == facts.CallEnded(by="citizen", cause=16, how="reconciled")
    assert found(*WHOLE[:3], WHOLE[-1])[-1][1] == facts.CallEnded(by="unknown", how="reconciled")


def test_a_leg_that_was_never_bridged_ended_for_its_own_reason_or_the_citizens() -> None:
    busy = raw("HANGUP", 8.0, LEG, PHONE, {"hangupcause": 17, "hangupsource": PHONE})
    assert facts.OfferEnded(agent="1001", leg=LEG, outcome="busy") in [fact for _, fact in found(WHOLE[5], busy)]
    late = raw("HANGUP", 22.0, LEG, PHONE, {"hangupcause": 26, "hangupsource": ""})
    assert facts.OfferEnded(agent="1001", leg=LEG, outcome="citizen_gone") in [fact for _, fact in found(WHOLE[5], late, WHOLE[-1])]


def test_a_call_under_which_the_switch_died_ended_with_its_last_line() -> None:
    moments = found(*WHOLE[:9], cut_off=True)
    assert moments[-1] == (BORN + timedelta(seconds=9.1), facts.CallEnded(by="us", how="cut_off"))
    assert ended(CALL, lines_of(*WHOLE[:9])) is None


def test_only_a_channel_that_arrived_is_a_citizens() -> None:
    assert arrived(lines_of(*WHOLE))
    assert not arrived(lines_of(raw("CHAN_START", 0.0), raw("CHAN_END", 1.0)))


def test_words_that_the_dialplan_never_says_are_left_out() -> None:
    assert found(raw("LifelineEntered", 1.0, extra=f"Call: {CALL}")) == ()


# ── what the journal does not tell ───────────────────────────────────────────────────────────────


def test_a_journal_that_tells_everything_needs_nothing() -> None:
    assert missing(found(*WHOLE), decode(encoded(CALL, found(*WHOLE))), CALL) == ()


def test_what_process_of_ours_wrote_in_its_own_words_is_not_written_again() -> None:
    journal = journal_of(
        (0.3, facts.Arrived(called="12345", caller="", trunk="telecom")),
        (0.4, facts.RecordingStarted(citizen_file="c.wav", heard_file="h.wav")),
        (2.0, facts.LifelineEntered(why="refused")),
        (6.1, facts.WaitBegan()),
        (7.0, facts.AgentOffered(agent="1001", leg=LEG, why="longest idle")),
        (9.2, facts.AgentJoined(agent="1001", leg=LEG)),
        (19.2, facts.AgentParted(agent="1001", leg=LEG, by="unknown")),
        (21.1, facts.RecordingClosed(citizen_bytes=1, heard_bytes=1)),
        (21.3, facts.CallEnded(by="citizen")),
    )
    assert missing(found(*WHOLE), journal, CALL) == ()


def test_the_end_that_the_switch_saw_is_added_to_one_that_was_found_afterwards() -> None:
    journal = journal_of((40.0, facts.CallEnded(by="unknown", how="reconciled")))
    [(_, end)] = [each for each in missing(found(*WHOLE), journal, CALL) if isinstance(each[1], facts.CallEnded)]
    assert end == facts.CallEnded(by="us", cause=16, how="reconciled")


def test_who_was_cut_off_is_told_once() -> None:
    journal = journal_of((40.0, facts.CallEnded(by="us", how="cut_off")))
    assert facts.CallEnded not in [type(fact) for _, fact in missing(found(*WHOLE[:9], cut_off=True), journal, CALL)]


def test_the_same_step_twice_needs_two_lines() -> None:
    twice = (raw("EmergencyUnreached", 1.0, extra="Service: 110"), raw("EmergencyUnreached", 20.0, extra="Service: 110"))
    journal = journal_of((1.0, facts.EmergencyUnreached(service="110")))
    assert len(missing(found(*twice), journal, CALL)) == 1


MOMENTS = found(*WHOLE)


@given(st.lists(st.sampled_from(MOMENTS), unique=True), st.integers(0, len(WHOLE)), st.randoms(use_true_random=False))
def test_any_journal_and_any_beginning_of_the_log_make_one_call_and_finding_it_twice_adds_nothing(
    written: list[Moment], seen: int, chance: object
) -> None:
    """The journal of processes that died anywhere; the log up to anywhere, in any order."""
    journal = decode(encoded(CALL, written).replace(b"cel-switch", b"agi-1"))
    log = list(WHOLE[:seen])
    chance.shuffle(log)  # type: ignore[attr-defined]
    moments = found(*log, cut_off=seen < len(WHOLE))
    assert moments == found(*WHOLE[:seen], cut_off=seen < len(WHOLE))
    added = decode(encoded(CALL, missing(moments, journal, CALL)))
    whole = merge([journal, added])
    assert missing(moments, whole, CALL) == ()
    record = build(CALL, whole)
    assert len(record.lifeline) == (seen > 3 or any(isinstance(fact, facts.LifelineEntered) for _, fact in written))
    assert len(record.joined) <= 1
    assert build(CALL, merge([whole, added, journal])) == record
