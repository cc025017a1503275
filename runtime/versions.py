"""Which of two versions of a program is the newer one. Only what we need: numbers, and `rc` being older than none."""

import re

_VERSION = re.compile(r"(\d+(?:\.\d+)*)((?:[~-]?(?:rc|beta|alpha)\d*)?)")
_FINAL = 1
_CANDIDATE = 0

Rank = tuple[tuple[int, ...], int]


def rank(version: str) -> Rank | None:
    """A sortable form of `22.10.1~dfsg+~cs6` (22.10.1, final) or `22.11.0-rc1`; None when it does not start with a number.

    An epoch (`1:22.10.1`) is skipped: it belongs to the packager and programs do not print it.
    """
    match = _VERSION.match(version.split(":", 1)[-1].strip())
    if match is None:
        return None
    numbers = tuple(int(part) for part in match[1].split("."))
    return _without_trailing_zeros(numbers), _CANDIDATE if match[2] else _FINAL


def at_least(version: str, wanted: str) -> bool:
    """Whether `version` is `wanted` or newer; False when either cannot be read."""
    have, need = rank(version), rank(wanted)
    return have is not None and need is not None and have >= need


def _without_trailing_zeros(numbers: tuple[int, ...]) -> tuple[int, ...]:
    while len(numbers) > 1 and numbers[-1] == 0:
        numbers = numbers[:-1]
    return numbers
