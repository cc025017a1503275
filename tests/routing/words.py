"""Short words for the tables of this room."""

from datetime import datetime, timedelta

from hotline.identity import AgentId, CallId, LegId
from hotline.line import CitizenGone, PhoneState, Snapshot, WaitingCitizen
from routing.model import Rules, Surveyed, Switchboard, fresh_switchboard
from routing.moves import OfferState
from tests.fakes.fake_clock import NOON

A1, A2 = AgentId("1001"), AgentId("1002")
C1, C2 = CallId("hl1-1764000000.1"), CallId("hl1-1764000000.2")
RULES = Rules(ring_s=20, rest=timedelta(seconds=10))


def at(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def citizen(call: CallId = C1, *, waited: float = 0.0, skills: tuple[str, ...] = ()) -> WaitingCitizen:
    since = NOON.timestamp() - waited
    return WaitingCitizen(
        call=call, channel=f"PJSIP/t-{call[-1]}", called="12345", caller="19900000001", trunk="t", since=since, skills=skills
    )


def gone(call: CallId = C1) -> CitizenGone:
    return CitizenGone(call=call, called="12345", caller="19900000001", trunk="t", by="citizen", cause=16, citizen_bytes=10, heard_bytes=20)


def snapshot(
    *waiting: WaitingCitizen,
    calls: frozenset[CallId] = frozenset(),
    legs: frozenset[LegId] = frozenset(),
    answered: frozenset[LegId] = frozenset(),
    phones: dict[AgentId, PhoneState] | None = None,
) -> Snapshot:
    idle = dict.fromkeys((A1, A2), PhoneState.IDLE)
    known = calls | {each.call for each in waiting}
    return Snapshot(calls=known, waiting=waiting, joined=(), legs=legs, answered=answered, phones=idle if phones is None else phones)


def new_board(*agents: AgentId) -> Switchboard:
    return fresh_switchboard(dict.fromkeys(agents or (A1,), frozenset()), RULES, NOON)


def survey(*waiting: WaitingCitizen, **rest: object) -> Surveyed:
    return Surveyed(snapshot=snapshot(*waiting, **rest))  # type: ignore[arg-type]


def only_leg(board: Switchboard) -> LegId:
    [leg] = board.offers
    return leg


def states(board: Switchboard) -> dict[CallId, OfferState]:
    return {offer.call: offer.state for offer in board.offers.values()}
