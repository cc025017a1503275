"""检查: is this line.toml fit to be published? Read, judged as a graph, rehearsed: all findings with their lines, in one call."""

from dataclasses import dataclass

from ivr.line_check import Surroundings, check
from ivr.line_findings import Finding, findings
from ivr.line_plan import StaffPlan
from ivr.line_reading import read_line_plan
from ivr.line_rehearsals import rehearse_plan


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """`plan` is there when nothing refuses it; hints may still stand in `findings`."""

    plan: StaffPlan | None
    findings: tuple[Finding, ...]


def judge(text: str, around: Surroundings) -> Verdict:
    """Judge the text of a line.toml. Never raises. Rehearsals are played only when the plan is sound."""
    reading = read_line_plan(text)
    if reading.plan is None:
        return Verdict(plan=None, findings=reading.findings)
    flaws = check(reading.plan, around)
    if not any(flaw.refuses for flaw in flaws):
        flaws += tuple(rehearse_plan(reading.plan, around.keys))
    found = findings(flaws, reading.places)
    return Verdict(plan=None if any(finding.refuses for finding in found) else reading.plan, findings=found)
