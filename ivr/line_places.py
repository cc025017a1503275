"""Where something stands in a TOML file: path of a value → line, counted from 1. tomllib reads values, but forgets their places.

Knows TOML's plain spellings: tables, arrays of tables, keys, lists over several lines. Whoever writes it more cleverly gets the line
of the table around it.
"""

import re
from collections.abc import Mapping

Place = tuple[str | int, ...]
"""Keys and positions from the top of the file: `("menu", "main", "keys", "3")`, `("rehearsal", 0, "steps", 2)`."""

_PARTS = re.compile(r"""\s*("[^"]*"|'[^']*'|[A-Za-z0-9_-]+)\s*(\.)?""")
_TABLE = re.compile(r"\s*(\[\[?)(.+?)\]\]?\s*$")
_KEY = re.compile(r"""\s*((?:"[^"]*"|'[^']*'|[A-Za-z0-9_.-]+))\s*=(.*)$""")
_STRING = re.compile(r""""(?:[^"\\]|\\.)*"|'[^']*'""")
_COMMENT = re.compile(r"""("(?:[^"\\]|\\.)*"|'[^']*')|#.*$""")


class Places:
    """The places of one file, found once."""

    def __init__(self, text: str) -> None:
        self._lines: dict[Place, int] = {(): 1}
        self._count: dict[Place, int] = {}  # of arrays of tables
        self._list: tuple[Place, int] | None = None  # an open list and how many strings it has so far
        table: Place = ()
        for number, line in enumerate(text.splitlines(), start=1):
            table = self._read(number, _COMMENT.sub(lambda found: found[1] or "", line), table)

    def line_of(self, place: Place) -> int:
        """The line of this value, else of what is around it; 1 when nothing is known."""
        while place not in self._lines:
            place = place[:-1]
        return self._lines[place]

    def all(self) -> Mapping[Place, int]:
        """Everything found."""
        return self._lines

    def _read(self, number: int, line: str, table: Place) -> Place:
        if self._list is not None:
            self._read_strings(number, line)
        elif found := _TABLE.match(line):
            table = self._table(found[1] == "[[", found[2])
            self._lines.setdefault(table, number)
        elif found := _KEY.match(line):
            place = (*table, *_split(found[1]))
            self._lines.setdefault(place, number)
            if found[2].lstrip().startswith("["):
                self._list = (place, 0)
                self._read_strings(number, found[2])
        return table

    def _read_strings(self, number: int, line: str) -> None:
        assert self._list is not None
        place, count = self._list
        for _ in _STRING.findall(line):
            self._lines[(*place, count)] = number
            count += 1
        rest = _STRING.sub("", line)
        self._list = None if "]" in rest else (place, count)

    def _table(self, one_of_many: bool, name: str) -> Place:
        place: Place = ()
        parts = _split(name)
        for part in parts[:-1]:
            place = (*place, part)
            if place in self._count:
                place = (*place, self._count[place])
        place = (*place, parts[-1])
        if one_of_many:
            self._count[place] = self._count.get(place, -1) + 1
            place = (*place, self._count[place])
        return place


def _split(name: str) -> tuple[str, ...]:
    return tuple(part.strip("\"'") for part, _ in _PARTS.findall(name)) or (name.strip(),)
