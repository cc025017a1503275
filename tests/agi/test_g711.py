"""A-law against the values of the standard."""

import struct
import wave
from pathlib import Path

import pytest

from agi.g711 import alaw_of_wav, encode
from hotline.errors import BadSettings

# Sample → code, from ITU-T G.711 table 1a (13-bit samples in the upper bits of 16, even bits inverted).
STANDARD = {
    0: 0xD5,
    8: 0xD5,
    16: 0xD4,
    -1: 0x55,
    -8: 0x55,
    -16: 0x55,
    -17: 0x54,
    1008: 0xFA,
    32767: 0xAA,
    -32768: 0x2A,
    16384: 0xA5,
    -16384: 0x3A,
}


def write(path: Path, *, rate: int = 8000, width: int = 2, channels: int = 1) -> Path:
    with wave.open(str(path), "wb") as wav:
        wav.setnchannels(channels)
        wav.setsampwidth(width)
        wav.setframerate(rate)
        wav.writeframes(b"\0" * 16 * width * channels)
    return path


@pytest.mark.parametrize(("sample", "code"), STANDARD.items())
def test_samples_become_the_codes_of_the_standard(sample: int, code: int) -> None:
    assert encode(struct.pack("<h", sample)) == bytes([code])


def test_louder_is_never_coded_as_softer() -> None:
    codes = encode(struct.pack("<4096h", *range(0, 32768, 8)))
    sizes = [code ^ 0xD5 for code in codes]
    assert sizes == sorted(sizes)


def test_a_wav_file_becomes_one_byte_for_each_sample(tmp_path: Path) -> None:
    assert alaw_of_wav(write(tmp_path / "a.wav")) == b"\xd5" * 16


@pytest.mark.parametrize("shape", [{"rate": 16000}, {"width": 1}, {"channels": 2}])
def test_a_file_of_another_shape_is_refused_with_the_remedy(tmp_path: Path, shape: dict[str, int]) -> None:
    with pytest.raises(BadSettings, match="save it as 8000 Hz, 16 bit, one channel"):
        alaw_of_wav(write(tmp_path / "a.wav", **shape))


def test_something_that_is_no_wav_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.wav").write_bytes(b"ID3 and so on")
    with pytest.raises(BadSettings, match="not a WAV file"):
        alaw_of_wav(tmp_path / "a.wav")
