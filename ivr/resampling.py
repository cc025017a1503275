"""Any studio's recording to the telephone's 8 kHz: band limited by a windowed sinc, so that nothing folds back as a rasp.

Slow (a tenth of a second for each second of sound) and without a library: it runs once per recording, on any machine.
"""

import math
from collections.abc import Sequence
from functools import partial
from operator import mul
from typing import Final

from hotline.errors import MalformedInput
from ivr.loudness import RATE

CUTOFF_HZ: Final = 3700.0
"""Half its voltage is left here; 60 dB are gone at 4 kHz."""
_REACH_S: Final = 0.005


def to_telephone(samples: Sequence[float], rate: int) -> list[float]:
    """The samples at 8 kHz. Raises `MalformedInput` below 8 kHz: what was never recorded cannot be heard."""
    if rate == RATE:
        return list(samples)
    if rate < RATE:
        raise MalformedInput(f"{rate} Hz: record at 8000 Hz or more, best at 48000")
    step, phases = rate // math.gcd(rate, RATE), RATE // math.gcd(rate, RATE)
    reach = round(_REACH_S * rate)
    padded = [0.0] * reach + list(samples) + [0.0] * (reach + 1)
    kernels = [_kernel(rate, reach, phase / phases) for phase in range(phases)]
    output = []
    for number in range(len(samples) * phases // step):
        place, phase = divmod(number * step, phases)
        output.append(sum(map(mul, kernels[phase], padded[place : place + 2 * reach + 1])))
    return output


def _kernel(rate: int, reach: int, shift: float) -> list[float]:
    """The filter around a moment that lies `shift` of a sample after the middle one; its sum is 1."""
    weigh = partial(_weight, turns=2 * CUTOFF_HZ / rate, reach=reach + 1)
    taps = [weigh(place - reach - shift) for place in range(2 * reach + 1)]
    return [tap / sum(taps) for tap in taps]


def _weight(at: float, *, turns: float, reach: int) -> float:
    window = 0.42 + 0.5 * math.cos(math.pi * at / reach) + 0.08 * math.cos(2 * math.pi * at / reach)
    return window * (math.sin(math.pi * turns * at) / (math.pi * at) if at else turns)
