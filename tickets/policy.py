"""Which draft a call leaves behind: pure."""

from collections.abc import Mapping
from typing import Any

from hotline.messages import TicketDraft
from tickets.model import Channel


def draft_of(record: Mapping[str, Any]) -> TicketDraft:
    """The draft made from a call record as plain JSON (docs/call-record.schema.json).

    Art. 11: every matter is recorded, so every call leaves a draft, the given-up ones too. The citizen's own number is the contact until
    he names another; an anonymous caller has none. Received is when the call arrived, else the first moment that is known.
    """
    return TicketDraft(
        key=str(record["call"]),
        revision=int(record["revision"]),
        channel=_channel(record),
        called=str(record["called"]),
        contact_phone=str(record["caller"]),
        received_at=_received(record),
        record=dict(record),
    )


def _channel(record: Mapping[str, Any]) -> Channel:
    """留言 when all that he said, he said to a message box; who talked with a human as well came by telephone."""
    message = record.get("message")
    return Channel.MESSAGE if message and message["state"] != "missing" and not _talked(record) else Channel.PHONE


def _talked(record: Mapping[str, Any]) -> bool:
    """With an agent, with one whom the lifeline found, or with an emergency centre."""
    answers = [*record.get("lifeline", ()), *(attempt for each in record.get("emergency", ()) for attempt in each["attempts"])]
    return bool(record.get("joined")) or any(each["answered"] for each in answers)


def _received(record: Mapping[str, Any]) -> str:
    known = (record[name] for name in ("arrived", "answered", "wait_began", "ended"))
    return str(next((moment for moment in known if moment), ""))
