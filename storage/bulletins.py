"""通报 that were published (article 26): each is written once and never changed."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, Row, insert, select
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from assessment.bulletin import Bulletin, as_json
from hotline.errors import DoorClosed
from hotline.workdays import CHINA
from storage.assessment_tables import bulletins
from storage.tables import written


class Bulletins:
    """Every method is one short transaction; raises `DoorClosed`."""

    def __init__(self, engine: Engine) -> None:
        """`engine`: of `storage.engine.open_for_writing`, or of PostgreSQL."""
        self._engine = engine

    def publish(self, bulletin: Bulletin, *, by: str, at: datetime) -> dict[str, Any]:
        """Keep it for ever; the same period may be published again, under the next number. Returns it as it is shown."""
        begin = bulletin.period.begin.astimezone(CHINA)
        for number in range(1, 100):
            row = {
                "id": f"{begin:%Y%m%d}-{number}",
                "begin": written(bulletin.period.begin),
                "end": written(bulletin.period.end),
                "definitions": bulletin.definitions.name,
                "published": written(at),
                "by": by,
                "figures": json.dumps(as_json(bulletin), ensure_ascii=False),
            }
            if self._stored(row):
                return self.one(row["id"]) or {}
        raise DoorClosed("这一期已发布99次，请检查 published ninety-nine times; look what is wrong")

    def all(self) -> Sequence[dict[str, Any]]:
        """What was published, the newest period first, without its figures."""
        columns = (bulletins.c.id, bulletins.c.begin, bulletins.c.end, bulletins.c.definitions, bulletins.c.published, bulletins.c.by)
        try:
            with self._engine.connect() as connection:
                rows = connection.execute(select(*columns).order_by(bulletins.c.begin.desc(), bulletins.c.published.desc())).mappings()
                return [dict(row) for row in rows]
        except SQLAlchemyError as error:
            raise _closed(error) from error

    def one(self, bulletin_id: str) -> dict[str, Any] | None:
        """One of them, with its figures as they were published."""
        try:
            with self._engine.connect() as connection:
                row = connection.execute(select(bulletins).where(bulletins.c.id == bulletin_id)).first()
        except SQLAlchemyError as error:
            raise _closed(error) from error
        return None if row is None else _shown(row)

    def _stored(self, row: dict[str, str]) -> bool:
        try:
            with self._engine.begin() as connection:
                connection.execute(insert(bulletins), row)
        except IntegrityError:
            return False
        except SQLAlchemyError as error:
            raise _closed(error) from error
        return True


def _shown(row: Row[Any]) -> dict[str, Any]:
    return {"id": row.id, "published": row.published, "by": row.by, **json.loads(row.figures)}


def _closed(error: SQLAlchemyError) -> DoorClosed:
    return DoorClosed(f"通报暂不可用 the database does not answer ({type(error).__name__})")
