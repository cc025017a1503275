"""Prompts as Asterisk gets them: bare 16-bit PCM."""

import wave
from pathlib import Path

import pytest

from agi.pcm import telephone_wav
from hotline.errors import BadSettings


def write(path: Path, *, rate: int = 8000, width: int = 2, channels: int = 1) -> Path:
    with wave.open(str(path), "wb") as wav:
        wav.setnchannels(channels)
        wav.setsampwidth(width)
        wav.setframerate(rate)
        wav.writeframes(b"\0" * 16 * width * channels)
    return path


def test_a_wav_file_keeps_its_samples_and_loses_everything_else(tmp_path: Path) -> None:
    plain = write(tmp_path / "a.wav")
    noted = tmp_path / "b.wav"
    noted.write_bytes(plain.read_bytes() + b"LIST\x04\x00\x00\x00INFO")
    assert telephone_wav(noted) == telephone_wav(plain) == plain.read_bytes()


@pytest.mark.parametrize("shape", [{"rate": 16000}, {"width": 1}, {"channels": 2}])
def test_a_file_of_another_shape_is_refused_with_the_remedy(tmp_path: Path, shape: dict[str, int]) -> None:
    with pytest.raises(BadSettings, match="save it as 8000 Hz, 16 bit, one channel"):
        telephone_wav(write(tmp_path / "a.wav", **shape))


def test_something_that_is_no_wav_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.wav").write_bytes(b"ID3 and so on")
    with pytest.raises(BadSettings, match="not a WAV file"):
        telephone_wav(tmp_path / "a.wav")
