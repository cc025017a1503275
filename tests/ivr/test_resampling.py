"""To 8 kHz: what a telephone carries stays as it is, the rest does not fold back."""

import math

import pytest

from hotline.errors import MalformedInput
from ivr.loudness import mean_level
from ivr.resampling import to_telephone


def tone(hz: float, rate: int, seconds: float = 0.04) -> list[float]:
    return [10_000 * math.sin(2 * math.pi * hz * place / rate) for place in range(round(rate * seconds))]


def left_of(hz: float, rate: int) -> float:
    """Decibels of a tone that are left, its ends aside."""
    narrow = to_telephone(tone(hz, rate), rate)
    return mean_level(narrow[80:-80]) - mean_level(tone(hz, rate))


@pytest.mark.parametrize("rate", [12_000, 16_000, 48_000])
def test_the_voice_passes_unchanged_and_what_is_above_it_is_gone(rate: int) -> None:
    assert left_of(1000, rate) == pytest.approx(0, abs=0.2)
    assert left_of(3300, rate) == pytest.approx(0, abs=0.2)
    assert left_of(4500, rate) < -60


@pytest.mark.parametrize("rate", [32_000, 44_100, 48_000])
def test_a_recording_keeps_its_length(rate: int) -> None:
    assert len(to_telephone([1.0] * (rate // 100), rate)) == 80


def test_8_khz_stay_as_they_are() -> None:
    assert to_telephone([1, 2, 3], 8000) == [1, 2, 3]


def test_less_than_a_telephone_carries_is_refused() -> None:
    with pytest.raises(MalformedInput, match="48000"):
        to_telephone([0.0], 4000)
