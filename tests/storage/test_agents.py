"""The table of agents: seeded once, changed by its own command, nobody forgotten."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine

from hotline.errors import MalformedInput
from hotline.identity import AgentId
from hotline.staff import Employee
from storage.agents import Agents

NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)
FIRST = Employee(id=AgentId("1001"), name="甲", skills=("teochew:3", "tax"), kept_for="tax", supervisor=True, after_call_s=9)
SECOND = Employee(id=AgentId("1002"), name="乙")


@pytest.fixture
def book(engine: Engine) -> Agents:
    return Agents(engine)


def test_the_settings_agents_are_taken_in_once_and_never_overwrite_what_was_changed_here(book: Agents) -> None:
    book.seed((FIRST,), NOON)
    book.change(replace(FIRST, skills=("water",)), NOON)
    book.enable(FIRST.id, False, NOON)
    book.seed((FIRST, SECOND), NOON)
    assert book.all() == ((replace(FIRST, skills=("water",)), False), (SECOND, True))


def test_everything_about_an_agent_comes_back_as_it_went_in(book: Agents) -> None:
    book.add((SECOND, FIRST), NOON)
    assert book.enabled() == (FIRST, SECOND)


def test_one_number_that_is_there_already_and_none_of_them_is_taken_in(book: Agents) -> None:
    book.add((SECOND,), NOON)
    book.enable(SECOND.id, False, NOON)
    with pytest.raises(MalformedInput, match="1002"):
        book.add((FIRST, SECOND), NOON)
    assert book.enabled() == ()
    assert [each.id for each, _ in book.all()] == ["1002"]


def test_a_change_enables_nobody_and_whoever_is_not_there_cannot_be_changed(book: Agents) -> None:
    book.add((SECOND,), NOON)
    book.enable(SECOND.id, False, NOON)
    book.change(replace(SECOND, name="丙"), NOON)
    assert book.all() == ((replace(SECOND, name="丙"), False),)
    with pytest.raises(MalformedInput, match="1001"):
        book.change(FIRST, NOON)
    with pytest.raises(MalformedInput, match="1001"):
        book.enable(FIRST.id, True, NOON)
