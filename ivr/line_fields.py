"""Reading the tables of a line.toml into frozen values by a list of fields; goes on after a mistake and collects the flaws."""

import difflib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Generic, TypeVar

from ivr.line_findings import Flaw
from ivr.line_places import Place
from ivr.line_values import Wrong

Value = TypeVar("Value")
ReadTable = Callable[["TableReader", Place, object], object]


@dataclass(frozen=True, kw_only=True)
class Field:
    """How one field is read: a single `value`, or a `table` with fields of its own.

    `name`: its name in the frozen value, if another. `example`: what one may write for it; a `needed` one has it.
    """

    value: Callable[[Place, object], object] | None = None
    table: ReadTable | None = None
    name: str = ""
    needed: bool = False
    example: str = ""

    def read(self, reader: "TableReader", place: Place, raw: object) -> object:
        """The value; raises `Wrong`."""
        if self.table:
            return self.table(reader, place, raw)
        assert self.value is not None
        return self.value(place, raw)


Fields = Mapping[str, Field]


class TableReader:
    """Collects flaws while it reads."""

    def __init__(self) -> None:
        self.flaws: list[Flaw] = []

    def flaw(self, place: Place, what: str, fix: str) -> None:
        """Note a flaw and go on."""
        self.flaws.append(Flaw(place=place, what=what, fix=fix))

    def fields(self, place: Place, raw: object, known: Fields) -> dict[str, Any]:
        """The fields of one table by their names in the value; what is wrong is noted and left out."""
        if not isinstance(raw, dict):
            self.flaw(place, f"{spell(place)} 应当是一张表", f"写成 [{spell(place)}]，下面一行写一项")
            return {}
        self._note_names(place, raw, known)
        values: dict[str, Any] = {}
        for key, field in known.items():
            if key in raw:
                try:
                    values[field.name or key] = field.read(self, (*place, key), raw[key])
                except Wrong as wrong:
                    self.flaw((*place, key), wrong.what, wrong.fix)
        return values

    def made(self, make: Callable[..., Value], place: Place, raw: object, known: Fields) -> Value | None:
        """One frozen value, or None when its table has a flaw (which is noted)."""
        before = len(self.flaws)
        values = self.fields(place, raw, known)
        if len(self.flaws) > before:
            return None
        try:
            return make(**values)
        except Wrong as wrong:
            self.flaw(place, wrong.what, wrong.fix)
            return None

    def _note_names(self, place: Place, raw: Mapping[str, object], known: Fields) -> None:
        for key in raw.keys() - known.keys():
            near = difflib.get_close_matches(key, known, n=1)
            fix = f"是不是想写 {near[0]}" if near else f"删去这一项；这里可以写：{'、'.join(known)}"
            self.flaw((*place, key), f"不认识 {key}", fix)
        for key, field in known.items():
            if field.needed and key not in raw:
                self.flaw(place, f"{spell(place) or '文件'} 缺少 {key}", _add(place, key, field))


@dataclass(frozen=True, kw_only=True)
class Table(Generic[Value]):
    """One table: its fields and the value that they make."""

    make: Callable[..., Value]
    fields: Fields

    def __call__(self, reader: TableReader, place: Place, raw: object) -> Value | None:
        return reader.made(self.make, place, raw, self.fields)


@dataclass(frozen=True, kw_only=True)
class Tables(Generic[Value]):
    """`[[name]]`: as many as one likes."""

    of: Table[Value]

    def __call__(self, reader: TableReader, place: Place, raw: object) -> tuple[Value, ...]:
        if not isinstance(raw, list):
            raise Wrong(f"{spell(place)} 可以有好几张表", f"用双方括号：[[{spell(place)}]]")
        made = [self.of(reader, (*place, count), one) for count, one in enumerate(raw)]
        return tuple(value for value in made if value is not None)


@dataclass(frozen=True, kw_only=True)
class Named(Generic[Value]):
    """`[kind.name]`: tables or values by name. `names` is their form, `fix` what to do when a name has another."""

    of: Callable[[TableReader, Place, object], Value | None]
    names: re.Pattern[str]
    fix: str

    def __call__(self, reader: TableReader, place: Place, raw: object) -> Mapping[str, Value]:
        if not isinstance(raw, dict):
            raise Wrong(f"{spell(place)} 应当是一张表", f"写成 [{spell(place)}.名字]")
        kept = {}
        for name, one in raw.items():
            if not self.names.fullmatch(name):
                reader.flaw((*place, name), f"{spell(place)} 下面的“{name}”写法不对", self.fix)
            elif (made := self._one(reader, (*place, name), one)) is not None:
                kept[name] = made
        return MappingProxyType(kept)

    def _one(self, reader: TableReader, place: Place, raw: object) -> Value | None:
        try:
            return self.of(reader, place, raw)
        except Wrong as wrong:
            reader.flaw(place, wrong.what, wrong.fix)
            return None


def _add(place: Place, key: str, field: Field) -> str:
    if field.table:
        return f"加一张表 [{spell((*place, key))}{field.example}]"
    return f"补上一行 {key} = {field.example}"


def spell(place: Place) -> str:
    """The place as it is written in the file: `menu.main.keys`; positions in lists are left out."""
    return ".".join(part for part in place if isinstance(part, str))
