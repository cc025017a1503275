"""What is missing of a recording (录音缺口), by side and as far as it can be known. Pure."""

from dataclasses import dataclass, replace

TOLERANCE_S = 2.0
"""A crash of the switch loses up to 2.05 s (measured); more than that is worth a person's look."""

CITIZEN, HEARD, BOTH = "citizen", "heard", "both"


@dataclass(frozen=True, kw_only=True)
class AudioGap:
    """So many seconds of a side. `begins`: seconds after the answer, None = it is known how much is missing, but not where."""

    side: str
    seconds: float
    begins: float | None = None


def gaps_of(citizen: float | None, heard: float | None, expected: float) -> tuple[AudioGap, ...]:
    """What is missing of two sides that have so many seconds (None: no such file), when the call had so many."""
    found = [gap for side, length in ((CITIZEN, citizen), (HEARD, heard)) if (gap := _gap(side, length, expected))]
    if len(found) == 2 and found[0].begins == found[1].begins and abs(found[0].seconds - found[1].seconds) <= TOLERANCE_S:
        return (replace(found[0], side=BOTH, seconds=max(gap.seconds for gap in found)),)
    return tuple(found)


def moved(gaps: tuple[AudioGap, ...], *, seconds: float, before: float, expected: float) -> tuple[AudioGap, ...]:
    """The gaps of a recording of so many `seconds` when the call turns out to have had `expected` seconds and not those `before`."""
    if not gaps:
        return gaps_of(seconds, seconds, expected)
    changed = (replace(gap, seconds=round(gap.seconds + expected - before, 3)) for gap in gaps)
    return tuple(gap for gap in changed if gap.seconds > TOLERANCE_S)


def _gap(side: str, length: float | None, expected: float) -> AudioGap | None:
    if length is None:
        return AudioGap(side=side, seconds=round(expected, 3), begins=0.0)
    missing = round(expected - length, 3)
    return AudioGap(side=side, seconds=missing) if missing > TOLERANCE_S else None
