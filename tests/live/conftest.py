"""Fixtures of tests with a real Asterisk. Without one they skip on a laptop; in CI a skip is a failure (tests/conftest.py)."""

from collections.abc import Iterator

import pytest

from runtime.binaries import AsteriskHome
from tests.live.carrier import Carrier
from tests.live.cell import Cell
from tests.live.switch import find

LONGEST_FIRST = [
    "kill_matrix",
    "worker",
    "resume",
    "three_way",
    "up",
    "supervisor",
    "frozen_switch",
    "lifeline",
    "watchdog",
    "words",
    "calls",
    "emergency",
    "dialplan",
    "reconciliation",
    "publication",
    "database",
    "message",
    "flows",
    "disk_full",
    "menu",
    "routing",
    "trunks",
    "dead_phone",
    "demo",
    "telephony",
    "emergency_try",
    "emergency_duty",
    "fifty",
]
"""By what they take together; who adds a long one writes it down here. What is not named follows, then everything that is not live."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Everything here is `live`. Workers (pytest-xdist) share it by file where a file's tests stand in one cell, which each of them would
    boot again; the longest first, and what takes a moment at the end, so that all workers end together."""
    for item in items:
        if "/live/" in item.path.as_posix():
            item.add_marker(pytest.mark.live)
            shared = _stands_in_a_shared_cell(item) and not item.get_closest_marker("xdist_group")
        else:
            shared = True
        if shared:
            item.add_marker(pytest.mark.xdist_group(item.path.relative_to(config.rootpath).as_posix()))
    items.sort(key=_rank)


def _rank(item: pytest.Item) -> int:
    """Sorting by this keeps the order within a file."""
    name = item.path.stem.removeprefix("test_")
    if item.get_closest_marker("live") is None:
        return len(LONGEST_FIRST) + 1
    return LONGEST_FIRST.index(name) if name in LONGEST_FIRST else len(LONGEST_FIRST)


def _stands_in_a_shared_cell(item: pytest.Item) -> bool:
    """Whether it asks for something that all tests of its file share."""
    found = item._fixtureinfo.name2fixturedefs if isinstance(item, pytest.Function) else {}
    return any(definition.scope == "module" for definitions in found.values() for definition in definitions)


@pytest.fixture(scope="session")
def asterisk_home() -> AsteriskHome:
    """The Asterisk of this machine."""
    home = find()
    if home is None:
        pytest.skip("no Asterisk >= 22.10.1 on this machine: run scripts/up or `python3 -m runtime ensure`")
    return home


@pytest.fixture(scope="module")
def carrier(asterisk_home: AsteriskHome) -> Iterator[Carrier]:
    """A carrier with a trunk of each kind, started by the fixture `cell`."""
    with Carrier(asterisk_home) as carrier:
        yield carrier


@pytest.fixture(scope="module")
def module_cell(asterisk_home: AsteriskHome, carrier: Carrier) -> Iterator[Cell]:
    """A cell with the carrier's trunks, no process of ours running."""
    with Cell(asterisk_home, trunks=carrier.trunks(), passwords=carrier.passwords()) as cell:
        cell.start()
        carrier.start(cell_port=cell.settings.sip.port, phones=cell.phones())
        as_if_routing_were_there(cell)
        yield cell


def as_if_routing_were_there(cell: Cell) -> None:
    """Short holding, and no plain queue after two steps of the wait: the lifeline's own times are tested in test_lifeline.py."""
    cell.cli("dialplan set global HL_HOLD_SECONDS 1")
    cell.cli("dialplan set global HL_ROUTER_UNTIL 9999999999")


@pytest.fixture
def cell(module_cell: Cell, carrier: Carrier) -> Iterator[Cell]:
    """The module's cell, clean before and after each test."""
    module_cell.reaches(*(way.name for way in carrier.ways))
    carrier.ami.mark()
    module_cell.ami.mark()
    yield module_cell
    carrier.ami.action("Hangup", Channel="/^PJSIP/", Cause="16")
    module_cell.settle()
    carrier.asterisk.settle()
