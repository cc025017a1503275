"""What Asterisk wrote is read even when Asterisk died while writing."""

import wave
from pathlib import Path

import pytest

from hotline.errors import MalformedInput
from recordings.wav import header, read_side


def write_wav(path: Path, samples: bytes, *, stated: int | None = None, extra: bytes = b"") -> Path:
    head = bytearray(header(len(samples) // 2, 1))
    if stated is not None:
        head[40:44] = stated.to_bytes(4, "little")
    path.write_bytes(bytes(head) + samples + extra)
    return path


def test_a_sound_file_is_taken_as_it_says(tmp_path: Path) -> None:
    side = read_side(write_wav(tmp_path / "a.wav", b"\1\0" * 8000))
    assert (side.frames, side.seconds, side.offset, side.repaired) == (8000, 1.0, 44, False)


@pytest.mark.parametrize("stated", [0, 0xFFFFFFFF, 20_000])
def test_sizes_that_cannot_be_right_are_taken_from_the_length_of_the_file(tmp_path: Path, stated: int) -> None:
    side = read_side(write_wav(tmp_path / "a.wav", b"\1\0" * 8000, stated=stated))
    assert (side.frames, side.repaired) == (8000, True)


def test_half_a_sample_at_the_end_is_left_out(tmp_path: Path) -> None:
    assert read_side(write_wav(tmp_path / "a.wav", b"\1\0\1", stated=0)).frames == 1


def test_what_follows_the_samples_is_no_sound(tmp_path: Path) -> None:
    side = read_side(write_wav(tmp_path / "a.wav", b"\1\0" * 4, extra=b"LIST\4\0\0\0abcd"))
    assert (side.frames, side.repaired) == (4, False)


def test_chunks_before_the_samples_are_skipped(tmp_path: Path) -> None:
    plain = header(2, 1)
    path = tmp_path / "a.wav"
    path.write_bytes(plain[:36] + b"LIST\3\0\0\0abc\0" + plain[36:] + b"\1\0\2\0")
    assert (read_side(path).offset, read_side(path).frames) == (56, 2)


def test_an_empty_recording_is_sound(tmp_path: Path) -> None:
    side = read_side(write_wav(tmp_path / "a.wav", b""))
    assert (side.frames, side.repaired) == (0, False)


@pytest.mark.parametrize("content", [b"", b"RIFF", b"RIFF\0\0\0\0WAVE", b"ID3 an mp3 file, perhaps", header(0, 2)])
def test_anything_else_is_refused_by_name(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "odd.wav"
    path.write_bytes(content)
    with pytest.raises(MalformedInput, match=r"odd\.wav"):
        read_side(path)


def test_our_header_is_understood_by_others(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(header(3, 2) + bytes(12))
    with wave.open(str(path)) as file:
        assert (file.getnchannels(), file.getframerate(), file.getsampwidth(), file.getnframes()) == (2, 8000, 2, 3)
