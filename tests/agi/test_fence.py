"""Who leads no more says nothing to Asterisk, and whoever is rung is rung for a known term."""

import pytest

from agi.ami_guard import checked
from agi.fence import Fence
from hotline.errors import Deposed

ORIGINATE = {"Action": "Originate", "ChannelId": "leg-1", "Async": "true"}


def test_every_originate_names_the_term_to_the_sub_that_asks_for_it() -> None:
    fence = Fence(lambda epoch: epoch == 7)
    fence.epoch = 7
    assert fence(ORIGINATE) == ORIGINATE | {"PreDialGoSub": "fence,s,1(7)"}
    assert checked(fence(ORIGINATE))
    assert fence({"Action": "Ping"}) == {"Action": "Ping"}


@pytest.mark.parametrize("action", [ORIGINATE, {"Action": "Ping"}, {"Action": "Hangup", "Channel": "leg-1"}])
def test_nothing_is_said_when_another_may_lead(action: dict[str, str]) -> None:
    fence = Fence(lambda epoch: epoch == 8)
    fence.epoch = 7
    with pytest.raises(Deposed, match="term 7"):
        fence(action)
