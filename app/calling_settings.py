"""[out_calls] and [transfers]: whom agents may call, over which trunks, and where the short codes of a transfer lead."""

from collections.abc import Iterable
from typing import Annotated, Protocol

from pydantic import BaseModel, ConfigDict, Field

from hotline.dialling import MOBILE_AND_LOCAL, Calling, Dialling


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class OutCalls(_Frozen):
    """呼出: agents call citizens and units with our number as caller's number. International and emergency numbers are never allowed."""

    prefixes: tuple[Annotated[str, Field(pattern=r"^[0-9]{1,11}$")], ...] = Field(
        default=MOBILE_AND_LOCAL, description="a number must begin with one of these"
    )
    trunks: tuple[str, ...] = Field(default=(), description="in this order; default: all of [[trunks]]")
    shown: str = Field(default="", pattern=r"^[0-9]{0,15}$", description="the caller's number that is shown; default: the first line's")
    kept_for_incoming: int = Field(default=2, ge=0, description="the last calls of each trunk are kept for citizens who call us")
    ring_seconds: int = Field(default=30, ge=5, le=120)


class Transfers(_Frozen):
    """转接."""

    shortcuts: dict[
        Annotated[str, Field(pattern=r"^[0-9]{1,3}$")],
        Annotated[str, Field(pattern=r"^(queue|survey|skill:[A-Za-z0-9._-]{1,40}|unit:[0-9]{5,12}|agent:[0-9]{2,8})$")],
    ] = Field(default={}, description="digits after the transfer code → where to")


class Joined(_Frozen):
    """接通."""

    say_agent_number: bool = Field(default=True, description="工号播报: the citizen hears 工号…为您服务 before they are joined")


class _Trunk(Protocol):
    @property
    def name(self) -> str: ...
    @property
    def max_calls(self) -> int: ...


def calling(out: OutCalls, transfers: Transfers, *, trunks: Iterable[_Trunk], line: str, centres: Iterable[str]) -> Calling:
    """How the house calls out. `line`: our own first number; `centres`: numbers of emergency centres, which nobody dials."""
    room = {trunk.name: trunk.max_calls - out.kept_for_incoming for trunk in trunks}
    names = out.trunks or tuple(room)
    return Calling(
        dialling=Dialling(prefixes=out.prefixes, centres=frozenset(centres)),
        trunks={name: room[name] for name in names if room.get(name, 0) > 0},
        shown=out.shown or line,
        shortcuts=dict(transfers.shortcuts),
        ring_seconds=out.ring_seconds,
    )
