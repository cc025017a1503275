"""短信模板: reads `config/notices/*.toml`. Every error names file, key and remedy (`BadSettings`)."""

import tomllib
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from app.places import PROJECT
from app.settings_errors import explained
from hotline.errors import BadSettings, MalformedInput
from notify.templates import Template, TextCatalogue

SHIPPED = PROJECT / "config" / "notices"


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class TextLine(_Frozen):
    """One `[[templates]]`."""

    kind: str = Field(pattern=r"^[a-z][a-z0-9_]{0,31}$")
    to: str
    text: str
    secret_text: str = ""
    code: str = ""
    secret_code: str = ""
    article: str = ""


class TextTable(_Frozen):
    """One file."""

    name: str = Field(pattern=r"^[a-z][a-z0-9-]{0,31}$")
    signature: str = Field(min_length=2, max_length=12)
    templates: tuple[TextLine, ...] = Field(min_length=1)


def read_texts(path: Path) -> TextCatalogue:
    """One catalogue of texts. Raises `BadSettings`."""
    try:
        table = TextTable.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
        templates = tuple(Template(**dict(line)) for line in table.templates)
        return TextCatalogue(name=table.name, signature=table.signature, templates=templates)
    except OSError as error:
        raise BadSettings(f"{path}: 读不到 cannot be read ({error.strerror})") from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadSettings(f"{path}: 不是 UTF-8 的 TOML not TOML in UTF-8: {error}") from None
    except ValidationError as error:
        raise BadSettings("\n".join(f"{path}: {explained(item, TextTable)}" for item in error.errors())) from None
    except MalformedInput as error:
        raise BadSettings(f"{path}: {error}") from None


def shipped(name: str) -> TextCatalogue:
    """A catalogue that comes with the product."""
    return read_texts(SHIPPED / f"{name}.toml")
