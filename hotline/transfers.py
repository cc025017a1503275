"""Orders of transfers and of outgoing calls (转接、呼出): what routing asks of the line besides joining a citizen with an agent.

A transfer leads the citizen back into the line first, to its front. From there he is joined with whoever was reached; and if all of us die
in this moment, he stands in line and the next agent is his.
"""

from dataclasses import dataclass
from typing import Final

from hotline.identity import AgentId, CallId, LegId

GUEST: Final = AgentId("00")
"""外线: who answers on a leg to a unit or an interpreter. No agent has this number (app/settings.py)."""

TO_LINE: Final = "line"
TO_SURVEY: Final = "survey"


@dataclass(frozen=True, kw_only=True)
class LeadCitizen:
    """Take a citizen out of his talk: to the front of the line, or to what follows a talk (`where`). Raises `Refused` when he is gone.

    `held`: he is kept for somebody, so nothing is said to him about his place. `stays`: this leg of the agent is not ended with the talk:
    he hears a ringing tone and is about to consult.
    """

    call: CallId
    channel: str
    where: str = TO_LINE
    skills: tuple[str, ...] = ()
    held: bool = False
    stays: LegId | None = None


@dataclass(frozen=True, kw_only=True)
class ReleaseCitizen:
    """Nobody keeps him any more: he hears what everybody in line hears. Raises `Refused` when he is gone."""

    call: CallId
    channel: str


@dataclass(frozen=True, kw_only=True)
class RingUnit:
    """Call a unit or an interpreter over this trunk, as a leg of the call. What follows comes as the facts of an agent's leg.

    `shown`: the caller's number that they see. Raises `Refused` when the trunk has no room for it.
    """

    leg: LegId
    call: CallId
    number: str
    trunk: str
    shown: str
    most: int
    ring_seconds: int


@dataclass(frozen=True, kw_only=True)
class Consult:
    """Let the agent and whom he asks hear each other, without the citizen. Raises `Refused` when one of the two is gone."""

    call: CallId
    leg: LegId
    other: LegId


@dataclass(frozen=True, kw_only=True)
class Rejoin:
    """The agent is back with the citizen. Raises `Refused` when one of the two is gone."""

    call: CallId
    channel: str
    agent: AgentId
    leg: LegId


@dataclass(frozen=True, kw_only=True)
class JoinConsulted:
    """The citizen gets whom his agent has asked, straight out of their talk; the agent's own leg (`home`) ends by itself then.

    Raises `Refused` when one of the two is gone.
    """

    call: CallId
    channel: str
    agent: AgentId
    leg: LegId
    home: LegId


@dataclass(frozen=True, kw_only=True)
class Confer:
    """多方通话: the citizen, the agent and whom he has asked all hear each other. Raises `Refused` when one of them is gone."""

    call: CallId
    channel: str
    leg: LegId
    other: LegId


@dataclass(frozen=True, kw_only=True)
class PlaceCall:
    """点击呼出: ring the agent's own phone; when he picks up, the number is called. What follows comes as facts of a call of its own."""

    agent: AgentId
    number: str
    ticket: str
    ring_seconds: int


@dataclass(frozen=True, kw_only=True)
class Announce:
    """工号播报: the citizen hears by whom he is served, and the agent who has picked up hears the same. Then fact `CitizenTold`.

    Raises `Refused` when one of the two is gone.
    """

    call: CallId
    channel: str
    agent: AgentId
    leg: LegId


@dataclass(frozen=True, kw_only=True)
class CitizenTold:
    """He has heard it (or pressed it away) and waits to be joined."""

    call: CallId


TransferOrder = Announce | LeadCitizen | ReleaseCitizen | RingUnit | Consult | Rejoin | JoinConsulted | Confer | PlaceCall
