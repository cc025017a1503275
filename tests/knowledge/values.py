"""Entries and people for the tests of the knowledge base."""

from datetime import UTC, date, datetime, timedelta

from hotline.access import Actor, Role
from knowledge.model import Item, Words
from knowledge.policy import confirmed, submitted, written

AT = datetime(2026, 11, 23, 2, tzinfo=UTC)
REVIEW_DUE = AT + timedelta(days=3)
UNTIL = date(2027, 11, 22)
HANDLER = Actor(id="p-1001", roles=frozenset({Role.HANDLER}), unit="u1")
LEADER = Actor(id="p-1002", roles=frozenset({Role.UNIT_LEADER}), unit="u1")
STRANGER = Actor(id="p-2001", roles=frozenset({Role.UNIT_LEADER}), unit="u2")
AGENT = Actor(id="p-3001", roles=frozenset({Role.AGENT}))
OFFICE = Actor(id="p-4001", roles=frozenset({Role.OFFICE}))
MONITOR = Actor(id="p-5001", roles=frozenset({Role.MONITOR}))
WORDS = Words(
    title="居住证办理", question="居住证怎么办", answer="持身份证到居住地派出所办理，7个工作日领取。", keywords=("暂住证",), code="0301"
)
OTHER = Words(title="医保报销", answer="住院医保报销到市医保局窗口办理。居住证持有人同样适用。", code="0502")


def draft(item_id: str = "k-1", words: Words = WORDS, *, owner: str = "u1") -> Item:
    """By an agent."""
    return written(item_id, owner, words, by=AGENT, at=AT)


def in_review(item_id: str = "k-1", words: Words = WORDS) -> Item:
    return submitted(draft(item_id, words), by=AGENT, review_due=REVIEW_DUE)


def valid(item_id: str = "k-1", words: Words = WORDS) -> Item:
    return confirmed(in_review(item_id, words), by=LEADER, at=AT, valid_until=UNTIL)
