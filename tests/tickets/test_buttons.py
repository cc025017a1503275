"""The buttons of a page: what he may press now, and nothing that would be refused for the ticket's state."""

from hotline.access import SYSTEM
from tests.tickets.cases import AGENT, MONITOR, OFFICE, RULES, called_back, closed, filed, handler, in_review, received, sent
from tickets import commands as c
from tickets.authority import PERMITS
from tickets.buttons import SENSE, possible_for

TAX = handler("tax")


def test_only_commands_that_move_nothing_need_a_sense() -> None:
    assert all(PERMITS[command].event is None for command in SENSE)


def test_a_unit_is_offered_what_its_next_step_may_be() -> None:
    assert set(possible_for(sent().ticket, TAX, RULES)) == {"receive", "ask-return", "ask-extension", "explain", "raise-secrecy"}
    assert {"contact", "log-attempt", "reply", "sub-dispatch"} <= set(possible_for(received().ticket, TAX, RULES))
    assert set(possible_for(closed().ticket, TAX, RULES)) == {"raise-secrecy"}


def test_an_extension_is_asked_decided_and_told_in_this_order() -> None:
    life = received()
    ask = c.AskExtension(until=life.at.replace(month=6), legal_term="x", basis="y", why="z")
    assert "decide-extension" not in possible_for(life.ticket, OFFICE, RULES)
    assert "decide-extension" in possible_for(life.do(ask, TAX).ticket, OFFICE, RULES)
    assert "ask-extension" not in possible_for(life.ticket, TAX, RULES)
    assert "tell-extension" in possible_for(life.do(c.DecideExtension(granted=True), OFFICE).ticket, TAX, RULES)


def test_a_written_reply_is_offered_while_it_is_owed() -> None:
    assert "give-written" not in possible_for(called_back().ticket, TAX, RULES)
    assert "give-written" in possible_for(called_back().do(c.AskWritten(), AGENT).ticket, TAX, RULES)


def test_only_who_judges_is_offered_to_judge() -> None:
    assert "judge" in possible_for(in_review().ticket, OFFICE, RULES)
    assert "judge" not in possible_for(in_review().ticket, AGENT, RULES)
    assert "judge" not in possible_for(closed().ticket, OFFICE, RULES)


def test_who_watches_has_no_button_and_nobody_files_a_ticket_from_a_ticket() -> None:
    assert possible_for(filed().ticket, MONITOR, RULES) == ()
    assert "file" not in possible_for(filed().ticket, SYSTEM, RULES)
