"""Everything that happens to the knowledge base, in order, on a shelf in memory."""

from datetime import datetime, timedelta

import pytest

from hotline.access import Actor, NotAllowed
from hotline.notices import Notice
from knowledge.desk import Answered, KnowledgeDesk, NoSuchItem
from knowledge.model import Purpose
from knowledge.moves import KnowledgeState
from knowledge.ports import Asked, Hit, ItemChanged
from tests.fakes.fake_shelf import FakeShelf
from tests.knowledge.values import AGENT, AT, HANDLER, LEADER, MONITOR, OFFICE, OTHER, STRANGER, UNTIL, WORDS

TOLD = Answered(
    ticket="20261123000001", unit="u1", title="居住证办理", code="0301", answer="请到派出所办理", dispatched_at=AT - timedelta(days=1)
)


class House:
    def __init__(self) -> None:
        self.shelf = FakeShelf()
        self.told: list[Notice] = []
        self.desk = KnowledgeDesk(
            self.shelf,
            review_due=lambda began: began + timedelta(days=3),
            name_of=lambda unit: f"单位{unit}",
            tell=lambda notice, _at: self.told.append(notice),
        )

    def valid(self) -> str:
        """An entry of u1 that is answered from."""
        item = self.desk.write("u1", WORDS, by=AGENT, at=AT)
        self.desk.submit(item.id, by=AGENT, at=AT)
        self.desk.confirm(item.id, valid_until=UNTIL, by=LEADER, at=AT)
        return item.id


@pytest.fixture
def house() -> House:
    return House()


def test_an_entry_is_written_reviewed_found_and_answered_from(house: House) -> None:
    item_id = house.valid()
    (found,) = house.desk.search(Asked(words=("居住证",)), by=AGENT, at=AT)
    assert found.id == item_id
    assert house.desk.read(item_id, by=AGENT, at=AT).valid
    assert house.desk.answer(item_id, ticket="20261123000002", by=AGENT, at=AT).words == WORDS
    assert house.desk.hits(item_id, by=AGENT) == {Hit.FOUND: 1, Hit.OPENED: 1, Hit.ANSWERED: 1}
    (given,) = house.desk.given(item_id, by=HANDLER)
    assert (given.version, given.ticket, given.by) == (1, "20261123000002", AGENT.id)


def test_the_owner_is_told_what_waits_for_his_review(house: House) -> None:
    item = house.desk.write("u1", WORDS, by=AGENT, at=AT)
    house.desk.submit(item.id, by=AGENT, at=AT)
    (notice,) = house.told
    assert (notice.kind, notice.to, notice.ticket) == ("knowledge_review", "staff:u1", item.id)
    assert notice.values == {"entry": item.id, "unit": "单位u1", "due": "2026年11月26日"}
    assert [each.id for each in house.desk.waiting(by=LEADER)] == [item.id]
    assert house.desk.waiting(by=STRANGER) == []


def test_an_answered_consultation_becomes_a_draft_once_and_is_due_from_its_dispatch(house: House) -> None:
    item_id = house.desk.draft_from(TOLD, at=AT)
    assert house.desk.draft_from(TOLD, at=AT) == item_id
    (item,) = house.desk.waiting(by=LEADER)
    assert (item.owner, item.source, item.newest.review_due) == ("u1", TOLD.ticket, TOLD.dispatched_at + timedelta(days=3))
    assert [notice.kind for notice in house.told] == ["knowledge_review"]
    assert house.desk.confirm(item_id, valid_until=UNTIL, by=HANDLER, at=AT).valid


class Killed(BaseException):
    """The process died here."""


def test_whoever_was_not_told_because_the_process_died_is_told_by_the_next_sweep(house: House) -> None:
    kept: dict[str, Notice] = {}

    def dies(_notice: Notice, _at: datetime) -> None:
        raise Killed

    def once(notice: Notice, _at: datetime) -> None:
        kept.setdefault(notice.key, notice)

    valid = house.valid()
    house.desk._tell = dies
    item = house.desk.write("u1", WORDS, by=AGENT, at=AT)
    over = AT + timedelta(days=400)
    for work in (
        lambda: house.desk.sweep(over),
        lambda: house.desk.submit(item.id, by=AGENT, at=AT),
        lambda: house.desk.draft_from(TOLD, at=AT),
    ):
        with pytest.raises(Killed):
            work()
    house.desk._tell = once
    house.desk.sweep(over)
    house.desk.sweep(over)
    drafted = house.desk.draft_from(TOLD, at=AT)
    wanted = {(item.id, "knowledge_review"), (drafted, "knowledge_review"), (valid, "knowledge_expired")}
    assert {(notice.ticket, notice.kind) for notice in kept.values()} == wanted


@pytest.mark.parametrize("by", [STRANGER, MONITOR])
def test_what_is_not_valid_does_not_exist_for_other_units(house: House, by: Actor) -> None:
    item_id = house.desk.draft_from(TOLD, at=AT)
    if by is STRANGER:
        with pytest.raises(NoSuchItem):
            house.desk.read(item_id, by=by, at=AT)
        assert house.desk.search(Asked(state=KnowledgeState.IN_REVIEW), by=by, at=AT) == []
    else:
        assert house.desk.read(item_id, by=by, at=AT).id == item_id
    with pytest.raises((NoSuchItem, NotAllowed)):
        house.desk.revise(item_id, OTHER, by=by, at=AT)


def test_who_sees_an_entry_of_another_unit_does_not_see_who_was_answered_from_it(house: House) -> None:
    item_id = house.valid()
    with pytest.raises(NotAllowed):
        house.desk.given(item_id, by=STRANGER)


def test_only_the_platform_answers_citizens_from_it(house: House) -> None:
    item_id = house.valid()
    with pytest.raises(NotAllowed):
        house.desk.answer(item_id, ticket="20261123000002", by=HANDLER, at=AT)


def test_what_is_over_is_answered_from_no_more_and_its_owner_is_told(house: House) -> None:
    item_id = house.valid()
    assert house.desk.sweep(datetime(2027, 11, 22, 23, tzinfo=AT.tzinfo)) == 1
    assert house.shelf.items[item_id].valid is None
    assert house.told[-1].kind == "knowledge_expired"
    assert house.desk.sweep(AT + timedelta(days=400)) == 0


def test_a_withdrawn_entry_is_found_no_more(house: House) -> None:
    item_id = house.valid()
    house.desk.withdraw(item_id, why="政策已调整", by=OFFICE, at=AT)
    assert house.desk.search(Asked(words=("居住证",)), by=AGENT, at=AT) == []


def test_what_is_sent_back_is_rewritten(house: House) -> None:
    item = house.desk.write("u1", WORDS, by=AGENT, at=AT)
    house.desk.submit(item.id, by=AGENT, at=AT)
    house.desk.send_back(item.id, why="时限有误", by=LEADER, at=AT)
    assert house.desk.revise(item.id, OTHER, by=AGENT, at=AT).newest.words == OTHER


def test_another_use_wants_both_consents(house: House) -> None:
    item_id = house.valid()
    with pytest.raises(NotAllowed, match="尚缺"):
        house.desk.use(item_id, Purpose.SHARING, by=OFFICE)
    house.desk.agree(item_id, Purpose.SHARING, by=LEADER)
    house.desk.agree(item_id, Purpose.SHARING, by=OFFICE)
    assert house.desk.use(item_id, Purpose.SHARING, by=OFFICE).words == WORDS


def test_two_who_change_it_at_once_do_not_both_get_through(house: House) -> None:
    item_id = house.valid()
    stale = house.shelf.items[item_id]
    house.desk.withdraw(item_id, why="政策已调整", by=LEADER, at=AT)
    with pytest.raises(ItemChanged):
        house.shelf.put(stale)
