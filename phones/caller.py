"""A telephone that calls, listens to nobody and presses keys, each told to the millisecond: who measures how fast a switch acts on them.

    async with Caller(user="self-check", password=…, number="19900000001") as caller:
        await caller.call("12345", host="127.0.0.1", port=5060)
        moment = await caller.press("*1")     # of the last key's end, `time.monotonic()`
        await caller.hang_up()

Pure Python on an event loop. Softphones with ears: phones/softphone.py.
"""

import asyncio
import itertools
import secrets
from typing import Any, Final, Self

from phones.faults import PhoneRefused, PhoneSilent
from phones.rtp import VoiceEnd
from phones.sip import NotSip, SipMessage, answer, ask, proof, read

_REPEAT_S: Final = 0.5
_PAUSE_S: Final = 0.08
"""Between two keys: a quick finger."""
_CHALLENGES: Final = {401: ("WWW-Authenticate", "Authorization"), 407: ("Proxy-Authenticate", "Proxy-Authorization")}


class Caller(asyncio.DatagramProtocol):
    """One telephone for one call. `number`: the citizen's, asserted by P-Asserted-Identity; `user`, `password`: for a switch that asks."""

    def __init__(self, *, number: str, user: str = "", password: str = "", address: str = "127.0.0.1") -> None:
        self._number, self._user, self._password = number, user or number, password
        self.address = address
        self._answers: asyncio.Queue[SipMessage] = asyncio.Queue()
        self._name = secrets.token_hex(6)
        self._branches = itertools.count(1)
        self._sequence = 0
        self._to: tuple[str, int] = ("", 0)
        self._uri = self._other = self._proof = ""
        self._wire: asyncio.DatagramTransport | None = None
        self.voice: VoiceEnd | None = None
        """Our end of the call's voice: what came in."""
        self.ended = asyncio.Event()
        """The switch hung up."""

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()
        self._wire, _ = await loop.create_datagram_endpoint(lambda: self, local_addr=(self.address, 0))
        return self

    async def __aexit__(self, *_: object) -> None:
        if self.voice:
            self.voice.close()
        if self._wire:
            self._wire.close()

    async def call(self, number: str, *, host: str, port: int, within_s: float = 5.0) -> None:
        """Call and return once the call is answered. Raises `PhoneRefused` with the switch's answer, `PhoneSilent` without one."""
        self._to, self._uri = (host, port), f"sip:{number}@{host}:{port}"
        self.voice = VoiceEnd(self.address)
        told = await self._ask("INVITE", within_s, self.voice.line)
        if told.status in _CHALLENGES:
            asks, gives = _CHALLENGES[told.status]
            self._acknowledge(told)
            words = proof(told.get(asks), method="INVITE", uri=self._uri, user=self._user, password=self._password)
            self._proof = f"{gives}: {words}"
            told = await self._ask("INVITE", within_s, self.voice.line)
        self._acknowledge(told)
        if told.status != 200 or not told.media:
            raise PhoneRefused(f"{number}: {told.first}")
        self.voice.speak_to(told.media)

    async def press(self, keys: str, *, seconds: float = 0.1) -> float:
        """Press these keys one after the other; the moment at which the last one ended."""
        assert self.voice is not None, "call first"
        moment = 0.0
        for number, key in enumerate(keys):
            if number:
                await asyncio.sleep(_PAUSE_S)
            moment = await self.voice.press(key, seconds=seconds)
        return moment

    async def hang_up(self, *, within_s: float = 3.0) -> None:
        """End the call; a switch that has ended it before is fine."""
        if not self.ended.is_set() and self._other:
            await self._ask("BYE", within_s)

    def datagram_received(self, data: bytes, addr: tuple[str | Any, int]) -> None:
        """One packet came: called by the event loop."""
        try:
            message = read(data)
        except NotSip:
            return
        if message.status >= 200:
            self._answers.put_nowait(message)
        elif not message.status and message.method != "ACK" and self._wire:
            body = self.voice.line if message.method in ("INVITE", "UPDATE") and self.voice else ""
            self._wire.sendto(answer(message, 200, "OK", more=self._contact(), body=body).bytes(), addr)
            if message.method == "BYE":
                self.ended.set()

    # ── inside ──────────────────────────────────────────────────────────────────────────────────

    async def _ask(self, method: str, within_s: float, body: str = "") -> SipMessage:
        """Say it until it is answered (RFC 3261 §17.1.1.2)."""
        self._sequence += 1
        request = self._request(method, self._sequence, body)
        try:
            async with asyncio.timeout(within_s):
                while True:
                    self._send(request)
                    try:
                        return await self._answer_to(request.get("CSeq"), _REPEAT_S if not body else 2 * _REPEAT_S)
                    except TimeoutError:
                        continue
        except TimeoutError:
            raise PhoneSilent(f"no answer to {method} within {within_s:g} s") from None

    async def _answer_to(self, sequence: str, within_s: float) -> SipMessage:
        async with asyncio.timeout(within_s):
            while (told := await self._answers.get()).get("CSeq") != sequence:
                pass
        return told

    def _acknowledge(self, told: SipMessage) -> None:
        self._other = told.get("To")
        self._send(self._request("ACK", self._sequence, ""))

    def _request(self, method: str, sequence: int, body: str) -> SipMessage:
        assert self._wire is not None, "enter it first"
        port = self._wire.get_extra_info("sockname")[1]
        headers = [
            ("Via", f"SIP/2.0/UDP {self.address}:{port};branch=z9hG4bK-{self._name}-{next(self._branches)};rport"),
            ("From", f"<sip:{self._user}@{self.address}>;tag={self._name}"),
            ("To", self._other if method in ("ACK", "BYE") else f"<{self._uri}>"),
            ("Call-ID", self._name),
            ("CSeq", f"{sequence} {method}"),
            ("P-Asserted-Identity", f"<sip:{self._number}@{self.address}>"),
            *self._contact(),
        ]
        if self._proof and method == "INVITE":
            headers.append(tuple(self._proof.split(": ", 1)))  # type: ignore[arg-type]
        return ask(method, self._uri, headers, body)

    def _contact(self) -> tuple[tuple[str, str], ...]:
        port = self._wire.get_extra_info("sockname")[1] if self._wire else 0
        return (("Contact", f"<sip:{self._user}@{self.address}:{port}>"),)

    def _send(self, message: SipMessage) -> None:
        if self._wire:
            self._wire.sendto(message.bytes(), self._to)
