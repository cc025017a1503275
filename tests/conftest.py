"""For all tests: short paths, and in CI a skipped test is a failed one, because there everything that a test needs has been provided."""

import os
import shutil
import tempfile
from pathlib import Path

import pytest

_OWN_FOLDER = pytest.StashKey[Path]()


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Unix sockets stand in a test's folder, and their paths must be short (unix(7)): the usual folder, with xdist, is too deep."""
    if config.option.basetemp is None and not hasattr(config, "workerinput"):
        config.stash[_OWN_FOLDER] = Path(tempfile.mkdtemp(prefix="hl-"))
        config.option.basetemp = str(config.stash[_OWN_FOLDER])
    config.option.loadscopereorder = False  # xdist would begin with the largest files, not with the longest (tests/live/conftest.py)


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """What passed leaves nothing behind; what failed may be looked at."""
    folder = session.config.stash.get(_OWN_FOLDER, None)
    if folder is not None and exitstatus == pytest.ExitCode.OK:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]):  # type: ignore[no-untyped-def]  # noqa: ANN201
    """Turn a skip into a failure when the variable CI is set."""
    outcome = yield
    report: pytest.TestReport = outcome.get_result()
    if report.skipped and os.environ.get("CI") and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped in CI: {call.excinfo.value if call.excinfo else item.name}"


@pytest.hookimpl(hookwrapper=True)
def pytest_make_collect_report(collector: pytest.Collector):  # type: ignore[no-untyped-def]  # noqa: ANN201
    """The same for a whole module that was skipped while it was collected."""
    outcome = yield
    report: pytest.CollectReport = outcome.get_result()
    if report.skipped and os.environ.get("CI"):
        report.outcome = "failed"
        report.longrepr = f"skipped in CI: {collector.nodeid}"
