"""The table of published bulletins (assessment/bulletin.py): what was published stays what it was, whatever becomes of the tickets."""

from sqlalchemy import Column, String, Table, Text

from storage.tables import metadata

bulletins = Table(
    "bulletins",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("begin", String(32), nullable=False, index=True),
    Column("end", String(32), nullable=False),
    Column("definitions", String(32), nullable=False),
    Column("published", String(32), nullable=False),
    Column("by", String(80), nullable=False),
    Column("figures", Text, nullable=False),
)
"""`figures`: as `assessment.bulletin.as_json` shows them, without the numbers of tickets."""
