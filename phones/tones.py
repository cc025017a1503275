"""Key tones (双音多频) and pure tones as wav files: how a phone presses keys in-band (ITU-T Q.23). Standard library only."""

import math
import wave
from array import array
from pathlib import Path

RATE = 8000
LOW = {"1": 697, "2": 697, "3": 697, "4": 770, "5": 770, "6": 770, "7": 852, "8": 852, "9": 852, "*": 941, "0": 941, "#": 941}
HIGH = {"1": 1209, "4": 1209, "7": 1209, "*": 1209, "2": 1336, "5": 1336, "8": 1336, "0": 1336, "3": 1477, "6": 1477, "9": 1477, "#": 1477}
LEVEL = 8000  # of 32767 per tone, about -12 dBm0: clear, and far from clipping when both are added


def tone(frequencies: tuple[int, ...], seconds: float, level: int = LEVEL) -> "array[int]":
    """16 bit samples at 8 kHz of the sum of some sine tones."""
    turns = [2 * math.pi * hz / RATE for hz in frequencies]
    return array("h", (round(sum(level * math.sin(turn * n) for turn in turns)) for n in range(round(seconds * RATE))))


def silence(seconds: float) -> "array[int]":
    """So much of nothing."""
    return array("h", bytes(2 * round(seconds * RATE)))


def write_keys(path: Path, digits: str, *, tone_seconds: float = 0.12, pause_seconds: float = 0.12) -> None:
    """A wav with the tones of these keys, a pause before and after each. Raises KeyError for what is no key."""
    sound = silence(pause_seconds)
    for digit in digits:
        sound += tone((LOW[digit], HIGH[digit]), tone_seconds) + silence(pause_seconds)
    write_wav(path, sound)


def write_wav(path: Path, samples: "array[int]") -> None:
    """16 bit mono PCM at 8 kHz."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(samples.tobytes())
