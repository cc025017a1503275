"""Callbacks over AMI (回拨): an agent's phone is rung into context `out-calls`, which tells him, calls the citizen and tells the rest."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from agi.ami_link import AmiLink
from agi.ami_transfers import OUT_CALLS_CONTEXT
from agi.variables import AGENT, ATTEMPT, DRAINING, TASK, WHY, plain
from hotline.callbacks import CallBack
from hotline.errors import Refused
from hotline.line import Done


async def _call_back(link: AmiLink, order: CallBack) -> Done:
    [draining] = await link.ask({"Action": "Getvar", "Variable": DRAINING})
    if draining.value == "1":
        raise Refused("the switch is being stopped: no new calls")
    await link.ask(
        {
            "Action": "Originate",
            # No ChannelId: once he picks up, the channel is that of a call of its own. Until then a failure is told by this id.
            "ActionID": order.leg,
            "Channel": f"PJSIP/{order.agent}",
            "Context": OUT_CALLS_CONTEXT,
            "Exten": plain(order.number),
            "Priority": "1",
            "Async": "true",
            "Timeout": str(order.ring_seconds * 1000),
            "CallerID": plain(order.number),
            "Variable": [
                f"{AGENT}={order.agent}",
                f"{TASK}={order.task}",
                f"{ATTEMPT}={order.attempt}",
                f"{WHY}={plain(order.why)}",
                "HL_HOW=callback",
            ],
        }
    )
    return Done()


CALLBACKS: Final[Mapping[type, Callable[[AmiLink, Any], Awaitable[Done]]]] = {CallBack: _call_back}
"""For agi/ami.py."""
