"""The doors of this room are the real things' own."""

from notify.ports import Waiting
from storage.notices import Notices


def test_the_outbox_of_the_database_is_the_door() -> None:
    door: type[Waiting] = Notices
    assert door is Notices
