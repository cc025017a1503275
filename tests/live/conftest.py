"""Fixtures of tests with a real Asterisk. Without one they skip on a laptop; in CI a skip is a failure (tests/conftest.py)."""

from collections.abc import Iterator

import pytest

from runtime.binaries import AsteriskHome
from tests.live.carrier import Carrier
from tests.live.cell import Cell
from tests.live.switch import find


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything here is `live`."""
    for item in items:
        if "/live/" in item.path.as_posix():
            item.add_marker(pytest.mark.live)


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
    carrier.ami.mark()
    module_cell.ami.mark()
    yield module_cell
    carrier.ami.action("Hangup", Channel="/^PJSIP/", Cause="16")
    module_cell.settle()
    carrier.asterisk.settle()
