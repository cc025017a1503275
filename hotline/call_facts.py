"""What happened in one call: the lines of its journal (design.md §4.7).

Every fact is frozen, keyword-only and flat (str, int, float, bool, tuple of str), so that a journal line is plain JSON.
Facts are written by several processes; none of them needs another's facts to be valid.
"""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, kw_only=True)
class CallFact:
    """Base of all facts; `kind` names it in the journal and never changes meaning once released."""

    kind: ClassVar[str]


@dataclass(frozen=True, kw_only=True)
class Arrived(CallFact):
    """A call reached us. `called` and `caller` are normalised; an anonymous caller is the empty string."""

    kind: ClassVar[str] = "arrived"
    called: str
    caller: str
    trunk: str


@dataclass(frozen=True, kw_only=True)
class RecordingStarted(CallFact):
    """The recorder runs on the citizen's channel. File names are relative to the spool, one per side."""

    kind: ClassVar[str] = "recording_started"
    citizen_file: str
    heard_file: str


@dataclass(frozen=True, kw_only=True)
class VisitBegan(CallFact):
    """A flow began to serve the citizen."""

    kind: ClassVar[str] = "visit_began"
    flow: str


@dataclass(frozen=True, kw_only=True)
class VisitEnded(CallFact):
    """A flow is over. `outcome`: finished, handed_over:<where>, hung_up, failed; left: during the wait, to an agent or by hanging up."""

    kind: ClassVar[str] = "visit_ended"
    flow: str
    outcome: str


@dataclass(frozen=True, kw_only=True)
class Said(CallFact):
    """The citizen was played these prompts; `interrupted` if he pressed a key before the end."""

    kind: ClassVar[str] = "said"
    prompts: tuple[str, ...]
    interrupted: bool = False


@dataclass(frozen=True, kw_only=True)
class KeysPressed(CallFact):
    """The citizen answered a question with keys; empty = silence."""

    kind: ClassVar[str] = "keys_pressed"
    question: str
    digits: str


@dataclass(frozen=True, kw_only=True)
class CheckpointPassed(CallFact):
    """A flow passed a point to which a later visit can return."""

    kind: ClassVar[str] = "checkpoint_passed"
    name: str
    values: str = ""


@dataclass(frozen=True, kw_only=True)
class MessageBegan(CallFact):
    """留言: from now on what the citizen says is kept as his message. `file`: relative to the spool; `box`: the plan's name of it."""

    kind: ClassVar[str] = "message_began"
    box: str
    file: str


@dataclass(frozen=True, kw_only=True)
class MessageLeft(CallFact):
    """His message is over. `how`: silence, key, full, hung_up, failed. `seconds` as the switch counted, 0 when it did not say.

    Without this fact (we died meanwhile) the message goes by its file alone.
    """

    kind: ClassVar[str] = "message_left"
    file: str
    seconds: float
    how: str = "silence"


@dataclass(frozen=True, kw_only=True)
class WaitBegan(CallFact):
    """The citizen stands in line."""

    kind: ClassVar[str] = "wait_began"
    skills: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class AgentOffered(CallFact):
    """An agent's phone was made to ring; `why` says why this agent."""

    kind: ClassVar[str] = "agent_offered"
    agent: str
    leg: str
    why: str


@dataclass(frozen=True, kw_only=True)
class AgentRang(CallFact):
    """The agent's phone says that it rings. One that answers by itself never says it."""

    kind: ClassVar[str] = "agent_rang"
    agent: str
    leg: str


@dataclass(frozen=True, kw_only=True)
class OfferEnded(CallFact):
    """The agent was not joined. `outcome`: busy, no_answer, refused, absent, unreachable, citizen_gone, failed."""

    kind: ClassVar[str] = "offer_ended"
    agent: str
    leg: str
    outcome: str


@dataclass(frozen=True, kw_only=True)
class AgentJoined(CallFact):
    """Citizen and agent hear each other from now on."""

    kind: ClassVar[str] = "agent_joined"
    agent: str
    leg: str


@dataclass(frozen=True, kw_only=True)
class AgentParted(CallFact):
    """They no longer hear each other. `by`: citizen, agent, us, unknown."""

    kind: ClassVar[str] = "agent_parted"
    agent: str
    leg: str
    by: str


@dataclass(frozen=True, kw_only=True)
class RecordingClosed(CallFact):
    """The recorder was stopped and its files are complete; sizes in bytes as the switch saw them."""

    kind: ClassVar[str] = "recording_closed"
    citizen_bytes: int
    heard_bytes: int


@dataclass(frozen=True, kw_only=True)
class CallEnded(CallFact):
    """The citizen's channel is gone. `by`: citizen, us, unknown. `cause`: Q.850 number, 0 = not known.

    `how`: hangup (seen as it happened), reconciled (found afterwards; times are then only an upper bound) or cut_off (the switch died
    under the call: he is owed a call-back).
    """

    kind: ClassVar[str] = "call_ended"
    by: str
    cause: int = 0
    how: str = "hangup"


@dataclass(frozen=True, kw_only=True)
class FlowFailed(CallFact):
    """A flow of ours broke; the citizen was led to a human. `error` names the type only, never the citizen's words."""

    kind: ClassVar[str] = "flow_failed"
    flow: str
    error: str


# ── emergency (应急): told by the dialplan, written down by routing/ or from the switch's own event log ─────────────


@dataclass(frozen=True, kw_only=True)
class EmergencyAsked(CallFact):
    """Somebody asked for 110, 120, 119 or 122. `how`: key (the citizen's), agent (his key or button), word (he agreed to an offer)."""

    kind: ClassVar[str] = "emergency_asked"
    how: str
    service: str = ""


@dataclass(frozen=True, kw_only=True)
class EmergencyDialled(CallFact):
    """One target is being called. `attempt` counts from 1 over the whole list and both rounds; `trunk` names the way, never the number."""

    kind: ClassVar[str] = "emergency_dialled"
    service: str
    trunk: str
    attempt: int


@dataclass(frozen=True, kw_only=True)
class EmergencyAnswered(CallFact):
    """The emergency centre picked up: citizen and centre hear each other."""

    kind: ClassVar[str] = "emergency_answered"
    service: str
    trunk: str
    attempt: int


@dataclass(frozen=True, kw_only=True)
class EmergencyOver(CallFact):
    """That attempt is over. `outcome`: talked, lost (the leg died in the talk), busy, no_answer, unreachable, refused, absent, failed,
    citizen_gone. `cause`: Q.850."""

    kind: ClassVar[str] = "emergency_over"
    service: str
    trunk: str
    attempt: int
    outcome: str
    cause: int = 0


@dataclass(frozen=True, kw_only=True)
class EmergencyUnreached(CallFact):
    """No target answered, or he named no service in time: a duty agent is owed to him, first in line, with an alarm."""

    kind: ClassVar[str] = "emergency_unreached"
    service: str = ""


@dataclass(frozen=True, kw_only=True)
class ThreeWayBegan(CallFact):
    """三方通话: the agent brings the service in; citizen and agent stay together meanwhile."""

    kind: ClassVar[str] = "three_way_began"
    service: str
    agent: str


@dataclass(frozen=True, kw_only=True)
class ThreeWayLeft(CallFact):
    """One of the three has left. `who`: citizen, agent, service."""

    kind: ClassVar[str] = "three_way_left"
    who: str


@dataclass(frozen=True, kw_only=True)
class HandedIn(CallFact):
    """An emergency centre handed this citizen over to us. `case`: its own case number, empty when it told none."""

    kind: ClassVar[str] = "handed_in"
    service: str
    case: str = ""


@dataclass(frozen=True, kw_only=True)
class WordSpotted(CallFact):
    """The recogniser believes that he spoke of an emergency. It never transfers by itself. The word itself is not kept here."""

    kind: ClassVar[str] = "word_spotted"
    service: str


# ── lifeline (应急保底): the dialplan alone, while processes of ours are away ────────────────────────────────────────


@dataclass(frozen=True, kw_only=True)
class LifelineEntered(CallFact):
    """The dialplan went on without us. `why`: refused, died, frozen (the visit), no_router (nobody assigns agents)."""

    kind: ClassVar[str] = "lifeline_entered"
    why: str


@dataclass(frozen=True, kw_only=True)
class LifelineAnswered(CallFact):
    """An agent took him from the lifeline's plain queue."""

    kind: ClassVar[str] = "lifeline_answered"
    agent: str


@dataclass(frozen=True, kw_only=True)
class LifelineOver(CallFact):
    """The plain queue is over for him. `outcome`: talked, nobody (a message box follows), left (by a key)."""

    kind: ClassVar[str] = "lifeline_over"
    outcome: str


# ── outgoing calls (呼出): told by the dialplan ──────────────────────────────────────────────────


@dataclass(frozen=True, kw_only=True)
class OutCallBegan(CallFact):
    """An agent calls somebody. `how`: dialled, clicked. `ticket`: the number of the ticket that it is about, empty = none given."""

    kind: ClassVar[str] = "out_call_began"
    agent: str
    how: str
    ticket: str = ""


@dataclass(frozen=True, kw_only=True)
class OutCallDialled(CallFact):
    """The number is being called over this trunk."""

    kind: ClassVar[str] = "out_call_dialled"
    trunk: str


@dataclass(frozen=True, kw_only=True)
class OutCallAnswered(CallFact):
    """Whoever was called picked up: he and the agent hear each other."""

    kind: ClassVar[str] = "out_call_answered"
    trunk: str


@dataclass(frozen=True, kw_only=True)
class OutCallOver(CallFact):
    """`outcome`: talked, not_allowed (nobody was called), given_up (the agent hung up before), or as in `EmergencyOver`. `cause`: Q.850."""

    kind: ClassVar[str] = "out_call_over"
    outcome: str
    cause: int = 0


# ── callbacks (回拨): told by the dialplan ────────────────────────────────────────────────────────


@dataclass(frozen=True, kw_only=True)
class CallbackAsked(CallFact):
    """In the wait he asked to be called back, and keeps his place: `since` (Unix seconds), `skills` and `priority` as they were."""

    kind: ClassVar[str] = "callback_asked"
    since: float
    skills: tuple[str, ...] = ()
    priority: int = 0


@dataclass(frozen=True, kw_only=True)
class CallbackBegan(CallFact):
    """This outgoing call is a callback: the `attempt`-th, for what the call `task` left owing. `why`: why this agent, and now."""

    kind: ClassVar[str] = "callback_began"
    task: str
    attempt: int
    why: str = ""


# ── surge notice (突发公告): told by the dialplan ─────────────────────────────────────────────────


@dataclass(frozen=True, kw_only=True)
class SmsAsked(CallFact):
    """In the wait he asked to be told by SMS. `about`: the notice that he had heard (`hotline.surge.SurgeNotice.id`)."""

    kind: ClassVar[str] = "sms_asked"
    about: str


# ── transfers (转接) ─────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, kw_only=True)
class TransferAsked(CallFact):
    """An agent wants to transfer his citizen. `how`: blind, attended. `to`: agent:工号, skill:NAME, unit:NUMBER, queue, survey."""

    kind: ClassVar[str] = "transfer_asked"
    agent: str
    leg: str
    how: str
    to: str


@dataclass(frozen=True, kw_only=True)
class ConsultBegan(CallFact):
    """`agent` and `other` (00 = a unit outside) speak with each other without the citizen. Nothing of this is recorded."""

    kind: ClassVar[str] = "consult_began"
    agent: str
    other: str
    leg: str


@dataclass(frozen=True, kw_only=True)
class ConsultEnded(CallFact):
    """The consultation on this leg is over."""

    kind: ClassVar[str] = "consult_ended"
    leg: str


@dataclass(frozen=True, kw_only=True)
class TransferEnded(CallFact):
    """What became of it: joined, queued, survey, conference, cancelled, citizen_left, citizen_gone, or as in `OfferEnded`."""

    kind: ClassVar[str] = "transfer_ended"
    outcome: str


# ── supervision (班长监听与接管): told by the dialplan ────────────────────────────────────────────────────────────


@dataclass(frozen=True, kw_only=True)
class SupervisorJoined(CallFact):
    """A supervisor is at the talk from now on. `mode`: listen, whisper (not on the recording), barge. Again for another mode."""

    kind: ClassVar[str] = "supervisor_joined"
    supervisor: str
    mode: str
    agent: str


@dataclass(frozen=True, kw_only=True)
class SupervisorLeft(CallFact):
    """He is not any more, or is the agent now."""

    kind: ClassVar[str] = "supervisor_left"
    supervisor: str


KINDS: dict[str, type[CallFact]] = {cls.kind: cls for cls in CallFact.__subclasses__()}
