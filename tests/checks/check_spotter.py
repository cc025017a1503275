"""What every `Spotter` door promises. Run on the fake, on AMI's own words and on a real Asterisk."""

from collections.abc import Awaitable, Callable
from typing import Protocol

import pytest

from hotline.errors import OurMistake
from hotline.identity import CallId
from hotline.line import WordSpotted
from hotline.ports import Spotter

CALL = CallId("hl1-1764000000.12")


class Stage(Protocol):
    """A door, and what routing hears of it."""

    @property
    def spotter(self) -> Spotter: ...

    async def next_word(self) -> WordSpotted: ...


async def what_is_said_is_heard(stage: Stage) -> None:
    await stage.spotter.spotted(CALL, "110")
    assert await stage.next_word() == WordSpotted(call=CALL, service="110")
    await stage.spotter.spotted(CALL, "120", agreed=True)
    assert await stage.next_word() == WordSpotted(call=CALL, service="120", agreed=True)


async def a_service_that_we_do_not_know_is_our_mistake(stage: Stage) -> None:
    with pytest.raises(OurMistake):
        await stage.spotter.spotted(CALL, "12345")
    await stage.spotter.spotted(CALL, "122")
    assert await stage.next_word() == WordSpotted(call=CALL, service="122")


CHECKS: tuple[Callable[[Stage], Awaitable[None]], ...] = (what_is_said_is_heard, a_service_that_we_do_not_know_is_our_mistake)
