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
    """An agent was called, 振铃. `outcome`: joined, ringing (no end was seen) or one of `hotline.call_facts.OfferEnded`.

    `rang`: when his phone said that it rings; None = it never did, or answered by itself.
    """

    agent: str
    leg: str
    why: str
    began: datetime
    ended: datetime | None = None
    outcome: str = "ringing"
    rang: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Joined:
    """Citizen and agent heard each other, 通话段. `by`: who parted them: citizen, agent, us, unknown; empty = no end was seen."""

    agent: str
    leg: str
    began: datetime
    ended: datetime | None = None
    by: str = ""


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """One call to an emergency centre, 应急呼叫. `trunk` is the way, never the number; `attempt` counts over the whole list.

    `outcome`: as in `hotline.call_facts.EmergencyOver`, empty = no end was seen. `cause`: Q.850.
    """

    trunk: str
    attempt: int
    began: datetime
    answered: datetime | None = None
    ended: datetime | None = None
    outcome: str = ""
    cause: int = 0


@dataclass(frozen=True, kw_only=True)
class ThreeWay:
    """三方通话: who brought the service in, and who left when (国办发〔2022〕12号: until the service has taken over)."""

    agent: str
    began: datetime
    agent_left: datetime | None = None
    service_left: datetime | None = None
    citizen_left: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Emergency:
    """紧急求助: 110, 120, 119 or 122 was asked for. `service`: empty when he named none; `how`: key, agent, word, empty = not seen.

    `unreached`: a duty agent was owed to him. `accepted_by`, 首接责任: the service that took him over, `us` (nobody did, or it stayed
    undecided: the first receiver keeps it, 国办发〔2022〕12号), or empty while that is open.
    """

    service: str
    how: str
    asked: datetime
    attempts: tuple[Attempt, ...] = ()
    unreached: bool = False
    three_way: ThreeWay | None = None
    accepted_by: str = ""


@dataclass(frozen=True, kw_only=True)
class Origin:
    """转入: the emergency centre that handed him over to us, and its case number, empty when it told none."""

    service: str
    case: str = ""


@dataclass(frozen=True, kw_only=True)
class Lifeline:
    """应急保底: the dialplan served him without us. `why` and `over` as in `hotline.call_facts`, empty = not seen.

    `agent`: who took him from the plain queue at `answered`; he has reached a human then.
    """

    why: str
    entered: datetime
    agent: str = ""
    answered: datetime | None = None
    over: str = ""
    ended: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Transfer:
    """转接: `agent` transferred him. `how`: blind, attended; `to`: agent:工号, skill:NAME, unit:NUMBER, queue, survey.

    `outcome` as in `hotline.call_facts.TransferEnded`, empty = no end was seen. `consulted_with`: the agent with whom he spoke about it
    first, 00 = a unit outside, empty = nobody. `consultation_recorded` is always false: the recorder stays on the citizen's channel.
    """

    agent: str
    how: str
    to: str
    asked: datetime
    ended: datetime | None = None
    outcome: str = ""
    consulted_with: str = ""
    consult_began: datetime | None = None
    consult_ended: datetime | None = None
    consultation_recorded: bool = False


@dataclass(frozen=True, kw_only=True)
class Placed:
    """呼出: an agent called; the record's `called` is whom, its `caller` the number that was shown. `how`: dialled, clicked.

    `ticket`: the number of the ticket that it was about, empty = none was given. `outcome` as in `hotline.call_facts.OutCallOver`.
    """

    agent: str
    how: str
    ticket: str = ""
    answered: datetime | None = None
    outcome: str = ""
    task: str = ""
    """回拨: the call that had left it owing, empty = this is no callback; `attempt` counts from 1."""
    attempt: int = 0
    why: str = ""
    """Why this agent, and then."""


@dataclass(frozen=True, kw_only=True)
class Asked:
    """In the wait he asked to be called back; his place is kept by `since`, `skills` and `priority`."""

    at: datetime
    since: datetime
    skills: tuple[str, ...] = ()
    priority: int = 0


@dataclass(frozen=True, kw_only=True)
class SmsWanted:
    """突发公告: in the wait he asked to be told by SMS. `about`: the notice that he had heard."""

    at: datetime
    about: str


@dataclass(frozen=True, kw_only=True)
class Spotted:
    """The recogniser believed that he spoke of an emergency. The word itself is not kept here."""

    at: datetime
    service: str


@dataclass(frozen=True, kw_only=True)
class Supervised:
    """班长监听: a supervisor was at the talk with this agent. `mode`: listen, whisper, barge. `ended`: None = no end was seen.

    `recorded`: his voice is on the recording. A whisper never is: the agent alone heard it.
    """

    supervisor: str
    agent: str
    mode: str
    began: datetime
    ended: datetime | None = None
    recorded: bool = False


@dataclass(frozen=True, kw_only=True)
class Callback:
    """回拨任务: he is owed a call. `reason`: cut_off, asked (he keeps his place), missed (漏接). `state`: open, closed.

    `closed_by`: the call in which he was reached, by whoever's call, or the one whose task stands for this one, too; empty = nobody reached
    him (yet). `attempts`: how often he was called; `outcome` of the last as in `Placed`.
    """

    reason: str
    priority: int
    due: datetime
    state: str = "open"
    closed_by: str = ""
    attempts: int = 0
    outcome: str = ""


@dataclass(frozen=True, kw_only=True)
class Gap:
    """录音缺口. `side`: citizen, heard, both. Without `began` and `ended` it is known that so much is missing, but not where."""

    side: str
    seconds: float
    began: datetime | None = None
    ended: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Recording:
    """录音. `state`: none (never begun), pending (the worker is at it), complete, short (more than 2 s are missing), missing.

    `file` is relative to the data folder: two channels, left = citizen, right = everything he hears. `gaps`: what is missing of it.
    """

    state: str = "none"
    file: str = ""
    sha256: str = ""
    seconds: float = 0.0
    expected_seconds: float = 0.0
    channels: int = 0
    repaired: bool = False
    gaps: tuple[Gap, ...] = ()


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
    """Everything that is known about one call. `completeness`: open (no end was seen yet), complete, reconciled (end found afterwards),
    cut_off (the switch died under the call: his end is as near as the last that is known of him).

    `plan` is the version of the menu that he heard (菜单版本); empty when no flow of ours served him.
    `waited_seconds` counts from standing in line, `waited_seconds_with_prompts` from arrival, both to the first agent or the end
    (GB/T 33358 asks for 15 s; cities differ in where they begin to count). A human is an agent, also one whom the lifeline found, or an
    emergency centre. `abandon_stage`: empty when a human was reached, he was cut off or the call is open, else where the citizen gave up:
    prompts (语音导航), queue (队列放弃), ringing (振铃放弃), emergency (应急呼叫时放弃); who left a message did not.
    `sources`: who wrote its journal (agi, routing, note, cel …): with `cel`, the switch's own event log had to fill in what nobody told.
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
    origin: Origin | None = None
    emergency: tuple[Emergency, ...] = ()
    lifeline: tuple[Lifeline, ...] = ()
    words: tuple[Spotted, ...] = ()
    supervision: tuple[Supervised, ...] = ()
    transfers: tuple[Transfer, ...] = ()
    placed: Placed | None = None
    callback_asked: Asked | None = None
    callback: Callback | None = None
    sms: tuple[SmsWanted, ...] = ()
    ticket: None = None
    sources: tuple[str, ...] = ()
    unreadable_lines: int = 0

    @property
    def human(self) -> datetime | None:
        """When he first heard a human: an agent, or an emergency centre. None when he never did."""
        answers = [each.answered for each in self.lifeline] + [try_.answered for each in self.emergency for try_ in each.attempts]
        return min([pair.began for pair in self.joined] + [moment for moment in answers if moment], default=None)


def to_json(record: CallRecord) -> dict[str, Any]:
    """The record as plain JSON, as docs/call-record.schema.json describes it; times as ISO 8601 in UTC with Z."""
    return {each.name: _plain(getattr(record, each.name)) for each in dataclasses.fields(record)}


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
    if dataclasses.is_dataclass(value):
        return {each.name: _plain(getattr(value, each.name)) for each in dataclasses.fields(value)}
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, Mapping):
        return dict(value)
    return value
