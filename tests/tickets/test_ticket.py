"""业务单: its values."""

from dataclasses import replace

from tests.tickets.cases import filed
from tickets.ticket import Secrecy


def test_everybody_who_has_it_is_named_once() -> None:
    ticket = replace(filed().ticket, lead="tax", assisting=("rc", "tax"), at_once=("env",), below=("tax-rc",))
    assert ticket.units == {"tax", "rc", "env", "tax-rc"}
    assert filed().ticket.units == frozenset()


def test_levels_of_secrecy_are_ordered() -> None:
    assert sorted(Secrecy) == [Secrecy.OPEN, Secrecy.CONTACT, Secrecy.REPORT, Secrecy.SECRET]
