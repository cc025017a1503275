"""The ledger, 通话台账: records of calls by revision, their audio, and what the ticket backend was told.

Writing happens only in the worker; reading may happen anywhere. Every method is one short transaction.
"""

import json
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import BindParameter, Engine, Row, Select, Table, bindparam, func, insert, select
from sqlalchemy.dialects.sqlite import Insert
from sqlalchemy.dialects.sqlite import insert as upsert

from hotline.identity import CallId
from recordings.gaps import AudioGap
from recordings.model import KeptAudio, kept_until
from storage.engine import open_for_reading
from storage.outbox import first_push
from storage.tables import calls, journal_seen, messages, pushes, recordings, ticket_drafts, written

Record = dict[str, Any]


def _replacing(table: Table) -> Insert:
    """A row that takes the place of the one with the same key, but for when it was made."""
    row = upsert(table)
    kept = {column.name for column in table.primary_key} | {"created"}
    changes = {column.name: row.excluded[column.name] for column in table.columns if column.name not in kept}
    return row.on_conflict_do_update(index_elements=list(table.primary_key), set_=changes)


# Made once: putting a statement together costs more than SQLite needs for it.
_CALL: BindParameter[str] = bindparam("call")
_NEWEST = select(calls.c.revision, calls.c.record).where(calls.c.call_id == _CALL).order_by(calls.c.revision.desc()).limit(1)
_REVISION = select(calls.c.record).where((calls.c.call_id == _CALL) & (calls.c.revision == bindparam("number")))
_AUDIO = select(recordings).where(recordings.c.call_id == _CALL)
_MESSAGE = select(messages).where(messages.c.call_id == _CALL)
_KEEP, _PUSH = insert(calls), insert(pushes)
_KEEP_AUDIO, _KEEP_MESSAGE = _replacing(recordings), _replacing(messages)
_KEEP_JOURNAL = upsert(journal_seen).on_conflict_do_nothing()


class Ledger:
    """Reading. A call that is not there is None."""

    def __init__(self, engine: Engine) -> None:
        """`engine`: of `storage.engine.open_for_reading` or `open_for_writing`."""
        self._engine = engine

    def record_of(self, call: str) -> Record | None:
        """The newest revision of a call's record."""
        row = self._first(select(calls.c.record).where(calls.c.call_id == call).order_by(calls.c.revision.desc()))
        return json.loads(row.record) if row else None

    def revision_of(self, call: str, revision: int) -> Record:
        """One revision of a call's record. Raises `LookupError` when it was never kept."""
        with self._engine.connect() as connection:
            row = connection.execute(_REVISION, {"call": call, "number": revision}).first()
        if row is None:
            raise LookupError(f"the ledger has no revision {revision} of call {call}")
        found: Record = json.loads(row.record)
        return found

    def latest(self, count: int) -> list[Record]:
        """The newest revisions of the calls that arrived last, newest first."""
        newest = select(calls.c.call_id, func.max(calls.c.revision).label("revision")).group_by(calls.c.call_id).subquery()
        joined = calls.join(newest, (calls.c.call_id == newest.c.call_id) & (calls.c.revision == newest.c.revision))
        query = select(calls.c.record).select_from(joined).order_by(calls.c.arrived.desc(), calls.c.call_id.desc()).limit(count)
        with self._engine.connect() as connection:
            return [json.loads(row.record) for row in connection.execute(query)]

    def draft_of(self, call: str) -> Record | None:
        """The embedded ticket draft that a call left: every column, `record` as JSON."""
        row = self._first(select(ticket_drafts).where(ticket_drafts.c.key == call))
        return {**row._mapping, "record": json.loads(row.record)} if row else None  # noqa: SLF001 - SQLAlchemy's public name

    def push_of(self, call: str) -> Record | None:
        """How far the newest push of a call's draft got."""
        row = self._first(select(pushes).where(pushes.c.call_id == call).order_by(pushes.c.revision.desc()))
        return dict(row._mapping) if row else None  # noqa: SLF001 - SQLAlchemy's public name

    def audio_of(self, call: str) -> KeptAudio | None:
        """What became of a call's audio."""
        return self.kept_of(call)[0]

    def message_of(self, call: str) -> KeptAudio | None:
        """What became of the message that was left in a call."""
        return self.kept_of(call)[1]

    def kept_of(self, call: str) -> tuple[KeptAudio | None, KeptAudio | None]:
        """What became of a call's audio, and of the message that was left in it."""
        with self._engine.connect() as connection:
            audio = connection.execute(_AUDIO, {"call": call}).first()
            message = connection.execute(_MESSAGE, {"call": call}).first()
        return _audio(audio) if audio else None, _message(message) if message else None

    def _first(self, query: Select[Any]) -> Row[Any] | None:
        with self._engine.connect() as connection:
            return connection.execute(query.limit(1)).first()


class LedgerBook(Ledger):
    """Writing, by the worker alone. Everything may be repeated after a crash and has the effect of once."""

    def keep_record(self, record: Record, *, now: datetime) -> int:
        """Keep a record under its next revision, or find that the newest one already says just this. Returns the revision.

        With a new revision, that it has to be pushed is written down in the same transaction; a call that we have made leaves no draft.
        """
        with self._engine.begin() as connection:
            row = connection.execute(_NEWEST, {"call": record["call"]}).first()
            if row and json.loads(row.record) == {**record, "revision": row.revision}:
                return int(row.revision)
            revision = row.revision + 1 if row else 1
            text = json.dumps({**record, "revision": revision}, ensure_ascii=False)
            arrived = record["arrived"] or record["ended"] or written(now)
            columns = {"call_id": record["call"], "revision": revision, "arrived": arrived, "called": record["called"]}
            connection.execute(_KEEP, {**columns, "record": text, "created": written(now)})
            if record.get("placed") is None:  # what an agent calls out for has its ticket
                connection.execute(_PUSH, first_push(record["call"], revision, now))
            return int(revision)

    def keep_audio(self, call: CallId, audio: KeptAudio, *, now: datetime) -> None:
        """Write down what became of the audio."""
        values = {
            "file": audio.file,
            "state": audio.state,
            "sha256": audio.sha256,
            "seconds": audio.seconds,
            "expected_seconds": audio.expected_seconds,
            "channels": audio.channels,
            "repaired": int(audio.repaired),
            "kept_until": kept_until(call.day).isoformat(),
            "gaps": json.dumps([asdict(gap) for gap in audio.gaps]),
        }
        with self._engine.begin() as connection:
            connection.execute(_KEEP_AUDIO, {"call_id": call, "created": written(now), **values})

    def keep_message(self, call: CallId, audio: KeptAudio, *, now: datetime) -> None:
        """Write down what became of the message."""
        values = {
            "file": audio.file,
            "state": audio.state,
            "sha256": audio.sha256,
            "seconds": audio.seconds,
            "repaired": int(audio.repaired),
            "kept_until": kept_until(call.day).isoformat(),
        }
        with self._engine.begin() as connection:
            connection.execute(_KEEP_MESSAGE, {"call_id": call, "created": written(now), **values})

    def keep_journal(self, call: str, part: int, *, lines: int, unreadable: int, now: datetime) -> None:
        """Write down that a journal file went into the ledger."""
        seen = {"call_id": call, "part": part, "lines": lines, "unreadable": unreadable, "created": written(now)}
        with self._engine.begin() as connection:
            connection.execute(_KEEP_JOURNAL, seen)


def _audio(row: Row[Any]) -> KeptAudio:
    return KeptAudio(
        file=row.file,
        state=row.state,
        sha256=row.sha256,
        seconds=row.seconds,
        expected_seconds=row.expected_seconds,
        channels=row.channels,
        repaired=bool(row.repaired),
        gaps=tuple(AudioGap(**gap) for gap in json.loads(row.gaps)),
    )


def _message(row: Row[Any]) -> KeptAudio:
    return KeptAudio(file=row.file, state=row.state, sha256=row.sha256, seconds=row.seconds, channels=1, repaired=bool(row.repaired))


def open_ledger(path: Path) -> Ledger:
    """The ledger for reading, for consoles, demos and the command line. The database must exist."""
    return Ledger(open_for_reading(path))
