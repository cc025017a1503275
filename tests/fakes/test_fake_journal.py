"""The fake keeps the promises of the door."""

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from hotline.call_facts import CallFact
from hotline.identity import CallId
from tests.checks.check_journal import CHECKS, Stage
from tests.fakes.fake_journal import FakeJournal


@dataclass
class FakeStage:
    journal: FakeJournal = field(default_factory=FakeJournal)

    def facts(self, call: CallId) -> list[CallFact]:
        return list(self.journal.facts(call))

    def closed(self, call: CallId) -> bool:
        return self.journal.closed(call)


@pytest.mark.parametrize("check", CHECKS)
def test_the_fake_journal_keeps_the_doors_promises(check: Callable[[Stage], None]) -> None:
    check(FakeStage())
