"""`hotline.sms.SmsParts` and `hotline.answer_times.AnswerBook` in the ledger's database."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, RowMapping, Select, insert, select, update
from sqlalchemy.exc import SQLAlchemyError

from hotline.answer_times import Answered
from hotline.errors import DoorClosed
from hotline.sms import REF_HOLDS, SmsGroup, SmsPart
from storage.intake_tables import answer_times, sms_parts
from storage.tables import written

_TAKEN_IN = "*"
"""Stands for the number of a message that is being filed as it is: no part joins it any more."""
_WAITS = ("", _TAKEN_IN)
_MOST_WAITING = 200
"""Messages of one sweep; the rest comes with the next one."""


class SmsPartsTable:
    """Parts on their way. One writer at a time: SQLite's own lock, on PostgreSQL the table's."""

    def __init__(self, engine: Engine) -> None:
        """`engine`: of `storage.engine.open_for_writing`, or PostgreSQL's."""
        self._engine = engine

    async def keep(self, part: SmsPart, *, now: datetime) -> SmsGroup:
        """Keep it and give all that belongs to it so far. Raises `DoorClosed`: nothing was kept."""
        return await asyncio.to_thread(self._keep, part, now)

    async def close(self, group: SmsGroup) -> SmsGroup:
        """From now on no part joins it. Gives all that it has. Raises `DoorClosed`."""
        return await asyncio.to_thread(self._close, group.name)

    async def filed(self, group: SmsGroup, number: str) -> None:
        """This message has its ticket now: forget its words and its sender. Raises `DoorClosed`."""
        change = update(sms_parts).where(sms_parts.c.group_name == group.name).values(number=number, text="", sender="")
        await asyncio.to_thread(_written, self._engine, change)

    async def waiting(self, *, since_before: datetime) -> Sequence[SmsGroup]:
        """Messages without a ticket whose first part came then or before, closed ones too, the oldest first."""
        return await asyncio.to_thread(self._waiting, since_before)

    def _keep(self, part: SmsPart, now: datetime) -> SmsGroup:
        try:
            with self._engine.begin() as connection:
                _alone(connection)
                name = _name_of(connection, part)
                if name is None:
                    name = self._insert(connection, part, now)
                return _group(connection, name)
        except SQLAlchemyError as error:
            raise DoorClosed(_CLOSED) from error

    def _insert(self, connection: Connection, part: SmsPart, now: datetime) -> str:
        begun = connection.execute(_open_groups(part, now)).first()
        name, since = (begun.group_name, begun.begun) if begun else (f"{part.gateway}/{part.id}", written(now))
        row = {"gateway": part.gateway, "part_id": part.id, "group_name": name, "sender": part.sender, "ref": part.ref, "number": ""}
        rest = {"part_index": part.index, "total": part.total, "text": part.text, "sent_at": written(part.sent_at), "begun": since}
        connection.execute(insert(sms_parts), {**row, **rest})
        return name

    def _close(self, name: str) -> SmsGroup:
        mine = (sms_parts.c.group_name == name) & (sms_parts.c.number == "")
        try:
            with self._engine.begin() as connection:
                _alone(connection)
                connection.execute(update(sms_parts).where(mine).values(number=_TAKEN_IN))
                return _group(connection, name)
        except SQLAlchemyError as error:
            raise DoorClosed(_CLOSED) from error

    def _waiting(self, since_before: datetime) -> list[SmsGroup]:
        names = (
            select(sms_parts.c.group_name)
            .where(sms_parts.c.number.in_(_WAITS), sms_parts.c.begun <= written(since_before))
            .group_by(sms_parts.c.group_name, sms_parts.c.begun)
            .order_by(sms_parts.c.begun, sms_parts.c.group_name)
            .limit(_MOST_WAITING)
        )
        try:
            with self._engine.connect() as connection:
                return [_group(connection, name) for name in connection.execute(names).scalars().all()]
        except SQLAlchemyError as error:
            raise DoorClosed(_CLOSED) from error


class AnswerTimesTable:
    """How soon written messages were answered. Nothing of their words."""

    def __init__(self, engine: Engine) -> None:
        """`engine`: of `storage.engine.open_for_writing`, or PostgreSQL's."""
        self._engine = engine

    async def keep(self, answered: Answered) -> None:
        """The first answer to each key counts. Raises `DoorClosed`."""
        await asyncio.to_thread(self._keep, answered)

    async def since(self, begin: datetime) -> list[Answered]:
        """Those that were answered from then on, oldest first. Raises `DoorClosed`."""
        return await asyncio.to_thread(self._since, begin)

    def _keep(self, answered: Answered) -> None:
        row = {"key": answered.key, "channel": answered.channel, "number": answered.number}
        times = {"sent_at": written(answered.sent_at), "answered_at": written(answered.answered_at)}
        known = select(answer_times.c.key).where(answer_times.c.key == answered.key)
        try:
            with self._engine.begin() as connection:
                if connection.execute(known).first() is None:
                    connection.execute(insert(answer_times), {**row, **times})
        except SQLAlchemyError as error:
            raise DoorClosed(_CLOSED) from error

    def _since(self, begin: datetime) -> list[Answered]:
        wanted = select(answer_times).where(answer_times.c.answered_at >= written(begin)).order_by(answer_times.c.answered_at)
        try:
            with self._engine.connect() as connection:
                return [Answered(**{**row, **_times(row)}) for row in connection.execute(wanted).mappings()]
        except SQLAlchemyError as error:
            raise DoorClosed(_CLOSED) from error


_CLOSED = "数据库暂不可用，消息未登记；网关应重发 the database is away, nothing was kept; the gateway should send it again"


def _written(engine: Engine, change: Any) -> None:  # noqa: ANN401 - any statement
    try:
        with engine.begin() as connection:
            connection.execute(change)
    except SQLAlchemyError as error:
        raise DoorClosed(_CLOSED) from error


def _alone(connection: Connection) -> None:
    """Nobody else adds a part until this transaction ends. SQLite has one writer anyway."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("LOCK TABLE sms_parts IN EXCLUSIVE MODE")


def _name_of(connection: Connection, part: SmsPart) -> str | None:
    known = select(sms_parts.c.group_name).where(sms_parts.c.gateway == part.gateway, sms_parts.c.part_id == part.id)
    return connection.execute(known).scalar()


def _open_groups(part: SmsPart, now: datetime) -> Select[Any]:
    """The message that this part belongs to: the same sender and reference, lately, without its ticket, and without this part."""
    mine = sms_parts.alias()
    has_it = select(mine.c.part_id).where(mine.c.group_name == sms_parts.c.group_name, mine.c.part_index == part.index)
    same = {"gateway": part.gateway, "sender": part.sender, "ref": part.ref, "total": part.total, "number": ""}
    return (
        select(sms_parts.c.group_name, sms_parts.c.begun)
        .where(*(sms_parts.c[name] == value for name, value in same.items()))
        .where(sms_parts.c.begun >= written(now - REF_HOLDS), sms_parts.c.total > 1, ~has_it.exists())
        .order_by(sms_parts.c.begun)
        .limit(1)
    )


def _group(connection: Connection, name: str) -> SmsGroup:
    rows = connection.execute(select(sms_parts).where(sms_parts.c.group_name == name).order_by(sms_parts.c.part_index)).mappings().all()
    return SmsGroup(name=name, parts=tuple(_part(row) for row in rows), number=rows[0]["number"].replace(_TAKEN_IN, ""))


def _part(row: RowMapping) -> SmsPart:
    place = {"gateway": row["gateway"], "id": row["part_id"], "ref": row["ref"], "index": row["part_index"], "total": row["total"]}
    return SmsPart(**place, sender=row["sender"], text=row["text"], sent_at=_read(row["sent_at"]))


def _times(row: RowMapping) -> dict[str, datetime]:
    return {name: _read(row[name]) for name in ("sent_at", "answered_at")}


def _read(text: str) -> datetime:
    return datetime.fromisoformat(text)
