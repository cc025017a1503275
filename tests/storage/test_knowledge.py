"""The shelf of the knowledge base on SQLite and on PostgreSQL."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from hotline.errors import DoorClosed
from knowledge.model import Given, Words
from knowledge.moves import KnowledgeState
from knowledge.policy import revised
from knowledge.ports import Asked, Hit, ItemChanged
from storage.engine import open_for_writing
from storage.knowledge import KnowledgeShelf
from storage.knowledge_tables import knowledge_hits
from tests.knowledge.values import AT, HANDLER, LEADER, OTHER, REVIEW_DUE, UNTIL, WORDS, draft, in_review, valid
from tests.storage.both_databases import database as database
from tests.storage.both_databases import postgres as postgres

TODAY = date(2026, 11, 23)


@pytest.fixture
def shelf(database: Engine) -> KnowledgeShelf:
    return KnowledgeShelf(database)


def titles(found: object) -> list[str]:
    assert isinstance(found, list)
    return [item.newest.words.title for item in found]


def test_what_is_put_is_there_with_its_next_revision(shelf: KnowledgeShelf) -> None:
    stored = shelf.put(valid())
    assert stored == replace(valid(), revision=1)
    assert shelf.load("k-1") == stored
    assert shelf.load("k-2") is None


def test_of_two_who_change_it_at_once_one_gets_through(shelf: KnowledgeShelf) -> None:
    stored = shelf.put(valid())
    shelf.put(revised(stored, OTHER, by=HANDLER, at=AT))
    with pytest.raises(ItemChanged):
        shelf.put(revised(stored, WORDS, by=LEADER, at=AT))
    with pytest.raises(ItemChanged):
        shelf.put(valid())


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (("居住证",), ["居住证办理", "医保报销"]),
        (("医保", "居住证"), ["医保报销"]),
        (("暂住",), ["居住证办理"]),
        (("住证医保",), []),
        (("没有",), []),
        ((), ["居住证办理", "医保报销"]),
    ],
)
def test_words_of_two_characters_are_found_the_title_first(shelf: KnowledgeShelf, words: tuple[str, ...], found: list[str]) -> None:
    for item in (valid("k-2", OTHER), valid("k-1", WORDS)):
        shelf.put(item)
    assert titles(shelf.search(Asked(words=words))) == found


def test_pairs_that_stand_apart_are_no_word(shelf: KnowledgeShelf) -> None:
    shelf.put(valid(words=Words(title="甲乙 乙丙", answer="答复")))
    assert shelf.search(Asked(words=("甲乙丙",))) == []


def test_only_what_is_valid_is_found_unless_asked_otherwise(shelf: KnowledgeShelf) -> None:
    stored = shelf.put(valid())
    shelf.put(revised(stored, replace(OTHER, title="居住证新版"), by=HANDLER, at=AT))
    assert [item.id for item in shelf.search(Asked(words=("居住证",)))] == ["k-1"]
    assert shelf.search(Asked(words=("新版",))) == []
    assert [item.id for item in shelf.search(Asked(words=("新版",), state=KnowledgeState.DRAFT))] == ["k-1"]


def test_a_search_keeps_to_an_owner_and_a_matter(shelf: KnowledgeShelf) -> None:
    shelf.put(valid("k-1", WORDS))
    shelf.put(valid("k-2", OTHER))
    assert titles(shelf.search(Asked(code="05"))) == ["医保报销"]
    assert shelf.search(Asked(owner="u2")) == []
    assert len(shelf.search(Asked(owner="u1", limit=1))) == 1


def test_an_answer_given_after_midnight_counts_for_china_s_day(database: Engine) -> None:
    half_past_midnight = datetime(2026, 11, 23, 16, 30, tzinfo=UTC)
    KnowledgeShelf(database).keep_given(Given(item="k-1", version=1, at=half_past_midnight, by="p-3001", ticket="20261124000001"))
    with database.connect() as connection:
        assert connection.execute(select(knowledge_hits.c.day)).scalars().all() == ["2026-11-24"]


def test_what_is_answered_from_most_comes_first(shelf: KnowledgeShelf) -> None:
    for item_id in ("k-1", "k-2"):
        shelf.put(valid(item_id))
    for ticket in ("t1", "t1", "t2"):
        shelf.keep_given(Given(item="k-2", version=1, at=AT, by="p-3001", ticket=ticket))
    assert [item.id for item in shelf.search(Asked(words=("居住证",)))] == ["k-2", "k-1"]
    assert shelf.hits("k-2") == {Hit.ANSWERED: 2}


def test_hits_are_counted_once_for_each_sight(shelf: KnowledgeShelf) -> None:
    shelf.put(valid())
    for day in (TODAY, TODAY, TODAY + timedelta(days=1)):
        shelf.count(["k-1", "k-1"], Hit.FOUND, day)
    assert shelf.hits("k-1") == {Hit.FOUND: 3}


def test_the_answer_that_was_given_is_kept_with_its_version(shelf: KnowledgeShelf) -> None:
    given = Given(item="k-1", version=3, at=AT, by="p-3001", ticket="20261123000001")
    shelf.keep_given(given)
    shelf.keep_given(replace(given, version=4))
    assert shelf.given("k-1") == [given]


def test_what_waits_for_review_stands_by_its_due_time(shelf: KnowledgeShelf) -> None:
    late = in_review("k-1")
    soon = replace(in_review("k-2"), versions=(replace(in_review().newest, review_due=REVIEW_DUE - timedelta(days=1)),))
    for item in (late, soon, draft("k-3"), valid("k-4")):
        shelf.put(item)
    assert [item.id for item in shelf.waiting()] == ["k-2", "k-1"]
    assert shelf.waiting("u2") == []


def test_what_is_over_is_ripe_the_day_after_its_last_one(shelf: KnowledgeShelf) -> None:
    shelf.put(valid())
    assert (shelf.ripe(UNTIL), shelf.ripe(UNTIL + timedelta(days=1))) == ([], ["k-1"])


def test_a_ticket_s_entry_is_known(shelf: KnowledgeShelf) -> None:
    shelf.put(replace(in_review(), source="2026112300001"))
    assert (shelf.by_source("2026112300001"), shelf.by_source("2026112300002")) == ("k-1", None)


def test_no_two_ids_are_the_same(shelf: KnowledgeShelf) -> None:
    assert len({shelf.new_id() for _ in range(100)}) == 100


def test_a_database_that_is_gone_is_a_closed_door(tmp_path: Path) -> None:
    gone = open_for_writing(tmp_path / "none.sqlite")
    with pytest.raises(DoorClosed):
        KnowledgeShelf(gone).load("k-1")
    gone.dispose()
