"""The table of an entry's states: complete, and drawn."""

from pathlib import Path

from hotline.moves import picture
from knowledge.moves import KNOWLEDGE_MOVES, KNOWLEDGE_RULES, KnowledgeEvent, KnowledgeState

PICTURE = Path(__file__).parents[2] / "docs" / "states" / "knowledge.md"


def test_every_event_has_its_people_and_its_article() -> None:
    assert set(KNOWLEDGE_RULES) == set(KnowledgeEvent) == {event for _, event in KNOWLEDGE_MOVES}
    assert all(rule.by and rule.article and rule.words for rule in KNOWLEDGE_RULES.values())


def test_every_state_can_be_reached_and_only_what_is_over_leads_nowhere() -> None:
    assert set(KNOWLEDGE_MOVES.values()) | {KnowledgeState.DRAFT} == set(KnowledgeState)
    assert set(KnowledgeState) - {state for state, _ in KNOWLEDGE_MOVES} == {KnowledgeState.WITHDRAWN, KnowledgeState.REPLACED}


def test_nothing_becomes_valid_but_by_its_owner_s_review() -> None:
    ways = [(state, event) for (state, event), target in KNOWLEDGE_MOVES.items() if target is KnowledgeState.VALID]
    assert ways == [(KnowledgeState.IN_REVIEW, KnowledgeEvent.CONFIRMED)]


def test_the_picture_is_that_of_the_table() -> None:
    drawn = picture("知识条目 knowledge entry", KNOWLEDGE_MOVES, source="knowledge/moves.py")
    assert PICTURE.read_text(encoding="utf-8") == drawn
