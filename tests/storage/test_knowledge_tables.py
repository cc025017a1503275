"""One row for each thing."""

from storage.knowledge_tables import knowledge_given, knowledge_hits


def test_an_answer_is_kept_once_for_a_ticket_and_counted_by_day() -> None:
    assert [column.name for column in knowledge_given.primary_key] == ["id", "ticket"]
    assert [column.name for column in knowledge_hits.primary_key] == ["id", "day", "hit"]
