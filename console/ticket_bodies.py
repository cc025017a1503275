"""What a request for a command says: one model for each of tickets.commands, made of the command's own fields, with limits.

Nothing is longer than a person writes, no text holds control characters, every time has its zone, and anything unknown is refused.
"""

import functools
import operator
import re
import types
import typing
from collections.abc import Mapping
from dataclasses import MISSING, fields
from dataclasses import Field as Slot
from datetime import datetime
from enum import Enum
from typing import Annotated, Any, Final, TypeVar, get_args, get_origin, get_type_hints

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, create_model
from pydantic_core import PydanticCustomError

from hotline.errors import MalformedInput
from hotline.phone import read_caller
from tickets.commands import Command
from tickets.ticket import Citizen, CitizenKind

Wanted = TypeVar("Wanted", bound=Command)

LONGEST: Final[Mapping[str, int]] = {
    "title": 100,
    "content": 4000,
    "left": 4000,
    "text": 4000,
    "result": 4000,
    "answer": 4000,
    "facts": 4000,
    "words": 4000,
    "address": 200,
    "why": 1000,
    "note": 1000,
    "evidence": 1000,
    **dict.fromkeys(("code", "place", "call", "calls"), 32),
    **dict.fromkeys(("accused", "units", "lead", "assisting", "to"), 64),
}
"""Characters, by the field's name; any other field is a short one. Codes and ids are no longer than their columns are wide."""
SHORT: Final = 200
FIRST_YEAR, LAST_YEAR = 1900, 2200
MOST_ITEMS: Final = 20
HIDDEN: Final = frozenset({"key", "answered"})
"""Fields that a request does not say in its body."""
CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x85\u2028\u2029\ufeff\ufffe\uffff]")
_PATTERNS: Final[Mapping[str, str]] = dict.fromkeys(("call", "calls"), r"^[0-9A-Za-z][0-9A-Za-z._-]*$")
"""Ids of calls, as the ledger has them."""
_PHONE: Final = r"^(\+?[0-9][0-9 -]{1,23})?$"


class TicketBody(BaseModel):
    """A body; anything that it does not know is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def printable(text: str) -> str:
    """Text without control characters: PostgreSQL, terminals and printers would each do something else with them."""
    if CONTROL.search(text):
        raise PydanticCustomError("control_characters", "no control characters")
    return text


def of_our_time(moment: datetime) -> datetime:
    """A moment that calendars and databases can reckon with, in whatever zone."""
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise PydanticCustomError("out_of_time", "out of time")
    return moment


Moment = Annotated[AwareDatetime, AfterValidator(of_our_time)]


class CitizenBody(TicketBody):
    """诉求人. `phone`: his number, empty for one who gave none; `account`: his address on a medium ("wechat:…")."""

    name: Annotated[str, Field(max_length=60), AfterValidator(printable)] = ""
    phone: str = Field(default="", pattern=_PHONE)
    anonymous: bool = False
    kind: CitizenKind = CitizenKind.PERSON
    account: str = Field(default="", pattern=r"^([a-z]{2,10}:[A-Za-z0-9_@.-]{1,64})?$")

    def citizen(self, area_code: str) -> Citizen:
        """With the number in its kept form."""
        phone = phone_of(self.phone, area_code)
        return Citizen(name=self.name.strip(), phone=phone, anonymous=self.anonymous, kind=self.kind, account=self.account)


def phone_of(written: str, area_code: str) -> str:
    """The kept form of a number (hotline/phone.py). Raises `MalformedInput` for what nobody can call."""
    kept = read_caller(written, area_code=area_code)
    if written and not kept:
        raise MalformedInput("联系电话不对，请核对后重填 not a telephone number; please check it")
    return kept


def body_of(command: type[Command]) -> type[TicketBody]:
    """The model of this command's body."""
    hints = get_type_hints(command)
    shown = {each.name: _field(each, hints[each.name]) for each in fields(command) if each.name not in HIDDEN}
    made: type[TicketBody] = create_model(
        f"{command.__name__}Body", __base__=TicketBody, __doc__=_words(command), **typing.cast("Any", shown)
    )
    return made


def command_of(command: type[Wanted], body: BaseModel, *, area_code: str, **more: str) -> Wanted:
    """The command that this body says. `more`: fields that do not stand in bodies."""
    said = {name: _value(getattr(body, name), area_code) for name in type(body).model_fields}
    return command(**said, **more)


def _value(value: object, area_code: str) -> object:
    return value.citizen(area_code) if isinstance(value, CitizenBody) else value


def _words(command: type[Command]) -> str:
    return (command.__doc__ or "").strip()


def _field(slot: "Slot[Any]", hint: object) -> tuple[Any, Any]:
    if slot.default is not MISSING:
        return _limited(hint, slot.name, needed=False), slot.default
    if slot.default_factory is not MISSING:
        factory = CitizenBody if hint is Citizen else slot.default_factory
        return _limited(hint, slot.name, needed=False), Field(default_factory=factory)
    return _limited(hint, slot.name, needed=True), ...


def _limited(hint: Any, name: str, *, needed: bool) -> Any:  # noqa: ANN401 - types are values here
    """The same type with its limits."""
    if hint is Citizen:
        return CitizenBody
    if hint is datetime:
        return Moment
    if hint is str:
        limits = Field(max_length=LONGEST.get(name, SHORT), min_length=int(needed), pattern=_PATTERNS.get(name))
        return Annotated[str, limits, AfterValidator(printable)]
    if isinstance(hint, types.UnionType):
        parts = [None if each is type(None) else _limited(each, name, needed=False) for each in get_args(hint)]
        return functools.reduce(operator.or_, parts[1:], parts[0])
    if get_origin(hint) in (tuple, frozenset):
        inner = _limited(get_args(hint)[0], name, needed=True)
        row = types.GenericAlias(tuple, (inner, ...)) if get_origin(hint) is tuple else types.GenericAlias(frozenset, (inner,))
        return Annotated[row, Field(max_length=MOST_ITEMS)]
    if hint is bool or (isinstance(hint, type) and issubclass(hint, Enum)):
        return hint
    raise TypeError(f"{name}: no limits are known for {hint}; say them in console/ticket_bodies.py")
