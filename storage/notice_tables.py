"""The tables of notices (hotline.notices). No column holds a telephone number: it is looked up when a notice is sent."""

from sqlalchemy import Column, Integer, String, Table, Text

from storage.tables import metadata

notices = Table(
    "notices",
    metadata,
    Column("key", String(200), primary_key=True),
    Column("kind", String(32), nullable=False),
    Column("recipient", String(80), nullable=False),
    Column("ticket", String(32), nullable=False, index=True),
    Column("seq", Integer, nullable=False),
    Column("secrecy", Integer, nullable=False),
    Column("details", Text, nullable=False),
    Column("created", String(32), nullable=False),
    Column("state", String(16), nullable=False, index=True),
    Column("attempts", Integer, nullable=False),
    Column("due", String(32), nullable=False),
    Column("told", String(32), nullable=False),
    Column("reference", Text, nullable=False),
    Column("error", Text, nullable=False),
)
"""`state`: waiting (try at `due`), sent, kept (no gateway: only readable here), person (must look). `told`: when it was sent or kept."""
