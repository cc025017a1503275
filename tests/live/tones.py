"""Sounds that a test can tell apart by their content: one pitch for each prompt, one for the music, others for people."""

import math
import struct
import wave
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from app.provisioning import PROMPTS
from ivr.numbers_zh import FRAGMENTS

RATE = 8000
PROMPT_S = 0.4
MUSIC_S = 3.0
MUSIC_HZ = 350
CITIZEN_HZ = 1900
AGENT_HZ = 2300
CENTRE_HZ = 2700
"""An emergency centre's voice."""
RING_HZ = 450
"""What he hears while it rings (agi/pcm.py)."""
FIRST_HZ, STEP_HZ = 500, 40
PIECE = 400
KEYS = "123A456B789C*0#D"
QUIET = 300
AMONG_OTHERS = 0.08
"""Share of a piece's energy at one pitch by which it is heard among others."""
LOUD = 0.25
"""Share of a piece's energy that must be at one pitch for it to count as that pitch."""


def prompt_names() -> list[str]:
    """All prompts of the house in a fixed order, without the pieces of numbers: there are more of them than pitches."""
    return sorted(path.stem for path in (PROMPTS / "packs" / "free" / "zh_CN").glob("*.wav") if path.stem not in FRAGMENTS)


def pitch_of(prompt: str) -> int:
    """The pitch in Hz that stands for this prompt in a cell."""
    people = (CITIZEN_HZ, AGENT_HZ, CENTRE_HZ)
    free = [hz for hz in range(FIRST_HZ, RATE // 2, STEP_HZ) if min(abs(hz - other) for other in people) > STEP_HZ / 2]
    return free[prompt_names().index(prompt)]


def tone(hz: int, seconds: float) -> list[int]:
    """16-bit samples of a sine at a comfortable loudness."""
    return [round(9000 * math.sin(2 * math.pi * hz * n / RATE)) for n in range(int(RATE * seconds))]


def key_tone(key: str) -> list[int]:
    """A key as a sound (ITU-T Q.23): 200 ms of its two pitches, then half a second of silence."""
    row, column = divmod(KEYS.index(key), 4)
    both = zip(tone((697, 770, 852, 941)[row], 0.2), tone((1209, 1336, 1477, 1633)[column], 0.2), strict=True)
    return [low + high for low, high in both] + [0] * (RATE // 2)


def lay_tones(folder: Path, seconds: float = PROMPT_S) -> Path:
    """A prompts folder in which every prompt is a tone of its own, so long, and the music a longer one."""
    for name in prompt_names():
        _write(folder / "packs" / "free" / "zh_CN" / f"{name}.wav", tone(pitch_of(name), seconds))
    for name in FRAGMENTS:
        _write(folder / "packs" / "free" / "zh_CN" / f"{name}.wav", [0] * PIECE)
    _write(folder / "moh" / "music.wav", tone(MUSIC_HZ, MUSIC_S))
    return folder


def lay_tone(folder: Path, name: str, seconds: float) -> None:
    """One prompt of a folder that `lay_tones` has laid, in a length of its own."""
    _write(folder / "packs" / "free" / "zh_CN" / f"{name}.wav", tone(pitch_of(name), seconds))


def heard_in(wav: Path, others: Sequence[int] = ()) -> dict[int, float]:
    """Seconds of each known pitch, and of these others, in a recording (8 kHz, 16 bit; header sizes may still be open, asterisk.md §5).

    Of one that is not there yet: nothing.
    """
    if not wav.exists():
        return {}
    pitches = [MUSIC_HZ, RING_HZ, CITIZEN_HZ, AGENT_HZ, CENTRE_HZ, *(pitch_of(name) for name in prompt_names()), *others]
    samples = np.array(array_of(wav), dtype=np.float64)
    pieces = samples[: len(samples) // PIECE * PIECE].reshape(-1, PIECE)
    energy = (pieces**2).sum(axis=1)
    power = np.abs(pieces @ np.exp(-2j * np.pi * np.outer(np.arange(PIECE), pitches) / RATE)) ** 2
    loudest = power.argmax(axis=1) if len(pieces) else np.zeros(0, dtype=int)
    sure = (energy > PIECE * 100_000) & (power.max(axis=1, initial=0.0) > LOUD * energy * PIECE / 2)
    seconds = {hz: round(float((sure & (loudest == at)).sum()) * PIECE / RATE, 2) for at, hz in enumerate(pitches)}
    return {hz: value for hz, value in seconds.items() if value > 0}


def sounding(samples: Sequence[int], *prompts: str) -> dict[int, float]:
    """Seconds in which each of the people's pitches, and of these prompts, was to be heard, also when several spoke at once."""
    pitches = [MUSIC_HZ, RING_HZ, CITIZEN_HZ, AGENT_HZ, CENTRE_HZ, *map(pitch_of, prompts)]
    pieces = np.array(samples[: len(samples) // PIECE * PIECE], dtype=np.float64).reshape(-1, PIECE)
    power = np.abs(pieces @ np.exp(-2j * np.pi * np.outer(np.arange(PIECE), pitches) / RATE)) ** 2
    energy = np.maximum((pieces**2).sum(axis=1), PIECE * 10_000)[:, None]
    seconds = (power > AMONG_OTHERS * energy * PIECE / 2).sum(axis=0) * PIECE / RATE
    return {hz: round(float(value), 2) for hz, value in zip(pitches, seconds, strict=True) if value > 0}


def longest_silence(samples: Sequence[int]) -> float:
    """The longest time without any sound, in seconds."""
    longest = run = 0
    for at in range(0, len(samples) - PIECE + 1, PIECE):
        quiet = max(map(abs, samples[at : at + PIECE])) < QUIET
        run = run + 1 if quiet else 0
        longest = max(longest, run)
    return longest * PIECE / RATE


def side_of(wav: Path, channel: int) -> tuple[int, ...]:
    """The samples of one channel of a finished recording: 0 = the citizen, 1 = what he hears."""
    with wave.open(str(wav)) as recording:
        assert recording.getnchannels() == 2
        raw = recording.readframes(recording.getnframes())
    return struct.unpack(f"<{len(raw) // 2}h", raw)[channel::2]


def array_of(wav: Path) -> tuple[int, ...]:
    """The samples behind a 44-byte WAV header."""
    raw = wav.read_bytes()[44:]
    return struct.unpack(f"<{len(raw) // 2}h", raw[: len(raw) // 2 * 2])


def _write(path: Path, samples: list[int]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(path), "wb") as wav:
        wav.setnchannels(1)
        wav.setsampwidth(2)
        wav.setframerate(RATE)
        wav.writeframes(struct.pack(f"<{len(samples)}h", *samples))
