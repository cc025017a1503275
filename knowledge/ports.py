"""Doors that only this room speaks through. Every method is one short transaction, may block, and raises `DoorClosed`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Protocol

from hotline.errors import HotlineError
from knowledge.model import Given, Item
from knowledge.moves import KnowledgeState


class ItemChanged(HotlineError):
    """Somebody else changed the entry in between: nothing was written. Look at it again."""


class Hit(StrEnum):
    """What is counted of an entry (命中)."""

    FOUND = "found"
    """It stood in an answer to a search."""
    OPENED = "opened"
    ANSWERED = "answered"
    """It was answered from."""


@dataclass(frozen=True, kw_only=True)
class Asked:
    """`words`: each must stand in the entry. `state`: an entry is meant by its version in this state."""

    words: tuple[str, ...] = ()
    owner: str = ""
    code: str = ""
    state: KnowledgeState = KnowledgeState.VALID
    limit: int = 20


class Shelf(Protocol):
    """知识库 as it is kept."""

    def load(self, item_id: str) -> Item | None:
        """One entry with all its versions."""

    def put(self, item: Item) -> Item:
        """Store it; returns it with its new revision. Raises `ItemChanged` when the stored one is of another revision."""

    def new_id(self) -> str:
        """An id that no entry has had."""

    def by_source(self, ticket: str) -> str | None:
        """The entry that was drafted from this ticket."""

    def search(self, asked: Asked) -> Sequence[Item]:
        """Best first: words in the title before words in the text, then what is answered from most, then the newest."""

    def waiting(self, owner: str = "") -> Sequence[Item]:
        """What is in review, the soonest due first."""

    def ripe(self, today: date) -> Sequence[str]:
        """Entries whose valid version's last day is over."""

    def count(self, items: Sequence[str], hit: Hit, day: date) -> None:
        """One hit for each of them."""

    def hits(self, item_id: str) -> dict[Hit, int]:
        """All its hits so far."""

    def keep_given(self, given: Given) -> None:
        """An answer that was given; counted, once for each ticket and entry."""

    def given(self, item_id: str) -> Sequence[Given]:
        """Every answer given from it, the newest first."""
