"""技能: what an agent can and what a caller asks for. Written as `teochew`, with a level as `teochew:3` (1 to 9, higher is better)."""

import re
from collections.abc import Iterable, Mapping
from typing import Final

from hotline.errors import MalformedInput

Levels = Mapping[str, int]
"""Skill → level."""

_WRITTEN: Final = re.compile(r"([A-Za-z0-9][A-Za-z0-9._-]{0,39})(?::([1-9]))?", re.ASCII)


def levels_of(written: Iterable[str]) -> dict[str, int]:
    """`["teochew:3", "tax"]` → `{"teochew": 3, "tax": 1}`. Raises `MalformedInput`, which shows the remedy."""
    levels = {}
    for each in written:
        if not (read := _WRITTEN.fullmatch(each)):
            raise MalformedInput(f"技能写法不对 a skill is written like tax or teochew:3, not {each!r}")
        levels[read[1]] = int(read[2] or 1)
    return levels


def written(levels: Levels) -> tuple[str, ...]:
    """The same as they are written, in order of their names; level 1 goes without saying."""
    return tuple(name if level == 1 else f"{name}:{level}" for name, level in sorted(levels.items()))
