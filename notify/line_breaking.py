"""Where a line of Chinese text may end (GB/T 15834 and printers' custom): no closing mark begins a line, no opening one ends it. Pure."""

import re
from collections.abc import Callable, Iterator
from typing import Final

NOT_FIRST: Final = frozenset("，。；：、？！）》〉」』】〕”’…—·％")
NOT_LAST: Final = frozenset("（《〈「『【〔“‘")
_PIECES: Final = re.compile(r"[0-9A-Za-z][0-9A-Za-z.,:/_-]*[0-9A-Za-z]|.", re.DOTALL)


def lines(text: str, width: float, measure: Callable[[str], float]) -> list[str]:
    """The text in lines no wider than `width`, as `measure` says; an Arabic number or a Latin word stays whole where it fits in a line."""
    done: list[str] = []
    line = ""
    for piece in _pieces(text, width, measure):
        if not line or measure(line + piece) <= width:
            line += piece
            continue
        kept = _kept(line, piece)
        done.append(line[:kept])
        line = line[kept:] + piece
    return [*done, line] if line else done


def _pieces(text: str, width: float, measure: Callable[[str], float]) -> Iterator[str]:
    for match in _PIECES.finditer(text):
        if measure(match[0]) <= width:
            yield match[0]
        else:
            yield from match[0]


def _kept(line: str, following: str) -> int:
    """How much of the line stays, so that neither it ends nor the next one begins with a wrong mark. At least one character does."""
    end = len(line)
    while end > 1 and (line[end - 1] in NOT_LAST or (line[end:] + following)[0] in NOT_FIRST):
        end -= 1
    return end
