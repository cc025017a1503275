"""What must outlive a leader though Asterisk does not show it, as words for the roster (routing.ports.Roster).

It is cut into slices, one per topic; each says what changed from one switchboard to the next, and puts back what was kept. A place in line,
talks and ringing telephones are in no slice: the survey finds them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final, Protocol

from hotline.call_facts import AgentJoined
from hotline.identity import AgentId
from routing import remembered_agents, remembered_callbacks
from routing.model import Switchboard
from routing.turn import Turn

Words = dict[str, str | None]
"""Key within its slice → word; None = forget it."""


class Slice(Protocol):
    """One topic. `name` stands before its keys."""

    @property
    def name(self) -> str:
        """A word without a colon."""

    def changed(self, before: Switchboard | None, after: Switchboard) -> Words:
        """What to keep so that `after` can be recalled where `before` could; None = where nothing was kept."""

    def recalled(self, board: Switchboard, words: Mapping[str, str]) -> Switchboard:
        """The new leader's switchboard, with what was kept. What cannot be read is left out, and logged by its key."""


@dataclass(frozen=True, kw_only=True)
class _Agents:
    name: str = "agent"

    def changed(self, before: Switchboard | None, after: Switchboard) -> Words:
        return remembered_agents.changed(before, after)

    def recalled(self, board: Switchboard, words: Mapping[str, str]) -> Switchboard:
        return remembered_agents.recalled(board, words)


@dataclass(frozen=True, kw_only=True)
class _Knows:
    name: str = "knows"

    def changed(self, before: Switchboard | None, after: Switchboard) -> Words:
        return after.knows.changed_since(before.knows if before else None)

    def recalled(self, board: Switchboard, words: Mapping[str, str]) -> Switchboard:
        return replace(board, knows=board.knows.recalled(words.items()))


@dataclass(frozen=True, kw_only=True)
class _Callbacks:
    name: str = "callback"

    def changed(self, before: Switchboard | None, after: Switchboard) -> Words:
        return remembered_callbacks.changed(before, after)

    def recalled(self, board: Switchboard, words: Mapping[str, str]) -> Switchboard:
        return remembered_callbacks.recalled(board, words)


def remember(before: Switchboard, turn: Turn, *, old: bool) -> Turn:
    """Whoever was joined in this turn knows each other from now on. `old`: it is time to forget some of what is too old."""
    knows = turn.board.knows.without_old(turn.now) if old else turn.board.knows
    for note in turn.notes:
        if isinstance(note.fact, AgentJoined) and (citizen := before.waiting.get(note.call)):
            knows = knows.learnt(citizen.caller, AgentId(note.fact.agent), turn.now)
    return turn if knows is turn.board.knows else replace(turn, board=replace(turn.board, knows=knows))


SLICES: Final[tuple[Slice, ...]] = (_Agents(), _Knows(), _Callbacks())


def changed(before: Switchboard | None, after: Switchboard) -> Words:
    """All that is not kept yet: key → word."""
    if before is after:
        return {}
    return {f"{each.name}:{key}": word for each in SLICES for key, word in each.changed(before, after).items()}


def recalled(board: Switchboard, words: Mapping[str, str]) -> Switchboard:
    """A fresh switchboard with what earlier leaders kept."""
    sliced: dict[str, dict[str, str]] = {each.name: {} for each in SLICES}
    for key, word in words.items():
        name, _, rest = key.partition(":")
        if name in sliced:
            sliced[name][rest] = word
    for each in SLICES:
        board = each.recalled(board, sliced[each.name])
    return board
