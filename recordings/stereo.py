"""Two mono sides become one stereo file: left the citizen, right everybody he hears. The shorter side is padded with silence."""

import hashlib
import os
from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from recordings.wav import Side, header

_BLOCK = 64 * 1024
_CHANNELS = 2


@dataclass(frozen=True, kw_only=True)
class Stereo:
    """The finished file as it was written."""

    frames: int
    sha256: str


def join(left: Side | None, right: Side | None, out: Path) -> Stereo:
    """Write the stereo file, synced to disk. A side that does not exist is silence. Takes 128 KiB of memory per side, whatever the length.

    The file appears under its name at once and whole, or not at all. Raises `OSError`.
    """
    frames = max(side.frames if side else 0 for side in (left, right))
    return Stereo(frames=frames, sha256=_write(_pieces(left, right, frames), out))


def alone(side: Side, out: Path) -> Stereo:
    """Write one side as a mono file with a true header; otherwise as `join`."""
    sound = (block.tobytes() for block in _blocks(side, side.frames))
    return Stereo(frames=side.frames, sha256=_write(chain([header(side.frames, 1)], sound), out))


def _write(pieces: Iterable[bytes], out: Path) -> str:
    """Whole or not at all, and synced; returns the hash."""
    out.parent.mkdir(parents=True, exist_ok=True)
    part = out.with_name(out.name + ".part")
    digest = hashlib.sha256()
    try:
        with part.open("wb") as file:
            for piece in pieces:
                digest.update(piece)
                file.write(piece)
            file.flush()
            os.fsync(file.fileno())
        part.replace(out)
    finally:
        part.unlink(missing_ok=True)  # half a file on a full disk only makes it fuller
    _sync_folder(out.parent)
    return digest.hexdigest()


def sha256_of(path: Path) -> str:
    """The hash of what can be read back from the disk."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _pieces(left: Side | None, right: Side | None, frames: int) -> Iterator[bytes]:
    yield header(frames, _CHANNELS)
    for one, other in zip(_blocks(left, frames), _blocks(right, frames), strict=True):
        both = array("h", bytes(_CHANNELS * len(one) * one.itemsize))
        both[0::2] = one
        both[1::2] = other
        yield both.tobytes()


def _blocks(side: Side | None, frames: int) -> Iterator["array[int]"]:
    """The side's samples in blocks, with silence up to `frames`. 16-bit samples are only moved, so the byte order does not matter."""
    left = side.frames if side else 0
    with open(side.path if side else os.devnull, "rb") as file:  # noqa: PTH123 - one name for both
        file.seek(side.offset if side else 0)
        for start in range(0, frames, _BLOCK):
            size = min(_BLOCK, frames - start)
            wanted = min(size, left)
            samples = file.read(wanted * 2) if wanted else b""
            left -= wanted
            yield array("h", samples[: len(samples) // 2 * 2].ljust(size * 2, b"\0"))


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
