"""The orders of a leader about his office: that he hears everything from now on, and that an earlier one is heard no more."""

from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

from agi.ami_link import EVERYTHING, LITTLE, AmiLink
from agi.variables import ROUTER_UNTIL
from hotline.line import Done, Follow, Lead, StillHere


async def lead(link: AmiLink, order: Lead) -> Done:
    """What was said before is of an earlier time: the survey that comes next knows better. Raises `LinkLost`."""
    link.forget()
    await link.hear(EVERYTHING)
    return Done()


async def still_here(link: AmiLink, order: StillHere) -> Done:
    """Somebody assigns agents. Said again and again: a switch that was started again has forgotten it."""
    await link.ask({"Action": "Setvar", "Variable": ROUTER_UNTIL, "Value": str(order.until)})
    return Done()


async def follow(link: AmiLink, order: Follow) -> Done:
    """Another leads. A link that is down says less than little."""
    await link.hear(LITTLE)
    return Done()


OFFICE: Final[Mapping[type, Callable[[AmiLink, Any], Awaitable[Done]]]] = MappingProxyType(
    {Lead: lead, Follow: follow, StillHere: still_here},
)
