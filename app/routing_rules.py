"""The settings of [routing] as the choice wants them (routing/matching.py, routing/model.py)."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from app.routing_settings import Routing, Skill
from hotline.line import Priority
from routing.matching import FOR_EVER, ChoiceRules, SkillRule
from routing.model import Rules


def deciding(rules: Rules, routing: Routing) -> Rules:
    """The same rules, which decide as these settings say."""
    return replace(
        rules,
        choice=choice_rules(routing),
        head_starts=head_starts(routing),
        by_load=routing.balance == "load",
        repeat_within=timedelta(hours=routing.repeat_hours),
        say_place=routing.say_place,
    )


def choice_rules(routing: Routing) -> ChoiceRules:
    """Skills, the agent who knows him, and kept seats."""
    return ChoiceRules(
        skills={skill.name: _rule(skill) for skill in routing.skills},
        otherwise=SkillRule(insist_s=routing.insist_seconds),
        same_agent_s=routing.same_agent_seconds,
        kept=routing.kept,
    )


def head_starts(routing: Routing) -> Mapping[int, float]:
    """Priority → seconds; an emergency's is without end, whatever the settings."""
    given = routing.head_start_seconds
    return {
        Priority.REPEAT: given.repeat,
        Priority.ELDERLY: given.elderly,
        Priority.HANDED_IN: given.handed_in,
        Priority.CUT_OFF: given.cut_off,
        Priority.MOVED: given.moved,
        Priority.TRANSFERRED: given.transferred,
        Priority.SPOTTED: given.spotted,
        Priority.EMERGENCY: FOR_EVER,
    }


def _rule(skill: Skill) -> SkillRule:
    return SkillRule(
        insist_s=FOR_EVER if skill.for_ever else skill.insist_seconds,
        callers_per_agent=FOR_EVER if skill.callers_per_agent is None else skill.callers_per_agent,
        head_start_s=skill.head_start_seconds,
    )
