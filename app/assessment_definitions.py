"""考核指标的定义: reads `config/assessment/*.toml`. Every error names file, key and remedy (`BadSettings`)."""

import tomllib
from datetime import date
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from app.places import PROJECT
from app.settings_errors import explained
from assessment.model import Definitions, Measure, Source
from assessment.policy import checked
from hotline.errors import BadSettings, MalformedInput

SHIPPED = PROJECT / "config" / "assessment"


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class MeasureLine(_Frozen):
    """One `[[measures]]`."""

    id: str = Field(pattern=r"^[a-z][a-z0-9_]{0,31}$")
    name: str = Field(min_length=2, max_length=20)
    moment: str
    source: Source = Source.TICKETS
    of: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    hits: tuple[str, ...] = Field(default=(), alias="with")
    appeals: frozenset[str] = frozenset()
    article: str = ""


class MeasureTable(_Frozen):
    """One file."""

    name: str = Field(pattern=r"^[a-z][a-z0-9-]{0,31}$")
    title: str
    document: str
    since: date
    measures: tuple[MeasureLine, ...] = Field(min_length=1)


def read_definitions(path: Path) -> Definitions:
    """One version. Raises `BadSettings`."""
    try:
        table = MeasureTable.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
        measures = tuple(Measure(**dict(line)) for line in table.measures)
        return checked(Definitions(name=table.name, title=table.title, document=table.document, since=table.since, measures=measures))
    except OSError as error:
        raise BadSettings(f"{path}: 读不到 cannot be read ({error.strerror})") from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadSettings(f"{path}: 不是 UTF-8 的 TOML not TOML in UTF-8: {error}") from None
    except ValidationError as error:
        raise BadSettings("\n".join(f"{path}: {explained(item, MeasureTable)}" for item in error.errors())) from None
    except MalformedInput as error:
        raise BadSettings(f"{path}: {error}") from None


def all_definitions(folder: Path = SHIPPED) -> tuple[Definitions, ...]:
    """Every version in the folder. Raises `BadSettings`."""
    return tuple(read_definitions(path) for path in sorted(folder.glob("*.toml")))
