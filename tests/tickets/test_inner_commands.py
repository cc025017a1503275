"""What only the system itself wants."""

import pytest

from hotline.access import Actor, NotAllowed
from tests.tickets.cases import AGENT, CLEARED, OFFICE, SUPERVISOR, handler, sent
from tickets import inner_commands as inner
from tickets.commands import COMMANDS, Command

INNER = [each for each in vars(inner).values() if isinstance(each, type) and issubclass(each, Command) and each is not Command]


def test_none_of_them_has_an_address() -> None:
    assert not set(INNER) & set(COMMANDS.values())


@pytest.mark.parametrize("actor", [AGENT, SUPERVISOR, OFFICE, CLEARED, handler("tax")])
def test_nobody_but_the_clock_gives_them(actor: Actor) -> None:
    for command in (inner.DeemAnswered(), inner.ReckonAgain(), inner.TakeIn(number="7"), inner.LetGo(number="7")):
        with pytest.raises(NotAllowed, match="请由系统办理"):
            sent().do(command, actor)
