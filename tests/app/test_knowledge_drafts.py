"""An answered consultation becomes a draft of the unit's: once, without the citizen, and without holding anybody up."""

import asyncio
import logging
from dataclasses import replace
from datetime import timedelta

import pytest

from app.knowledge_drafts import KnowledgeDrafts
from hotline.errors import DoorClosed
from knowledge.desk import KnowledgeDesk
from knowledge.model import Item
from tests.fakes.fake_shelf import FakeShelf
from tests.knowledge.values import valid
from tests.tickets.cases import AGENT, GOOD, NAME, PHONE, RULES, Life, filed, received, replied
from tickets import commands as c
from tickets.ports import Change
from tickets.terms import Appeal
from tickets.ticket import Secrecy


class Silent(FakeShelf):
    """Its database does not answer."""

    def put(self, item: Item) -> Item:
        raise DoorClosed("知识库暂不可用 closed")


def drafts(shelf: FakeShelf) -> KnowledgeDrafts:
    desk = KnowledgeDesk(
        shelf, review_due=lambda began: began + timedelta(days=3), name_of=lambda unit: unit, tell=lambda _notice, _at: None
    )
    return KnowledgeDrafts(desk, lambda: RULES)


def happened(shelf: FakeShelf, life: Life) -> None:
    change = Change(ticket=life.ticket, was=0, entries=tuple(life.history))
    asyncio.run(drafts(shelf).happened((change,)))


def test_the_unit_s_own_answer_waits_for_its_review_and_nothing_of_the_citizen_is_in_it() -> None:
    shelf, life = FakeShelf(), replied()
    happened(shelf, life)
    (item,) = shelf.items.values()
    assert (item.owner, item.source) == ("tax", life.number)
    assert (item.newest.words.title, item.newest.words.answer) == ("税务咨询", GOOD)
    assert item.newest.review_due == (life.ticket.dispatched_at or life.at) + timedelta(days=3)
    assert NAME not in item.newest.words.text
    assert PHONE not in item.newest.words.text


def test_told_twice_it_is_drafted_once() -> None:
    shelf, life = FakeShelf(), replied()
    for _ in range(2):
        happened(shelf, life)
    assert len(shelf.items) == 1


def test_other_matters_and_secret_ones_leave_no_draft() -> None:
    shelf = FakeShelf()
    happened(shelf, replied(Appeal.COMPLAINT))
    happened(shelf, received())
    happened(shelf, replied(secrecy=Secrecy.CONTACT))
    assert shelf.items == {}


def test_the_entry_that_a_ticket_was_answered_from_at_once_is_kept_with_its_version() -> None:
    shelf = FakeShelf()
    shelf.items["k-1"] = replace(valid("k-1"), revision=1)
    life = filed().do(c.AnswerAtOnce(basis="k-1/1", answer=GOOD), AGENT)
    for _ in range(2):
        happened(shelf, life)
    assert [(given.item, given.version, given.ticket, given.by) for given in shelf.answers] == [("k-1", 1, life.number, AGENT.id)]
    happened(shelf, filed().do(c.AnswerAtOnce(basis="政策问答第3条", answer=GOOD), AGENT))
    happened(shelf, filed().do(c.AnswerAtOnce(basis="k-1/9", answer=GOOD), AGENT))
    assert len(shelf.answers) == 1


def test_a_knowledge_base_that_does_not_answer_undoes_nothing_and_is_told_to_the_log(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        happened(Silent(), replied())
    assert "20260302000001" in caplog.text
    assert NAME not in caplog.text
