"""办理时限的规定: reads `config/deadlines/*.toml`. Every error names file, key and remedy (`BadSettings`)."""

import tomllib
from datetime import date
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from app.places import PROJECT
from app.settings_errors import explained
from hotline.errors import BadSettings, MalformedInput
from tickets.terms import Appeal, RuleSet, Step, Term

SHIPPED = PROJECT / "config" / "deadlines"


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class TermLine(_Frozen):
    """One `[[terms]]`."""

    step: Step
    working_days: int = Field(ge=0, le=250)
    appeals: frozenset[Appeal] = frozenset()
    article: str = ""
    chosen: str = ""


class TermTable(_Frozen):
    """One file."""

    name: str = Field(pattern=r"^[a-z][a-z0-9-]{0,31}$")
    title: str
    document: str
    since: date
    terms: tuple[TermLine, ...] = Field(min_length=1)


def read_terms(path: Path) -> RuleSet:
    """One rule set. Raises `BadSettings`."""
    try:
        table = TermTable.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
        terms = tuple(Term(**dict(line)) for line in table.terms)
        return RuleSet(name=table.name, title=table.title, document=table.document, since=table.since, terms=terms)
    except OSError as error:
        raise BadSettings(f"{path}: 读不到 cannot be read ({error.strerror})") from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadSettings(f"{path}: 不是 UTF-8 的 TOML not TOML in UTF-8: {error}") from None
    except ValidationError as error:
        raise BadSettings("\n".join(f"{path}: {explained(item, TermTable)}" for item in error.errors())) from None
    except MalformedInput as error:
        raise BadSettings(f"{path}: {error}") from None


def shipped(name: str) -> RuleSet:
    """A set that comes with the product."""
    return read_terms(SHIPPED / f"{name}.toml")
