"""Reading one AMI event: what must be there, what may be empty. `MalformedInput` names event and header; values never reach a log."""

from collections.abc import Mapping
from typing import Any

from hotline.errors import MalformedInput

Event = Mapping[str, Any]


def need(event: Event, header: str) -> str:
    """The header's value. Raises `MalformedInput` when it is missing, empty or there twice."""
    value = may_be_empty(event, header)
    if not value:
        raise MalformedInput(f"{name(event)}: {header} is empty")
    return value


def may_be_empty(event: Event, header: str) -> str:
    """The header's value, which may be empty. Raises `MalformedInput` when it is missing or there twice."""
    value = event.get(header)
    if not isinstance(value, str):
        raise MalformedInput(f"{name(event)}: {header} is {'missing' if value is None else 'there twice'}")
    return value


def count(event: Event, header: str) -> int:
    """The header's value as a number that cannot be negative. Raises `MalformedInput`."""
    value = need(event, header)
    if not (value.isascii() and value.isdigit()):
        raise MalformedInput(f"{name(event)}: {header} is not a count")
    return int(value)


def name(event: Event) -> str:
    """The event's own name."""
    return f"{event.get('Event', 'no event')} {event.get('UserEvent', '')}".strip()


def said_on(event: Event, variable: str) -> str:
    """The value of a channel variable that events carry (`channelvars` of manager.conf: `ChanVariable: NAME=VALUE`), empty when not set."""
    said = event.get("ChanVariable", "")
    pairs = (line.partition("=") for line in ([said] if isinstance(said, str) else said))
    return next((value for key, _, value in pairs if key == variable), "")
