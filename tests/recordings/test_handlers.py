"""From the spool to the shelf: repeatable after a crash at any point."""

from array import array
from dataclasses import replace
from pathlib import Path

import pytest

from hotline.errors import MalformedInput
from hotline.identity import CallId
from recordings.gaps import AudioGap
from recordings.handlers import Spooled, clear_message, clear_spool, judged, keep_audio, keep_message
from recordings.wav import header

CALL = CallId("hl1-1764000001.12")
SPOOLED = Spooled(call=CALL, citizen_file=f"{CALL}-citizen.wav", heard_file=f"{CALL}-heard.wav", expected_seconds=3.0)
SHELF = f"recordings/2025/11/25/{CALL}.wav"


@pytest.fixture
def var(tmp_path: Path) -> Path:
    (tmp_path / "spool").mkdir()
    return tmp_path


def record(var: Path, *, seconds: float = 3.0, sides: tuple[str, ...] = (SPOOLED.citizen_file, SPOOLED.heard_file)) -> None:
    for name in sides:
        samples = array("h", [7] * int(seconds * 8000)).tobytes()
        (var / "spool" / name).write_bytes(header(len(samples) // 2, 1) + samples)


def test_a_whole_recording_is_complete(var: Path) -> None:
    record(var)
    kept = keep_audio(SPOOLED, spool=var / "spool", var=var)
    assert (kept.file, kept.state, kept.seconds, kept.channels, kept.repaired) == (SHELF, "complete", 3.0, 2, False)
    assert (var / SHELF).stat().st_size == 44 + 3 * 8000 * 4


def test_the_spool_is_cleared_only_when_told(var: Path) -> None:
    record(var)
    keep_audio(SPOOLED, spool=var / "spool", var=var)
    assert len(list((var / "spool").iterdir())) == 2
    clear_spool(SPOOLED, spool=var / "spool")
    clear_spool(SPOOLED, spool=var / "spool")
    assert list((var / "spool").iterdir()) == []


def test_doing_it_twice_gives_the_same(var: Path) -> None:
    record(var)
    once = keep_audio(SPOOLED, spool=var / "spool", var=var)
    assert keep_audio(SPOOLED, spool=var / "spool", var=var) == once
    clear_spool(SPOOLED, spool=var / "spool")
    assert keep_audio(SPOOLED, spool=var / "spool", var=var) == once


def test_more_than_two_seconds_less_than_expected_is_short(var: Path) -> None:
    record(var, seconds=3.0)
    assert keep_audio(replace(SPOOLED, expected_seconds=5.0), spool=var / "spool", var=var).state == "complete"
    assert keep_audio(replace(SPOOLED, expected_seconds=5.1), spool=var / "spool", var=var).state == "short"


def test_one_missing_side_makes_it_short_but_keeps_the_other(var: Path) -> None:
    record(var, sides=(SPOOLED.heard_file,))
    kept = keep_audio(SPOOLED, spool=var / "spool", var=var)
    assert (kept.state, kept.seconds) == ("short", 3.0)


def test_no_side_at_all_is_missing(var: Path) -> None:
    kept = keep_audio(SPOOLED, spool=var / "spool", var=var)
    assert (kept.state, kept.file, kept.sha256) == ("missing", "", "")


def test_a_side_that_is_no_sound_is_put_aside_and_taken_as_silence(var: Path) -> None:
    record(var)
    (var / "spool" / SPOOLED.citizen_file).write_bytes(b"rubbish")
    assert keep_audio(SPOOLED, spool=var / "spool", var=var).state == "short"
    assert (var / "spool" / f"{SPOOLED.citizen_file}.unusable").exists()


def test_a_header_that_a_crash_left_empty_is_repaired(var: Path) -> None:
    record(var)
    path = var / "spool" / SPOOLED.citizen_file
    broken = bytearray(path.read_bytes())
    broken[4:8] = broken[40:44] = bytes(4)
    path.write_bytes(broken)
    kept = keep_audio(SPOOLED, spool=var / "spool", var=var)
    assert (kept.state, kept.repaired) == ("complete", True)


def test_a_journal_cannot_lead_us_out_of_the_spool(var: Path) -> None:
    with pytest.raises(MalformedInput):
        keep_audio(replace(SPOOLED, citizen_file="../secrets.toml"), spool=var / "spool", var=var)


# ── messages ─────────────────────────────────────────────────────────────────────────────────────

MESSAGE = f"{CALL}-message.wav"
KEPT_MESSAGE = f"recordings/2025/11/25/{MESSAGE}"


def test_a_message_is_shelved_beside_its_call_and_the_spool_cleared_when_told(var: Path) -> None:
    record(var, seconds=2.5, sides=(MESSAGE,))
    kept = keep_message(CALL, MESSAGE, spool=var / "spool", var=var)
    assert (kept.file, kept.state, kept.seconds, kept.channels, kept.repaired) == (KEPT_MESSAGE, "complete", 2.5, 1, False)
    assert (var / KEPT_MESSAGE).stat().st_size == 44 + 2.5 * 8000 * 2
    assert (var / "spool" / MESSAGE).exists()
    clear_message(MESSAGE, spool=var / "spool")
    clear_message(MESSAGE, spool=var / "spool")
    assert keep_message(CALL, MESSAGE, spool=var / "spool", var=var) == kept


def test_a_message_that_a_crash_cut_off_is_repaired(var: Path) -> None:
    (var / "spool" / MESSAGE).write_bytes(header(0, 1) + bytes(16_000))
    kept = keep_message(CALL, MESSAGE, spool=var / "spool", var=var)
    assert (kept.state, kept.seconds, kept.repaired) == ("complete", 1.0, True)


def test_a_message_without_a_file_is_missing(var: Path) -> None:
    assert keep_message(CALL, MESSAGE, spool=var / "spool", var=var).state == "missing"


def test_a_message_must_lie_in_the_spool(var: Path) -> None:
    with pytest.raises(MalformedInput):
        keep_message(CALL, "../secrets.wav", spool=var / "spool", var=var)


def test_what_is_missing_is_marked_by_side(var: Path) -> None:
    record(var, seconds=9.0, sides=(SPOOLED.citizen_file,))
    record(var, seconds=4.0, sides=(SPOOLED.heard_file,))
    kept = keep_audio(replace(SPOOLED, expected_seconds=9.5), spool=var / "spool", var=var)
    assert (kept.state, kept.gaps) == ("short", (AudioGap(side="heard", seconds=5.5),))


def test_a_recording_that_is_missing_is_a_gap_from_the_first_second(var: Path) -> None:
    kept = keep_audio(SPOOLED, spool=var / "spool", var=var)
    assert (kept.state, kept.gaps) == ("missing", (AudioGap(side="both", seconds=3.0, begins=0.0),))


def test_when_the_call_turns_out_to_have_been_shorter_the_recording_is_whole(var: Path) -> None:
    record(var, seconds=17.0)
    short = keep_audio(replace(SPOOLED, expected_seconds=21.1), spool=var / "spool", var=var)
    assert (short.state, judged(short, 21.1)) == ("short", short)
    whole = judged(short, 17.4)
    assert (whole.state, whole.gaps, whole.expected_seconds) == ("complete", (), 17.4)
    assert judged(whole, 21.1) == short
