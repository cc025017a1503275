"""The shipped plan and its surroundings, for the tests of everything that begins with line_."""

from datetime import date
from functools import cache
from pathlib import Path

from ivr.line_acceptance import judge
from ivr.line_check import Surroundings
from ivr.line_plan import StaffPlan
from ivr.prompts import read_catalogue

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = (ROOT / "config" / "line.toml").read_text(encoding="utf-8")
SKILLS = frozenset({"enterprise", "progress", "social-security", "medical", "housing-fund", "teochew", "english"})
SMALL = """version = "1"
[number.12345]
name = "试验热线"
"""
"""The norm: greeting, notice, a human."""


@cache
def around(today: date | None = None, skills: frozenset[str] | None = None) -> Surroundings:
    """The prompts that we ship."""
    catalogue = read_catalogue((ROOT / "prompts" / "catalogue.toml").read_text(encoding="utf-8"))
    texts = {language: {key: prompt.text for key, prompt in prompts.items()} for language, prompts in catalogue.languages.items()}
    return Surroundings(texts=texts, skills=skills, today=today)


@cache
def shipped() -> StaffPlan:
    """config/line.toml as a plan."""
    verdict = judge(SHIPPED, around())
    assert verdict.plan is not None, "\n".join(map(str, verdict.findings))
    return verdict.plan
