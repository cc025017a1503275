"""The Spotter door over AMI: a UserEvent, which every process with a link hears (agi/translate.py), whoever of them lives."""

from agi.ami_link import AmiLink
from agi.variables import WORD_SPOTTED_EVENT
from hotline.emergency import SERVICES
from hotline.errors import OurMistake
from hotline.identity import CallId


class AmiSpotter:
    """Spotter over one `AmiLink`. The link's `run` belongs to whoever makes this."""

    def __init__(self, link: AmiLink) -> None:
        self._link = link

    async def spotted(self, call: CallId, service: str, *, agreed: bool = False) -> None:
        """Say it to whoever listens. The word itself is never told."""
        if service not in SERVICES:
            raise OurMistake("a spotted word must name one of the emergency services")
        await self._link.ask(
            {
                "Action": "UserEvent",
                "UserEvent": WORD_SPOTTED_EVENT,
                "Call": call,
                "Service": service,
                "Agreed": "1" if agreed else "0",
            }
        )
