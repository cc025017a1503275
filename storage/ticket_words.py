"""Which tickets hold these words? Chinese has no blanks between words, so every two characters side by side are indexed (二元分词).

A word of two characters is found by the index alone, a longer one by all of its pairs, and then looked for in the text itself.
SQLite: FTS5 without contents; PostgreSQL: an array of pairs under a GIN index. Units are indexed among the words (`@unit`), so that what
one unit has is found without reading what all others have. Whoever changes what `grams` gives must rebuild the index by a migration.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any, Final

from sqlalchemy import Connection, text

from hotline.errors import MalformedInput
from tickets.ticket import Secrecy, Ticket

LONGEST_WORD: Final = 40
_RUN: Final = re.compile(r"[^\W_]+")
_LIKE_A_NUMBER: Final = re.compile(r"\d[\d -]{5,}")
_MAKE: Final = {
    "sqlite": (
        "CREATE VIRTUAL TABLE ticket_words USING fts5(words, content='', columnsize=0, detail=none, tokenize=\"ascii tokenchars '@._-'\")",
    ),
    "postgresql": (
        'CREATE TABLE ticket_words (id BIGINT PRIMARY KEY, words TEXT[] COLLATE "C" NOT NULL)',
        "CREATE INDEX ix_ticket_words ON ticket_words USING gin (words)",
    ),
}
_TAKE_OUT: Final = text("INSERT INTO ticket_words (ticket_words, rowid, words) VALUES ('delete', :id, :words)")
_PUT_IN: Final = {
    "sqlite": text("INSERT INTO ticket_words (rowid, words) VALUES (:id, :words)"),
    "postgresql": text("INSERT INTO ticket_words (id, words) VALUES (:id, :words) ON CONFLICT (id) DO UPDATE SET words = excluded.words"),
}


def runs(words: str) -> list[str]:
    """Letters, digits and characters that stand side by side, in one width and case: full-width １２３４５ is 12345."""
    return _RUN.findall(unicodedata.normalize("NFKC", words).casefold())


def grams(words: str) -> set[str]:
    """Every two characters that stand side by side."""
    return {run[at : at + 2] for run in runs(words) for at in range(len(run) - 1)}


def asked_grams(words: Iterable[str]) -> set[str]:
    """What the index is asked for. Raises `MalformedInput` for a word of which it knows nothing."""
    found: set[str] = set()
    for word in words:
        pairs = grams(word)
        if not pairs or len(word) > LONGEST_WORD:
            raise MalformedInput(f"检索词应为2至{LONGEST_WORD}个字 a word to search for has 2 to {LONGEST_WORD} characters")
        found |= pairs
    return found


def searchable(ticket: Ticket, *, unnamed: bool = False) -> tuple[str, ...]:
    """The text that may be searched; from 联系方式保密 on without whatever tells who wrote it: a search must not say what a view hides.

    `unnamed`: for somebody who sees names at no level.
    """
    texts = (ticket.title, ticket.content, ticket.address)
    if ticket.secrecy is Secrecy.OPEN and not unnamed:
        return texts
    citizen = ticket.citizen
    for known in (citizen.name, citizen.phone, citizen.account):
        if len(known) > 1:
            texts = tuple(text.replace(known, "\n") for text in texts)  # type: ignore[assignment]  # as many as before
    return tuple(_LIKE_A_NUMBER.sub("\n", text) for text in texts)


def holds(ticket: Ticket, words: Sequence[str], *, unnamed: bool = False) -> bool:
    """Whether each of the words really stands there; the pairs of a longer word may come from several places."""
    here = "\n".join(" ".join(runs(part)) for part in searchable(ticket, unnamed=unnamed))
    return all(run in here for word in words for run in runs(word))


def needs_reading(words: Iterable[str]) -> bool:
    """Whether the index alone cannot tell."""
    return any(len(run) != len(word) or len(run) != 2 for word in words for run in runs(word) or [""])


def indexed(ticket: Ticket, units: Iterable[str]) -> list[str]:
    """What the index holds of a ticket: the pairs of its text, and whose it is. Nothing of the citizen."""
    found = {f"@{unit.lower()}" for unit in units}
    for part in searchable(ticket):
        found |= grams(part)
    return sorted(found)


def index_words(connection: Connection, ticket: int, *, before: Sequence[str] | None, after: Sequence[str]) -> None:
    """Let the index know it. `before`: what it knew, exactly; None: nothing yet."""
    if before == after:
        return
    kind = connection.dialect.name
    if kind == "sqlite" and before is not None:
        connection.execute(_TAKE_OUT, {"id": ticket, "words": " ".join(before)})
    connection.execute(_PUT_IN[kind], {"id": ticket, "words": stored(kind, after)})


def stored(kind: str, words: Sequence[str]) -> Any:  # noqa: ANN401 - what that database takes
    """As this kind of database wants them."""
    return " ".join(words) if kind == "sqlite" else list(words)


def asked_of(kind: str) -> str:
    """The condition on `ticket_words` that every one of `:asked` is there."""
    return "ticket_words MATCH :asked" if kind == "sqlite" else "ticket_words.words @> CAST(:asked AS TEXT[])"


def asked_value(kind: str, grams: Iterable[str]) -> Any:  # noqa: ANN401 - what that database takes
    """`:asked` of `asked_of`."""
    each = sorted(grams)
    return " AND ".join(f'"{gram}"' for gram in each) if kind == "sqlite" else each


def make_words(_target: object, connection: Connection, **_kw: object) -> None:
    """Make the index: SQLAlchemy's `after_create`."""
    for statement in _MAKE[connection.dialect.name]:
        connection.exec_driver_sql(statement)
