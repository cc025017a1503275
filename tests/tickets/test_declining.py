"""不予受理 (articles 6, 7, 17)."""

from tickets.clauses import CLAUSES
from tickets.declining import GROUNDS, DeclineReason


def test_every_reason_has_words_and_a_clause_that_is_enforced() -> None:
    assert set(GROUNDS) == set(DeclineReason)
    assert all(ground.words and ground.clause in CLAUSES for ground in GROUNDS.values())


def test_what_article_7_sends_elsewhere_always_has_a_where() -> None:
    assert all(ground.where for ground in GROUNDS.values() if ground.clause == "7-1")
