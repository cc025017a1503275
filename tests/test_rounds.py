"""Who is played again, and who is not."""

from pathlib import Path

import pytest

from tests.rounds import MOST, Failures, main, name_of, played_again

STORY = """
from pathlib import Path

def test_it():
    mark = Path("mark")
    known = mark.exists()
    mark.touch()
    assert known and {alone}
"""
"""Fails the first time, as if others had been in its way."""


def _report(file: str, name: str, *, outcome: str = "failed") -> pytest.TestReport:
    return pytest.TestReport(f"{file}::{name}@{file}", (file, 1, name), {}, outcome, None, "call")  # type: ignore[arg-type]


def _after(*reports: pytest.TestReport) -> Failures:
    failures = Failures()
    for report in reports:
        failures.pytest_runtest_logreport(report)
    return failures


def test_who_failed_is_played_again_once_by_his_own_name() -> None:
    failed = _report("tests/live/test_calls.py", "test_a_call[key@menu]")
    passed = _report("tests/live/test_calls.py", "test_b", outcome="passed")
    assert played_again(_after(failed, failed, passed)) == ("tests/live/test_calls.py::test_a_call[key@menu]",)


def test_where_a_file_could_not_be_read_or_too_many_failed_the_verdict_stands() -> None:
    unread = _after(_report("tests/live/test_calls.py", "test_a"))
    unread.uncollected = True
    many = _after(*(_report("tests/live/test_calls.py", f"test_{count}") for count in range(MOST + 1)))
    assert played_again(unread) == played_again(many) == ()


def test_one_of_a_class_is_named_with_it_and_its_values_are_left_alone() -> None:
    assert name_of(_report("tests/tickets/test_workflow.py", "TestLife.runTest")) == "tests/tickets/test_workflow.py::TestLife::runTest"
    assert name_of(_report("tests/app/test_a.py", "test_a[1.5]")) == "tests/app/test_a.py::test_a[1.5]"


def test_of_a_worker_that_died_the_file_is_played_again() -> None:
    assert name_of(_report("tests/live/test_calls.py", "tests/live/test_calls.py")) == "tests/live/test_calls.py"


@pytest.mark.slow
def test_who_passes_alone_has_passed_and_who_fails_alone_has_failed(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    tree = tmp_path_factory.mktemp("tree")
    (tree / "tests/live").mkdir(parents=True)
    monkeypatch.chdir(tree)
    assert _status(tree, STORY.format(alone=True)) == 0
    assert "tests/live/test_once.py::test_it" in capfd.readouterr().out
    (tree / "mark").unlink()
    assert _status(tree, STORY.format(alone=False)) == pytest.ExitCode.TESTS_FAILED


def _status(tree: Path, story: str) -> int:
    (tree / "tests/live/test_once.py").write_text(story, encoding="utf-8")
    return main(["-q", "-p", "no:cacheprovider", "--rootdir", str(tree), "tests/live/test_once.py"])
