"""Key tones are what ITU-T Q.23 says."""

import wave
from pathlib import Path

import pytest

from phones.hearing import Sound, keys_heard, read_sound, tone_share
from phones.tones import RATE, silence, tone, write_keys


def test_every_key_is_written_as_its_pair_of_tones(tmp_path: Path) -> None:
    write_keys(tmp_path / "keys.wav", "159D"[:3] + "*0#", tone_seconds=0.06, pause_seconds=0.06)
    assert keys_heard(read_sound(tmp_path / "keys.wav")) == "159*0#"


def test_the_same_key_twice_stays_two_keys(tmp_path: Path) -> None:
    write_keys(tmp_path / "keys.wav", "11")
    assert keys_heard(read_sound(tmp_path / "keys.wav")) == "11"


def test_what_is_no_key_is_refused(tmp_path: Path) -> None:
    with pytest.raises(KeyError):
        write_keys(tmp_path / "keys.wav", "x")


def test_a_keys_file_is_telephone_sound(tmp_path: Path) -> None:
    write_keys(tmp_path / "keys.wav", "5")
    with wave.open(str(tmp_path / "keys.wav")) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (RATE, 1, 2)


def test_a_pure_tone_is_all_one_tone_and_silence_is_none() -> None:
    import numpy as np

    pure = Sound(np.array(tone((1000,), 0.02), dtype=np.float32))
    assert tone_share(pure, 1000) > 0.95
    assert tone_share(pure, 1400) < 0.05
    assert tone_share(Sound(np.array(silence(0.02), dtype=np.float32)), 1000) == 0
