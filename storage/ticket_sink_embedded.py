"""TicketSink, embedded: drafts in our own database, one per call, a later revision in the place of an earlier one."""

import asyncio
import json
from collections.abc import Callable
from datetime import UTC, datetime

from sqlalchemy import Engine, insert, select, update
from sqlalchemy.exc import OperationalError

from hotline.errors import DoorClosed
from hotline.messages import Receipt, TicketDraft
from storage.tables import ticket_drafts, written


def _utc_now() -> datetime:
    return datetime.now(UTC)


class EmbeddedTicketSink:
    """The `TicketSink` door on the ledger's database."""

    def __init__(self, engine: Engine, *, now: Callable[[], datetime] = _utc_now) -> None:
        """`engine`: of `storage.engine.open_for_writing`."""
        self._engine = engine
        self._now = now

    async def push(self, draft: TicketDraft) -> Receipt:
        """Keep the draft. An older revision than the one kept changes nothing and is not fresh. Raises `DoorClosed`."""
        try:
            return await asyncio.to_thread(self._keep, draft)
        except OperationalError as error:
            raise DoorClosed(f"the ledger's database did not take the draft: {error.orig}") from error

    def _keep(self, draft: TicketDraft) -> Receipt:
        now = written(self._now())
        values = {
            "revision": draft.revision,
            "channel": draft.channel,
            "called": draft.called,
            "contact_phone": draft.contact_phone,
            "received_at": draft.received_at,
            "record": json.dumps(draft.record, ensure_ascii=False),
            "updated": now,
        }
        mine = ticket_drafts.c.key == draft.key
        with self._engine.begin() as connection:
            known = connection.execute(select(ticket_drafts.c.revision, ticket_drafts.c.reference).where(mine)).first()
            if known is None:
                reference = f"draft-{draft.key}"
                connection.execute(insert(ticket_drafts).values(key=draft.key, reference=reference, created=now, **values))
                return Receipt(reference=reference, fresh=True)
            if draft.revision > known.revision:
                connection.execute(update(ticket_drafts).where(mine).values(**values))
            return Receipt(reference=known.reference, fresh=draft.revision > known.revision)
