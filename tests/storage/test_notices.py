"""The outbox of notices: nothing is lost, nothing is sent twice by us, and in the end a person looks."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, insert

from hotline.notices import CITIZEN, Notice, NoticeOutcome, Sent, leader, staff
from storage.notice_tables import notices
from storage.notices import LADDER_S, LEASE_S, PATIENCE, Notices, notice_rows
from tests.storage.both_databases import database as database
from tests.storage.both_databases import postgres as postgres

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
TOLD = Notice(kind="dispatched", to=staff("u1"), ticket="20261123000001", seq=2, values={"due": "2026年11月30日"})


@pytest.fixture
def outbox(database: Engine) -> Notices:
    return Notices(database)


def state_of(outbox: Notices, notice: Notice = TOLD) -> str:
    return next(str(row["state"]) for row in outbox.of(notice.ticket) if row["key"] == notice.key)


def test_what_a_transaction_wrote_comes_out_as_it_went_in(outbox: Notices, database: Engine) -> None:
    copy = Notice(kind="dispatched", to=leader("u1"), ticket=TOLD.ticket, seq=2, secrecy=2)
    with database.begin() as connection:
        connection.execute(insert(notices), notice_rows((TOLD, copy), NOW))
    assert sorted(outbox.take(NOW), key=lambda notice: notice.key) == sorted((TOLD, copy), key=lambda notice: notice.key)


def test_the_same_notice_is_taken_up_once(outbox: Notices) -> None:
    assert outbox.add(TOLD, NOW)
    assert not outbox.add(TOLD, NOW)
    assert len(outbox.of(TOLD.ticket)) == 1


def test_the_same_telling_twice_in_one_transaction_is_one_row() -> None:
    assert len(notice_rows((TOLD, TOLD), NOW)) == 1


def test_who_takes_it_has_it_for_a_minute_and_another_may_have_it_when_he_died(outbox: Notices) -> None:
    outbox.add(TOLD, NOW)
    assert outbox.take(NOW) == [TOLD]
    assert outbox.take(NOW) == []
    assert outbox.take(NOW + timedelta(seconds=LEASE_S)) == [TOLD]


def test_what_is_sent_or_kept_is_not_taken_again(outbox: Notices) -> None:
    for kept, state in ((False, NoticeOutcome.SENT), (True, NoticeOutcome.KEPT)):
        notice = Notice(kind="urged", to=staff("u1"), ticket="1", seq=int(kept))
        outbox.add(notice, NOW)
        outbox.sent(notice.key, Sent(reference="r-1"), NOW, kept=kept)
        assert state_of(outbox, notice) == state
    assert outbox.take(NOW + timedelta(days=30)) == []


def test_a_dead_gateway_is_asked_again_by_the_ladder_for_two_days_and_then_a_person(outbox: Notices) -> None:
    outbox.add(TOLD, NOW)
    now, tries = NOW, 0
    while now - NOW < PATIENCE:
        assert outbox.take(now) == [TOLD]
        outcome = outbox.failed(TOLD.key, "短信平台没有回答", now)
        assert outcome is NoticeOutcome.WAITING
        now += timedelta(seconds=LADDER_S[min(tries, len(LADDER_S) - 1)])
        tries += 1
    assert outbox.take(now) == [TOLD]
    assert outbox.failed(TOLD.key, "短信平台没有回答", now) is NoticeOutcome.PERSON
    assert 50 <= tries <= 60
    assert outbox.take(now + timedelta(days=9)) == []
    assert [row["key"] for row in outbox.persons()] == [TOLD.key]


def test_a_refusal_is_a_person_s_at_once_and_he_can_send_it_again(outbox: Notices) -> None:
    outbox.add(TOLD, NOW)
    outbox.refused(TOLD.key, "模板未审核")
    assert outbox.counts() == {"person": 1}
    assert outbox.persons()[0]["error"] == "模板未审核"
    assert outbox.begin_anew(NOW) == 1
    assert outbox.take(NOW) == [TOLD]


def test_all_notices_of_a_ticket_stand_in_the_order_of_its_history(outbox: Notices) -> None:
    for seq, to in ((3, staff("u1")), (1, CITIZEN), (2, leader("u1"))):
        outbox.add(Notice(kind="urged", to=to, ticket="7", seq=seq, values={"due": "今天"}), NOW)
    rows = outbox.of("7")
    assert [row["seq"] for row in rows] == [1, 2, 3]
    assert rows[0]["details"] == {"due": "今天"}
