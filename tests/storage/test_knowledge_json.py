"""What is stored is what comes back."""

from dataclasses import replace

import pytest

from knowledge.model import Item, Purpose
from knowledge.policy import agreed, sent_back, withdrawn
from storage.knowledge_json import from_json, to_json
from tests.knowledge.values import AT, LEADER, draft, in_review, valid

ITEMS = [
    draft(),
    sent_back(in_review(), by=LEADER, at=AT, why="有误"),
    withdrawn(valid(), by=LEADER, at=AT, why="政策已调整"),
    agreed(replace(valid(), source="2026112300001"), Purpose.SHARING, by=LEADER),
]


@pytest.mark.parametrize("item", ITEMS, ids=lambda item: item.newest.state)
def test_an_entry_comes_back_whole(item: Item) -> None:
    assert from_json(to_json(item), revision=0) == item
