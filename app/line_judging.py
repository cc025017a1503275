"""Is this line.toml fit for this system? ivr/line_acceptance.py with what stands around it here: prompts, agents, and hotline.toml.

`[[lines]]` in hotline.toml is what the switch must know even when nothing of ours runs: numbers, names, the greeting of the lifeline.
Both files must therefore name the same numbers, by the same names.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Final

from app.provisioning import PROMPTS, key_plan
from app.settings import Line, Settings
from hotline.skills import levels_of
from ivr.line_acceptance import Verdict, judge
from ivr.line_check import Surroundings
from ivr.line_findings import Finding, Flaw, findings
from ivr.line_places import Places
from ivr.line_plan import NumberPlan, StaffPlan
from ivr.prompts import read_catalogue

PLAIN: Final = "plain"
"""The version that calls record when no menu was ever published: greeting, notice, a human."""


def judge_line(text: str, settings: Settings, *, today: date | None = None, prompts: Path = PROMPTS) -> Verdict:
    """All that is wrong with the text of a line.toml here. Raises `MalformedInput` when the catalogue of prompts is broken."""
    verdict = judge(text, Surroundings(texts=texts_of(prompts), skills=skills_of(settings), today=today, keys=key_plan(settings)))
    if verdict.plan is None:
        return verdict
    more = findings(_disagreements(verdict.plan, settings.lines), Places(text))
    refused = any(finding.refuses for finding in more)
    return replace(verdict, plan=None if refused else verdict.plan, findings=tuple(sorted((*verdict.findings, *more))))


def refused(verdict: Verdict) -> tuple[Finding, ...]:
    """The findings for which it may not be published."""
    return tuple(finding for finding in verdict.findings if finding.refuses)


def texts_of(prompts: Path = PROMPTS) -> Mapping[str, Mapping[str, str]]:
    """Language → key → what is said, as the catalogue has it. Raises `MalformedInput`."""
    catalogue = read_catalogue((prompts / "catalogue.toml").read_text(encoding="utf-8"))
    return {language: {key: prompt.text for key, prompt in each.items()} for language, each in catalogue.languages.items()}


def skills_of(settings: Settings) -> frozenset[str]:
    """What any agent of this system knows."""
    return frozenset(skill for agent in settings.agents for skill in levels_of(agent.skills))


def plain_plan(settings: Settings) -> StaffPlan:
    """The plan of a system without a line.toml: GB/T 33358 asks for no menu, and hotline.toml says what is said."""
    numbers = {line.number: _plain_number(line) for line in settings.lines}
    return StaffPlan(version=PLAIN, numbers=MappingProxyType(numbers))


def _plain_number(line: Line) -> NumberPlan:
    return NumberPlan(number=line.number, name=line.name, greeting=(line.greeting,), recording_notice=(line.recording_notice,))


def _disagreements(plan: StaffPlan, lines: tuple[Line, ...]) -> Iterator[Flaw]:
    known = {line.number: line for line in lines}
    for number in plan.numbers.keys() - known.keys():
        fix = f"在 config/hotline.toml 加一张 [[lines]] 表，或改成 {'、'.join(known)}"
        yield Flaw(place=("number", number), what=f"交换机不认识号码 {number}", fix=fix)
    for number, line in known.items():
        planned = plan.numbers.get(number)
        if planned is None:
            fix = f"加一张表 [number.{number}]，或从 hotline.toml 的 [[lines]] 删去它"
            yield Flaw(place=("number",), what=f"config/hotline.toml 有号码 {number}，这里没有", fix=fix)
        else:
            yield from _differences(planned, line)


def _differences(planned: NumberPlan, line: Line) -> Iterator[Flaw]:
    here = ("number", line.number)
    if planned.name != line.name:
        what = f"名称与 config/hotline.toml 不同（{line.name}）"
        yield Flaw(place=(*here, "name"), what=what, fix="两处写成一样")
    for field, one, many in (
        ("greeting", line.greeting, planned.greeting),
        ("recording_notice", line.recording_notice, planned.recording_notice),
    ):
        if one not in many:
            what = f"{field} 里没有 config/hotline.toml 的 {one}：程序停下时市民听到的是那一句"
            yield Flaw(place=(*here, field), what=what, fix="两处写成一样", refuses=False)
