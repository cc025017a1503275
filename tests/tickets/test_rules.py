"""What a decision goes by."""

from dataclasses import replace

import pytest

from hotline.errors import MalformedInput, OurMistake
from tests.tickets.cases import CATALOGUE, RULES, UNITS, off
from tickets.dispatch import Unit


def test_a_clause_holds_unless_a_bench_switches_it_off() -> None:
    assert RULES.holds("13-3a")
    assert not off("13-3a").holds("13-3a")
    with pytest.raises(OurMistake, match="no such clause"):
        RULES.holds("99-1")
    with pytest.raises(OurMistake, match="99-1"):
        off("99-1")


def test_units_know_who_stands_above_them() -> None:
    assert RULES.above("tax-rc") == ("tax",)
    assert (RULES.above("tax"), RULES.above("nobody")) == ((), ())
    assert (RULES.is_member("tax"), RULES.is_member("tax-rc")) == (True, False)
    with pytest.raises(MalformedInput, match="没有单位nobody"):
        RULES.unit("nobody")


def test_a_unit_is_touched_by_a_complaint_about_itself_or_a_superior() -> None:
    assert RULES.touched("tax-rc", frozenset({"tax"}))
    assert RULES.touched("tax", frozenset({"tax"}))
    assert not RULES.touched("tax", frozenset({"tax-rc"}))


def test_units_that_stand_above_each_other_do_not_hang_it() -> None:
    ring = {"a": Unit(id="a", name="甲", above="b"), "b": Unit(id="b", name="乙", above="a")} | {unit.id: unit for unit in UNITS}
    assert replace(RULES, catalogue=replace(CATALOGUE, units=ring)).above("a") == ("b", "a")
