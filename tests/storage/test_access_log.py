"""访问日志: it takes lines and gives none back; what was changed, removed or cut off is found."""

import asyncio
import shutil
import threading
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, QueuePool, create_engine

from hotline.access import Access, AccessLog
from hotline.errors import DoorClosed
from storage.access_log import AccessLogTable
from storage.audit_files import Broken
from storage.engine import open_for_writing
from storage.migrate import migrate
from tests.checks.check_access_log import CHECKS, Actors

NOON = datetime(2026, 3, 2, 4, tzinfo=UTC)
TRIGGERS = ("access_log_no_update", "access_log_no_delete")


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Path:
    migrate(path := tmp_path_factory.mktemp("db") / "ledger.sqlite")
    return path


@pytest.fixture
def engine(fresh: Path, tmp_path: Path) -> Iterator[Engine]:
    shutil.copy(fresh, tmp_path / "ledger.sqlite")
    engine = open_for_writing(tmp_path / "ledger.sqlite")
    yield engine
    engine.dispose()


def seen(actor: str = "p-1001", ticket: str = "JY20260302-000001", **more: object) -> Access:
    return Access(**{"at": NOON, "actor": actor, "act": "tickets.read", "ticket": ticket, **more})  # type: ignore[arg-type]


def behind_our_back(engine: Engine, *statements: str) -> None:
    """What somebody does who owns the file."""
    with engine.begin() as connection:
        for statement in (*(f"DROP TRIGGER {name}" for name in TRIGGERS), *statements):
            connection.exec_driver_sql(statement)


@pytest.mark.parametrize("check", CHECKS)
def test_it_keeps_the_doors_promises(engine: Engine, check: Callable[[AccessLog, Actors], Awaitable[None]]) -> None:
    log = AccessLogTable(engine)

    async def run() -> None:
        await check(log, lambda: [line["actor"] for line in reversed(log.lines())])

    asyncio.run(run())


def test_what_was_seen_stands_there_latest_first(engine: Engine) -> None:
    log = AccessLogTable(engine)
    asyncio.run(log.keep(seen(), seen("p-2001", done=False, why="不是本单位的")))
    asyncio.run(log.keep(seen(ticket="JY20260302-000002", source="127.0.0.1")))

    assert [line["seq"] for line in log.lines()] == [3, 2, 1]
    assert [(line["actor"], line["done"], line["why"]) for line in log.lines(actor="p-2001")] == [("p-2001", False, "不是本单位的")]
    assert [line["source"] for line in log.lines(ticket="JY20260302-000002")] == ["127.0.0.1"]
    assert [line["seq"] for line in log.lines(before=3, count=1)] == [2]
    assert log.verify() == []


def test_an_empty_log_is_whole(engine: Engine) -> None:
    assert AccessLogTable(engine).verify() == []
    AccessLogTable(engine).write()
    assert AccessLogTable(engine).head() == (0, "0" * 64)


@pytest.mark.parametrize(
    ("done", "found"),
    [
        ("UPDATE access_log SET actor = 'p-1002' WHERE seq = 2", [(2, "changed")]),
        ("UPDATE access_log SET done = 0 WHERE seq = 3", [(3, "changed")]),
        ("DELETE FROM access_log WHERE seq = 2", [(3, "not the next one")]),
        ("DELETE FROM access_log WHERE seq = 1", [(2, "not the next one")]),
    ],
)
def test_a_line_that_was_changed_or_removed_is_named(engine: Engine, done: str, found: list[tuple[int, str]]) -> None:
    log = AccessLogTable(engine)
    log.write(seen(), seen("p-1003"), seen("p-1004"))
    behind_our_back(engine, done)
    assert log.verify() == [Broken(file="access_log", line=line, trouble=trouble) for line, trouble in found]


def test_a_tail_that_was_cut_off_shows_by_a_seal_that_was_noted(engine: Engine) -> None:
    log = AccessLogTable(engine)
    log.write(seen(), seen(), seen())
    number, seal = log.head()
    assert log.verify({number: seal[:16]}) == []

    behind_our_back(engine, "DELETE FROM access_log WHERE seq = 3")
    assert log.verify() == []
    assert [(each.line, each.trouble) for each in log.verify({number: seal[:16]})] == [(3, "missing")]
    log.write(seen("p-9999"))
    assert [(each.line, each.trouble) for each in log.verify({number: seal[:16]})] == [(3, "changed")]


def test_several_writers_make_one_chain(engine: Engine) -> None:
    log = AccessLogTable(engine)

    def write() -> None:
        for _ in range(10):
            log.write(seen())

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert log.head()[0] == 40
    assert log.verify() == []


def test_a_made_up_address_is_not_written_down(engine: Engine) -> None:
    log = AccessLogTable(engine)
    log.write(seen(ticket="我叫市民甲，电话…", source="<script>"))
    assert [(line["ticket"], line["source"]) for line in log.lines()] == [("?", "?")]


def test_no_free_connection_is_a_closed_door_too(fresh: Path) -> None:
    engine = create_engine(f"sqlite:///{fresh}", poolclass=QueuePool, pool_size=1, max_overflow=0, pool_timeout=0.01)
    with engine.connect(), pytest.raises(DoorClosed):
        AccessLogTable(engine).write(seen())
    engine.dispose()


def test_what_cannot_be_written_must_not_be_done(engine: Engine, tmp_path: Path) -> None:
    (tmp_path / "ledger.sqlite").unlink()
    with pytest.raises(DoorClosed, match="操作未执行"):
        asyncio.run(AccessLogTable(engine).keep(seen()))
