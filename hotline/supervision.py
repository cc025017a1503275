"""班长监听与接管: orders to the line and facts from it, when a supervisor listens to a talk, whispers, barges in or takes over."""

from dataclasses import dataclass
from enum import StrEnum

from hotline.identity import AgentId, CallId, LegId


class Mode(StrEnum):
    """What a supervisor does with a talk."""

    LISTEN = "listen"
    """监听: he hears both, nobody hears him."""
    WHISPER = "whisper"
    """耳语指导: the agent hears him, the citizen does not, and neither does the recording."""
    BARGE = "barge"
    """强插: all three hear each other."""
    TAKE_OVER = "take_over"
    """接管: he talks with the citizen instead of the agent."""


# ── orders ───────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, kw_only=True)
class CallSupervisor:
    """Ring the supervisor's phone; when he picks up, it asks as if he had dialled the code. Raises `Refused` when it cannot be rung."""

    supervisor: AgentId
    agent: AgentId
    mode: Mode


@dataclass(frozen=True, kw_only=True)
class SendSupervisor:
    """Lead the supervisor's channel to the talk; for a take-over to where he waits for it. Raises `Refused` when somebody is gone.

    `citizen`: the citizen's channel; `agent_leg`: the agent's.
    """

    channel: str
    mode: Mode
    call: CallId
    citizen: str
    agent: AgentId
    agent_leg: LegId


@dataclass(frozen=True, kw_only=True)
class RefuseSupervisor:
    """Tell him that it is not to be. A channel that is gone is fine."""

    channel: str


@dataclass(frozen=True, kw_only=True)
class TakeOver:
    """Join the citizen with the supervisor, in the moment in which he leaves the agent. Raises `Refused` when one of the two is gone.

    `leg`: the supervisor's channel by its unique id, which counts as an agent's leg from then on. `together`: the agent has left a talk of
    three, so the two are alone together already.
    """

    call: CallId
    citizen: str
    supervisor: AgentId
    channel: str
    leg: LegId
    together: bool = False


@dataclass(frozen=True, kw_only=True)
class MarkCitizen:
    """Write down on the citizen's channel which skills he asks for and how urgent he is: a survey reads it there. `Refused`: he is gone."""

    channel: str
    skills: tuple[str, ...]
    priority: int


SupervisionOrder = CallSupervisor | SendSupervisor | RefuseSupervisor | TakeOver | MarkCitizen


@dataclass(frozen=True, kw_only=True)
class AtTalk:
    """A supervisor who is at a talk at the moment of a survey."""

    leg: LegId
    channel: str
    supervisor: AgentId
    agent: AgentId
    call: CallId
    mode: Mode


# ── facts ────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, kw_only=True)
class SupervisorAsks:
    """A phone asks to supervise this agent: by code, by key while it does so already, or because we called it. Nothing is granted yet."""

    leg: LegId
    channel: str
    supervisor: str
    agent: str
    mode: str


@dataclass(frozen=True, kw_only=True)
class SupervisorReady:
    """He waits for his take-over."""

    leg: LegId


@dataclass(frozen=True, kw_only=True)
class SupervisorGone:
    """That channel is gone, whatever it was at."""

    leg: LegId


SupervisionFact = SupervisorAsks | SupervisorReady | SupervisorGone
