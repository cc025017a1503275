"""A mapping that never changes, laid out on shelves (分格): with one value anew it is made by copying one shelf, not ten thousand entries,
and what differs between two of them is found by looking at the shelves that differ."""

from collections.abc import Hashable, ItemsView, Iterator, Mapping, ValuesView
from typing import Final, Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")

SHELF: Final = 128
"""Entries of one shelf: near the square root of a large house, where shelf and row of shelves cost the same."""


class Shelved(Mapping[Key, Value], Generic[Key, Value]):
    """In the order of the mapping that it was made of. `places`: key → number of its shelf."""

    __slots__ = ("places", "shelves")

    def __init__(self, entries: Mapping[Key, Value]) -> None:
        names = list(entries)
        self.places: Mapping[Key, int] = {name: at // SHELF for at, name in enumerate(names)}
        self.shelves: tuple[dict[Key, Value], ...] = tuple(
            {name: entries[name] for name in names[at : at + SHELF]} for at in range(0, len(names), SHELF)
        )

    def having(self, key: Key, value: Value) -> "Shelved[Key, Value]":
        """The same with this value; a key that is not there yet comes last."""
        at = self.places.get(key)
        if at is None:
            return Shelved({**self, key: value})
        other: Shelved[Key, Value] = Shelved.__new__(Shelved)
        other.places = self.places
        other.shelves = (*self.shelves[:at], {**self.shelves[at], key: value}, *self.shelves[at + 1 :])
        return other

    def differing(self, before: Mapping[Key, Value]) -> Iterator[tuple[Key, Value]]:
        """Entries whose value is not the very one that `before` has."""
        if not isinstance(before, Shelved) or before.places is not self.places:
            return ((key, value) for key, value in self.items() if before.get(key) is not value)
        pairs = [(shelf, other) for shelf, other in zip(self.shelves, before.shelves, strict=True) if shelf is not other]
        return ((key, value) for shelf, other in pairs for key, value in shelf.items() if other[key] is not value)

    def same_keys(self, before: Mapping[Key, Value]) -> bool:
        """True if no key came or went, as far as that is known without a look."""
        return isinstance(before, Shelved) and before.places is self.places

    def __getitem__(self, key: Key) -> Value:
        return self.shelves[self.places[key]][key]

    def __iter__(self) -> Iterator[Key]:
        return iter(self.places)

    def __len__(self) -> int:
        return len(self.places)

    def __contains__(self, key: object) -> bool:
        return key in self.places

    def values(self) -> ValuesView[Value]:
        """In order, shelf by shelf."""
        return _Values(self)

    def items(self) -> ItemsView[Key, Value]:
        """In order, shelf by shelf."""
        return _Items(self)

    def __repr__(self) -> str:
        return f"Shelved({dict(self)!r})"


class _Values(ValuesView[Value]):
    _mapping: Shelved[Hashable, Value]

    def __iter__(self) -> Iterator[Value]:
        return (value for shelf in self._mapping.shelves for value in shelf.values())


class _Items(ItemsView[Key, Value]):
    _mapping: Shelved[Key, Value]

    def __iter__(self) -> Iterator[tuple[Key, Value]]:
        return (entry for shelf in self._mapping.shelves for entry in shelf.items())


def shelved(entries: Mapping[Key, Value]) -> Shelved[Key, Value]:
    """These entries on shelves."""
    return entries if isinstance(entries, Shelved) else Shelved(entries)
