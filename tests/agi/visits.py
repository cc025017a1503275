"""One visit, driven against Asterisk's end of the wire in memory: for the tests of the call driver."""

import asyncio
from dataclasses import dataclass
from pathlib import Path

from agi.driver import Driver
from agi.sounds import Sounds
from agi.wire import Head
from hotline.call_facts import CallFact, VisitEnded
from hotline.emergency import KeyPlan
from hotline.identity import CallId
from ivr.facts import CallArrived
from ivr.orders import Flow, FlowFunction
from tests.fakes.fake_asterisk import FakeAsterisk, Leaves
from tests.fakes.fake_journal import FakeJournal

CALL = CallId("hl1-1764000000.12")
ARGUMENTS = (CALL, "12345", "19900001234", "telecom", "", "")


@dataclass
class Visited:
    """What a visit left behind."""

    heard: list[str]
    facts: list[CallFact]
    closed: bool

    @property
    def outcome(self) -> str:
        last = self.facts[-1]
        assert isinstance(last, VisitEnded)
        return last.outcome


def visit(
    flow: FlowFunction,
    sounds: Sounds,
    *keys: str,
    name: str = "welcome",
    arguments: tuple[str, ...] = ARGUMENTS,
    leaves_at: int | None = None,
    leaves: Leaves = Leaves.IN_COMMAND,
    plan: KeyPlan | None = None,
) -> Visited:
    """One visit to this flow; `keys` are Asterisk's replies to what plays or asks."""
    journal = FakeJournal()

    async def run() -> FakeAsterisk:
        asterisk = FakeAsterisk(keys, leaves_at=leaves_at, leaves=leaves)
        driver = Driver(flows={name: flow}, sounds=sounds, journal=journal, spool=Path("/spool"), keys=plan or KeyPlan())
        await driver.visit(Head(flow=name, arguments=arguments), asterisk.line)
        return asterisk

    asterisk = asyncio.run(run())
    return Visited(heard=asterisk.heard, facts=list(journal.facts(CALL)), closed=asterisk.closed)


def said(*orders: object) -> FlowFunction:
    """A flow of these orders."""

    def flow(arrival: CallArrived) -> Flow:
        for order in orders:  # noqa: UP028 - a tuple cannot be sent facts
            yield order  # type: ignore[misc]

    return flow
