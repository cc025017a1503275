"""坐席名册 as this system keeps it: the settings name the first agents, the table in the ledger's database knows them all from then on.

Whoever changes the table does it under one lock (`staff_book`) and leaves the list for routing (`var/agents.json`) behind.
"""

import fcntl
import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from pydantic import ValidationError

from app.places import Places
from app.settings import Agent, Settings
from hotline.identity import AgentId
from hotline.staff import Employee
from storage.agent_list import AgentFile, write_agents
from storage.agents import Agents
from storage.engine import open_for_writing
from storage.layout import Layout

log = logging.getLogger(__name__)


def employee(told: Agent) -> Employee:
    """What the settings say of him."""
    return Employee(
        id=AgentId(told.id),
        name=told.name,
        skills=told.skills,
        kept_for=told.kept_for,
        supervisor=told.supervisor,
        after_call_s=told.after_call_seconds,
    )


def as_told(each: Employee) -> Agent:
    """The same as the settings would say it. Raises pydantic's `ValidationError` when they would not."""
    return Agent(
        id=each.id,
        name=each.name,
        skills=each.skills,
        kept_for=each.kept_for,
        supervisor=each.supervisor,
        after_call_seconds=each.after_call_s,
    )


def staffed(settings: Settings, places: Places) -> Settings:
    """The settings with all who work here; as they are when this system keeps no list yet, or it cannot be read (logged)."""
    listed = AgentFile(Layout(var=places.var).agent_list).news()
    return settings if listed is None else settings.model_copy(update={"agents": tuple(_readable(listed))})


def _readable(listed: Iterable[Employee]) -> Iterator[Agent]:
    """Who was written down by an earlier version in a form that is none any more is left out: all others go on working."""
    for each in listed:
        try:
            yield as_told(each)
        except ValidationError as error:
            log.error("坐席 %s 的资料不合格式，请用 scripts/agents 改正 is left out: %s", each.id, error.errors()[0]["msg"])


@contextmanager
def staff_book(settings: Settings, places: Places) -> Iterator[Agents]:
    """The table, with the settings' agents in it, for one change at a time; afterwards the list says what it says.

    Raises what the database raises. The ledger must be there (storage.migrate.prepare_ledger).
    """
    layout = Layout(var=places.var)
    with (places.run / "agents.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        engine = open_for_writing(layout.ledger)
        try:
            book = Agents(engine)
            book.seed((employee(each) for each in settings.agents), datetime.now(UTC))
            yield book
            write_agents(layout.agent_list, book.enabled())
        finally:
            engine.dispose()
