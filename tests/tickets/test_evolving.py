"""A ticket is the sum of its entries."""

from dataclasses import fields, replace

import pytest

from hotline.errors import OurMistake
from tests.tickets.cases import AGENT, in_review, received, sent
from tickets.evolving import evolve, replay
from tickets.kinds import EntryKind
from tickets.moves import MoveRefused
from tickets.ticket import Ticket


def test_a_history_makes_the_ticket() -> None:
    life = in_review()
    assert replay(life.history) == life.ticket
    with pytest.raises(OurMistake, match="without a history"):
        replay([])


def test_a_gap_or_a_second_time_is_refused() -> None:
    life = received()
    with pytest.raises(OurMistake, match="does not follow"):
        replay([life.history[0], life.history[2]])
    with pytest.raises(OurMistake, match="does not follow"):
        evolve(life.ticket, life.history[-1])


def test_what_never_could_have_happened_is_refused() -> None:
    life = sent()
    archived = replace(life.history[-1], seq=3, what=EntryKind.ARCHIVED, values={})
    with pytest.raises(MoveRefused):
        evolve(life.ticket, archived)


def test_no_entry_leaves_a_field_that_a_ticket_does_not_have() -> None:
    assert set(vars(in_review().ticket)) == {field.name for field in fields(Ticket)}
    assert AGENT.id in {entry.by for entry in in_review().history}
