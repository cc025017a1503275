"""单位清单: a CSV file of units (UTF-8, its first line names the columns; `id` and `name` must be there)."""

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from hotline.accounts import OrgUnit
from hotline.errors import MalformedInput

COLUMNS: Final = ("id", "name", "tier", "place", "above", "staff_phone", "leader_phone", "duties", "secrecy_rules")


def read_units(path: Path) -> tuple[OrgUnit, ...]:
    """Raises `MalformedInput` naming the line."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise MalformedInput(f"{path.name}: 读不到，或不是 UTF-8 cannot be read, or is not UTF-8: {type(error).__name__}") from None
    rows = csv.DictReader(text.splitlines())
    names = set(rows.fieldnames or ())
    if strange := sorted(names - set(COLUMNS)) or sorted({"id", "name"} - names):
        raise MalformedInput(f"{path.name}:1: {'、'.join(strange)}: 列名应为 the columns are {', '.join(COLUMNS)}")
    units = tuple(_unit(row, f"{path.name}:{number}") for number, row in enumerate(rows, start=2))
    if twice := sorted({each.id for each in units if [other.id for other in units].count(each.id) > 1}):
        raise MalformedInput(f"{path.name}: {'、'.join(twice)}: 重复 stands there twice")
    return units


def _unit(row: Mapping[str, str | None], where: str) -> OrgUnit:
    told = {name: (row.get(name) or "").strip() for name in COLUMNS}
    tier = told.pop("tier") or "2"
    if None in row or tier not in ("1", "2", "3"):
        raise MalformedInput(f"{where}: 列数不对，或 tier 不是1至3 too many columns, or a tier that there is not")
    try:
        return OrgUnit(tier=int(tier), **told)  # type: ignore[arg-type]  # columns are named as its words are
    except MalformedInput as error:
        raise MalformedInput(f"{where}: {error}") from None
