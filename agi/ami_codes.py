"""Answers to feature codes (功能码) over AMI: the dialplan waits for the name of a prompt on the channel of him who dialled."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from agi.ami_link import AmiLink
from agi.variables import ANSWER, plain
from hotline.line import AnswerCode, Done


async def _answer(link: AmiLink, order: AnswerCode) -> Done:
    await link.ask({"Action": "Setvar", "Channel": order.channel, "Variable": ANSWER, "Value": plain(order.prompt)})
    return Done()


CODES: Final[Mapping[type, Callable[[AmiLink, Any], Awaitable[Done]]]] = {AnswerCode: _answer}
"""For agi/ami.py."""
