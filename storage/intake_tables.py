"""The tables of written intake (hotline/sms.py, hotline/answer_times.py)."""

from sqlalchemy import Column, Index, Integer, String, Table, Text

from storage.tables import metadata

sms_parts = Table(
    "sms_parts",
    metadata,
    Column("gateway", String(64), primary_key=True),
    Column("part_id", String(64), primary_key=True),
    Column("group_name", String(160), nullable=False, index=True),
    Column("sender", String(32), nullable=False),
    Column("ref", String(16), nullable=False),
    Column("part_index", Integer, nullable=False),
    Column("total", Integer, nullable=False),
    Column("text", Text, nullable=False),
    Column("sent_at", String(32), nullable=False),
    Column("begun", String(32), nullable=False),
    Column("number", String(32), nullable=False),
    Index("ix_sms_parts_waiting", "number", "begun"),
)
"""短信: parts of messages. When their ticket is filed (`number`), the words and the sender go; the ids stay, so that no part counts twice.
"*" for a number: it is being filed as it is, and no part joins it any more. `begun`: when the first part of its message came."""

answer_times = Table(
    "answer_times",
    metadata,
    Column("key", String(128), primary_key=True),
    Column("channel", String(16), nullable=False),
    Column("number", String(32), nullable=False),
    Column("sent_at", String(32), nullable=False),
    Column("answered_at", String(32), nullable=False, index=True),
)
"""答复用时 of written media."""
