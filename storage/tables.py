"""The tables, as SQLAlchemy sees them. Times are ISO 8601 in UTC with Z, as text: readable, sortable, the same on every database."""

from datetime import UTC, datetime

from sqlalchemy import Column, Float, Integer, MetaData, String, Table, Text

metadata = MetaData()

calls = Table(
    "calls",
    metadata,
    Column("call_id", String(32), primary_key=True),
    Column("revision", Integer, primary_key=True),
    Column("arrived", String(32), nullable=False, index=True),
    Column("called", String(32), nullable=False),
    Column("record", Text, nullable=False),
    Column("created", String(32), nullable=False),
)
"""The ledger, 通话台账: every revision of every call's record stays."""

recordings = Table(
    "recordings",
    metadata,
    Column("call_id", String(32), primary_key=True),
    Column("file", Text, nullable=False),
    Column("state", String(16), nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("seconds", Float, nullable=False),
    Column("expected_seconds", Float, nullable=False),
    Column("channels", Integer, nullable=False),
    Column("repaired", Integer, nullable=False),
    Column("kept_until", String(10), nullable=False),
    Column("created", String(32), nullable=False),
    Column("gaps", Text, nullable=False, server_default="[]"),
)

messages = Table(
    "messages",
    metadata,
    Column("call_id", String(32), primary_key=True),
    Column("file", Text, nullable=False),
    Column("state", String(16), nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("seconds", Float, nullable=False),
    Column("repaired", Integer, nullable=False),
    Column("kept_until", String(10), nullable=False),
    Column("created", String(32), nullable=False),
)
"""留言: what citizens left in a message box, one row for a call."""

callbacks = Table(
    "callbacks",
    metadata,
    Column("call_id", String(32), primary_key=True),
    Column("phone", String(32), nullable=False, index=True),
    Column("reason", String(16), nullable=False),
    Column("priority", Integer, nullable=False),
    Column("created", String(32), nullable=False),
    Column("due", String(32), nullable=False),
    Column("state", String(16), nullable=False, index=True),
    Column("closed_by", String(32), nullable=False),
    Column("line", String(32), nullable=False, server_default=""),
    Column("since", Float, nullable=False, server_default="0"),
    Column("skills", Text, nullable=False, server_default="[]"),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("outcome", String(16), nullable=False, server_default=""),
)
"""回拨: to whom a call is owed (hotline.callbacks.Owed). `state`: open, closed; `closed_by`: the call in which he was reached, or whose
task stands for this one, too."""

agents = Table(
    "agents",
    metadata,
    Column("agent_id", String(8), primary_key=True),
    Column("name", Text, nullable=False),
    Column("skills", Text, nullable=False),
    Column("kept_for", Text, nullable=False),
    Column("supervisor", Integer, nullable=False),
    Column("after_call_s", Integer, nullable=True),
    Column("enabled", Integer, nullable=False),
    Column("changed", String(32), nullable=False),
)
"""坐席名册 (hotline.staff.Employee). Who left stays, not enabled: his number stands in old records."""

journal_seen = Table(
    "journal_seen",
    metadata,
    Column("call_id", String(32), primary_key=True),
    Column("part", Integer, primary_key=True),
    Column("lines", Integer, nullable=False),
    Column("unreadable", Integer, nullable=False),
    Column("created", String(32), nullable=False),
)
"""Which journal files have gone into the ledger: every figure can be traced to its lines."""

pushes = Table(
    "pushes",
    metadata,
    Column("call_id", String(32), primary_key=True),
    Column("revision", Integer, primary_key=True),
    Column("state", String(16), nullable=False, index=True),
    Column("attempts", Integer, nullable=False),
    Column("due", String(32), nullable=False),
    Column("reference", Text, nullable=False),
    Column("error", Text, nullable=False),
)
"""What the ticket backend was told. `state`: waiting (try at `due`), delivered, overtaken (by a later revision), person (must look)."""

ticket_drafts = Table(
    "ticket_drafts",
    metadata,
    Column("key", String(32), primary_key=True),
    Column("reference", String(40), nullable=False, unique=True),
    Column("revision", Integer, nullable=False),
    Column("channel", String(16), nullable=False),
    Column("called", String(32), nullable=False),
    Column("contact_phone", String(32), nullable=False),
    Column("received_at", String(32), nullable=False, index=True),
    Column("record", Text, nullable=False),
    Column("created", String(32), nullable=False),
    Column("updated", String(32), nullable=False),
)
"""业务单草稿 of the embedded tickets."""


def written(moment: datetime) -> str:
    """A time as the tables hold it."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
