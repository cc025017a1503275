"""Callbacks under way as words, and back: or a new leader would call a citizen who is on the phone with us already.

What is owed needs no memory: the worker tells it. Nothing personal stands in the words.
"""

import logging
from collections.abc import Mapping
from dataclasses import replace

from hotline.errors import MalformedInput
from hotline.identity import AgentId, CallId, LegId
from routing.model import Switchboard
from routing.owing import Flight

log = logging.getLogger(__name__)


def changed(before: Switchboard | None, after: Switchboard) -> dict[str, str | None]:
    """Task → its words, where they are not as they were."""
    old: Mapping[CallId, Flight] = before.callbacks.flights if before is not None else {}
    new = after.callbacks.flights
    if old is new:
        return {}
    words: dict[str, str | None] = {task: _words(flight) for task, flight in new.items() if old.get(task) != flight}
    return words | dict.fromkeys(old.keys() - new.keys())


def recalled(board: Switchboard, words: Mapping[str, str]) -> Switchboard:
    """The same switchboard, which knows of them. What cannot be read is left out."""
    flights = {flight.task: flight for task, text in words.items() if (flight := _flight(task, text))}
    return replace(board, callbacks=replace(board.callbacks, flights=flights)) if flights else board


def _words(flight: Flight) -> str:
    return f"{flight.agent} {flight.leg} {flight.since:.3f} {flight.call or '-'}"


def _flight(task: str, text: str) -> Flight | None:
    try:
        agent, leg, since, call = text.split(" ")
        known = None if call == "-" else CallId(call)
        return Flight(task=CallId(task), agent=AgentId(agent), leg=LegId(leg), since=float(since), call=known)
    except (ValueError, MalformedInput):
        log.warning("what was kept of the callback for %s cannot be read", task)
        return None
