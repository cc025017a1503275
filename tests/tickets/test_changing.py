"""What each kind of entry changes."""

from dataclasses import fields

import pytest

from hotline.errors import OurMistake
from tests.tickets.cases import AGENT, filed, handler, sent
from tickets import commands as c
from tickets.changing import CHANGES_BY, dues_of
from tickets.decision import written_dues
from tickets.kinds import EntryKind
from tickets.ticket import Entry, Ticket


def test_every_kind_of_entry_changes_a_ticket_in_a_known_way() -> None:
    assert set(CHANGES_BY) == set(EntryKind) - {EntryKind.FILED}


def test_what_is_changed_are_fields_of_a_ticket() -> None:
    before = sent()
    after = sent().do(c.Receive(), handler("tax"))
    changes = CHANGES_BY[EntryKind.RECEIVED](before.ticket, after.history[-1])
    assert changes == {"received_at": after.at}
    assert set(changes) <= {field.name for field in fields(Ticket)}


def test_terms_are_written_and_read_back() -> None:
    dues = sent().ticket.dues
    assert dues_of(written_dues(dues)) == dues


def test_a_decision_about_nothing_is_our_mistake() -> None:
    life = filed()
    entry = Entry(number=life.number, seq=2, at=life.at, by=AGENT.id, role=life.history[0].role, what=EntryKind.EXTENSION_DECIDED)
    with pytest.raises(OurMistake, match="nobody asked for"):
        CHANGES_BY[EntryKind.EXTENSION_DECIDED](life.ticket, entry)
