"""The fake keeps what the door promises."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from tests.checks.check_notifier import CHECKS, Stage
from tests.fakes.fake_notifier import FakeNotifier


class FakeStage:
    def __init__(self) -> None:
        self.notifier = FakeNotifier()

    def texts(self) -> list[str]:
        return [letter.text for letter in self.notifier.letters.values()]

    def shut(self) -> None:
        self.notifier.closed = True

    def reopen(self) -> None:
        self.notifier.closed = False


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_the_fake_keeps_its_promise(check: Callable[[Stage], Coroutine[Any, Any, None]]) -> None:
    asyncio.run(check(FakeStage()))
