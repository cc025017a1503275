"""The tables of tickets are the same whether they are migrated or made, on PostgreSQL too (SQLite: tests/storage/test_migrate.py)."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect

from bench.own_postgres import OwnPostgres
from storage.engine import open_postgres
from storage.migrate import migrate_server
from storage.tables import metadata
from tests.storage.own_postgres import postgres as postgres


def test_postgresql_is_migrated_to_the_tables_of_the_code_and_once(postgres: OwnPostgres) -> None:
    engine = open_postgres(postgres.make("migrated"))
    migrate_server(engine)
    migrate_server(engine)
    with engine.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection, opts={"include_name": _is_ours}), metadata)
        assert [each for each in differences if "ticket_" in str(each)] == []
        assert {"calls", "ticket_drafts", "tickets", "ticket_words"} <= set(inspect(connection).get_table_names())
        assert [index["name"] for index in inspect(connection).get_indexes("ticket_words")] == ["ix_ticket_words"]
    engine.dispose()


def _is_ours(name: str | None, kind: str, _parents: object) -> bool:
    return kind != "table" or name != "ticket_words"
