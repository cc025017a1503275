"""What a record must say of its recording: whole, or a gap that is marked, by length and by content."""

from pathlib import Path
from typing import Any

import pytest

from bench.matrix_sounds import CITIZEN, PITCHES
from bench.matrix_table import cell_named
from bench.matrix_verdict import STILL_S, Stands, judge_record
from phones.tones import tone, write_wav

WHOLE, GAP, LOST = cell_named("redis-killed/talking"), cell_named("disk-full/talking"), cell_named("asterisk-killed/talking")


@pytest.fixture(scope="module")
def var(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("var")
    mono = tone((PITCHES[CITIZEN],), 8.0)
    stereo = mono[:0]
    for sample in mono:
        stereo.extend((sample, 0))
    write_wav(folder / "call.wav", stereo)
    return folder


def record(**recording: object) -> dict[str, Any]:
    sound = {"state": "complete", "file": "call.wav", "seconds": 8.0, "expected_seconds": 8.0, **recording}
    return {"completeness": "complete", "recording": sound}


def test_a_whole_recording_of_a_whole_call_is_fine(var: Path) -> None:
    assert judge_record(WHOLE, record(), 8.3, var) == []


def test_a_recording_that_is_too_short_or_has_not_his_voice_is_not(var: Path) -> None:
    assert judge_record(WHOLE, record(state="short", seconds=4.0), 8.0, var)
    assert any("his voice" in trouble for trouble in judge_record(WHOLE, record(seconds=14.0), 14.0, var))


def test_a_gap_must_be_marked(var: Path) -> None:
    assert judge_record(GAP, record(state="short", seconds=2.0), 8.0, var)
    assert judge_record(GAP, record(state="short", seconds=2.0, gaps=[{"from": 2.0, "to": 8.0}]), 8.0, var) == []


def test_a_call_that_the_switch_s_death_ended_must_say_so(var: Path) -> None:
    assert any("cut_off" in trouble for trouble in judge_record(LOST, record(), 8.0, var))
    assert judge_record(LOST, {**record(), "completeness": "cut_off"}, 8.0, var) == []


def test_an_end_that_was_only_found_counts_when_nobody_corrects_it_any_more() -> None:
    clock = [0.0]
    stands = Stands(lambda: clock[0])
    found = {"call": "a-1.1", "revision": 1, "completeness": "reconciled"}
    assert stands.still([{**found, "completeness": "complete"}])
    assert not stands.still([found])
    clock[0] = STILL_S - 1
    assert not stands.still([found])
    assert not stands.still([{**found, "revision": 2}])
    clock[0] = STILL_S + 1
    assert not stands.still([{**found, "revision": 2}])
    clock[0] = 2 * STILL_S
    assert stands.still([{**found, "revision": 2}])
