"""知识库 in the ledger's database: the `Shelf` door (knowledge/ports.py) on SQLAlchemy."""

import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import Connection, Engine, Select, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from hotline.errors import DoorClosed
from hotline.workdays import CHINA
from knowledge.model import Given, Item
from knowledge.moves import KnowledgeState
from knowledge.ports import Asked, Hit, ItemChanged
from storage.grams import asked_words, folded, grams
from storage.knowledge_json import from_json, to_json
from storage.knowledge_tables import knowledge_given, knowledge_grams, knowledge_hits, knowledge_items, knowledge_versions
from storage.tables import written

MOST_CANDIDATES: Final = 2000
"""So many entries at most are looked at for one search; a word that stands in more of them is no word to look for."""


class KnowledgeShelf:
    """The `Shelf` door. Every method is one short transaction; raises `DoorClosed` when the database does not do it."""

    def __init__(self, engine: Engine) -> None:
        """`engine`: of `storage.engine.open_for_writing`, or of PostgreSQL."""
        self._engine = engine

    def load(self, item_id: str) -> Item | None:
        """One entry with all its versions."""
        with self._transaction() as connection:
            return _load(connection, item_id)

    def put(self, item: Item) -> Item:
        """Store it; returns it with its new revision. Raises `ItemChanged`."""
        text = to_json(item)
        row = {"revision": item.revision + 1, "owner": item.owner, "source": item.source, "item": text}
        with self._transaction() as connection:
            if item.revision:
                mine = (knowledge_items.c.id == item.id) & (knowledge_items.c.revision == item.revision)
                stored = connection.execute(update(knowledge_items).where(mine).values(**row)).rowcount
            else:
                stored = _inserted(connection, {"id": item.id, **row})
            if not stored:
                raise ItemChanged("条目已被他人修改，请刷新后再试 somebody else changed it in between; look at it again")
            _index(connection, item)
        return from_json(text, revision=item.revision + 1)

    def new_id(self) -> str:
        """k- and ten hexadecimal digits, by chance."""
        return f"k-{secrets.token_hex(5)}"

    def by_source(self, ticket: str) -> str | None:
        """The entry that was drafted from this ticket."""
        with self._transaction() as connection:
            found = connection.execute(select(knowledge_items.c.id).where(knowledge_items.c.source == ticket)).scalar()
        return None if found is None else str(found)

    def search(self, asked: Asked) -> Sequence[Item]:
        """Best first: words in the title before words in the text, then what is answered from most, then the newest."""
        words = asked_words(asked.words)
        with self._transaction() as connection:
            rows = connection.execute(_candidates(asked, words)).all()
        found = [from_json(row.item, revision=row.revision) for row in rows]
        ranked = sorted(
            (
                (rank, row.answered, item)
                for row, item in zip(rows, found, strict=True)
                if (rank := _rank(item, asked.state, words)) is not None
            ),
            key=lambda each: (each[0], -each[1]),
        )
        return [item for _, _, item in ranked[: asked.limit]]

    def waiting(self, owner: str = "") -> Sequence[Item]:
        """What is in review, the soonest due first."""
        query = _with_version(KnowledgeState.IN_REVIEW).order_by(knowledge_versions.c.review_due, knowledge_items.c.id)
        with self._transaction() as connection:
            rows = connection.execute(query.where(knowledge_items.c.owner == owner) if owner else query).all()
        return [from_json(row.item, revision=row.revision) for row in rows]

    def ripe(self, today: date) -> Sequence[str]:
        """Entries whose valid version's last day is over."""
        over = (knowledge_versions.c.state == KnowledgeState.VALID) & (knowledge_versions.c.valid_until < today.isoformat())
        with self._transaction() as connection:
            return list(connection.execute(select(knowledge_versions.c.id).where(over).order_by(knowledge_versions.c.id)).scalars())

    def count(self, items: Sequence[str], hit: Hit, day: date) -> None:
        """One hit for each of them."""
        with self._transaction() as connection:
            for item_id in dict.fromkeys(items):
                _count(connection, item_id, hit, day)

    def hits(self, item_id: str) -> dict[Hit, int]:
        """All its hits so far."""
        query = select(knowledge_hits.c.hit, func.sum(knowledge_hits.c.count)).where(knowledge_hits.c.id == item_id)
        with self._transaction() as connection:
            counted = connection.execute(query.group_by(knowledge_hits.c.hit)).all()
        return {Hit(hit): int(total) for hit, total in counted}

    def keep_given(self, given: Given) -> None:
        """An answer that was given; counted, once for each ticket and entry."""
        row = {"id": given.item, "ticket": given.ticket, "version": given.version, "at": written(given.at), "by": given.by}
        here = (knowledge_given.c.id == given.item) & (knowledge_given.c.ticket == given.ticket)
        with self._transaction() as connection:
            if connection.execute(select(knowledge_given.c.id).where(here)).first() is None:
                connection.execute(insert(knowledge_given), row)
                _count(connection, given.item, Hit.ANSWERED, given.at.astimezone(CHINA).date())

    def given(self, item_id: str) -> Sequence[Given]:
        """Every answer given from it, the newest first."""
        query = select(knowledge_given).where(knowledge_given.c.id == item_id).order_by(knowledge_given.c.at.desc())
        with self._transaction() as connection:
            rows = connection.execute(query).all()
        return [Given(item=row.id, version=row.version, at=datetime.fromisoformat(row.at), by=row.by, ticket=row.ticket) for row in rows]

    @contextmanager
    def _transaction(self) -> Iterator[Connection]:
        try:
            with self._engine.begin() as connection:
                yield connection
        except SQLAlchemyError as error:
            raise DoorClosed(f"知识库暂不可用 the knowledge base's database does not answer ({type(error).__name__})") from error


def _load(connection: Connection, item_id: str) -> Item | None:
    row = connection.execute(select(knowledge_items).where(knowledge_items.c.id == item_id)).first()
    return None if row is None else from_json(row.item, revision=row.revision)


def _inserted(connection: Connection, row: dict[str, Any]) -> int:
    try:
        with connection.begin_nested():
            connection.execute(insert(knowledge_items), row)
    except IntegrityError:
        return 0
    return 1


def _index(connection: Connection, item: Item) -> None:
    connection.execute(delete(knowledge_versions).where(knowledge_versions.c.id == item.id))
    connection.execute(insert(knowledge_versions), [_version_row(item, number) for number in range(len(item.versions))])
    text = "\n".join(
        version.words.text
        for version in {item.newest.number: item.newest, **({item.valid.number: item.valid} if item.valid else {})}.values()
    )
    connection.execute(delete(knowledge_grams).where(knowledge_grams.c.id == item.id))
    connection.execute(insert(knowledge_grams), [{"gram": gram, "id": item.id} for gram in sorted(grams(text))])


def _version_row(item: Item, place: int) -> dict[str, Any]:
    version = item.versions[place]
    return {
        "id": item.id,
        "number": version.number,
        "state": version.state,
        "code": version.words.code,
        "written": written(version.written_at),
        "review_due": written(version.review_due) if version.review_due else "",
        "valid_until": version.valid_until.isoformat() if version.valid_until else "",
    }


def _with_version(state: KnowledgeState) -> Select[Any]:
    joined = knowledge_items.join(knowledge_versions, knowledge_versions.c.id == knowledge_items.c.id)
    answered = (
        select(func.coalesce(func.sum(knowledge_hits.c.count), 0))
        .where((knowledge_hits.c.id == knowledge_items.c.id) & (knowledge_hits.c.hit == Hit.ANSWERED))
        .scalar_subquery()
        .label("answered")
    )
    columns = (knowledge_items.c.item, knowledge_items.c.revision, answered)
    return select(*columns).select_from(joined).where(knowledge_versions.c.state == state)


def _candidates(asked: Asked, words: tuple[str, ...]) -> Select[Any]:
    query = _with_version(asked.state).order_by(knowledge_versions.c.written.desc(), knowledge_items.c.id).limit(MOST_CANDIDATES)
    if asked.owner:
        query = query.where(knowledge_items.c.owner == asked.owner)
    if asked.code:
        query = query.where(knowledge_versions.c.code.startswith(asked.code, autoescape=True))
    wanted = sorted({gram for word in words for gram in grams(word)})
    if not wanted:
        return query
    having = select(knowledge_grams.c.id).where(knowledge_grams.c.gram.in_(wanted)).group_by(knowledge_grams.c.id)
    return query.where(knowledge_items.c.id.in_(having.having(func.count() == len(wanted))))


def _rank(item: Item, state: KnowledgeState, words: tuple[str, ...]) -> int | None:
    """How many words do not stand in the title; None when one stands nowhere (pairs of it stood apart)."""
    version = next((each for each in item.versions if each.state is state), None)
    if version is None:
        return None
    title, text = folded(version.words.title), folded(version.words.text)
    return None if any(word not in text for word in words) else sum(word not in title for word in words)


def _count(connection: Connection, item_id: str, hit: Hit, day: date) -> None:
    here = (knowledge_hits.c.id == item_id) & (knowledge_hits.c.day == day.isoformat()) & (knowledge_hits.c.hit == hit)
    if not connection.execute(update(knowledge_hits).where(here).values(count=knowledge_hits.c.count + 1)).rowcount:
        connection.execute(insert(knowledge_hits), {"id": item_id, "day": day.isoformat(), "hit": hit, "count": 1})
