"""The knowledge desk on the real database, with the regulation's term."""

import asyncio
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from app.knowledge_desk import knowledge_desk, sweep_for_ever
from app.settings import Tickets
from hotline.workdays import CHINA
from knowledge.model import Words
from knowledge.moves import KnowledgeState
from storage.knowledge import KnowledgeShelf
from storage.layout import Layout
from storage.notices import Notices
from storage.tickets import StoredTickets
from tests.storage.conftest import engine as engine
from tests.storage.conftest import layout as layout
from tests.tickets.cases import AGENT, RULES, handler, replied
from tickets.moments import moments
from tickets.ports import Change


def test_what_is_submitted_on_a_monday_is_due_when_thursday_is_over_and_its_unit_is_told(engine: Engine) -> None:
    at = datetime(2026, 3, 2, 9, tzinfo=CHINA)
    desk = knowledge_desk(engine, lambda: RULES)
    item = desk.write("tax", Words(title="个体户减免", answer="带营业执照到市局办理"), by=AGENT, at=at)
    item = desk.submit(item.id, by=AGENT, at=at)
    assert item.newest.review_due == datetime(2026, 3, 6, tzinfo=CHINA)
    (told,) = Notices(engine).of(item.id)
    assert told["details"] == {"entry": item.id, "unit": "市税务局", "due": "2026年3月5日"}


class Enough(Exception):
    """The clock's hour is over."""


class Hours:
    """A clock that stands at a moment, and lets one hour go by."""

    def __init__(self, now: datetime) -> None:
        self._now = now
        self.slept: list[float] = []

    def now(self) -> datetime:
        return self._now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        if len(self.slept) > 1:
            raise Enough


def test_what_is_over_is_taken_out_within_the_hour_and_its_unit_is_told(engine: Engine, layout: Layout) -> None:
    at = datetime(2026, 3, 2, 9, tzinfo=CHINA)
    desk = knowledge_desk(engine, lambda: RULES)
    item = desk.write("tax", Words(title="个体户减免", answer="带营业执照到市局办理"), by=AGENT, at=at)
    desk.submit(item.id, by=AGENT, at=at)
    desk.confirm(item.id, valid_until=date(2026, 3, 31), by=handler("tax"), at=at)
    with pytest.raises(Enough):
        asyncio.run(sweep_for_ever(Tickets(), layout, Hours(datetime(2026, 4, 1, 9, tzinfo=CHINA))))
    stored = KnowledgeShelf(engine).load(item.id)
    assert stored is not None
    assert stored.newest.state is KnowledgeState.EXPIRED
    assert [told["kind"] for told in Notices(engine).of(item.id)] == ["knowledge_expired", "knowledge_review"]


def test_a_draft_that_a_dead_process_did_not_make_any_more_is_made_within_the_hour(engine: Engine, layout: Layout) -> None:
    life = replied()
    change = Change(ticket=life.ticket, was=0, entries=tuple(life.history), moments=moments(life.ticket, RULES))
    asyncio.run(StoredTickets(engine).append([change]))
    for _ in range(2):
        with pytest.raises(Enough):
            asyncio.run(sweep_for_ever(Tickets(), layout, Hours(life.at + timedelta(hours=1))))
    (item,) = KnowledgeShelf(engine).waiting("tax")
    assert item.source == life.number


def test_a_database_that_is_not_there_is_told_to_the_log_and_looked_at_later(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    clock = Hours(datetime(2026, 4, 1, 9, tzinfo=CHINA))
    with pytest.raises(Enough):
        asyncio.run(sweep_for_ever(Tickets(), Layout(var=tmp_path), clock))
    assert "could not be looked through" in caplog.text
