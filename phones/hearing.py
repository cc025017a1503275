"""Ears (听音): does this recording contain that sentence, that tone, those keys? By content, never by length or loudness.

A sentence is cut into half-second pieces; each is looked for by normalised cross-correlation, which knows no level and survives
A-law; then the pieces vote on where the sentence begins. So a jitter buffer that drops or repeats a frame costs little.
"""

import math
import wave
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from phones.tones import HIGH, LOW

RATE = 8000
PIECE = 4000
DRIFT_SECONDS = 0.1
STALL_SHARE = 0.2  # a busy machine sends late: so much of the time since the sentence began may be added as gaps, never taken away
QUIET = 60.0  # root mean square of 32767, about -55 dBFS: below any speech, above A-law's noise
SURE = 0.4  # measured: the same sentence 0.48 (stalled, on a machine three times overloaded) to 1.0, strangers below 0.2
FRAME = 160
Samples = NDArray[np.float32]


@dataclass(frozen=True, kw_only=True)
class Heard:
    """Where a sentence begins in a recording, in seconds, and how sure that is: 1 the same sound, 0 not there."""

    at: float
    score: float

    def __bool__(self) -> bool:
        return self.score >= SURE


@dataclass(frozen=True)
class Sound:
    """Mono samples at 8 kHz."""

    samples: Samples

    @property
    def seconds(self) -> float:
        """Its length."""
        return len(self.samples) / RATE

    def part(self, begin: float, end: float = math.inf) -> "Sound":
        """The stretch between two times in seconds."""
        last = len(self.samples) if end == math.inf else max(0, round(end * RATE))
        return Sound(self.samples[max(0, round(begin * RATE)) : last])

    @cached_property
    def level(self) -> float:
        """Root mean square, 0 to 32767."""
        return float(np.sqrt(np.mean(self.samples**2))) if len(self.samples) else 0.0

    @property
    def is_silent(self) -> bool:
        """Nothing that a human would hear."""
        return self.level < QUIET


def read_sound(path: Path, channel: int = 0) -> Sound:
    """One channel of a 16 bit wav file. Works on a file that is still being written: the header's sizes are not believed."""
    raw = path.read_bytes()
    begin = raw.find(b"data") + 8
    if raw[:4] != b"RIFF" or begin < 8:
        raise ValueError(f"{path}: not a wav file (or not yet)")
    channels, rate = int.from_bytes(raw[22:24], "little"), int.from_bytes(raw[24:28], "little")
    if rate not in (RATE, 2 * RATE):
        raise ValueError(f"{path}: {rate} Hz; only 8000 and 16000 are understood")
    body = raw[begin : len(raw) - (len(raw) - begin) % (2 * channels)]
    samples = np.frombuffer(body, dtype="<i2").astype(np.float32)[channel::channels]
    return Sound(samples if rate == RATE else _halved(samples))


def write_sound(path: Path, sound: Sound) -> None:
    """A sound as a 16 bit mono wav file."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(np.clip(sound.samples, -32768, 32767).astype("<i2").tobytes())


def find(sentence: Sound, recording: Sound) -> Heard:
    """Where `sentence` is in `recording`. Bool of the answer: it is there."""
    pieces = _pieces(sentence.samples)
    if not pieces or len(recording.samples) < PIECE:
        return Heard(at=0.0, score=0.0)
    haystack = _Haystack(recording.samples)
    votes = [(at, *haystack.best(piece)) for at, piece in pieces]
    begins = np.array([where - at for at, where, _ in votes])
    places = np.array([at for at, _, _ in votes])
    scores = np.array([score for _, _, score in votes])
    best = Heard(at=0.0, score=0.0)
    for begin in begins:
        late = begins - begin
        agree = (late >= -DRIFT_SECONDS * RATE) & (late <= DRIFT_SECONDS * RATE + STALL_SHARE * places)
        score = float(np.sum(scores * agree) / len(votes))
        if score > best.score:
            best = Heard(at=float(begin) / RATE, score=score)
    return best


def tone_share(sound: Sound, hz: float) -> float:
    """How much of the sound's energy is this tone (Goertzel): 1 a pure tone, near 0 none."""
    samples = sound.samples
    energy = float(np.sum(samples**2))
    if energy <= QUIET**2 * len(samples) or not len(samples):
        return 0.0
    turn = np.exp(-2j * np.pi * hz / RATE * np.arange(len(samples)))
    return float(2 * np.abs(np.dot(samples, turn)) ** 2 / (len(samples) * energy))


def keys_heard(sound: Sound) -> str:
    """Which keys were pressed as tones (ITU-T Q.23), in order."""
    names = {(LOW[key], HIGH[key]): key for key in LOW}
    keys: list[str] = []
    for begin in range(0, len(sound.samples) - FRAME + 1, FRAME):
        frame = Sound(sound.samples[begin : begin + FRAME])
        keys.append(names.get(_pair(frame), ""))
    heard = [key for key, before in zip(keys, ["", *keys], strict=False) if key != before]
    return "".join(heard)


def _pair(frame: Sound) -> tuple[int, int]:
    low = max(set(LOW.values()), key=lambda hz: tone_share(frame, hz))
    high = max(set(HIGH.values()), key=lambda hz: tone_share(frame, hz))
    shares = tone_share(frame, low), tone_share(frame, high)
    return (low, high) if min(shares) > 0.25 and sum(shares) > 0.8 else (0, 0)


def _halved(samples: Samples) -> Samples:
    even = samples[: len(samples) // 2 * 2]
    return ((even[0::2] + even[1::2]) / 2).astype(np.float32)


def _pieces(samples: Samples) -> list[tuple[int, Samples]]:
    """Half-second pieces with something in them; a sentence shorter than one is one piece."""
    if 0 < len(samples) < PIECE:
        samples = np.pad(samples, (0, PIECE - len(samples)))
    cut = [(at, samples[at : at + PIECE]) for at in range(0, len(samples) - PIECE + 1, PIECE)]
    return [(at, piece) for at, piece in cut if math.sqrt(float(np.mean(piece**2))) >= QUIET]


class _Haystack:
    """A recording prepared for many searches: its spectrum and its local energy are computed once."""

    def __init__(self, samples: Samples) -> None:
        self._length = len(samples)
        self._size = 1 << (len(samples) + PIECE - 1).bit_length()
        self._spectrum: NDArray[Any] = np.fft.rfft(samples, self._size)
        sums = np.concatenate(([0.0], np.cumsum(samples.astype(np.float64) ** 2)))
        energy = sums[PIECE:] - sums[:-PIECE]
        self._norm = np.sqrt(np.maximum(energy, QUIET**2 * PIECE))

    def best(self, piece: Samples) -> tuple[int, float]:
        """Where this piece fits best and how well."""
        product = self._spectrum * np.conj(np.fft.rfft(piece, self._size))
        match = np.fft.irfft(product, self._size)[: self._length - PIECE + 1]
        scores = match / (self._norm * float(np.linalg.norm(piece)))
        at = int(np.argmax(scores))
        return at, max(0.0, float(scores[at]))
