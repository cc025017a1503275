"""By what tickets go: terms (config/deadlines/), calendar, dispatch catalogue (config/dispatch/) and units, as one value for the desk.

Every error of a file names the file, the key and the remedy (`BadSettings`).
"""

import logging
import tomllib
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from app.places import PROJECT
from app.settings import Tickets
from app.settings_errors import explained
from app.term_tables import shipped
from hotline.errors import BadSettings, MalformedInput
from hotline.national_days import national
from tickets.dispatch import BY_PLACE, Catalogue, Entry, Unit
from tickets.rules import Rules, UnitSecrecy

SHIPPED: Final = PROJECT / "config" / "dispatch"
log = logging.getLogger(__name__)


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class MatterLine(_Frozen):
    """One `[[entries]]`."""

    code: str = Field(pattern=r"^[0-9A-Za-z]{1,32}$")
    name: str = Field(min_length=1, max_length=64)
    lead: str = ""
    bureau: str = ""
    assisting: tuple[str, ...] = ()


class CatalogueFile(_Frozen):
    """One file."""

    version: str = Field(pattern=r"^[A-Za-z0-9.-]{1,32}$")
    since: date
    entries: tuple[MatterLine, ...] = ()


def read_catalogue(path: Path, units: Mapping[str, Unit]) -> Catalogue:
    """One version of it with the units there are; a line that names another unit leaves its matter to the office. Raises `BadSettings`."""
    try:
        file = CatalogueFile.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
        entries = tuple(_known(line, units, path) for line in file.entries)
        return Catalogue(version=file.version, since=file.since, units=dict(units), entries=entries)
    except OSError as error:
        raise BadSettings(f"{path}: 读不到 cannot be read ({error.strerror})") from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadSettings(f"{path}: 不是 UTF-8 的 TOML not TOML in UTF-8: {error}") from None
    except ValidationError as error:
        raise BadSettings("\n".join(f"{path}: {explained(item, CatalogueFile)}" for item in error.errors())) from None
    except MalformedInput as error:
        raise BadSettings(f"{path}: {error}") from None


def ticket_rules(settings: Tickets, units: Mapping[str, Unit], secrecy: tuple[UnitSecrecy, ...] = ()) -> Rules:
    """What the desk goes by now. `secrecy`: what the units reported (article 10-2). Raises `BadSettings`."""
    return Rules(
        follow=tuple(shipped(name) for name in settings.terms),
        calendar=national(),
        catalogue=read_catalogue(SHIPPED / f"{settings.catalogue}.toml", units),
        place=settings.place,
        keep_years=settings.keep_years,
        unit_secrecy=secrecy,
    )


def _known(line: MatterLine, units: Mapping[str, Unit], path: Path) -> Entry:
    missing = sorted({unit for unit in (line.lead, line.bureau, *line.assisting) if unit and unit != BY_PLACE and unit not in units})
    if missing:
        log.debug("%s %s: 单位未登记，该部分由市政管办指定 not registered: %s", path.name, line.code, ", ".join(missing))
    kept = {name: unit if unit == BY_PLACE or unit in units else "" for name, unit in (("lead", line.lead), ("bureau", line.bureau))}
    return Entry(code=line.code, name=line.name, assisting=tuple(unit for unit in line.assisting if unit in units), **kept)
