"""What can be wanted of a ticket."""

from dataclasses import fields, is_dataclass

import pytest

from hotline.errors import OurMistake
from tests.tickets.cases import AGENT, MONDAY, RULES
from tickets import commands as c
from tickets.commands import COMMANDS, Command, address_of
from tickets.deciding import decide


def test_every_command_has_an_address_of_its_own() -> None:
    public = {each for each in vars(c).values() if isinstance(each, type) and issubclass(each, Command) and each is not Command}
    assert set(COMMANDS.values()) == public
    assert (address_of(c.AskReturn), address_of(c.File)) == ("ask-return", "file")


@pytest.mark.parametrize("command", COMMANDS.values())
def test_each_is_a_frozen_value_with_a_docstring(command: type[Command]) -> None:
    assert is_dataclass(command)
    assert command.__doc__
    assert command.__doc__ != Command.__doc__
    assert all(field.kw_only for field in fields(command))


def test_a_command_without_its_ticket_is_our_mistake() -> None:
    with pytest.raises(OurMistake, match="needs a ticket"):
        decide(None, c.LeaveToOffice(why="x"), by=AGENT, at=MONDAY, rules=RULES)
    with pytest.raises(OurMistake, match="a time with its zone"):
        decide(None, c.LeaveToOffice(why="x"), by=AGENT, at=MONDAY.replace(tzinfo=None), rules=RULES)
