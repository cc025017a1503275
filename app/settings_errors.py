"""What is wrong with a settings file, in the operator's words: which line, which key, what to write instead."""

import difflib
import re
from typing import Any

from pydantic import BaseModel
from pydantic_core import ErrorDetails

_TABLE = re.compile(r"\s*(\[\[?)\s*([A-Za-z0-9_.-]+)\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(r"""\s*["']?([A-Za-z0-9_-]+)["']?\s*=""")

Path = tuple[int | str, ...]


def explained(item: ErrorDetails, model: type[BaseModel]) -> str:
    """One error of pydantic: its key, what is wrong, and the remedy. The value is never repeated: it may be a secret."""
    key = ".".join(str(part) for part in item["loc"])
    match item["type"]:
        case "extra_forbidden":
            near = difflib.get_close_matches(str(item["loc"][-1]), _names_beside(item["loc"], model), n=1)
            return f"{key}: 没有这个设置项 no such setting" + (f"；是不是 did you mean {near[0]}?" if near else "；请删去 take it out")
        case "missing":
            return f"{key}: 缺少 is missing; add it"
        case "string_pattern_mismatch" if "targets" in item["loc"]:
            return f"{key}: 写法不对，写成 中继名/完整号码，例如 telecom/06630000110 write TRUNK/NUMBER like that"
        case "value_error" if not key:
            return item["msg"].removeprefix("Value error, ")
        case _:
            return f"{key}: 值不对 {item['msg']}"


def line_of(text: str, wanted: Path) -> int:
    """The line, counted from 1, on which a key of this path stands, else that of its table, else 0. TOML's plain spellings only."""
    table: Path = ()
    counts: dict[str, int] = {}
    best = 0
    for number, line in enumerate(text.splitlines(), start=1):
        if found := _TABLE.match(line):
            table = _table_path(found[1], found[2], counts)
            best = number if table == wanted[: len(table)] else best
        elif (found := _KEY.match(line)) and wanted[: len(table) + 1] == (*table, found[1]):
            return number
    return best


def _table_path(brackets: str, name: str, counts: dict[str, int]) -> Path:
    if brackets == "[":
        return tuple(name.split("."))
    counts[name] = counts.get(name, -1) + 1
    return (*name.split("."), counts[name])


def _names_beside(place: Path, model: type[BaseModel]) -> list[str]:
    """The settings that exist at the place of an unknown one."""
    here: Any = model
    for part in place[:-1]:
        if isinstance(part, str):
            here = _inner(here, part)
        if here is None:
            return []
    return list(here.model_fields)


def _inner(model: type[BaseModel], name: str) -> type[BaseModel] | None:
    field = model.model_fields.get(name)
    kinds = [field.annotation, *getattr(field.annotation, "__args__", ())] if field else []
    return next((kind for kind in kinds if isinstance(kind, type) and issubclass(kind, BaseModel)), None)
