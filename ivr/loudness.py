"""How loud a prompt is and how loud it should be: all voices of the line at one level, whoever recorded them.

The level is that of the speech alone (ITU-T P.56, method B, in 20 ms frames without its hang-over): pauses would make a slow speaker
look quiet. 0 dBFS is the power of a full-scale square wave.
"""

import math
import sys
from array import array
from collections.abc import Iterable, Sequence
from operator import mul
from typing import Final

RATE: Final = 8000
FULL: Final = 32768.0
SPEECH_DBFS: Final = -18.0
"""Active speech level of every prompt."""
MUSIC_DBFS: Final = -24.0
TOLERANCE_DB: Final = 2.0
"""What an ear forgives between two prompts in a row."""
SHORTEST_S: Final = 0.4
LONGEST_S: Final = 30.0
SHORTEST_JOINED_S: Final = 0.1
"""A syllable within a sentence."""
LONGEST_PAUSE_S: Final = 2.0
SILENCE: Final = -100.0
_FRAME = RATE // 50
_MARGIN = 10**-1.59
"""P.56: what is 15.9 dB below the speech is pause."""
_KNEE, _TOP = 0.6, 0.8


def active_level(samples: Sequence[float]) -> float:
    """Level in dBFS of what is spoken in these samples (16 bit, 8 kHz); -100 when they are silent."""
    powers = [sum(map(mul, frame, frame)) / len(frame) for frame in _frames(samples)]
    speech = _mean(powers)
    for _ in range(20):
        louder = _mean([power for power in powers if power >= speech * _MARGIN])
        if math.isclose(louder, speech, rel_tol=1e-4):
            break
        speech = louder
    return max(SILENCE, 10 * math.log10(speech / FULL**2)) if speech > 0 else SILENCE


def mean_level(samples: Sequence[float]) -> float:
    """Level in dBFS of all samples, pauses and all: for music."""
    power = sum(map(mul, samples, samples)) / max(1, len(samples))
    return max(SILENCE, 10 * math.log10(power / FULL**2)) if power > 0 else SILENCE


def clipped(samples: Sequence[float]) -> int:
    """How many times three samples or more in a row stand at full scale: the recording was too loud, which no level mends."""
    runs, here = 0, 0
    for sample in samples:
        here = here + 1 if abs(sample) >= FULL - 2 else 0
        runs += here == 3
    return runs


def levelled(samples: Sequence[float], dbfs: float = SPEECH_DBFS) -> "array[int]":
    """The same speech at this active level; single peaks above -4.4 dBFS are bent, none passes -1.9 dBFS. Silence stays silence."""
    wanted, gain, bent = dbfs, 0.0, list(samples)
    for _ in range(3):  # bending takes a little of the level
        gain += wanted - active_level(bent) if active_level(bent) > SILENCE else 0.0
        factor = 10 ** (gain / 20)
        bent = [_bend(sample * factor / FULL) * FULL for sample in samples]
    return array("h", [round(sample) for sample in bent])


def samples_of(pcm: bytes) -> "array[int]":
    """16-bit little-endian bytes as samples."""
    samples = array("h", pcm)
    if sys.byteorder == "big":
        samples.byteswap()
    return samples


def fitted(samples: Sequence[float], *, joined: bool = False) -> "array[int]":
    """This recording as a prompt: trimmed and at the level of the line. `joined`: a part of a sentence, with hardly any rest around it."""
    return levelled(trimmed(samples, before_s=0.015, after_s=0.03) if joined else trimmed(samples))


def faults(samples: Sequence[float], *, joined: bool = False) -> tuple[str, ...]:
    """What keeps an 8 kHz sound from being a prompt, in words; empty when nothing does. `joined`: it is a part of a sentence."""
    seconds, level, shortest = len(samples) / RATE, active_level(samples), SHORTEST_JOINED_S if joined else SHORTEST_S
    found = []
    if not shortest <= seconds <= LONGEST_S:
        found.append(f"{seconds:.1f} s: 应为 must be {shortest:g} to {LONGEST_S:g} s")
    if abs(level - SPEECH_DBFS) > TOLERANCE_DB:
        found.append(f"{level:.1f} dBFS: 应为 must be {SPEECH_DBFS:g} ± {TOLERANCE_DB:g}")
    if clipped(samples):
        found.append("削波 it is clipped")
    return tuple(found)


def faults_of_pause(samples: Sequence[float]) -> tuple[str, ...]:
    """What keeps an 8 kHz sound from being a pause between parts of a sentence."""
    seconds, found = len(samples) / RATE, []
    if not SHORTEST_JOINED_S <= seconds <= LONGEST_PAUSE_S:
        found.append(f"{seconds:.1f} s: 停顿应为 a pause must be {SHORTEST_JOINED_S:g} to {LONGEST_PAUSE_S:g} s")
    if any(samples):
        found.append("停顿里有声音 a pause must be silent")
    return tuple(found)


def trimmed(samples: Sequence[float], *, before_s: float = 0.08, after_s: float = 0.15) -> list[float]:
    """The speech with this much rest around it: the first packet of a call is easily lost, and a hard end sounds rude.

    The rest is the room's own silence as far as the recording has it, so that a soft beginning (h, f, s) is kept.
    """
    pause = 0.01 * max(map(abs, samples), default=0.0)
    loud = [place for place, sample in enumerate(samples) if abs(sample) > pause] or [0]
    first, last = loud[0] - round(before_s * RATE), loud[-1] + round(after_s * RATE)
    spoken = _soft_edges(list(samples[max(0, first) : last]))
    return [0.0] * max(0, -first) + spoken + [0.0] * max(0, last - len(samples))


def _soft_edges(samples: list[float], over: int = 40) -> list[float]:
    last = len(samples) - 1
    return [sample * min(1.0, place / over, (last - place) / over) for place, sample in enumerate(samples)]


def _bend(sample: float) -> float:
    over = abs(sample) - _KNEE
    return sample if over <= 0 else math.copysign(_KNEE + (_TOP - _KNEE) * math.tanh(over / (_TOP - _KNEE)), sample)


def _frames(samples: Sequence[float]) -> Iterable[Sequence[float]]:
    return (samples[start : start + _FRAME] for start in range(0, len(samples), _FRAME))


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0
