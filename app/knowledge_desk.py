"""知识库 wired: the ledger's database, the regulation's term for a review, names of units, and notices to their staff."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Engine

from knowledge.desk import KnowledgeDesk
from storage.knowledge import KnowledgeShelf
from storage.notices import Notices
from tickets.rules import Rules
from tickets.terms import Appeal, Step


def knowledge_desk(engine: Engine, rules: Callable[[], Rules]) -> KnowledgeDesk:
    """On this engine, which stays the caller's. `rules`: those of the moment."""

    def review_due(began: datetime) -> datetime:
        return rules().due(Step.KNOWLEDGE, Appeal.CONSULTATION, began).until

    def name_of(unit: str) -> str:
        known = rules().catalogue.units.get(unit)
        return known.name if known else unit

    return KnowledgeDesk(KnowledgeShelf(engine), review_due=review_due, name_of=name_of, tell=Notices(engine).add)
