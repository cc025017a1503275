"""Who may do what to an entry, and what becomes of it (articles 9-3, 10-3, 13-2, 22 to 24)."""

from datetime import date, timedelta

import pytest

from hotline.access import Actor, NotAllowed
from hotline.errors import MalformedInput
from knowledge.model import Purpose
from knowledge.moves import KnowledgeEvent, KnowledgeState
from knowledge.policy import (
    LONGEST_VALID,
    NotNow,
    agreed,
    confirmed,
    drafted,
    expired,
    may_see,
    require_use,
    revised,
    sent_back,
    submitted,
    withdrawn,
    written,
)
from tests.knowledge.values import (
    AGENT,
    AT,
    HANDLER,
    LEADER,
    MONITOR,
    OFFICE,
    OTHER,
    REVIEW_DUE,
    STRANGER,
    UNTIL,
    WORDS,
    draft,
    in_review,
    valid,
)


def test_an_entry_goes_from_draft_by_review_to_valid() -> None:
    item = valid()
    assert item.valid is not None
    assert (item.valid.state, item.valid.reviewed_by, item.valid.valid_until) == (KnowledgeState.VALID, LEADER.id, UNTIL)
    assert require_use(item, Purpose.ANSWERING).words == WORDS


def test_what_is_in_review_says_by_when() -> None:
    assert in_review().newest.review_due == REVIEW_DUE


@pytest.mark.parametrize("by", [AGENT, OFFICE, STRANGER, MONITOR])
def test_nobody_but_its_owner_confirms_it(by: Actor) -> None:
    with pytest.raises(NotAllowed):
        confirmed(in_review(), by=by, at=AT, valid_until=UNTIL)


def test_who_wrote_it_does_not_review_it() -> None:
    mine = submitted(written("k-1", "u1", WORDS, by=HANDLER, at=AT), by=HANDLER, review_due=REVIEW_DUE)
    with pytest.raises(NotAllowed, match="两人") as refused:
        confirmed(mine, by=HANDLER, at=AT, valid_until=UNTIL)
    assert refused.value.article == "23"
    assert confirmed(mine, by=LEADER, at=AT, valid_until=UNTIL).valid


def test_a_unit_writes_its_own_entries_only_and_who_watches_writes_none() -> None:
    with pytest.raises(NotAllowed):
        written("k-1", "u1", WORDS, by=STRANGER, at=AT)
    with pytest.raises(NotAllowed):
        written("k-1", "u1", WORDS, by=MONITOR, at=AT)


def test_while_a_new_version_is_reviewed_the_old_one_is_answered_from() -> None:
    item = submitted(revised(valid(), OTHER, by=HANDLER, at=AT), by=HANDLER, review_due=REVIEW_DUE)
    assert require_use(item, Purpose.ANSWERING).words == WORDS
    item = confirmed(item, by=LEADER, at=AT, valid_until=UNTIL)
    assert require_use(item, Purpose.ANSWERING).words == OTHER
    assert [version.state for version in item.versions] == [KnowledgeState.REPLACED, KnowledgeState.VALID]


def test_what_is_sent_back_says_why_and_can_be_rewritten() -> None:
    back = sent_back(in_review(), by=LEADER, at=AT, why="办理时限有误")
    assert (back.newest.state, back.newest.note) == (KnowledgeState.DRAFT, "办理时限有误")
    again = revised(back, OTHER, by=AGENT, at=AT)
    assert (len(again.versions), again.newest.words, again.newest.note) == (1, OTHER, "")


@pytest.mark.parametrize("by", [HANDLER, OFFICE])
def test_what_is_wrong_is_withdrawn_at_once(by: Actor) -> None:
    item = withdrawn(valid(), by=by, at=AT, why="政策已调整")
    assert item.valid is None
    with pytest.raises(NotNow, match="没有有效的版本") as refused:
        require_use(item, Purpose.ANSWERING)
    assert refused.value.article == "24"


def test_a_withdrawal_wants_a_reason_and_an_agent_does_not_decide_it() -> None:
    with pytest.raises(MalformedInput, match="理由"):
        withdrawn(valid(), by=HANDLER, at=AT, why=" ")
    with pytest.raises(NotAllowed):
        withdrawn(valid(), by=AGENT, at=AT, why="政策已调整")


def test_it_is_valid_on_its_last_day_and_not_on_the_next_one() -> None:
    assert expired(valid(), today=UNTIL) == valid()
    over = expired(valid(), today=UNTIL + timedelta(days=1))
    assert (over.valid, over.newest.state) == (None, KnowledgeState.EXPIRED)
    assert expired(over, today=UNTIL + timedelta(days=2)) == over


@pytest.mark.parametrize("until", [date(2026, 11, 22), date(2026, 11, 23) + LONGEST_VALID + timedelta(days=1)])
def test_a_last_day_in_the_past_or_years_away_is_refused(until: date) -> None:
    with pytest.raises(MalformedInput, match="有效期"):
        confirmed(in_review(), by=LEADER, at=AT, valid_until=until)


def test_an_illegal_move_says_what_is_possible() -> None:
    with pytest.raises(NotNow, match="现在不能审核确认") as refused:
        confirmed(draft(), by=LEADER, at=AT, valid_until=UNTIL)
    assert refused.value.article == "9-3、23"
    assert refused.value.possible == (KnowledgeEvent.REVISED, KnowledgeEvent.SUBMITTED, KnowledgeEvent.WITHDRAWN)


def test_the_answer_of_a_consultation_becomes_a_draft_in_review_without_the_citizen() -> None:
    item = drafted(
        "k-9",
        "u1",
        title="居住证办理",
        code="0301",
        answer="已告知19900000001的市民到派出所办理",
        ticket="2026112300001",
        at=AT,
        review_due=REVIEW_DUE,
    )
    assert (item.newest.state, item.newest.review_due, item.source) == (KnowledgeState.IN_REVIEW, REVIEW_DUE, "2026112300001")
    assert "1990000" not in item.newest.words.text
    assert confirmed(item, by=HANDLER, at=AT, valid_until=UNTIL).valid


def test_any_other_use_wants_the_owner_s_and_the_office_s_consent() -> None:
    item = valid()
    for lacking, by in (("信息所属单位授权、市政管办同意", LEADER), ("市政管办同意", OFFICE)):
        with pytest.raises(NotAllowed, match=lacking) as refused:
            require_use(item, Purpose.PUBLISHING)
        assert refused.value.article == "10-3"
        item = agreed(item, Purpose.PUBLISHING, by=by)
    assert require_use(item, Purpose.PUBLISHING).words == WORDS
    with pytest.raises(NotAllowed):
        require_use(item, Purpose.TRAINING)


@pytest.mark.parametrize("by", [AGENT, HANDLER, STRANGER])
def test_nobody_else_consents(by: Actor) -> None:
    with pytest.raises(NotAllowed):
        agreed(valid(), Purpose.PUBLISHING, by=by)


def test_what_is_not_valid_is_seen_by_its_owner_and_the_platform_alone() -> None:
    assert [may_see(in_review(), actor) for actor in (HANDLER, AGENT, OFFICE, STRANGER)] == [True, True, True, False]
    assert may_see(valid(), STRANGER)
