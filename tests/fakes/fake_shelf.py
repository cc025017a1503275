"""知识库 in memory: the twin of storage/knowledge.py."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from knowledge.model import Given, Item
from knowledge.moves import KnowledgeState
from knowledge.ports import Asked, Hit, ItemChanged


class FakeShelf:
    """The `Shelf` door."""

    def __init__(self) -> None:
        self.items: dict[str, Item] = {}
        self.counted: Counter[tuple[str, Hit]] = Counter()
        self.answers: list[Given] = []

    def load(self, item_id: str) -> Item | None:
        """One entry."""
        return self.items.get(item_id)

    def put(self, item: Item) -> Item:
        """Of the right revision only."""
        known = self.items.get(item.id)
        if (known.revision if known else 0) != item.revision:
            raise ItemChanged("条目已被他人修改 changed in between")
        self.items[item.id] = replace(item, revision=item.revision + 1)
        return self.items[item.id]

    def new_id(self) -> str:
        """k-1, k-2 …"""
        return f"k-{len(self.items) + 1}"

    def by_source(self, ticket: str) -> str | None:
        """The entry that was drafted from this ticket."""
        return next((item.id for item in self.items.values() if item.source == ticket), None)

    def search(self, asked: Asked) -> Sequence[Item]:
        """In no particular order."""
        found = [(item, next((each for each in item.versions if each.state is asked.state), None)) for item in self.items.values()]
        return [item for item, version in found if version and all(word in version.words.text for word in asked.words)][: asked.limit]

    def waiting(self, owner: str = "") -> Sequence[Item]:
        """What is in review."""
        waiting = [item for item in self.items.values() if item.newest.state is KnowledgeState.IN_REVIEW]
        return [item for item in waiting if not owner or item.owner == owner]

    def ripe(self, today: date) -> Sequence[str]:
        """What is over."""
        return [item.id for item in self.items.values() if item.valid and item.valid.valid_until and item.valid.valid_until < today]

    def count(self, items: Sequence[str], hit: Hit, day: date) -> None:
        """One hit for each of them."""
        self.counted.update((item_id, hit) for item_id in items)

    def hits(self, item_id: str) -> dict[Hit, int]:
        """All its hits."""
        return {hit: count for (each, hit), count in self.counted.items() if each == item_id}

    def keep_given(self, given: Given) -> None:
        """Once for each ticket and entry."""
        if not any((each.item, each.ticket) == (given.item, given.ticket) for each in self.answers):
            self.answers.append(given)
            self.counted[given.item, Hit.ANSWERED] += 1

    def given(self, item_id: str) -> Sequence[Given]:
        """The newest first."""
        return [each for each in reversed(self.answers) if each.item == item_id]
