"""What an agent may do next, and what an offer may become (接听席位状态). The theory first, then the tables.

An agent's *phone* (idle, ringing, talking, absent) is what the switch sees; his *duty* is what we have asked of him. He is offered a
call only when the duty is `free` and the phone is `idle`: he is reserved before his phone rings, and nobody can offer him twice.

An offer is one attempt to reach one agent for one citizen, and lives as long as the agent's leg. When it is withdrawn (the citizen
is gone, the bridge was refused) the agent stays reserved until his leg is really gone: his phone is still busy with it.

A move that is not in its table raises `OurMistake` and changes nothing. The pictures in docs/states/ are drawn from these tables.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from hotline.moves import picture

_SOURCE: Final = "routing/moves.py"


class Duty(StrEnum):
    """What we have asked of an agent."""

    FREE = "free"
    RESERVED = "reserved"
    TALKING = "talking"
    RESTING = "resting"


class DutyEvent(StrEnum):
    """What moves an agent's duty."""

    OFFERED = "offered"
    JOINED = "joined"
    MISSED = "missed"
    RELEASED = "released"
    RESTED = "rested"


class OfferState(StrEnum):
    """Where an attempt to reach an agent stands."""

    RINGING = "ringing"
    ANSWERED = "answered"
    JOINED = "joined"
    PARTED = "parted"
    WITHDRAWN = "withdrawn"
    OVER = "over"


class OfferEvent(StrEnum):
    """What moves an offer."""

    ANSWERED = "answered"
    JOINED = "joined"
    PARTED = "parted"
    WITHDRAWN = "withdrawn"
    LEG_ENDED = "leg_ended"


AGENT_MOVES: Mapping[tuple[Duty, DutyEvent], Duty] = {
    (Duty.FREE, DutyEvent.OFFERED): Duty.RESERVED,
    (Duty.RESERVED, DutyEvent.JOINED): Duty.TALKING,
    (Duty.RESERVED, DutyEvent.MISSED): Duty.RESTING,
    (Duty.RESERVED, DutyEvent.RELEASED): Duty.FREE,
    (Duty.TALKING, DutyEvent.RELEASED): Duty.FREE,
    (Duty.RESTING, DutyEvent.RESTED): Duty.FREE,
    # A second talk of the same agent, found by a survey, ends without any duty of ours.
    (Duty.FREE, DutyEvent.RELEASED): Duty.FREE,
    (Duty.RESTING, DutyEvent.RELEASED): Duty.RESTING,
}

OFFER_MOVES: Mapping[tuple[OfferState, OfferEvent], OfferState] = {
    (OfferState.RINGING, OfferEvent.ANSWERED): OfferState.ANSWERED,
    (OfferState.RINGING, OfferEvent.WITHDRAWN): OfferState.WITHDRAWN,
    (OfferState.RINGING, OfferEvent.LEG_ENDED): OfferState.OVER,
    (OfferState.ANSWERED, OfferEvent.JOINED): OfferState.JOINED,
    (OfferState.ANSWERED, OfferEvent.WITHDRAWN): OfferState.WITHDRAWN,
    (OfferState.ANSWERED, OfferEvent.LEG_ENDED): OfferState.OVER,
    (OfferState.JOINED, OfferEvent.PARTED): OfferState.PARTED,
    (OfferState.PARTED, OfferEvent.LEG_ENDED): OfferState.OVER,
    # An agent may pick up in the moment in which we withdraw: the leg is dropped again.
    (OfferState.WITHDRAWN, OfferEvent.ANSWERED): OfferState.WITHDRAWN,
    (OfferState.WITHDRAWN, OfferEvent.LEG_ENDED): OfferState.OVER,
}


PICTURES: Mapping[str, str] = {
    "routing-agent.md": picture("Agent's duty 坐席状态", AGENT_MOVES, source=_SOURCE),
    "routing-offer.md": picture("Offer 一次振铃", OFFER_MOVES, source=_SOURCE),
}
"""File name in docs/states/ → its content; tests/routing/test_moves.py notices a stale copy."""
