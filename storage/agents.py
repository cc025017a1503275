"""坐席名册 in the ledger's database: whoever is employed at this line, and whoever was."""

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, Row, insert, select, update

from hotline.errors import MalformedInput
from hotline.identity import AgentId
from hotline.staff import Employee
from storage.tables import agents, written


class Agents:
    """The table. Every method is one short transaction."""

    def __init__(self, engine: Engine) -> None:
        """`engine`: of `storage.engine.open_for_writing`."""
        self._engine = engine

    def seed(self, told: Iterable[Employee], now: datetime) -> None:
        """Take in those whom the settings name and the table has never seen; all others stay as they were kept here."""
        with self._engine.begin() as connection:
            known = set(connection.execute(select(agents.c.agent_id)).scalars())
            rows = [_row(each, now) for each in told if each.id not in known]
            if rows:
                connection.execute(insert(agents), rows)

    def add(self, wanted: Iterable[Employee], now: datetime) -> None:
        """Take in all of these or none. Raises `MalformedInput` when the table has one of them, disabled or not."""
        rows = [_row(each, now) for each in wanted]
        with self._engine.begin() as connection:
            known = set(connection.execute(select(agents.c.agent_id)).scalars())
            if there := [row["agent_id"] for row in rows if row["agent_id"] in known]:
                raise MalformedInput(
                    f"{'、'.join(there)}: 已有这个工号，用 change 或 enable there already: scripts/agents change, or enable"
                )
            connection.execute(insert(agents), rows)

    def change(self, wanted: Employee, now: datetime) -> None:
        """Keep him as he is now; enabled or not stays. Raises `MalformedInput` when there is no such agent."""
        self._update(wanted.id, _row(wanted, now, enabled=None))

    def enable(self, agent: AgentId, enabled: bool, now: datetime) -> None:
        """Let him work, or no more. Raises `MalformedInput` when there is no such agent."""
        self._update(agent, {"enabled": int(enabled), "changed": written(now)})

    def all(self) -> tuple[tuple[Employee, bool], ...]:
        """Everybody in order of his number, and whether he is enabled."""
        with self._engine.connect() as connection:
            rows = connection.execute(select(agents).order_by(agents.c.agent_id)).all()
        return tuple((_employee(row), bool(row.enabled)) for row in rows)

    def enabled(self) -> tuple[Employee, ...]:
        """Those who work."""
        return tuple(each for each, enabled in self.all() if enabled)

    def _update(self, agent: AgentId, values: dict[str, Any]) -> None:
        with self._engine.begin() as connection:
            if not connection.execute(update(agents).where(agents.c.agent_id == agent).values(**values)).rowcount:
                raise MalformedInput(f"{agent}: 没有这个坐席 no such agent; scripts/agents list shows all")


def _row(each: Employee, now: datetime, *, enabled: int | None = 1) -> dict[str, Any]:
    row = {
        "agent_id": each.id,
        "name": each.name,
        "skills": json.dumps(each.skills, ensure_ascii=False),
        "kept_for": each.kept_for,
        "supervisor": int(each.supervisor),
        "after_call_s": each.after_call_s,
        "changed": written(now),
    }
    return row if enabled is None else {**row, "enabled": enabled}


def _employee(row: Row[Any]) -> Employee:
    return Employee(
        id=AgentId(row.agent_id),
        name=row.name,
        skills=tuple(json.loads(row.skills)),
        kept_for=row.kept_for,
        supervisor=bool(row.supervisor),
        after_call_s=row.after_call_s,
    )
