"""The Spotter door in AMI's words: what it says is what agi/translate.py reads."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from agi.ami_link import AmiLink, LinkUp
from agi.spotter import AmiSpotter
from agi.translate import translate
from hotline.errors import LinkLost
from hotline.line import WordSpotted
from tests.checks.check_spotter import CALL, CHECKS, Stage
from tests.fakes.fake_ami import Action, FakeAmi, well
from tests.fakes.fake_clock import FakeClock


class AmiStage:
    """Asterisk says a UserEvent action again as an event, to everybody."""

    def __init__(self, spotter: AmiSpotter, ami: FakeAmi) -> None:
        self.spotter = spotter
        self._ami = ami

    async def next_word(self) -> WordSpotted:
        action = self._ami.heard.pop()
        assert action["Action"] == "UserEvent"
        fact = translate({"Event": "UserEvent", **action})
        assert isinstance(fact, WordSpotted)
        return fact


def play(scene: Callable[[AmiStage], Awaitable[None]], answer: Callable[[Action], str] = well) -> None:
    async def run() -> None:
        async with FakeAmi(answer) as ami:
            link = AmiLink(host="127.0.0.1", port=ami.port, user="u", secret="s", clock=FakeClock(), answer_s=0.05)
            async with asyncio.TaskGroup() as group:
                running = group.create_task(link.run())
                while not isinstance(await link.events.get(), LinkUp):
                    pass
                await scene(AmiStage(AmiSpotter(link), ami))
                running.cancel()

    asyncio.run(asyncio.wait_for(run(), 5))


@pytest.mark.parametrize("check", CHECKS)
def test_the_door_keeps_its_promises(check: Callable[[Stage], Awaitable[None]]) -> None:
    play(check)


def test_what_nobody_may_have_heard_is_told_so() -> None:
    async def scene(stage: AmiStage) -> None:
        with pytest.raises(LinkLost):
            await stage.spotter.spotted(CALL, "110")

    play(scene, lambda action: well(action) if action["Action"] == "Login" else "")
