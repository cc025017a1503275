"""What was published stays what it was."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from hotline.errors import DoorClosed
from storage.bulletins import Bulletins
from storage.engine import open_for_writing
from tests.assessment.test_bulletin import BULLETIN
from tests.assessment.test_policy import END, PLAIN
from tests.storage.both_databases import database as database
from tests.storage.both_databases import postgres as postgres


def test_a_bulletin_is_kept_without_the_numbers_of_its_tickets_and_published_again_under_another_id(database: Engine) -> None:
    kept = Bulletins(database)
    first = kept.publish(BULLETIN, by="p-3001", at=END)
    again = kept.publish(BULLETIN, by="p-3001", at=END + timedelta(days=1))
    assert (first["id"], again["id"]) == ("20261101-1", "20261101-2")
    assert kept.one("20261101-1") == first
    assert [each["id"] for each in kept.all()] == ["20261101-2", "20261101-1"]
    assert PLAIN.ticket not in str(first)
    assert len(first["figures"]) == len(BULLETIN.figures)
    assert kept.one("20261201-1") is None


def test_a_database_that_is_gone_is_a_closed_door(tmp_path: Path) -> None:
    gone = open_for_writing(tmp_path / "none.sqlite")
    with pytest.raises(DoorClosed):
        Bulletins(gone).all()
    with pytest.raises(DoorClosed):
        Bulletins(gone).publish(BULLETIN, by="p-3001", at=END)
    gone.dispose()
