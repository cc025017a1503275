"""What two runs of the tests of the regulation say together."""

from bench.articles import Told, read, report
from tickets.clauses import CLAUSES

ALL = tuple(Told(name=f"test_{clause}", clause=clause, passed=True, failed=False) for clause in CLAUSES)
NOTICED = tuple(Told(name=told.name, clause=told.clause, passed=False, failed=True) for told in ALL)
XML = """<testsuites><testsuite>
<testcase name="test_a"><properties><property name="guards" value="13-1"/></properties></testcase>
<testcase name="test_b"><properties><property name="guards" value="13-2"/></properties><failure message="x">y</failure></testcase>
<testcase name="test_c"><error message="setup">y</error></testcase>
</testsuite></testsuites>"""


def test_a_report_is_read_with_what_each_test_guards() -> None:
    assert read(XML) == (
        Told(name="test_a", clause="13-1", passed=True, failed=False),
        Told(name="test_b", clause="13-2", passed=False, failed=True),
        Told(name="test_c", clause="", passed=False, failed=False),
    )


def test_all_is_well_when_every_clause_is_missed() -> None:
    assert report(ALL, NOTICED, 60.0).ok


def test_a_clause_that_nobody_misses_is_named() -> None:
    told = report(ALL, (*NOTICED[1:], ALL[0]), 60.0)
    assert not told.ok
    assert ALL[0].clause in next(figure.value for figure in told.figures if figure.name == "blind")  # type: ignore[operator]


def test_a_clause_without_a_test_or_a_broken_test_is_named() -> None:
    assert not report(ALL[1:], NOTICED[1:], 60.0).ok
    assert not report((*ALL, Told(name="broken", clause="", passed=False, failed=True)), NOTICED, 60.0).ok
    assert not report(ALL, NOTICED, 181.0).ok
