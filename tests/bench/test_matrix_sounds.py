"""Ears know who speaks, also two at once, in a file that grows, and on one side of two."""

from pathlib import Path

from bench.matrix_sounds import AGENT, CITIZEN, PITCHES, Ears
from phones.tones import silence, tone, write_wav


def test_two_people_at_once_are_both_heard_and_silence_is_nobody(tmp_path: Path) -> None:
    wav = tmp_path / "talk.wav"
    write_wav(wav, tone((PITCHES["greeting"],), 0.5) + silence(0.25) + tone((PITCHES[AGENT], PITCHES[CITIZEN]), 0.5))
    ears = Ears(wav).listen()
    assert (ears.total("greeting"), ears.total(AGENT), ears.total(CITIZEN)) == (0.5, 0.5, 0.5)
    assert ears.first([AGENT]) == 0.75
    assert ears.first(["greeting"], since=0.5) is None
    assert ears.story() == "0.0 greeting 0.5 silence 0.8 agent+citizen"


def test_a_file_that_grows_is_followed(tmp_path: Path) -> None:
    wav = tmp_path / "growing.wav"
    ears = Ears(wav)
    assert ears.listen().seconds == 0
    write_wav(wav, tone((PITCHES[AGENT],), 0.2))
    assert ears.listen().total(AGENT) == 0.2
    write_wav(wav, tone((PITCHES[AGENT],), 0.2) + tone((PITCHES[CITIZEN],), 0.3))
    assert (ears.listen().total(AGENT), ears.total(CITIZEN)) == (0.2, 0.3)
    assert ears.hears_now(CITIZEN)
    assert not ears.hears_now(AGENT)


def test_all_pitches_are_told_apart(tmp_path: Path) -> None:
    for name, hz in PITCHES.items():
        wav = tmp_path / "one.wav"
        write_wav(wav, tone((hz,), 0.1))
        assert Ears(wav).listen().pieces == [frozenset({name})] * 2
