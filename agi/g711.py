"""PCM to A-law (ITU-T G.711), the only codec on Chinese trunks: prompts laid down in it cost a call no transcoding."""

import sys
import wave
from array import array
from functools import cache
from pathlib import Path

from hotline.errors import BadSettings

RATE = 8000


def alaw_of_wav(path: Path) -> bytes:
    """The sound of an 8 kHz, 16-bit, one-channel WAV file in A-law. Raises `BadSettings` for any other file."""
    try:
        with wave.open(str(path), "rb") as wav:
            shape = (wav.getframerate(), wav.getsampwidth(), wav.getnchannels())
            pcm = wav.readframes(wav.getnframes())
    except (wave.Error, EOFError) as error:
        raise BadSettings(f"{path}: not a WAV file ({error})") from error
    if shape != (RATE, 2, 1):
        raise BadSettings(f"{path}: {shape[0]} Hz, {shape[1] * 8} bit, {shape[2]} channels; save it as 8000 Hz, 16 bit, one channel")
    return encode(pcm)


def encode(pcm: bytes) -> bytes:
    """16-bit little-endian samples to A-law bytes."""
    samples = array("h", pcm)
    if sys.byteorder == "big":
        samples.byteswap()
    codes = _codes()
    return bytes(codes[sample >> 3] for sample in samples)


@cache
def _codes() -> tuple[int, ...]:
    """The code of each 13-bit sample; negative ones are reached by Python's negative index."""
    return tuple(_code(sample) for sample in (*range(4096), *range(-4096, 0)))


def _code(sample: int) -> int:
    """Sign, segment and step of one 13-bit sample, even bits inverted (G.711 table 1a)."""
    sign, size = (0x80, sample) if sample >= 0 else (0, -sample - 1)
    segment = max((size >> 5).bit_length(), 0)
    step = (size >> max(segment, 1)) & 0x0F
    return (sign | segment << 4 | step) ^ 0x55
