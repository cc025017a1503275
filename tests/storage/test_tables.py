"""How the tables hold things."""

from datetime import UTC, datetime, timedelta, timezone

from storage.tables import metadata, written


def test_a_time_is_written_in_utc_and_sorts_as_text() -> None:
    noon = datetime(2026, 11, 23, 12, tzinfo=timezone(timedelta(hours=8)))
    assert written(noon) == "2026-11-23T04:00:00.000000Z"
    assert written(noon) < written(noon + timedelta(microseconds=1))
    assert datetime.fromisoformat(written(noon)) == noon.astimezone(UTC)


def test_every_table_has_a_key() -> None:
    assert [table.name for table in metadata.tables.values() if not table.primary_key.columns] == []
