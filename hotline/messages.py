"""Values that cross rooms on the way from the call to the ticket."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True)
class TicketDraft:
    """业务单草稿 made from one call (art. 11: every matter is recorded). An agent completes and files it.

    `key` makes the push idempotent: the call id. A later `revision` of the same call replaces the draft as long as nobody has
    filed it. `record` is the call record of docs/call-record.schema.json as plain JSON.
    """

    key: str
    revision: int
    channel: str
    called: str
    contact_phone: str
    received_at: str
    record: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """The ticket backend has the draft. `reference` is its own name for it; `fresh` is false when it already had this revision."""

    reference: str
    fresh: bool
