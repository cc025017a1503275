"""检查: what the staff are told about a plan, with line and remedy; the shipped plan passes."""

from datetime import date
from pathlib import Path

import pytest

from ivr.line_acceptance import judge
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
