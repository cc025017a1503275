"""Tickets and entries as plain JSON, for whoever keeps or sends them. What is read back is equal to what was written."""

from functools import cache
from typing import Any, TypeVar, cast

from pydantic import TypeAdapter

from tickets.ticket import Entry, Ticket

Value = TypeVar("Value")


def to_json(ticket: Ticket) -> dict[str, Any]:
    """Everything: whoever shows it goes through tickets/views.py first."""
    return plain(ticket)


def of_json(stored: dict[str, Any]) -> Ticket:
    """Fields that a former release did not know take their defaults."""
    return read(Ticket, stored)


def entry_to_json(entry: Entry) -> dict[str, Any]:
    """Its values are plain JSON already."""
    return plain(entry)


def entry_of_json(stored: dict[str, Any]) -> Entry:
    """The entry, equal to what was written."""
    return read(Entry, stored)


def plain(value: object) -> dict[str, Any]:
    """A value of one of our dataclasses as plain JSON; sets are sorted, so that the same value is the same text."""
    dumped = cast("dict[str, Any]", _adapter(type(value)).dump_python(value, mode="json"))
    for name, part in vars(value).items():
        if isinstance(part, frozenset):
            dumped[name] = sorted(dumped[name])
    return dumped


def read(kind: type[Value], stored: object) -> Value:
    """The value back. Raises pydantic's `ValidationError` for what was never written by `plain`."""
    return cast("Value", _adapter(kind).validate_python(stored))


def _adapter(kind: type) -> TypeAdapter[Any]:
    known = _adapters()
    if kind not in known:
        known[kind] = TypeAdapter(kind)
    return known[kind]


@cache
def _adapters() -> dict[type, TypeAdapter[Any]]:
    """Made when they are needed: building one takes milliseconds."""
    return {}
