"""检查: what the staff are told about a plan, with line and remedy; the shipped plan passes."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hotline.identity import CallId
from ivr.facts import CallArrived, CheckpointKept, Keyed, PromptsPlayed, Silence
from ivr.flows.line import line
from ivr.line_acceptance import judge
from ivr.line_plan import StaffPlan
from ivr.orders import Collect, FindAgent, LeaveTo, Say
from ivr.session import Session
from tests.ivr.lines import ROOT, SHIPPED, SKILLS, SMALL, around

BROKEN = sorted((ROOT / "tests" / "golden" / "line" / "broken").glob("*.toml"))


def test_the_shipped_plan_is_accepted_and_plays_its_rehearsals() -> None:
    verdict = judge(SHIPPED, around(date(2026, 12, 1), SKILLS))
    assert verdict.plan is not None
    assert [str(finding) for finding in verdict.findings if finding.refuses] == []
    assert len(verdict.plan.rehearsals) >= 8


def test_a_line_without_a_menu_is_the_norm() -> None:
    verdict = judge(SMALL, around())
    assert verdict.plan is not None
    assert verdict.findings == ()


def test_at_least_thirty_broken_plans_are_kept() -> None:
    assert len(BROKEN) >= 30


@pytest.mark.parametrize("path", BROKEN, ids=lambda path: path.stem)
def test_a_broken_plan_is_refused_with_its_line_and_remedy(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    wanted = text.splitlines()[1].removeprefix("# ")
    verdict = judge(text, around())
    assert verdict.plan is None
    assert wanted in [str(finding) for finding in verdict.findings if finding.refuses]


@pytest.mark.parametrize("path", BROKEN, ids=lambda path: path.stem)
def test_one_mistake_does_not_bury_the_staff_in_findings(path: Path) -> None:
    assert 1 <= len(judge(path.read_text(encoding="utf-8"), around()).findings) <= 4


@pytest.mark.parametrize(
    "text", ["", "x", "[", "number = 1", "version = 1", "\x00", "[number]\n12345 = 1", "menu = [1]", "[[number]]\n", "a" * 300_000]
)
def test_no_text_whatever_breaks_the_check(text: str) -> None:
    verdict = judge(text, around())
    assert verdict.plan is None
    assert verdict.findings


def test_every_finding_speaks_chinese_and_says_what_to_do() -> None:
    for path in BROKEN:
        for finding in judge(path.read_text(encoding="utf-8"), around()).findings:
            assert finding.fix
            assert any("一" <= letter <= "鿿" for letter in finding.what), finding


@settings(max_examples=30, deadline=None)
@given(cut=st.sets(st.integers(0, SHIPPED.count("\n")), max_size=3), keys=st.lists(st.sampled_from(["", *"0123456789*#"]), max_size=12))
def test_whatever_lines_are_lost_what_is_accepted_leads_every_citizen_to_a_human(cut: set[int], keys: list[str]) -> None:
    left = [words for number, words in enumerate(SHIPPED.splitlines()) if number not in cut]
    plan = judge("\n".join(left), around()).plan
    if plan:
        assert ended(plan, keys)


def ended(plan: StaffPlan, keys: list[str]) -> bool:
    """Play a call with these keys, in prompts and at questions alike; whether it ends with a human or the emergency, and nothing broke."""
    arrival = CallArrived(call=CallId("t-1.1"), called="12345", caller="19900000001", trunk="t")
    session = Session(line(lambda _called, _version: plan), arrival)
    order, pressed = session.start(), iter(keys)
    while not session.over:
        key = next(pressed, "") if isinstance(order, Say | Collect) else ""
        if isinstance(order, Say):
            order = session.receive(PromptsPlayed(interrupted_by=key))
        elif isinstance(order, Collect):
            order = session.receive(Keyed(digits=key) if key else Silence())
        else:
            order = session.receive(CheckpointKept())
    return isinstance(order, FindAgent | LeaveTo) and session.broke is None
