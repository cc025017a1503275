"""`scripts/bench articles`: does each clause's test notice when that clause is not enforced?

All tests of tests/regulation run twice: as the software is, and once more each with just the clause switched off that it guards
(`tickets.rules.Rules.off`). First all must pass, then all that guard a clause must fail, in their own words and not in a fixture's.
"""

import asyncio
import os
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from xml.etree import ElementTree as ET

from bench.report import ROOT, Bar, Figure, Report, measured_commit
from runtime.progress import Progress
from tickets.clauses import CLAUSES

TESTS: Final = "tests/regulation"
MOST_S: Final = 180.0


@dataclass(frozen=True, kw_only=True)
class Size:
    """`guards`: only the tests that guard a clause, in the first run, too."""

    guards: bool = False


FULL, QUICK = Size(), Size(guards=True)


@dataclass(frozen=True, kw_only=True)
class Told:
    """One test of a run. `clause`: what it guards, empty = nothing that can be switched off. `failed`: by itself, not by its fixtures."""

    name: str
    clause: str
    passed: bool
    failed: bool


async def measure(size: Size, progress: Progress) -> Report:
    """Raises `RuntimeError` when the tests could not be run at all."""
    began = time.monotonic()
    progress.say("各条款全部有效，同时逐条停用 every clause enforced, and at the same time each switched off in its own tests")
    held, off = await asyncio.gather(ran({}, guards=size.guards), ran({"HOTLINE_RULES_OFF": "own"}, guards=True))
    return report(held, off, time.monotonic() - began)


def report(held: tuple[Told, ...], off: tuple[Told, ...], seconds: float) -> Report:
    """What both runs say together."""
    guarded = {told.clause for told in held if told.clause}
    blind = sorted({told.clause for told in off if not told.failed})
    without = [clause for clause in CLAUSES if clause not in guarded]
    broken = [told.name for told in held if not told.passed]
    figures = (
        Figure(name="clauses", value=len(CLAUSES), zh="条款"),
        Figure(name="tests", value=len(held), zh="测试"),
        Figure(name="tests_with_a_clause_off", value=len(off), zh="停用条款后再跑的测试"),
        Figure(name="seconds", value=seconds, unit="s"),
        Figure(name="without_a_test", value="、".join(without) or "—", zh="没有测试的条款"),
        Figure(name="blind", value="、".join(blind) or "—", zh="停用而无人察觉的条款"),
        Figure(name="broken", value="、".join(broken) or "—", zh="未通过的测试"),
    )
    bars = (
        Bar(what="clauses without a test", value=len(without), op="==", bound=0),
        Bar(what="tests that fail though every clause is enforced", value=len(broken), op="==", bound=0),
        Bar(what="clauses that may be off and a test does not notice", value=len(blind), op="==", bound=0),
        Bar(what="clauses noticed", value=len(guarded - set(blind)), op=">=", bound=len(CLAUSES)),
        Bar(what="seconds", value=seconds, op="<=", bound=MOST_S),
    )
    return Report(name="articles", figures=figures, bars=bars, commit=measured_commit())


async def ran(environment: Mapping[str, str], *, guards: bool) -> tuple[Told, ...]:
    """One run in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        told = Path(folder) / "told.xml"
        words = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", TESTS, f"--junitxml={told}", *(["-m", "guards"] * guards)]
        process = await asyncio.create_subprocess_exec(
            *words, cwd=ROOT, env={**os.environ, **environment}, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
        )
        said, _ = await process.communicate()
        if process.returncode not in (0, 1) or not told.exists():
            raise RuntimeError(f"pytest {process.returncode}: {said.decode(errors='replace')[-2000:]}")
        return read(told.read_text(encoding="utf-8"))


def read(text: str) -> tuple[Told, ...]:
    """The tests of a JUnit report; `guards` is a property that tests/regulation/conftest.py adds."""
    cases = ET.fromstring(text).iter("testcase")  # our own pytest wrote it
    return tuple(
        Told(
            name=case.get("name", ""),
            clause=next((each.get("value", "") for each in case.iter("property") if each.get("name") == "guards"), ""),
            passed=case.find("failure") is None and case.find("error") is None and case.find("skipped") is None,
            failed=case.find("failure") is not None,
        )
        for case in cases
    )
