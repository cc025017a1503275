"""守门: what the gate says is done, and written down before."""

import asyncio
from datetime import UTC, datetime

import pytest

from console.guard import Guard
from console.problems import Problem
from hotline.access import Access, Actor, Role
from hotline.errors import DoorClosed
from hotline.gate import Act, Subject
from tests.fakes.fake_access_log import FakeAccessLog

NOON = datetime(2026, 3, 2, 4, tzinfo=UTC)
HANDLER = Actor(id="p-2002", roles=frozenset({Role.HANDLER}), unit="u1")
MINE, FOREIGN = Subject(units=frozenset({"u1"})), Subject(units=frozenset({"u2"}))


def let(log: FakeAccessLog, act: Act, subject: Subject, *, noted: bool = True) -> None:
    guard = Guard(log=log, now=lambda: NOON)
    asyncio.run(guard.let(HANDLER, act, subject=subject, about="JY20260302-000001", source="127.0.0.1", noted=noted))


def test_who_may_passes_and_it_is_written_down() -> None:
    let(log := FakeAccessLog(), Act.TICKET_READ, MINE)
    assert log.lines == [Access(at=NOON, actor="p-2002", act="tickets.read", ticket="JY20260302-000001", source="127.0.0.1")]


@pytest.mark.parametrize(("act", "status"), [(Act.TICKET_READ, 404), (Act.TICKET_HANDLE, 403), (Act.TICKET_DESIGNATE, 403)])
def test_who_may_not_is_told_so_or_that_there_is_nothing(act: Act, status: int) -> None:
    log = FakeAccessLog()
    with pytest.raises(Problem) as refused:
        let(log, act, FOREIGN)
    assert refused.value.status == status
    assert [(line.done, bool(line.why)) for line in log.lines] == [(False, True)]


def test_a_yes_that_somebody_else_writes_down_is_not_written_twice_but_a_no_is() -> None:
    let(log := FakeAccessLog(), Act.TICKET_HANDLE, MINE, noted=False)
    assert log.lines == []
    with pytest.raises(Problem):
        let(log, Act.TICKET_HANDLE, FOREIGN, noted=False)
    assert len(log.lines) == 1


def closed() -> FakeAccessLog:
    log = FakeAccessLog()
    log.closed = True
    return log


def test_what_cannot_be_written_down_is_not_done() -> None:
    with pytest.raises(DoorClosed):
        let(closed(), Act.TICKET_READ, MINE)
