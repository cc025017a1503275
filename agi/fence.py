"""Nothing leaves this process for Asterisk when another one leads (routing/office.py).

That is asked right before an action is written to the socket: between the two lies no await, so nothing of ours can come between. A process
that is frozen in exactly those microseconds says one thing too much when it thaws. A telephone that rings by it is let go at the first
sound, because the number of its leg names a term that is over (routing/adopt.py `stray`).

Measured on 22.10.1, so that nobody tries it again: Asterisk itself cannot be asked. `PreDialGoSub` of an Originate with Async: true is
taken and never run.
"""

from collections.abc import Callable

from agi.ami_guard import Fields
from hotline.errors import Deposed


class Fence:
    """What every action passes. `holds`: `routing.ports.Leadership.holds`. `epoch`: the term of the desk that is at work."""

    def __init__(self, holds: Callable[[int], bool]) -> None:
        self._holds = holds
        self.epoch = 0

    def __call__(self, fields: Fields) -> Fields:
        """The action, which may be sent. Raises `Deposed`."""
        if not self._holds(self.epoch):
            raise Deposed(f"term {self.epoch} is over")
        return fields
