"""接口令牌 in the ledger's database: told once, kept as a hash, withdrawn at once.

Every change asks the gate, and is written into the access log in the same transaction.
"""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy import Engine, Row, insert, select, update

from hotline.access import Access, Actor
from hotline.accounts import ApiToken
from hotline.errors import MalformedInput
from hotline.gate import Act, require
from storage.access_log import append
from storage.account_tables import api_tokens
from storage.passwords import digest, secret
from storage.people import roles_as_text, roles_of
from storage.tables import written

PREFIX: Final = "hl_"
"""So that a token that was put where everybody reads it can be found."""
LONGEST: Final = timedelta(days=366)


class ApiTokens:
    """The table."""

    def __init__(self, writing: Engine, reading: Engine) -> None:
        """`writing`, `reading`: of `storage.engine`; the same one twice on PostgreSQL."""
        self._writing = writing
        self._reading = reading

    def make(self, wanted: ApiToken, *, by: Actor, at: datetime) -> tuple[ApiToken, str]:
        """A token like this with an id of its own, and its secret. Raises `NotAllowed`; `MalformedInput` for more than a year."""
        require(by, Act.TOKENS_MANAGE)
        if not at < wanted.expires <= at + LONGEST:
            raise MalformedInput("令牌有效期应在一年以内 a token lasts a year at most")
        told = PREFIX + secret()
        token = replace(wanted, id=f"t-{digest(told)[:12]}")
        row = {"token_id": token.id, "hashed": digest(told), "created": written(at), **_row(token)}
        with self._writing.begin() as connection:
            connection.execute(insert(api_tokens).values(**row))
            append(
                connection,
                [Access(at=at, actor=by.id, act=Act.TOKENS_MANAGE, ticket=token.id, why=f"发放：{' '.join(sorted(token.scopes))}")],
            )
        return token, told

    def withdraw(self, token: str, *, by: Actor, at: datetime) -> None:
        """It opens nothing any more. Raises `NotAllowed`; `MalformedInput` when there is no such token."""
        require(by, Act.TOKENS_MANAGE)
        with self._writing.begin() as connection:
            if not connection.execute(update(api_tokens).where(api_tokens.c.token_id == token).values(enabled=0)).rowcount:
                raise MalformedInput("没有这个令牌 no such token")
            append(connection, [Access(at=at, actor=by.id, act=Act.TOKENS_MANAGE, ticket=token, why="收回")])

    def all(self) -> tuple[ApiToken, ...]:
        """Every token that there was, the oldest first; no secret."""
        with self._reading.connect() as connection:
            return tuple(
                _token(row) for row in connection.execute(select(api_tokens).order_by(api_tokens.c.created, api_tokens.c.token_id))
            )

    def proved(self, told: str, *, at: datetime) -> Actor | None:
        """Who asks with this secret; None when it is nobody's, withdrawn or out of date."""
        with self._reading.connect() as connection:
            row = connection.execute(select(api_tokens).where(api_tokens.c.hashed == digest(told))).first()
        token = _token(row) if row is not None else None
        return token.actor if token is not None and token.enabled and at < token.expires else None


def _row(token: ApiToken) -> dict[str, Any]:
    return {
        "name": token.name,
        "roles": roles_as_text(token.roles),
        "scopes": json.dumps(sorted(token.scopes)),
        "unit": token.unit,
        "cleared": token.cleared,
        "expires": written(token.expires),
        "enabled": int(token.enabled),
    }


def _token(row: Row[Any]) -> ApiToken:
    return ApiToken(
        id=row.token_id,
        name=row.name,
        roles=roles_of(row.roles),
        scopes=frozenset(json.loads(row.scopes)),
        unit=row.unit,
        cleared=row.cleared,
        expires=datetime.fromisoformat(row.expires).astimezone(UTC),
        enabled=bool(row.enabled),
    )
