"""What the choice is made of, step by step."""

from routing.choosing import Choosing
from routing.matching import Caller
from routing.seats import Seat

CALLER = Caller(id="c1", since=10.0, skills=("tax",))
SEAT = Seat(id="a1", levels={"tax": 2}, order=1.0)


def test_who_stands_in_line_asks_for_his_skills_until_he_leaves() -> None:
    there = Choosing().stands(CALLER)
    assert (dict(there.asking), there.line.callers["c1"]) == ({"tax": 1}, CALLER)
    assert there.stands(CALLER) is there
    assert there.stands(Caller(id="c1", since=10.0)).asking == {}
    gone = there.leaves("c1")
    assert (gone.asking, gone.line.places, gone.served, gone.gave_up) == ({}, (), 0, 1)
    assert gone.leaves("c1") is gone


def test_an_agent_on_duty_has_his_skills_whether_or_not_he_may_be_rung() -> None:
    there = Choosing().sits("a1", SEAT, SEAT.levels)
    assert (there.having, [*there.pool.seats]) == ({"tax": 1}, ["a1"])
    talking = there.sits("a1", None, SEAT.levels)
    assert (talking.having, [*talking.pool.seats], [*talking.on_duty]) == ({"tax": 1}, [], ["a1"])
    assert talking.sits("a1", None, None) == Choosing()
    assert "a1" in there.staff.names


def test_who_is_offered_counts_as_served_unless_the_agent_does_not_take_him() -> None:
    offered = Choosing().stands(CALLER).offers("c1", 1).leaves("c1")
    assert (offered.served, offered.gave_up) == (1, 0)
    back = offered.offers("c1", -1).comes_back(CALLER)
    assert (back.served, back.line.callers["c1"]) == (0, CALLER)
    assert back.comes_back(CALLER).served == 0


def test_offers_of_a_call_are_counted() -> None:
    twice = Choosing().offers("c1", 1).offers("c1", 1)
    assert twice.offered == {"c1": 2}
    assert twice.offers("c1", -1).offers("c1", -1) == Choosing()
    assert twice.offers("c1", 0) is twice
