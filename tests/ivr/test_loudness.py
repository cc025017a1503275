"""One loudness for every voice: measured on the speech alone, brought there without clipping."""

import math
from array import array

import pytest

from ivr.loudness import (
    FULL,
    SILENCE,
    SPEECH_DBFS,
    active_level,
    clipped,
    faults,
    faults_of_pause,
    fitted,
    levelled,
    mean_level,
    samples_of,
    trimmed,
)


def tone(seconds: float, amplitude: float) -> list[float]:
    return [amplitude * math.sin(0.9 * place) for place in range(round(8000 * seconds))]


PAUSE = [0.0] * 4000


def test_a_full_sine_has_three_decibels_less_than_full_scale() -> None:
    assert active_level(tone(0.5, FULL)) == pytest.approx(-3.0, abs=0.1)
    assert mean_level(tone(0.5, FULL)) == pytest.approx(-3.0, abs=0.1)


def test_pauses_do_not_make_a_speaker_look_quiet() -> None:
    slow = PAUSE + tone(0.24, 6000) + PAUSE + tone(0.24, 6000) + PAUSE
    assert active_level(slow) == pytest.approx(active_level(tone(0.5, 6000)), abs=0.1)
    assert mean_level(slow) < active_level(slow) - 5


def test_silence_has_a_level_too() -> None:
    assert active_level([]) == active_level(PAUSE) == mean_level([]) == mean_level(PAUSE) == SILENCE


@pytest.mark.parametrize("amplitude", [50.0, 3000.0, 32_000.0])
def test_every_recording_is_brought_to_the_level_of_the_line(amplitude: float) -> None:
    brought = levelled(PAUSE + tone(0.2, amplitude))
    assert active_level(brought) == pytest.approx(SPEECH_DBFS, abs=0.1)
    assert faults(brought) == ()


def test_single_peaks_are_bent_and_never_clipped() -> None:
    peaky = [sample + (30_000.0 if place % 400 == 0 else 0.0) for place, sample in enumerate(tone(0.2, 2000))]
    brought = levelled(peaky)
    assert max(brought) < 0.81 * FULL
    assert active_level(brought) == pytest.approx(SPEECH_DBFS, abs=0.5)


def test_silence_stays_silence() -> None:
    assert levelled(PAUSE) == array("h", [0] * len(PAUSE))


def test_clipping_is_three_samples_in_a_row_at_full_scale() -> None:
    assert clipped([0, 32_767, 32_767, 0, -32_768, -32_768, -32_768, -32_768, 0]) == 1
    assert clipped([32_767, -32_768] * 4) == 2 - 1
    assert clipped(tone(0.1, 30_000)) == 0


def test_what_is_wrong_with_a_sound_is_said() -> None:
    assert faults(levelled(tone(0.5, 5000))) == ()
    assert "0.4 to 30 s" in faults(levelled(tone(0.2, 5000))[:1600])[0]
    assert "must be -18" in faults(tone(0.5, 500))[0]
    assert "it is clipped" in faults([FULL] * 4000)[-1]


def test_a_part_of_a_sentence_may_be_short() -> None:
    assert faults(levelled(tone(0.2, 5000)), joined=True) == ()
    assert "0.1 to 30 s" in faults(levelled(tone(0.05, 5000)), joined=True)[0]


def test_a_part_of_a_sentence_has_hardly_any_rest_around_it() -> None:
    recording = PAUSE + tone(0.2, 5000) + PAUSE
    assert len(fitted(recording, joined=True)) == pytest.approx(8000 * 0.245, abs=40)
    assert len(fitted(recording)) == pytest.approx(8000 * 0.43, abs=40)


def test_a_pause_is_silent_and_neither_long_nor_lost() -> None:
    assert faults_of_pause([0] * 1600) == ()
    assert "0.1 to 2 s" in faults_of_pause([0] * 100)[0]
    assert "must be silent" in faults_of_pause([0] * 1600 + [9])[0]


def test_the_speech_keeps_a_rest_before_and_after_it() -> None:
    sound = trimmed(PAUSE + tone(0.5, 5000) + PAUSE, before_s=0.1, after_s=0.2)
    assert len(sound) == pytest.approx(8000 * 0.8, abs=40)
    assert max(sound[:780]) == 0
    assert max(map(abs, sound[800:900])) > 4000


def test_a_rest_that_the_recording_lacks_is_added() -> None:
    assert len(trimmed(tone(0.5, 5000), before_s=0.1, after_s=0.2)) == pytest.approx(8000 * 0.8, abs=40)


def test_the_softest_beginning_is_kept() -> None:
    breath = [20.0, -20.0] * 200
    assert max(trimmed(PAUSE + breath + tone(0.3, 5000))[300:600]) == 20.0


def test_bytes_are_little_endian_samples() -> None:
    assert samples_of(b"\x01\x00\xff\xff\x00\x80") == array("h", [1, -1, -32_768])
