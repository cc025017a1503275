"""The tables of accounts (hotline.accounts, hotline.access). No password, session or token can be read back from them."""

from sqlalchemy import Column, Integer, String, Table, Text

from storage.tables import metadata

people = Table(
    "people",
    metadata,
    Column("login", String(32), primary_key=True),
    Column("name", Text, nullable=False),
    Column("roles", Text, nullable=False),
    Column("unit", String(64), nullable=False, index=True),
    Column("cleared", Integer, nullable=False),
    Column("enabled", Integer, nullable=False),
    Column("password", Text, nullable=False),
    Column("password_set", String(32), nullable=False),
    Column("must_change_password", Integer, nullable=False),
    Column("changed", String(32), nullable=False),
)
"""人员. `password`: argon2id in its own notation, salt and cost within. Who left stays, disabled."""

sessions = Table(
    "sessions",
    metadata,
    Column("hashed", String(64), primary_key=True),
    Column("login", String(32), nullable=False, index=True),
    Column("begun", String(32), nullable=False),
    Column("seen", String(32), nullable=False, index=True),
    Column("source", String(64), nullable=False),
)
"""Who is signed in. `hashed`: SHA-256 of 256 random bits that only his browser knows."""

api_tokens = Table(
    "api_tokens",
    metadata,
    Column("token_id", String(32), primary_key=True),
    Column("hashed", String(64), nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("roles", Text, nullable=False),
    Column("scopes", Text, nullable=False),
    Column("unit", String(64), nullable=False),
    Column("cleared", Integer, nullable=False),
    Column("expires", String(32), nullable=False),
    Column("enabled", Integer, nullable=False),
    Column("created", String(32), nullable=False),
)
"""接口令牌."""

sign_in_failures = Table(
    "sign_in_failures",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("account", String(64), nullable=False, index=True),
    Column("source", String(64), nullable=False, index=True),
    Column("at", String(32), nullable=False, index=True),
)
"""Tries in vain. `account`: SHA-256 of what was typed as 工号: people type passwords there."""

units = Table(
    "units",
    metadata,
    Column("unit_id", String(64), primary_key=True),
    Column("name", Text, nullable=False),
    Column("tier", Integer, nullable=False),
    Column("place", String(32), nullable=False),
    Column("above", String(64), nullable=False, index=True),
    Column("staff_phone", String(32), nullable=False),
    Column("leader_phone", String(32), nullable=False),
    Column("duties", Text, nullable=False),
    Column("secrecy_rules", Text, nullable=False),
    Column("state", String(16), nullable=False, index=True),
    Column("proposed_by", String(80), nullable=False),
    Column("decided_by", String(80), nullable=False),
    Column("why", Text, nullable=False),
    Column("changed", String(32), nullable=False),
)
"""单位, three tiers (articles 5, 9-7)."""

access_log = Table(
    "access_log",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("at", String(32), nullable=False, index=True),
    Column("actor", String(80), nullable=False, index=True),
    Column("act", String(64), nullable=False),
    Column("ticket", String(80), nullable=False, index=True),
    Column("done", Integer, nullable=False),
    Column("why", Text, nullable=False),
    Column("source", String(64), nullable=False),
    Column("before", String(64), nullable=False),
    Column("seal", String(64), nullable=False),
)
"""访问日志: append-only (a trigger refuses anything else), each line sealed with the seal of the one before it (storage/access_log.py)."""
