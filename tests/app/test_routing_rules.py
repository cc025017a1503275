"""[routing] as the choice wants it."""

from datetime import timedelta

from app.routing_rules import choice_rules, deciding, head_starts
from app.routing_settings import HeadStarts, Routing, Skill
from hotline.line import Priority
from routing.matching import FOR_EVER, ChoiceRules, SkillRule
from routing.model import HEAD_STARTS, Rules


def test_settings_that_say_nothing_are_the_rules_of_the_room() -> None:
    assert choice_rules(Routing()) == ChoiceRules()
    assert head_starts(Routing()) == HEAD_STARTS
    assert deciding(Rules(), Routing()) == Rules(head_starts=HEAD_STARTS, choice=ChoiceRules(kept=Routing().kept))


def test_a_skill_has_its_own_rule() -> None:
    secret = Skill(name="secret", for_ever=True, head_start_seconds=20)
    desk = Skill(name="enterprise", insist_seconds=40, callers_per_agent=3, kept_seconds=60)
    rules = choice_rules(Routing(insist_seconds=5, same_agent_seconds=0, skills=(secret, desk)))
    assert rules.of("secret") == SkillRule(insist_s=FOR_EVER, head_start_s=20)
    assert rules.of("enterprise") == SkillRule(insist_s=40, callers_per_agent=3)
    assert rules.of("tax") == SkillRule(insist_s=5)
    assert (rules.same_agent_s, dict(rules.kept)) == (0, {"enterprise": 60})


def test_every_reason_has_its_seconds_and_an_emergency_has_no_end() -> None:
    given = head_starts(
        Routing(head_start_seconds=HeadStarts(elderly=1, repeat=2, handed_in=3, cut_off=4, transferred=5, moved=7, spotted=6))
    )
    assert given.keys() == set(Priority) - {Priority.NORMAL}
    assert [given[each] for each in sorted(given)] == [2, 1, 3, 4, 7, 5, 6, FOR_EVER]


def test_balance_and_repeat_callers() -> None:
    rules = deciding(Rules(), Routing(balance="load", repeat_hours=3, say_place=False))
    assert (rules.by_load, rules.repeat_within, rules.say_place) == (True, timedelta(hours=3), False)
