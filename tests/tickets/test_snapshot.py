"""Tickets and entries as plain JSON."""

import json

from tests.tickets.cases import OFFICE, handler, in_review, received
from tickets import commands as c
from tickets.snapshot import entry_of_json, entry_to_json, of_json, to_json


def test_what_is_read_back_is_what_was_written() -> None:
    life = in_review(accused=frozenset({"env", "rc"}), calls=("hl1-1.1",))
    assert of_json(json.loads(json.dumps(to_json(life.ticket)))) == life.ticket
    for entry in life.history:
        assert entry_of_json(json.loads(json.dumps(entry_to_json(entry)))) == entry


def test_the_same_ticket_is_always_the_same_text() -> None:
    ticket = received(accused=frozenset({"c", "a", "b"})).ticket
    assert to_json(ticket)["accused"] == ["a", "b", "c"]


def test_a_field_that_a_former_release_did_not_know_takes_its_default() -> None:
    stored = to_json(received().ticket)
    del stored["outside_events"], stored["hold"]
    assert of_json(stored) == received().ticket


def test_every_kind_of_part_survives() -> None:
    tax = handler("tax")
    ask = c.AskExtension(until=received().at.replace(month=6), legal_term="x", basis="y", why="z")
    life = received().do(c.LogAttempt(reached=False), tax).do(ask, tax).do(c.HandToInspection(clause="28-6", evidence=("x",)), OFFICE)
    life.do(c.AskReturn(facts="x", legal_basis="y", proposed="z"), tax)
    assert of_json(to_json(life.ticket)) == life.ticket
