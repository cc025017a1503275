"""Pairs of characters (二元组): how Chinese text is found by words that no dictionary knows. One spelling for what is stored and asked."""

import re
import unicodedata
from collections.abc import Iterable
from typing import Final

_BREAKS: Final = re.compile(r"[\W_]+")
SHORTEST: Final = 2


def folded(text: str) -> str:
    """One spelling: full-width and half-width, capital and small letters are the same; marks and spaces part words."""
    return _BREAKS.sub(" ", unicodedata.normalize("NFKC", text).casefold()).strip()


def grams(text: str) -> frozenset[str]:
    """Every pair of neighbours within a word."""
    return frozenset(word[at : at + 2] for word in folded(text).split() for at in range(len(word) - 1))


def asked_words(words: Iterable[str]) -> tuple[str, ...]:
    """What is looked for: the parts of at least two characters, each once."""
    parts = (part for word in words for part in folded(word).split())
    return tuple(dict.fromkeys(part for part in parts if len(part) >= SHORTEST))
