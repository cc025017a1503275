"""The tables of accounts, as the migration makes them: nothing that opens a door can be read back, and the log takes nothing back."""

from pathlib import Path

import pytest
from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import DatabaseError

from storage.account_tables import access_log, api_tokens, people, sessions
from storage.engine import open_for_writing
from storage.migrate import migrate

LINE = {"seq": 1, "at": "2026-03-02T04:00:00Z", "actor": "p-1001", "act": "tickets.read", "ticket": "", "done": 1, "why": "", "source": ""}


def test_the_log_refuses_to_be_changed_or_emptied(tmp_path: Path) -> None:
    migrate(tmp_path / "ledger.sqlite")
    engine = open_for_writing(tmp_path / "ledger.sqlite")
    with engine.begin() as connection:
        connection.execute(insert(access_log).values(**LINE, before="0" * 64, seal="1" * 64))
    for statement in (update(access_log).values(actor="p-1002"), delete(access_log)):
        with pytest.raises(DatabaseError, match="append-only"), engine.begin() as connection:
            connection.execute(statement)
    with engine.connect() as connection:
        assert connection.execute(select(access_log.c.actor)).scalars().all() == ["p-1001"]
    engine.dispose()


def test_what_opens_a_door_is_kept_as_a_hash_only() -> None:
    for table, kept in ((sessions, "hashed"), (api_tokens, "hashed"), (people, "password")):
        assert kept in table.c
        assert not {"secret", "token", "session"} & set(table.c.keys())
