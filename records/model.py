"""The structured call record, 通话记录 (fields of the project's domain study; schema: docs/call-record.schema.json).

Times are aware and in UTC. A field that nobody could know is None or empty; nothing is guessed.
"""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

SCHEMA = "call-record/1"


@dataclass(frozen=True, kw_only=True)
class TrackPoint:
    """One point of the IVR track, IVR轨迹. `what`: flow, prompts, keys, silence, checkpoint, message, flow_over, flow_failed."""

    at: datetime
    what: str
    name: str
    value: str = ""


@dataclass(frozen=True, kw_only=True)
class Ring:
    """An agent's phone rang, 振铃. `outcome`: joined, ringing (no end was seen) or one of `hotline.call_facts.OfferEnded`."""

    agent: str
    leg: str
    why: str
    began: datetime
    ended: datetime | None = None
    outcome: str = "ringing"


@dataclass(frozen=True, kw_only=True)
class Joined:
    """Citizen and agent heard each other, 通话段. `by`: who parted them: citizen, agent, us, unknown; empty = no end was seen."""

    agent: str
    leg: str
    began: datetime
    ended: datetime | None = None
    by: str = ""


@dataclass(frozen=True, kw_only=True)
class Recording:
    """录音. `state`: none (never begun), pending (the worker is at it), complete, short (more than 2 s are missing), missing.

    `file` is relative to the data folder: two channels, left = citizen, right = everything he hears.
    """

    state: str = "none"
    file: str = ""
    sha256: str = ""
    seconds: float = 0.0
    expected_seconds: float = 0.0
    channels: int = 0
    repaired: bool = False


@dataclass(frozen=True, kw_only=True)
class Message:
    """留言: what the citizen said to a message box, one channel. `state`: pending (the worker is at it), complete, missing (no file).

    `box`: its name in the plan; `ended`: silence, key, full, hung_up, failed, or empty when nobody saw its end.
    """

    box: str = ""
    ended: str = ""
    state: str = "pending"
    file: str = ""
    sha256: str = ""
    seconds: float = 0.0
    repaired: bool = False


@dataclass(frozen=True, kw_only=True)
class CallRecord:
    """Everything that is known about one call. `completeness`: open (no end was seen yet), complete, reconciled (end found afterwards).

    `plan` is the version of the menu that he heard (菜单版本); empty when no flow of ours served him.
    `waited_seconds` counts from standing in line, `waited_seconds_with_prompts` from arrival, both to the first agent or the end
    (GB/T 33358 asks for 15 s; cities differ in where they begin to count). `abandon_stage`: empty when a human was reached or the call is
    open, else where the citizen gave up: prompts (语音导航), queue (队列放弃), ringing (振铃放弃); who left a message did not.
    `language`: tag of the language that he chose, empty = none, spoken is Mandarin. `survey`: question → grade, None when he gave none.
    """

    schema: str = SCHEMA
    call: str
    revision: int = 0
    completeness: str = "open"
    called: str = ""
    caller: str = ""
    trunk: str = ""
    line: str = ""
    plan: str = ""
    arrived: datetime | None = None
    answered: datetime | None = None
    ended: datetime | None = None
    track: tuple[TrackPoint, ...] = ()
    language: str = ""
    skills: tuple[str, ...] = ()
    wait_began: datetime | None = None
    wait_ended: datetime | None = None
    waited_seconds: float | None = None
    waited_seconds_with_prompts: float | None = None
    rings: tuple[Ring, ...] = ()
    joined: tuple[Joined, ...] = ()
    hung_up_by: str = ""
    cause: int = 0
    abandon_stage: str = ""
    recording: Recording = field(default_factory=Recording)
    message: Message | None = None
    transcript: str = "none"
    survey: Mapping[str, int | None] | None = None
    callback: None = None
    ticket: None = None
    unreadable_lines: int = 0


def to_json(record: CallRecord) -> dict[str, Any]:
    """The record as plain JSON, as docs/call-record.schema.json describes it; times as ISO 8601 in UTC with Z."""
    return {each.name: _plain(getattr(record, each.name)) for each in dataclasses.fields(record)}


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
    if isinstance(value, TrackPoint | Ring | Joined | Recording | Message):
        return {each.name: _plain(getattr(value, each.name)) for each in dataclasses.fields(value)}
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, Mapping):
        return dict(value)
    return value
