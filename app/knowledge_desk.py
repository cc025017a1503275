"""知识库 wired: the ledger's database, the regulation's term for a review, names of units, and notices to their staff."""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from app.knowledge_drafts import KnowledgeDrafts
from app.settings import Tickets
from app.ticket_rules import ticket_rules
from hotline.errors import HotlineError
from hotline.ports import Clock
from knowledge.desk import KnowledgeDesk
from storage.answered import answered_since
from storage.engine import open_for_writing
from storage.knowledge import KnowledgeShelf
from storage.layout import Layout
from storage.notices import Notices
from storage.units import Units
from tickets.rules import Rules
from tickets.terms import Appeal, Step

EVERY_S: Final = 3600.0
LOOK_BACK: Final = timedelta(days=3)
log = logging.getLogger(__name__)


def knowledge_desk(engine: Engine, rules: Callable[[], Rules]) -> KnowledgeDesk:
    """On this engine, which stays the caller's. `rules`: those of the moment."""

    def review_due(began: datetime) -> datetime:
        return rules().due(Step.KNOWLEDGE, Appeal.CONSULTATION, began).until

    def name_of(unit: str) -> str:
        known = rules().catalogue.units.get(unit)
        return known.name if known else unit

    return KnowledgeDesk(KnowledgeShelf(engine), review_due=review_due, name_of=name_of, tell=Notices(engine).add)


async def sweep_for_ever(settings: Tickets, layout: Layout, clock: Clock) -> None:
    """到期停用 (article 24), and what a process that died left undrafted (article 13-2): once an hour.

    Cancelled by its owner; a trouble is told to the log, and looked after an hour later.
    """
    engine = open_for_writing(layout.ledger)
    try:
        while True:
            await clock.sleep(EVERY_S)
            try:
                await asyncio.to_thread(_sweep, engine, settings, clock.now())
            except (HotlineError, SQLAlchemyError) as error:
                log.error("知识库到期检查未能进行 the knowledge base could not be looked through: %s", type(error).__name__)
    finally:
        engine.dispose()


def _sweep(engine: Engine, settings: Tickets, now: datetime) -> None:
    rules = ticket_rules(settings, Units(engine, engine).in_force())
    desk = knowledge_desk(engine, lambda: rules)
    if over := desk.sweep(now):
        log.info("知识条目到期停用 %d entries expired", over)
    drafts = KnowledgeDrafts(desk, lambda: rules)
    for ticket, entries in answered_since(engine, now - LOOK_BACK):
        drafts.take(ticket, entries)
