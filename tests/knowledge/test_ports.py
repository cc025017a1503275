"""The door of this room is the real thing's own."""

from knowledge.ports import Asked, Shelf
from storage.knowledge import KnowledgeShelf


def test_the_shelf_of_the_database_is_the_door() -> None:
    door: type[Shelf] = KnowledgeShelf
    assert door is KnowledgeShelf


def test_whoever_asks_for_nothing_in_particular_is_shown_a_page() -> None:
    assert Asked().limit == 20
