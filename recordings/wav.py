"""Reading what Asterisk's MixMonitor wrote: mono, 8 kHz, 16 bit.

When Asterisk dies, the sizes in the header stay 0 and the last 2 s may be missing (measured). The sizes are then taken from the
length of the file; nothing is rewritten in the spool.
"""

import struct
from dataclasses import dataclass
from pathlib import Path

from hotline.errors import MalformedInput

RATE = 8000
_SAMPLE = 2
_HEAD = 4096


@dataclass(frozen=True, kw_only=True)
class Side:
    """One recorded side. `frames` samples of 16 bit begin at byte `offset`; `repaired`: the header's sizes were wrong."""

    path: Path
    offset: int
    frames: int
    repaired: bool

    @property
    def seconds(self) -> float:
        """How long it plays."""
        return self.frames / RATE


def read_side(path: Path) -> Side:
    """Look at one file. Raises `MalformedInput` when it is no WAV of our kind, `OSError` when it cannot be read."""
    with path.open("rb") as file:
        head = file.read(_HEAD)
        length = file.seek(0, 2)
    if len(head) < 12 or head[:4] != b"RIFF" or head[8:12] != b"WAVE":
        raise MalformedInput(f"{path.name}: not a WAV file")
    offset, stated = _find_data(head, path.name)
    there = max(length - offset, 0)
    sound = 0 < stated <= there or stated == there
    return Side(path=path, offset=offset, frames=(stated if sound else there) // _SAMPLE, repaired=not sound)


def header(frames: int, channels: int) -> bytes:
    """The 44 bytes before `frames` frames of 16-bit sound."""
    width = _SAMPLE * channels
    size = frames * width
    form = struct.pack("<IHHIIHH", 16, 1, channels, RATE, RATE * width, width, _SAMPLE * 8)
    return b"RIFF" + struct.pack("<I", 36 + size) + b"WAVEfmt " + form + b"data" + struct.pack("<I", size)


def _find_data(head: bytes, name: str) -> tuple[int, int]:
    """Offset and stated size of the samples."""
    at = 12
    while at + 8 <= len(head):
        chunk, size = head[at : at + 4], struct.unpack_from("<I", head, at + 4)[0]
        if chunk == b"fmt " and at + 24 <= len(head):
            _check_form(head[at + 8 : at + 24], name)
        if chunk == b"data":
            return at + 8, size
        at += 8 + size + size % 2
    raise MalformedInput(f"{name}: no samples in the first {_HEAD} bytes")


def _check_form(form: bytes, name: str) -> None:
    code, channels, rate, _, _, bits = struct.unpack("<HHIIHH", form)
    if (code, channels, rate, bits) != (1, 1, RATE, 16):
        raise MalformedInput(f"{name}: {channels} channel(s), {rate} Hz, {bits} bit (format {code}); expected mono, {RATE} Hz, 16 bit PCM")
