"""Two mono sides become one stereo file."""

import hashlib
import wave
from array import array
from pathlib import Path

import pytest

from recordings.stereo import alone, join, sha256_of
from recordings.wav import Side, header, read_side


def side(path: Path, samples: list[int]) -> Side:
    path.write_bytes(header(len(samples), 1) + array("h", samples).tobytes())
    return read_side(path)


def heard(path: Path) -> tuple[list[int], list[int]]:
    with wave.open(str(path)) as file:
        assert file.getnchannels() == 2
        both = array("h", file.readframes(file.getnframes()))
    return list(both[0::2]), list(both[1::2])


def test_the_citizen_is_left_and_what_he_hears_is_right(tmp_path: Path) -> None:
    out = tmp_path / "2026" / "x.wav"
    join(side(tmp_path / "l.wav", [1, 2, 3]), side(tmp_path / "r.wav", [-1, -2, -3]), out)
    assert heard(out) == ([1, 2, 3], [-1, -2, -3])


@pytest.mark.parametrize(("left", "right"), [([1, 2, 3], [9]), ([9], [1, 2, 3]), ([], [1]), ([1], [])])
def test_the_shorter_side_is_padded_with_silence(tmp_path: Path, left: list[int], right: list[int]) -> None:
    out = tmp_path / "x.wav"
    frames = join(side(tmp_path / "l.wav", left), side(tmp_path / "r.wav", right), out).frames
    assert heard(out) == (left + [0] * (frames - len(left)), right + [0] * (frames - len(right)))


def test_a_side_that_was_never_recorded_is_silence(tmp_path: Path) -> None:
    join(None, side(tmp_path / "r.wav", [5, 6]), tmp_path / "x.wav")
    assert heard(tmp_path / "x.wav") == ([0, 0], [5, 6])


def test_blocks_leave_no_seam(tmp_path: Path) -> None:
    left, right = [index % 30_000 for index in range(150_001)], [-(index % 29_989) for index in range(140_000)]
    join(side(tmp_path / "l.wav", left), side(tmp_path / "r.wav", right), tmp_path / "x.wav")
    assert heard(tmp_path / "x.wav") == (left, right + [0] * 10_001)


def test_the_hash_is_that_of_the_file(tmp_path: Path) -> None:
    stereo = join(side(tmp_path / "l.wav", [1]), None, tmp_path / "x.wav")
    assert stereo.sha256 == hashlib.sha256((tmp_path / "x.wav").read_bytes()).hexdigest() == sha256_of(tmp_path / "x.wav")


def test_nothing_half_written_is_left_behind(tmp_path: Path) -> None:
    join(side(tmp_path / "l.wav", [1]), None, tmp_path / "out" / "x.wav")
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["x.wav"]


def test_one_side_alone_is_written_with_a_true_header(tmp_path: Path) -> None:
    samples = array("h", range(1000)).tobytes()
    (tmp_path / "in.wav").write_bytes(header(0, 1) + samples)
    written = alone(read_side(tmp_path / "in.wav"), tmp_path / "out.wav")
    assert (tmp_path / "out.wav").read_bytes() == header(1000, 1) + samples
    assert (written.frames, written.sha256) == (1000, sha256_of(tmp_path / "out.wav"))
