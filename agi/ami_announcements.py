"""排队播报 over AMI: what a waiting citizen may be told lies in a variable of his channel, and the dialplan hands it to flow `waiting`."""

import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from agi.ami_link import AmiLink
from agi.variables import PLACE, plain
from hotline.announcements import TellPlace
from hotline.errors import Refused
from hotline.line import Done

log = logging.getLogger(__name__)


async def _tell_place(link: AmiLink, order: TellPlace) -> Done:
    value = plain(f"ahead={order.ahead}&least={order.least}&most={order.most}&at={order.at}")
    try:
        await link.ask({"Action": "Setvar", "Channel": order.channel, "Variable": PLACE, "Value": value})
    except Refused:
        log.debug("%s is gone: nobody is told his place", order.call)
    return Done()


ANNOUNCEMENTS: Final[Mapping[type, Callable[[AmiLink, Any], Awaitable[Done]]]] = {TellPlace: _tell_place}
