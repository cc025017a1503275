"""The fake keeps what every `Tickets` door promises."""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import date
from typing import Any

import pytest

from hotline.workdays import WorkCalendar
from tests.checks.check_tickets import CHECKS, Stage
from tests.fakes.fake_tickets import FakeTickets
from tickets.dispatch import Catalogue, Unit
from tickets.rules import Rules


class FakeStage:
    def __init__(self) -> None:
        units = {name: Unit(id=name, name=name) for name in ("u-water", "u-roads")}
        catalogue = Catalogue(version="test", since=date(2026, 1, 1), units=units, entries=())
        self.door = FakeTickets(Rules(follow=(), calendar=WorkCalendar(), catalogue=catalogue))

    def told(self) -> list[str]:
        return [notice.key for notice in self.door.notices]

    def shut(self) -> None:
        self.door.closed = True

    def reopen(self) -> None:
        self.door.closed = False


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_it_keeps_the_promise(check: Callable[[Stage], Coroutine[Any, Any, None]]) -> None:
    asyncio.run(check(FakeStage()))
