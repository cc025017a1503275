"""单位保密要求 (揭府办〔2015〕4号 article 10-2), as a unit reports them: words for people, and lines that the platform follows by itself.

事项 0102：级别 2，专人 2001、2002

Matters whose code begins with 0102 are of level 2 there, and only 2001 and 2002 handle them. Without a code: whatever the unit handles;
without 专人: everybody there. Whatever begins with 事项 must be such a line, so that a slip of the pen does not open what was to be kept.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from hotline.errors import MalformedInput

_BEGIN: Final = "事项"
_LINE: Final = re.compile(
    r"事项\s*(?P<code>[0-9A-Za-z]{0,32})\s*[:：]\s*级别\s*(?P<level>[0-3])\s*(?:[,，;；]\s*专人\s*(?P<staff>[0-9A-Za-z._-]+(?:\s*[、,，]\s*[0-9A-Za-z._-]+)*))?\s*[。.]?"
)
_BETWEEN: Final = re.compile(r"\s*[、,，]\s*")


@dataclass(frozen=True, kw_only=True)
class SecrecyLine:
    """One of them. `staff`: ids of persons, empty = everybody of the unit; `level`: 0 公开 … 3 涉密专渠."""

    code: str
    level: int
    staff: frozenset[str] = frozenset()


def secrecy_lines(text: str) -> tuple[SecrecyLine, ...]:
    """Those that the platform follows, in their order. Raises `MalformedInput` for one that only looks like it."""
    return tuple(_lines(text))


def _lines(text: str) -> Iterator[SecrecyLine]:
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip().startswith(_BEGIN):
            continue
        found = _LINE.fullmatch(line.strip())
        if found is None:
            raise MalformedInput(
                f"保密要求第{number}行看不懂，应如“事项 0102：级别 2，专人 2001、2002” line {number} cannot be read; write it like that"
            )
        staff = _BETWEEN.split(found["staff"]) if found["staff"] else ()
        yield SecrecyLine(code=found["code"], level=int(found["level"]), staff=frozenset(f"p-{login.lower()}" for login in staff))
