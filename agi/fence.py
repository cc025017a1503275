"""Nothing leaves this process for Asterisk when another one leads (routing/office.py), and what left it a moment too early rings nobody.

The first is asked right before an action is written to the socket: between the two lies no await, so nothing of ours can come between. A
process may be frozen exactly there, or the action may lie unread in a socket when it dies. So the one thing that would be felt, another
telephone that rings, is asked once more by Asterisk itself, right before it sends the INVITE (context `fence`, measured on 22.10.1: the
sub's Hangup keeps `ast_call` from being made at all; the leg ends with cause 0, and not one packet leaves).
"""

from collections.abc import Callable
from typing import Final

from agi.ami_guard import Fields
from hotline.errors import Deposed

FENCE_CONTEXT: Final = "fence"


class Fence:
    """What every action passes. `holds`: `routing.ports.Leadership.holds`. `epoch`: the term of the desk that is at work."""

    def __init__(self, holds: Callable[[int], bool]) -> None:
        self._holds = holds
        self.epoch = 0

    def __call__(self, fields: Fields) -> Fields:
        """The action as it may be sent. Raises `Deposed`."""
        if not self._holds(self.epoch):
            raise Deposed(f"term {self.epoch} is over")
        if fields["Action"] != "Originate":
            return fields
        return {**fields, "PreDialGoSub": f"{FENCE_CONTEXT},s,1({self.epoch})"}
