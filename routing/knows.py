"""Who knows whom (熟悉的坐席): which agent talked with a citizen last, so that he need not tell everything again.

A citizen is known by a keyed hash of his number (HMAC-SHA-256, 96 bits of it): without the key of secrets.toml nobody can tell the number
from it, nor try numbers out. What is older than `life` is forgotten.
"""

import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from hotline.errors import MalformedInput
from hotline.identity import AgentId

_SIGNS: Final = 24
_SHELF: Final = 2
"""Hexadecimal signs that name a shelf: one of 256 is copied when somebody is learnt, not all that is known."""


@dataclass(frozen=True, kw_only=True)
class Known:
    """`agent` talked with him last; `at`: Unix seconds."""

    agent: AgentId
    at: float


Shelf = Mapping[str, Known]


@dataclass(frozen=True, kw_only=True)
class Knowledge:
    """All citizens who are known, by the veils of their numbers. `key`: from secrets.toml."""

    key: bytes = field(default=b"", repr=False)
    life: timedelta = timedelta(hours=24)
    shelves: Mapping[str, Shelf] = field(default_factory=dict, repr=False)

    def of(self, number: str) -> Known | None:
        """Who talked with the citizen of this number last; None: nobody that we know of, or he withheld it."""
        veil = self.veil(number)
        return self.shelves.get(veil[:_SHELF], {}).get(veil) if veil else None

    def veil(self, number: str) -> str:
        """The number as it may be kept; empty for a withheld one."""
        return hmac.digest(self.key, number.encode(), "sha256").hex()[:_SIGNS] if number else ""

    def learnt(self, number: str, agent: AgentId, at: datetime) -> "Knowledge":
        """They talk now."""
        veil = self.veil(number)
        if not veil:
            return self
        name = veil[:_SHELF]
        shelf = {**self.shelves.get(name, {}), veil: Known(agent=agent, at=at.timestamp())}
        return replace(self, shelves={**self.shelves, name: shelf})

    def without_old(self, now: datetime) -> "Knowledge":
        """One shelf without what is too old: another one every second."""
        name = f"{int(now.timestamp()) % 16**_SHELF:0{_SHELF}x}"
        shelf, oldest = self.shelves.get(name, {}), now.timestamp() - self.life.total_seconds()
        kept = {veil: each for veil, each in shelf.items() if each.at >= oldest}
        return replace(self, shelves={**self.shelves, name: kept}) if len(kept) < len(shelf) else self

    # ── as words, for the roster ─────────────────────────────────────────────────────────────────

    def changed_since(self, before: "Knowledge | None") -> dict[str, str | None]:
        """Veil → its words, None = forgotten, for whatever is not as it was."""
        if before is not None and self.shelves is before.shelves:
            return {}
        words: dict[str, str | None] = {}
        for name, shelf in self.shelves.items():
            old = before.shelves.get(name, {}) if before else {}
            if shelf is not old:
                words |= {veil: f"{each.agent} {each.at:.0f}" for veil, each in shelf.items() if old.get(veil) != each}
                words |= dict.fromkeys(old.keys() - shelf.keys())
        return words

    def recalled(self, words: Iterable[tuple[str, str]]) -> "Knowledge":
        """The same with what was kept; what cannot be read is left out. What is too old goes by and by (`without_old`)."""
        shelves: dict[str, dict[str, Known]] = {}
        for veil, word in words:
            known = _read(word)
            if known is not None:
                shelves.setdefault(veil[:_SHELF], {})[veil] = known
        return replace(self, shelves=shelves)


def _read(word: str) -> Known | None:
    agent, _, at = word.partition(" ")
    try:
        return Known(agent=AgentId(agent), at=float(at))
    except (MalformedInput, ValueError):
        return None
