"""The whole suite: everything at once, then, alone, what failed beside others (docs/decisions/0011).

`python -m tests.rounds ARGUMENTS` passes the arguments to pytest's first round. Its exit status is that of the last round played.
"""

import subprocess
import sys
from collections.abc import Sequence

import pytest

ALONE_ROUNDS = 2
MOST = 30
"""More than so many failures are no crowd's doing."""


class Failures:
    """A pytest plugin: which tests failed, in their own set-up and clean-up, too, by the names that pytest takes as arguments."""

    def __init__(self) -> None:
        self.names: dict[str, None] = {}
        self.uncollected = False

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Called for every phase of every test."""
        if report.failed:
            self.names[name_of(report)] = None

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Called for every file."""
        self.uncollected = self.uncollected or report.failed


def name_of(report: pytest.TestReport) -> str:
    """Not its node id: with groups, pytest-xdist writes the group into that. Of a worker that died only the file is known."""
    file, _, name = report.location
    if name == file:
        return file
    test, bracket, values = name.partition("[")
    return f"{file}::{test.replace('.', '::')}{bracket}{values}"


def played_again(failures: Failures) -> tuple[str, ...]:
    """Whose failure may be the crowd's doing: when few failed, and every file could be read. Empty: the verdict stands."""
    return () if failures.uncollected or len(failures.names) > MOST else tuple(failures.names)


def main(arguments: Sequence[str]) -> int:
    """Play all rounds; 0 when in the end every test has passed."""
    failures = Failures()
    status = int(pytest.main([*arguments], plugins=[failures]))
    crowded = played_again(failures)
    if status != pytest.ExitCode.TESTS_FAILED or not crowded:
        return status
    left: Sequence[str] = crowded
    for _ in range(ALONE_ROUNDS):
        _say(f"{len(left)} 个测试与别的测试同时运行时失败，现在逐个单独再测 failed beside others, played again alone:", left)
        status, left = _alone(left)
        if not left:
            break
    _say("同时运行时失败过（不稳定，须查原因） failed beside others, look for the cause:", crowded)
    return status


def _alone(names: Sequence[str]) -> tuple[int, tuple[str, ...]]:
    """One after the other, each in a pytest of its own. The last bad status, and who failed."""
    ends = {name: subprocess.run([sys.executable, "-m", "pytest", name], check=False).returncode for name in names}
    bad = {name: end for name, end in ends.items() if end}
    return next(reversed(bad.values()), 0), tuple(bad)


def _say(words: str, names: Sequence[str]) -> None:
    print("", words, *(f"  {name}" for name in names), sep="\n", flush=True)  # noqa: T201


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
