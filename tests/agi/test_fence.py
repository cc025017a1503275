"""Who leads no more says nothing to Asterisk."""

import pytest

from agi.fence import Fence
from hotline.errors import Deposed

ORIGINATE = {"Action": "Originate", "ChannelId": "leg-1", "Async": "true"}


@pytest.mark.parametrize("action", [ORIGINATE, {"Action": "Ping"}, {"Action": "Hangup", "Channel": "leg-1"}])
def test_only_who_holds_the_office_says_anything(action: dict[str, str]) -> None:
    held = {7}
    fence = Fence(lambda epoch: epoch in held)
    fence.epoch = 7
    assert fence(action) == action
    held.clear()
    with pytest.raises(Deposed, match="term 7"):
        fence(action)
