"""A spotter in memory: what was said is kept as the fact that routing would hear."""

from hotline.emergency import SERVICES
from hotline.errors import OurMistake
from hotline.identity import CallId
from hotline.line import WordSpotted


class FakeSpotter:
    """The Spotter door."""

    def __init__(self) -> None:
        self.said: list[WordSpotted] = []

    async def spotted(self, call: CallId, service: str, *, agreed: bool = False) -> None:
        """Keep it."""
        if service not in SERVICES:
            raise OurMistake("no such service")
        self.said.append(WordSpotted(call=call, service=service, agreed=agreed))
