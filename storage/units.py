"""单位 in the ledger's database (articles 5, 9-7, 10-2). What may become of one says hotline.accounts; each change is in the access log."""

from collections.abc import Callable, Iterable
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, RowMapping, insert, select, update

from hotline.access import Access, Actor
from hotline.accounts import OrgUnit, UnitState, decided, managed, proposed, with_secrecy_rules
from hotline.errors import MalformedInput
from hotline.gate import Act
from hotline.unit_secrecy import secrecy_lines
from storage.access_log import alone, append
from storage.account_tables import units
from storage.tables import written
from tickets.dispatch import Tier, Unit
from tickets.rules import UnitSecrecy
from tickets.ticket import Secrecy


class Units:
    """The table. Every change is one short transaction; it raises `NotAllowed` or `MalformedInput`, and then nothing has changed."""

    def __init__(self, writing: Engine, reading: Engine) -> None:
        """`writing`, `reading`: of `storage.engine`; the same one twice on PostgreSQL."""
        self._writing = writing
        self._reading = reading

    def propose(self, unit: OrgUnit, *, by: Actor, at: datetime) -> OrgUnit:
        """申报三级平台单位 (9-7). One that was refused may be proposed again."""

        def change(known: OrgUnit | None, connection: Connection) -> OrgUnit:
            if known is not None and (known.state is not UnitState.REFUSED or known.above != unit.above):
                raise MalformedInput(f"{unit.id}: 已有这个单位编号 there is such a unit")
            return proposed(unit, _found(connection, unit.above), by=by)

        return self._changed(unit.id, change, Act.UNIT_PROPOSE, "申报", by, at)

    def decide(self, unit: str, *, yes: bool, why: str = "", by: Actor, at: datetime) -> OrgUnit:
        """市政管办同意 or not."""
        words = "同意" if yes else "不同意"
        return self._changed(unit, lambda known, _: decided(_there(known), yes=yes, why=why, by=by), Act.UNIT_APPROVE, words, by, at)

    def report_secrecy(self, unit: str, rules: str, *, by: Actor, at: datetime) -> OrgUnit:
        """报备保密要求 (10-2)."""
        return self._changed(
            unit, lambda known, _: with_secrecy_rules(_there(known), rules, by=by), Act.UNIT_PROPOSE, "报备保密要求", by, at
        )

    def keep(self, unit: OrgUnit, *, by: Actor, at: datetime) -> OrgUnit:
        """A unit as the office wants it, new or not."""
        with self._writing.begin() as connection:
            alone(connection)
            return _kept(connection, unit, by, at)

    def bring(self, wanted: Iterable[OrgUnit], *, by: Actor, at: datetime) -> None:
        """All of these or none, as the office keeps them; the units above first."""
        with self._writing.begin() as connection:
            alone(connection)
            for unit in sorted(wanted, key=lambda each: each.tier):
                _kept(connection, unit, by, at)

    def unit(self, unit: str) -> OrgUnit | None:
        """It, in whatever state."""
        with self._reading.connect() as connection:
            return _found(connection, unit)

    def all(self) -> tuple[OrgUnit, ...]:
        """Every unit, the tiers in order."""
        with self._reading.connect() as connection:
            return tuple(_unit(row) for row in connection.execute(select(units).order_by(units.c.tier, units.c.unit_id)).mappings())

    def in_force(self) -> dict[str, Unit]:
        """Those to which something can be sent, as the dispatch catalogue knows them."""
        return {each.id: as_dispatched(each) for each in self.all() if each.state is UnitState.APPROVED}

    def secrecy(self) -> tuple[UnitSecrecy, ...]:
        """What the units in force have reported and the platform follows (10-2)."""
        return tuple(
            UnitSecrecy(unit=unit.id, code=line.code, level=Secrecy(line.level), staff=line.staff)
            for unit in self.all()
            if unit.state is UnitState.APPROVED
            for line in secrecy_lines(unit.secrecy_rules)
        )

    def _changed(
        self, unit: str, change: Callable[[OrgUnit | None, Connection], OrgUnit], act: Act, words: str, by: Actor, at: datetime
    ) -> OrgUnit:
        with self._writing.begin() as connection:
            alone(connection)
            wanted = change(_found(connection, unit), connection)
            _write(connection, wanted, at)
            append(connection, [Access(at=at, actor=by.id, act=act, ticket=wanted.id, why=words)])
        return wanted


def as_dispatched(unit: OrgUnit) -> Unit:
    """What the dispatch catalogue needs of it."""
    return Unit(id=unit.id, name=unit.name, tier=Tier(unit.tier), place=unit.place, above=unit.above)


def _kept(connection: Connection, unit: OrgUnit, by: Actor, at: datetime) -> OrgUnit:
    if unit.above and _found(connection, unit.above) is None:
        raise MalformedInput(f"{unit.id}: 没有上级单位 {unit.above} there is no such unit above it")
    kept = managed(unit, by=by)
    _write(connection, kept, at)
    words = "登记" if kept.state is UnitState.APPROVED else "停用"
    append(connection, [Access(at=at, actor=by.id, act=Act.UNIT_MANAGE, ticket=kept.id, why=words)])
    return kept


def _write(connection: Connection, unit: OrgUnit, at: datetime) -> None:
    row = {**_row(unit), "changed": written(at)}
    if not connection.execute(update(units).where(units.c.unit_id == unit.id).values(**row)).rowcount:
        connection.execute(insert(units).values(**row))


def _there(known: OrgUnit | None) -> OrgUnit:
    if known is None:
        raise MalformedInput("没有这个单位 no such unit")
    return known


def _found(connection: Connection, unit: str) -> OrgUnit | None:
    row = connection.execute(select(units).where(units.c.unit_id == unit)).mappings().first()
    return _unit(row) if row is not None else None


def _row(unit: OrgUnit) -> dict[str, Any]:
    row = asdict(unit)
    return {"unit_id": row.pop("id"), **row, "state": unit.state.value}


def _unit(row: RowMapping) -> OrgUnit:
    same = {column: value for column, value in row.items() if column not in ("unit_id", "state", "changed")}
    return OrgUnit(id=row["unit_id"], state=UnitState(row["state"]), **same)
