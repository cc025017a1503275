"""What a history may say."""

from tickets.kinds import MOVING, EntryKind
from tickets.moves import TicketEvent


def test_the_moving_kinds_are_the_events_of_the_table() -> None:
    assert {kind.value for kind in MOVING} == {event.value for event in TicketEvent}
    assert set(EntryKind) > MOVING
