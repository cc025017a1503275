"""Facts: what a flow is told. Frozen, past tense or nouns."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from hotline.identity import CallId


@dataclass(frozen=True, kw_only=True)
class CallArrived:
    """The head of a visit: which call, to which of our numbers, from whom, and where an earlier visit stopped.

    `now`: the moment at which it begins, with its zone; None when nobody told (a plan then counts it as a working day).
    """

    call: CallId
    called: str
    caller: str
    trunk: str
    checkpoint: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    now: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class PromptsPlayed:
    """The prompts are over; `interrupted_by` is the key that stopped them, or empty."""

    interrupted_by: str = ""


@dataclass(frozen=True, kw_only=True)
class Keyed:
    """The citizen pressed these keys."""

    digits: str


@dataclass(frozen=True, kw_only=True)
class Silence:
    """He pressed nothing in time."""


@dataclass(frozen=True, kw_only=True)
class WaitOver:
    """The time is over, or a key ended it."""

    interrupted_by: str = ""


@dataclass(frozen=True, kw_only=True)
class Recorded:
    """His message stands. `seconds`: its length without the silence that ended it; `how`: silence, key, full, or failed (nothing is kept).

    `key`: the one that ended it, or empty.
    """

    seconds: float
    how: str = "silence"
    key: str = ""


@dataclass(frozen=True, kw_only=True)
class CheckpointKept:
    """The checkpoint stands."""


class HungUp(BaseException):
    """The citizen is gone: thrown into the flow. `finally` still runs; orders yielded after it are a bug of the flow."""


Fact = PromptsPlayed | Keyed | Silence | WaitOver | Recorded | CheckpointKept
