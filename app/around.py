"""What stands around the tickets, wired for the console: knowledge base, assessment, notices and their documents."""

from dataclasses import dataclass

from fastapi import FastAPI
from sqlalchemy import Engine

from app.assessing import Assessing
from app.assessment_definitions import all_definitions
from app.knowledge_desk import knowledge_desk
from app.knowledge_drafts import KnowledgeDrafts
from app.urging_document import urging_document
from console import api_assessment, api_knowledge, api_notices
from console.guard import Guard
from console.reception import Reception
from knowledge.desk import KnowledgeDesk
from storage.assessment import AssessmentFacts
from storage.bulletins import Bulletins
from storage.notices import Notices
from storage.units import Units
from tickets.desk import Aftermath, TicketDesk
from tickets.ports import Change
from tickets.rules import Rules
from tickets.views import View


class Later:
    """The `Aftermath` of a desk that is made before it is known who wants to hear of it: set `then`."""

    def __init__(self) -> None:
        self.then: Aftermath | None = None

    async def happened(self, changes: tuple[Change, ...]) -> None:
        """Whoever is there hears it."""
        if self.then is not None:
            await self.then.happened(changes)


@dataclass(frozen=True, kw_only=True)
class Around:
    """What it stands on; the engines stay the caller's."""

    desk: TicketDesk
    units: Units
    writing: Engine
    reading: Engine

    def rules(self) -> Rules:
        """Those of the moment."""
        return self.desk.rules

    def drafts(self) -> KnowledgeDrafts:
        """Whoever must hear what happens to tickets."""
        return KnowledgeDrafts(self.knowledge(), self.rules)

    def knowledge(self) -> KnowledgeDesk:
        """The knowledge desk."""
        return knowledge_desk(self.writing, self.rules)

    def assessing(self) -> Assessing:
        """The figures. Raises `BadSettings`."""
        return Assessing(
            facts=AssessmentFacts(self.reading),
            definitions=all_definitions(),
            units=lambda: {unit.id: unit.name for unit in self.units.all()},
            kept=Bulletins(self.writing),
        )


def with_around(app: FastAPI, around: Around, reception: Reception, guard: Guard) -> None:
    """Add all of it to this application, which says its problems (`console.problems.with_problems`). Raises `BadSettings`."""

    def draw(view: View, *, copy_to_leader: bool) -> bytes | None:
        return urging_document(view, around.rules(), copy_to_leader=copy_to_leader)

    app.include_router(api_knowledge.router(reception, guard, around.knowledge()))
    app.include_router(api_assessment.router(reception, guard, around.assessing()))
    app.include_router(api_notices.router(reception, guard, around.desk, Notices(around.writing), draw))
