"""A journal in memory."""

from collections.abc import Sequence

from hotline.call_facts import CallFact
from hotline.identity import CallId


class FakeJournal:
    """The Journal door: keeps what was written, in order, and shows it."""

    def __init__(self) -> None:
        self._lines: list[tuple[CallId, CallFact]] = []
        self._closed: set[CallId] = set()

    def write(self, call: CallId, fact: CallFact) -> None:
        """Keep it."""
        self._lines.append((call, fact))

    def close(self, call: CallId) -> None:
        """Note it."""
        self._closed.add(call)

    def facts(self, call: CallId) -> Sequence[CallFact]:
        """What was written about this call."""
        return [fact for about, fact in self._lines if about == call]

    def closed(self, call: CallId) -> bool:
        """Whether its journal was handed over."""
        return call in self._closed
