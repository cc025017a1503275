"""A stand-in for whoever is called over a trunk, an emergency centre for instance: it says when and how it was called.

    async with StandIn(manners={"06630000110": Manner.BUSY}) as centre:
        ...                                   # have it called at 127.0.0.1, centre.port
        invite = await centre.called(within_s=5)
        invite.number, invite.asserted, invite.at

Pure Python on an event loop: several of them stand side by side, and none needs a process. It answers OPTIONS and REGISTER as well, so that
a switch believes the trunk; `mute = True` makes it a black hole. Moments are `time.monotonic()`, the same clock for all on this machine.
"""

import asyncio
import itertools
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, Self

from phones.faults import PhoneSilent
from phones.rtp import SILENCE, VoiceEnd
from phones.sip import NotSip, SipMessage, answer, ask, read, user_of

_REPEAT_S: Final = 0.5
_MOST_REPEATS: Final = 6
ANNOUNCED_S: Final = 1.5


class Manner(StrEnum):
    """What it does with a call."""

    ANSWERS = "answers"
    BUSY = "busy"
    ABSENT = "absent"
    REFUSES = "refuses"
    FULL = "full"
    RINGS = "rings"
    """180, and then nothing for ever."""
    ANNOUNCES = "announces"
    """183 with a voice for `ANNOUNCED_S` (网络忙), and then 503."""
    SILENT = "silent"
    """No answer to an INVITE at all, while OPTIONS are answered."""


_REFUSALS: Final[Mapping[Manner, tuple[int, str]]] = {
    Manner.BUSY: (486, "Busy Here"),
    Manner.ABSENT: (404, "Not Found"),
    Manner.REFUSES: (403, "Forbidden"),
    Manner.FULL: (503, "Service Unavailable"),
}


@dataclass(kw_only=True)
class Invite:
    """One call that came. Moments are 0 as long as it did not happen."""

    message: SipMessage
    at: float
    answered: float = 0.0
    acknowledged: float = 0.0
    """The caller's switch said ACK: the two are connected."""
    cancelled: float = 0.0
    ended: float = 0.0
    """The other side hung up after we had answered."""

    @property
    def number(self) -> str:
        """Which number was dialled."""
        return user_of(self.message.uri)

    @property
    def asserted(self) -> str:
        """Whose number the network asserts (P-Asserted-Identity, RFC 3325); empty without."""
        return user_of(self.message.get("P-Asserted-Identity"))

    @property
    def from_number(self) -> str:
        """Whose number stands in From: `anonymous` when it is withheld."""
        return user_of(self.message.get("From"))

    @property
    def call_id(self) -> str:
        """SIP's own name of the call."""
        return self.message.get("Call-ID")


@dataclass(kw_only=True)
class _Leg:
    """What we need to go on with a call."""

    invite: Invite
    tag: str
    source: tuple[str, int]
    said: bytes = b""
    voice: VoiceEnd | None = None
    requests: int = 0


class StandIn(asyncio.DatagramProtocol):
    """The stand-in, at `address` and `port` (0 = a free one). `manners`: by dialled number; `manner`: for every other number.

    `judge`: decides instead of both, call by call; None leaves it to them.
    """

    def __init__(
        self,
        *,
        address: str = "127.0.0.1",
        port: int = 0,
        manner: Manner = Manner.ANSWERS,
        manners: Mapping[str, Manner] | None = None,
        answers_after_s: float = 0.0,
        on_invite: Callable[[Invite], object] = lambda _invite: None,
        judge: Callable[[Invite], Manner | None] = lambda _invite: None,
    ) -> None:
        self.address, self.port = address, port
        self.manner, self.manners = manner, dict(manners or {})
        self.mute = False
        self.invites: list[Invite] = []
        self.frames: tuple[bytes, ...] = SILENCE
        self.first = 2
        """What it says in the calls that it answers from now on, and the number of their first packets (`VoiceEnd`)."""
        self.questions = 0
        """OPTIONS that came so far."""
        self._answers_after_s = answers_after_s
        self._on_invite = on_invite
        self._judge = judge
        self._legs: dict[str, _Leg] = {}
        self._tags = itertools.count(1)
        self._news = asyncio.Event()
        self._wire: asyncio.DatagramTransport | None = None

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()
        self._wire, _ = await loop.create_datagram_endpoint(lambda: self, local_addr=(self.address, self.port))
        self.port = self._wire.get_extra_info("sockname")[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        for leg in self._legs.values():
            _silence(leg)
        if self._wire:
            self._wire.close()
            self._wire = None

    async def called(self, *, within_s: float, count: int = 1) -> Invite:
        """The call of this count (the first is 1), as soon as it has come. Raises `PhoneSilent`."""
        await self._until(lambda: len(self.invites) >= count, within_s, f"call {count}; there were {len(self.invites)}")
        return self.invites[count - 1]

    async def connected(self, invite: Invite, *, within_s: float) -> None:
        """Return once the two of us are connected. Raises `PhoneSilent`."""
        await self._until(lambda: bool(invite.acknowledged), within_s, "no ACK to our answer")

    async def over(self, invite: Invite, *, within_s: float) -> None:
        """Return once the caller has hung up or given up. Raises `PhoneSilent`."""
        await self._until(lambda: bool(invite.ended or invite.cancelled), within_s, "the caller does not hang up")

    async def questioned(self, *, within_s: float) -> None:
        """Return once a switch has asked whether we are there (OPTIONS). Raises `PhoneSilent`."""
        await self._until(lambda: bool(self.questions), within_s, "nobody asks for us")

    def voice(self, invite: Invite) -> VoiceEnd | None:
        """Our end of an answered call's voice: what came in."""
        return self._legs[invite.call_id].voice

    def decide_by(self, judge: Callable[[Invite], Manner | None]) -> None:
        """From now on this decides."""
        self._judge = judge

    def hang_up(self, invite: Invite) -> None:
        """We end a call that we had answered."""
        leg, told = self._legs[invite.call_id], invite.message
        leg.requests += 1
        headers = (
            ("Via", f"SIP/2.0/UDP {self.address}:{self.port};branch=z9hG4bK-{leg.tag}-{leg.requests}"),
            ("From", f"{told.get('To')};tag={leg.tag}"),
            ("To", told.get("From")),
            ("Call-ID", invite.call_id),
            ("CSeq", f"{leg.requests} BYE"),
        )
        self._send(ask("BYE", told.get("Contact").lstrip("<").partition(">")[0], headers), leg.source)
        _silence(leg)

    def datagram_received(self, data: bytes, addr: tuple[str | Any, int]) -> None:
        """One packet came: called by the event loop."""
        now = time.monotonic()
        if self.mute:
            return
        try:
            message = read(data)
        except NotSip:
            return
        if not message.status:
            self._take(message, addr, now)
            self._news.set()

    # ── requests ────────────────────────────────────────────────────────────────────────────────

    def _take(self, message: SipMessage, source: tuple[str, int], now: float) -> None:
        leg = self._legs.get(message.get("Call-ID"))
        match message.method:
            case "INVITE" if leg is None:
                self._begin(_Leg(invite=Invite(message=message, at=now), tag=f"s{next(self._tags)}", source=source))
            case "INVITE" if leg and message.get("CSeq") == leg.invite.message.get("CSeq"):
                self._say_again(leg)
            case "INVITE" | "UPDATE" if leg and leg.voice:
                self._send(answer(message, 200, "OK", more=self._contact(), body=leg.voice.line), source)
            case "CANCEL" if leg:
                leg.invite.cancelled = now
                self._send(answer(message, 200, "OK", tag=leg.tag), source)
                self._send(answer(leg.invite.message, 487, "Request Terminated", tag=leg.tag), source)
            case "ACK":
                if leg and leg.invite.answered and not leg.invite.acknowledged:
                    leg.invite.acknowledged = now
            case _:
                self._plain(message, source, leg, now)

    def _plain(self, message: SipMessage, source: tuple[str, int], leg: _Leg | None, now: float) -> None:
        """What is answered with a plain yes."""
        if message.method == "BYE" and leg:
            leg.invite.ended = now
            _silence(leg)
        self.questions += message.method == "OPTIONS"
        kept = (("Contact", message.get("Contact")), ("Expires", "300")) if message.method == "REGISTER" else ()
        self._send(answer(message, 200, "OK", tag="plain", more=kept), source)

    def _begin(self, leg: _Leg) -> None:
        self._legs[leg.invite.call_id] = leg
        self.invites.append(leg.invite)
        manner = self._judge(leg.invite) or self.manners.get(leg.invite.number, self.manner)
        if manner in _REFUSALS:
            self._say(leg, *_REFUSALS[manner])
        elif manner is Manner.ANNOUNCES:
            leg.voice = VoiceEnd(self.address, leg.invite.message.media, frames=self.frames, first=self.first)
            self._say(leg, 183, "Session Progress", leg.voice.line)
            asyncio.get_running_loop().call_later(ANNOUNCED_S, self._give_up, leg)
        elif manner is not Manner.SILENT:
            self._say(leg, 180, "Ringing")
        if manner is Manner.ANSWERS:
            asyncio.get_running_loop().call_later(self._answers_after_s, self._pick_up, leg)
        self._on_invite(leg.invite)

    def _give_up(self, leg: _Leg) -> None:
        _silence(leg)
        if not leg.invite.cancelled:
            self._say(leg, *_REFUSALS[Manner.FULL])

    def _pick_up(self, leg: _Leg) -> None:
        if not leg.invite.cancelled and self._wire:
            leg.invite.answered = time.monotonic()
            leg.voice = VoiceEnd(self.address, leg.invite.message.media, frames=self.frames, first=self.first)
            self._say(leg, 200, "OK", leg.voice.line)
            asyncio.get_running_loop().call_later(_REPEAT_S, self._repeat, leg, _MOST_REPEATS)

    def _repeat(self, leg: _Leg, times: int) -> None:
        """RFC 3261 §13.3.1.4: our answer is said until it is acknowledged."""
        if times and self._wire and not leg.invite.acknowledged:
            self._say_again(leg)
            asyncio.get_running_loop().call_later(_REPEAT_S, self._repeat, leg, times - 1)

    # ── answers ─────────────────────────────────────────────────────────────────────────────────

    def _say(self, leg: _Leg, status: int, reason: str, body: str = "") -> None:
        leg.said = answer(leg.invite.message, status, reason, tag=leg.tag, more=self._contact(), body=body).bytes()
        self._say_again(leg)

    def _say_again(self, leg: _Leg) -> None:
        if leg.said and self._wire and not self.mute:
            self._wire.sendto(leg.said, leg.source)

    def _send(self, message: SipMessage, to: tuple[str, int]) -> None:
        if self._wire and not self.mute:
            self._wire.sendto(message.bytes(), to)

    def _contact(self) -> tuple[tuple[str, str], ...]:
        return (("Contact", f"<sip:centre@{self.address}:{self.port}>"),)

    async def _until(self, true: Callable[[], bool], within_s: float, what: str) -> None:
        try:
            async with asyncio.timeout(within_s):
                while not true():
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            raise PhoneSilent(f"within {within_s:g} s: {what}") from None


def _silence(leg: _Leg) -> None:
    if leg.voice:
        leg.voice.close()
