"""Who gets whom, as tables; and what must hold for every line and every pool."""

from random import Random

import pytest

from routing.matching import (
    FOR_EVER,
    Caller,
    ChoiceRules,
    Line,
    SkillRule,
    Staff,
    choose,
    needed_by,
    next_change,
    why_waiting,
)
from routing.seats import Pool, Seat, pool_of

NOW = 1000.0
RULES = ChoiceRules(
    skills={"secret": SkillRule(insist_s=FOR_EVER), "teochew": SkillRule(insist_s=60.0), "tax": SkillRule(callers_per_agent=2.0)}
)


def caller(name: str = "c1", *skills: str, waited: float = 0.0, head_start_s: float = 0.0, knows: str = "") -> Caller:
    return Caller(id=name, since=NOW - waited, skills=skills, head_start_s=head_start_s, knows=knows)


def seat(name: str = "a1", order: float = 0.0, kept_for: str = "", **levels: int) -> Seat:
    return Seat(id=name, levels=levels, order=order, kept_for=kept_for)


def line_of(*callers: Caller) -> Line:
    line = Line()
    for each in callers:
        line = line.with_caller(each)
    return line


def staff_of(*seats: Seat, asking: dict[str, int] | None = None) -> Staff:
    having: dict[str, int] = {}
    for each in seats:
        for skill in each.levels:
            having[skill] = having.get(skill, 0) + 1
    return Staff(having=having, asking=asking or {}, names=frozenset(each.id for each in seats))


def chosen(line: Line, *seats: Seat, on_duty: tuple[Seat, ...] = (), rules: ChoiceRules = RULES) -> list[tuple[str, str]]:
    return [(each.caller, each.seat) for each in choose(line, pool_of(seats), staff_of(*seats, *on_duty), rules, NOW)]


def test_the_longest_wait_meets_the_longest_rest() -> None:
    line = line_of(caller("c1", waited=5), caller("c2", waited=50))
    assert chosen(line, seat("a1", order=20), seat("a2", order=10)) == [("c2", "a2"), ("c1", "a1")]


@pytest.mark.parametrize(("head_start_s", "first"), [(60, "c2"), (30, "c1"), (FOR_EVER, "c2")])
def test_a_head_start_is_so_many_seconds_and_no_more(head_start_s: float, first: str) -> None:
    line = line_of(caller("c1", waited=50), caller("c2", waited=5, head_start_s=head_start_s))
    assert chosen(line, seat()) == [(first, "a1")]


def test_who_has_what_he_asks_for_is_preferred_then_the_higher_level_then_the_longer_rest() -> None:
    line = line_of(caller("c1", "tax", "water"))
    both, high, low = seat("a3", order=30, tax=1, water=1), seat("a2", order=20, tax=3), seat("a1", order=10, tax=1)
    patient = ChoiceRules(otherwise=SkillRule(insist_s=0))
    assert chosen(line, low, high, both, rules=patient) == [("c1", "a3")]
    assert chosen(line, low, high, rules=patient) == [("c1", "a2")]
    assert chosen(line, low, seat("a2", order=5, tax=1), rules=patient) == [("c1", "a2")]


def test_a_skill_is_insisted_on_for_its_time_and_then_only_wished() -> None:
    able, plain = seat("a1", teochew=2), seat("a2")
    assert chosen(line_of(caller("c1", "teochew", waited=59)), plain, on_duty=(able,)) == []
    assert chosen(line_of(caller("c1", "teochew", waited=60)), plain, on_duty=(able,)) == [("c1", "a2")]
    assert chosen(line_of(caller("c1", "teochew", waited=60)), plain, able) == [("c1", "a1")]


def test_too_many_callers_for_one_skill_overflow_to_everybody() -> None:
    able = seat("a1", tax=1)
    for asking, needed in ((2, {"tax"}), (3, set())):
        assert needed_by(caller("c1", "tax"), staff_of(able, asking={"tax": asking}), RULES, NOW) == needed


def test_a_skill_that_nobody_on_duty_has_is_not_waited_for_unless_it_has_no_end() -> None:
    assert chosen(line_of(caller("c1", "teochew")), seat()) == [("c1", "a1")]
    assert chosen(line_of(caller("c1", "secret", waited=9999)), seat()) == []
    assert chosen(line_of(caller("c1", "secret")), seat("a1", secret=1)) == [("c1", "a1")]


def test_who_stands_behind_is_not_held_up() -> None:
    line = line_of(caller("c1", "secret", waited=100), caller("c2"))
    assert chosen(line, seat()) == [("c2", "a1")]


def test_the_agent_who_knows_him_is_his_for_a_short_time() -> None:
    known, other = seat("a1", order=99), seat("a2", order=1)
    assert chosen(line_of(caller("c1", knows="a1")), other, known) == [("c1", "a1")]
    assert chosen(line_of(caller("c1", knows="a1", waited=7)), other, on_duty=(known,)) == []
    assert chosen(line_of(caller("c1", knows="a1", waited=8)), other, on_duty=(known,)) == [("c1", "a2")]
    assert chosen(line_of(caller("c1", knows="a1")), other) == [("c1", "a2")]


def test_a_kept_seat_takes_others_only_after_their_long_wait() -> None:
    rules = ChoiceRules(kept={"enterprise": 40.0})
    kept = seat("a1", kept_for="enterprise", enterprise=1)
    assert chosen(line_of(caller("c1", waited=39)), kept, rules=rules) == []
    assert chosen(line_of(caller("c1", waited=40)), kept, rules=rules) == [("c1", "a1")]
    assert chosen(line_of(caller("c1", waited=39), caller("c2", "enterprise")), kept, rules=rules) == [("c2", "a1")]


def test_a_choice_and_a_wait_say_why() -> None:
    able = seat("a1", teochew=2)
    [choice] = choose(line_of(caller("c1", "teochew", waited=7.2)), pool_of([able]), staff_of(able), RULES, NOW)
    assert choice.why == "asked=teochew waited_s=7 ready=1 level=2"
    [choice] = choose(line_of(caller("c1", "teochew", waited=61)), pool_of([seat("a2")]), staff_of(able), RULES, NOW)
    assert choice.why == "asked=teochew waited_s=61 ready=1 given_up=teochew level=0"
    words = why_waiting(caller("c1", "teochew", waited=7), Pool(), staff_of(able, asking={"teochew": 3}), RULES, NOW)
    assert words == "needs=teochew waited_s=7 ready=0 teochew: on_duty=1 asking=3 gives_up_a_skill_in_s=53"


def test_the_next_moment_that_may_change_anything_is_known() -> None:
    waits = caller("c1", "teochew", "secret", waited=5, knows="a1")
    assert next_change(waits, RULES, NOW) == NOW + 3
    assert next_change(waits, RULES, NOW + 3) == NOW + 55
    assert next_change(waits, RULES, NOW + 55) == FOR_EVER


def test_in_and_out_again_leaves_nothing_behind() -> None:
    line = line_of(caller())
    assert line.without("c1") == Line()
    assert line.with_caller(caller()) == line
    assert line.without("c9") is line
    assert line_of(caller("c1", "tax"), caller("c2")).without("c1") == line_of(caller("c2"))


def test_two_without_end_are_served_in_the_order_in_which_they_came() -> None:
    line = line_of(caller("c1", waited=5, head_start_s=FOR_EVER), caller("c2", waited=50, head_start_s=FOR_EVER))
    assert chosen(line, seat()) == [("c2", "a1")]
    assert [line.ahead_of(each) for each in line.in_order()] == [0, 1]


def test_a_kept_seat_is_kept_from_those_behind_whom_somebody_without_its_skill_waits() -> None:
    rules = ChoiceRules(kept={"enterprise": 40.0}, otherwise=SkillRule(insist_s=0))
    kept = seat("a1", kept_for="enterprise", enterprise=1)
    line = line_of(caller("c1", waited=30), caller("c2", "enterprise", waited=20), caller("c3", waited=10))
    assert chosen(line, kept, rules=rules) == [("c2", "a1")]


@pytest.mark.parametrize("seed", range(30))
def test_whatever_the_line_nobody_is_chosen_twice_and_nobody_who_could_be_served_is_left(seed: int) -> None:
    chance = Random(seed)
    skills = ("tax", "teochew", "secret", "water")

    def some() -> list[str]:
        return chance.sample(skills, chance.randint(0, 2))

    callers = [
        caller(f"c{n}", *some(), waited=chance.uniform(0, 90), head_start_s=chance.choice([0, 60])) for n in range(chance.randint(0, 25))
    ]
    seats = [
        Seat(id=f"a{n}", order=chance.random(), levels={skill: chance.randint(1, 3) for skill in some()})
        for n in range(chance.randint(0, 25))
    ]
    line, pool, staff = line_of(*callers), pool_of(seats), staff_of(*seats)
    choices = choose(line, pool, staff, RULES, NOW)
    assert len({each.caller for each in choices}) == len({each.seat for each in choices}) == len(choices)
    by_name = {each.id: each for each in callers}
    left_seats = [each for each in seats if each.id not in {choice.seat for choice in choices}]
    for choice in choices:
        assert needed_by(by_name[choice.caller], staff, RULES, NOW) <= pool.seats[choice.seat].levels.keys()
    for each in callers:
        if each.id not in {choice.caller for choice in choices}:
            assert not [free for free in left_seats if needed_by(each, staff, RULES, NOW) <= free.levels.keys()]


@pytest.mark.parametrize("seed", range(40))
def test_what_is_left_out_of_the_search_changes_no_choice(seed: int) -> None:
    chance = Random(seed)
    skills = ("tax", "teochew", "secret", "water")
    rules = ChoiceRules(skills=RULES.skills, otherwise=SkillRule(insist_s=20.0), kept={"tax": 40.0})
    seats = [
        Seat(
            id=f"a{n}",
            order=chance.random(),
            levels=dict.fromkeys(chance.sample(skills, chance.randint(0, 2)), chance.randint(1, 3)),
            kept_for=chance.choice(["", "", "tax"]),
        )
        for n in range(chance.randint(1, 12))
    ]
    callers = [
        caller(
            f"c{n}",
            *chance.sample(skills, chance.randint(0, 2)),
            waited=chance.uniform(0, chance.choice([9, 90])),
            head_start_s=chance.choice([0, 60, FOR_EVER]),
            knows=chance.choice(["", "", *(each.id for each in seats), "a9"]),
        )
        for n in range(30)
    ]
    line, staff = line_of(*callers), staff_of(*seats, seat("a9", water=1), seat("a8", teochew=1), asking={"tax": 3})
    assert [(each.caller, each.seat) for each in choose(line, pool_of(seats), staff, rules, NOW)] == plainly(line, seats, staff, rules)


def plainly(line: Line, seats: list[Seat], staff: Staff, rules: ChoiceRules) -> list[tuple[str, str]]:
    """The rules as they are written, without any short cut: each caller is compared with each seat."""
    made: list[tuple[str, str]] = []
    left = {each.id: each for each in seats}
    for each in line.in_order():
        waited, found = NOW - each.since, None
        if each.knows and waited < rules.same_agent_s and (each.knows in left or each.knows in staff.names):
            found = left.get(each.knows)
        else:
            fit = [seat for seat in left.values() if needed_by(each, staff, rules, NOW) <= seat.levels.keys()]
            fit = [seat for seat in fit if seat.kept_for in ("", *each.skills) or waited >= rules.kept[seat.kept_for]]
            found = min(fit, key=lambda seat: (*_rank(each, seat), seat.order, seat.id), default=None)
        if found:
            made.append((each.id, found.id))
            del left[found.id]
    return made


def _rank(each: Caller, seat: Seat) -> tuple[int, int]:
    levels = [seat.levels[skill] for skill in each.skills if skill in seat.levels]
    return (-len(levels), -sum(levels))
