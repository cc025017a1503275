"""The tables of the knowledge base (knowledge/)."""

from sqlalchemy import Column, Integer, String, Table, Text

from storage.tables import metadata

knowledge_items = Table(
    "knowledge_items",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("revision", Integer, nullable=False),
    Column("owner", String(64), nullable=False, index=True),
    Column("source", String(32), nullable=False, index=True),
    Column("item", Text, nullable=False),
)
"""知识条目: each as it stands, with all its versions, as JSON."""

knowledge_versions = Table(
    "knowledge_versions",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("state", String(16), nullable=False, index=True),
    Column("code", String(32), nullable=False),
    Column("written", String(32), nullable=False),
    Column("review_due", String(32), nullable=False),
    Column("valid_until", String(10), nullable=False),
)
"""What lists and sweeps look at, one row for a version."""

knowledge_grams = Table(
    "knowledge_grams",
    metadata,
    Column("gram", String(2), primary_key=True),
    Column("id", String(32), primary_key=True),
)
"""Pairs of characters of an entry's newest text that anybody may look for: so words of two characters and more are found without a scan."""

knowledge_hits = Table(
    "knowledge_hits",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("day", String(10), primary_key=True),
    Column("hit", String(16), primary_key=True),
    Column("count", Integer, nullable=False),
)

knowledge_given = Table(
    "knowledge_given",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("ticket", String(40), primary_key=True),
    Column("version", Integer, nullable=False),
    Column("at", String(32), nullable=False),
    Column("by", String(80), nullable=False),
)
"""Which answer was given to which ticket or call, of which version, by whom."""
