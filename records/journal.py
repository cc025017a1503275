"""The journal's line format (design.md §4.7): one flat JSON object per fact and line.

    {"v":1,"writer":"agi-5f2c","seq":7,"call":"hl1-1764000000.12","at":"2026-11-23T06:00:00.123456Z","fact":"keys_pressed",…}

A fact is known by (writer, seq): the same line read twice, or from two files, counts once. Readers are tolerant, since a journal
outlives crashes and versions: a torn line is counted and skipped, an unknown kind is kept and ignored, an unknown field is dropped.
"""

import dataclasses
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import get_type_hints

from hotline.call_facts import KINDS, CallFact

VERSION = 1
ENVELOPE = frozenset({"v", "writer", "seq", "call", "at", "fact"})
_START = b'{"v":'

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


@dataclass(frozen=True, kw_only=True)
class JournalLine:
    """One line. `fact` is None for a kind that this version does not know; `fields` then still holds what was written."""

    writer: str
    seq: int
    call: str
    at: datetime
    kind: str
    fact: CallFact | None
    fields: Mapping[str, object]


@dataclass(frozen=True, kw_only=True)
class Journal:
    """All lines that could be read, ordered, each once; `unreadable` counts the torn and broken ones."""

    lines: tuple[JournalLine, ...] = ()
    unreadable: int = 0


def encode(*, writer: str, seq: int, call: str, at: str, fact: CallFact) -> bytes:
    """One line with its line feed. `at` is ISO 8601 in UTC with Z. This is on the path of a live call: keep it cheap."""
    line = {"v": VERSION, "writer": writer, "seq": seq, "call": call, "at": at, "fact": fact.kind}
    line.update(fact.__dict__)
    return _encode(line).encode("utf-8", "replace") + b"\n"


def decode(text: bytes) -> Journal:
    """Read one journal file, whatever state it is in. Never raises."""
    read = [_decode_line(raw) for raw in text.split(b"\n") if raw.strip()]
    return merge([Journal(lines=tuple(line for line, _ in read if line), unreadable=sum(torn for _, torn in read))])


def merge(journals: Iterable[Journal]) -> Journal:
    """Put several writers' journals together: each (writer, seq) once, ordered by time, then writer and number."""
    journals = list(journals)
    everything = sorted((line for journal in journals for line in journal.lines), key=_order)
    once = {(line.writer, line.seq): line for line in everything}
    return Journal(lines=tuple(sorted(once.values(), key=_order)), unreadable=sum(journal.unreadable for journal in journals))


def _order(line: JournalLine) -> tuple[datetime, str, int, str]:
    return line.at, line.writer, line.seq, repr(sorted(line.fields.items()))


def _decode_line(raw: bytes) -> tuple[JournalLine | None, bool]:
    """The line, and whether something was lost. After a torn line the next one is glued to it: what follows the last opening counts."""
    for start in dict.fromkeys((0, max(raw.rfind(_START), 0))):
        try:
            return _line_of(json.loads(raw[start:].decode("utf-8"))), start > 0
        except (ValueError, KeyError, TypeError, OverflowError, RecursionError):
            continue
    return None, True


def _line_of(item: Mapping[str, object]) -> JournalLine:
    at = datetime.fromisoformat(_text(item["at"]))
    if at.tzinfo is None:
        raise ValueError("a time without its zone")
    _whole(item["v"])
    kind = _text(item["fact"])
    fields = {name: value for name, value in item.items() if name not in ENVELOPE}
    return JournalLine(
        writer=_text(item["writer"]),
        seq=_whole(item["seq"]),
        call=_text(item["call"]),
        at=at.astimezone(UTC),
        kind=kind,
        fact=_fact_of(kind, fields),
        fields=fields,
    )


def _fact_of(kind: str, fields: Mapping[str, object]) -> CallFact | None:
    if kind not in KINDS:
        return None
    return KINDS[kind](**{name: read(fields[name]) for name, read in _shape(kind).items() if name in fields})


@cache
def _shape(kind: str) -> dict[str, Callable[[object], object]]:
    """How each field of a fact is read, from its annotations."""
    readers = {str: _text, int: _whole, bool: _truth, float: _number, tuple[str, ...]: _texts}
    hints = get_type_hints(KINDS[kind])
    return {field.name: readers[hints[field.name]] for field in dataclasses.fields(KINDS[kind])}


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("not a text")
    return value


def _whole(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError("not a whole number")
    return value


def _truth(value: object) -> bool:
    if not isinstance(value, bool):
        raise TypeError("not true or false")
    return value


def _number(value: object) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise TypeError("not a number")
    return float(value)


def _texts(value: object) -> tuple[str, ...]:
    """JSON knows no tuples: a list of texts becomes one."""
    if not isinstance(value, list):
        raise TypeError("not a list")
    return tuple(_text(item) for item in value)
