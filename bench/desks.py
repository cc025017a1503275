"""Many agents' telephones in one: a stand-in that registers under every name, picks up at once and never hangs up first.

It registers from the very port at which it is called: the switch believes the packet more than the Contact that stands in it.
"""

import asyncio
import secrets
from collections.abc import Mapping
from typing import Any, Final

from phones.faults import PhoneSilent
from phones.sip import NotSip, SipMessage, ask, proof, read
from phones.stand_in import StandIn

EXPIRES_S: Final = 3600
_ANSWER_S: Final = 6.0


class Desks(StandIn):
    """Use as an async context manager, then `come`. `passwords`: agent → password."""

    def __init__(self, *, address: str, passwords: Mapping[str, str], answers_after_s: float = 0.3) -> None:
        super().__init__(address=address, answers_after_s=answers_after_s)
        self._passwords = dict(passwords)
        self._answers: asyncio.Queue[SipMessage] = asyncio.Queue()

    def datagram_received(self, data: bytes, addr: tuple[str | Any, int]) -> None:
        """Answers to our own registrations; everything else is a call or a question."""
        try:
            message = read(data)
        except NotSip:
            return
        if message.status and message.method == "REGISTER":
            self._answers.put_nowait(message)
        else:
            super().datagram_received(data, addr)

    async def come(self, port: int) -> None:
        """Register all of them with the switch at this port of loopback. Raises `PhoneSilent` when it refuses one."""
        for user, password in self._passwords.items():
            told = await self._asked(self._registration(user, port, 1, ""), port)
            uri = f"sip:127.0.0.1:{port}"
            words = proof(told.get("WWW-Authenticate"), method="REGISTER", uri=uri, user=user, password=password)
            told = await self._asked(self._registration(user, port, 2, words), port)
            if told.status != 200:
                raise PhoneSilent(f"{user} could not register: {told.first}")

    async def _asked(self, request: SipMessage, port: int) -> SipMessage:
        self._send(request, ("127.0.0.1", port))
        try:
            async with asyncio.timeout(_ANSWER_S):
                while (told := await self._answers.get()).get("CSeq") != request.get("CSeq") or told.status < 200:
                    pass
        except TimeoutError:
            raise PhoneSilent(f"no answer to REGISTER within {_ANSWER_S:g} s") from None
        return told

    def _registration(self, user: str, port: int, number: int, words: str) -> SipMessage:
        headers = [
            ("Via", f"SIP/2.0/UDP {self.address}:{self.port};branch=z9hG4bK-{secrets.token_hex(6)}"),
            ("From", f"<sip:{user}@127.0.0.1>;tag={user}"),
            ("To", f"<sip:{user}@127.0.0.1>"),
            ("Call-ID", f"desk-{user}-{self.port}"),
            ("CSeq", f"{number} REGISTER"),
            ("Contact", f"<sip:{user}@{self.address}:{self.port}>"),
            ("Expires", str(EXPIRES_S)),
        ]
        return ask("REGISTER", f"sip:127.0.0.1:{port}", [*headers, ("Authorization", words)] if words else headers)
