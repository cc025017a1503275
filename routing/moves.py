"""What an agent may do next, and what an offer may become (坐席状态). The theory first, then the tables.

An agent's *phone* (idle, ringing, talking, absent) is what the switch sees; his *presence* is what he wants and what we have asked of
him. He is offered a call only when he is `ready` and his phone is `idle`: he is reserved (`offered`) before his phone rings, and nobody
can offer him twice. `ringing` is told by the phone itself; one that answers by itself never says it.

What ends a talk leads to `ready`, or to `after_call` (话后处理) when the settings grant time for it. Who did not take a call is `paused`
for the reason "missed", for a while, or after several in a row until he says that he is there.

`talks` is what nobody offered him: he calls somebody himself, or a survey finds him in a talk.

An offer is one attempt to reach one agent for one citizen, and lives as long as the agent's leg. When it is withdrawn (the citizen
is gone, the bridge was refused) the agent stays reserved until his leg is really gone: his phone is still busy with it.

A move that is not in its table raises `OurMistake` and changes nothing. The pictures in docs/states/ are drawn from these tables.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from hotline.moves import picture

_SOURCE: Final = "routing/moves.py"


class Presence(StrEnum):
    """Where an agent stands (坐席状态)."""

    OFFLINE = "offline"
    READY = "ready"
    OFFERED = "offered"
    RINGING = "ringing"
    TALKING = "talking"
    AFTER_CALL = "after_call"
    PAUSED = "paused"


class PresenceEvent(StrEnum):
    """What moves an agent's presence. `released` and `wraps_up`: his leg is gone, without and with work left to do."""

    LOGGED_ON = "logged_on"
    LOGGED_OFF = "logged_off"
    OFFERED = "offered"
    RANG = "rang"
    JOINED = "joined"
    MISSED = "missed"
    RELEASED = "released"
    WRAPS_UP = "wraps_up"
    TALKS = "talks"
    PAUSED = "paused"
    RESUMED = "resumed"


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


RESERVED: Final = frozenset({Presence.OFFERED, Presence.RINGING})
"""A call is on its way to him."""

BUSY: Final = RESERVED | {Presence.TALKING}
"""He is taken by a call: what he wants meanwhile is kept and obeyed after it."""

AGENT_MOVES: Mapping[tuple[Presence, PresenceEvent], Presence] = {
    (Presence.OFFLINE, PresenceEvent.LOGGED_ON): Presence.READY,
    (Presence.READY, PresenceEvent.LOGGED_OFF): Presence.OFFLINE,
    (Presence.AFTER_CALL, PresenceEvent.LOGGED_OFF): Presence.OFFLINE,
    (Presence.PAUSED, PresenceEvent.LOGGED_OFF): Presence.OFFLINE,
    (Presence.READY, PresenceEvent.OFFERED): Presence.OFFERED,
    (Presence.OFFERED, PresenceEvent.RANG): Presence.RINGING,
    (Presence.OFFERED, PresenceEvent.JOINED): Presence.TALKING,
    (Presence.RINGING, PresenceEvent.JOINED): Presence.TALKING,
    (Presence.OFFERED, PresenceEvent.MISSED): Presence.PAUSED,
    (Presence.RINGING, PresenceEvent.MISSED): Presence.PAUSED,
    (Presence.OFFERED, PresenceEvent.RELEASED): Presence.READY,
    (Presence.RINGING, PresenceEvent.RELEASED): Presence.READY,
    (Presence.TALKING, PresenceEvent.RELEASED): Presence.READY,
    (Presence.TALKING, PresenceEvent.WRAPS_UP): Presence.AFTER_CALL,
    (Presence.AFTER_CALL, PresenceEvent.RESUMED): Presence.READY,
    (Presence.PAUSED, PresenceEvent.RESUMED): Presence.READY,
    (Presence.READY, PresenceEvent.PAUSED): Presence.PAUSED,
    (Presence.AFTER_CALL, PresenceEvent.PAUSED): Presence.PAUSED,
    (Presence.PAUSED, PresenceEvent.PAUSED): Presence.PAUSED,
    (Presence.OFFLINE, PresenceEvent.TALKS): Presence.TALKING,
    (Presence.READY, PresenceEvent.TALKS): Presence.TALKING,
    (Presence.OFFERED, PresenceEvent.TALKS): Presence.TALKING,
    (Presence.RINGING, PresenceEvent.TALKS): Presence.TALKING,
    (Presence.AFTER_CALL, PresenceEvent.TALKS): Presence.TALKING,
    (Presence.PAUSED, PresenceEvent.TALKS): Presence.TALKING,
    # A second talk of the same agent, found by a survey, ends without any presence of ours.
    (Presence.OFFLINE, PresenceEvent.RELEASED): Presence.OFFLINE,
    (Presence.READY, PresenceEvent.RELEASED): Presence.READY,
    (Presence.AFTER_CALL, PresenceEvent.RELEASED): Presence.AFTER_CALL,
    (Presence.PAUSED, PresenceEvent.RELEASED): Presence.PAUSED,
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
    "routing-agent.md": picture("Agent's presence 坐席状态", AGENT_MOVES, source=_SOURCE),
    "routing-offer.md": picture("Offer 一次振铃", OFFER_MOVES, source=_SOURCE),
}
"""File name in docs/states/ → its content; tests/routing/test_moves.py notices a stale copy."""
