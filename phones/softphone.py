"""A SIP phone that a program holds: dials, answers, speaks, listens, presses keys, hangs up. One child process each (phones/body.py)."""

import asyncio
import json
import random
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self

from phones.faults import PhoneDied, PhoneRefused, PhoneSilent
from phones.tones import write_keys

ROOT = Path(__file__).resolve().parents[1]
ORDER_SECONDS = 10.0
START_SECONDS = 30.0
KEY_PAUSE = 0.25
KeyWay = Literal["rfc4733", "info", "inband"]
Policy = Literal["answer", "busy", "refuse", "ignore"]


@dataclass(frozen=True, kw_only=True)
class Account:
    """Who the phone is and where its switch stands. `register` false: a caller from outside, like a carrier's line.

    `address`: where the phone itself stands, any address of loopback; a switch knows carriers by it. `asserted`: the number that a trusted
    phone states beside its name (P-Asserted-Identity, RFC 3325).
    """

    user: str
    port: int
    password: str = ""
    server: str = "127.0.0.1"
    register: bool = False
    address: str = "127.0.0.1"
    asserted: str = ""


@dataclass(frozen=True, kw_only=True)
class PhoneEvent:
    """Something happened on the phone at Unix time `at`.

    `kind`: registered, unregistered {code}; ringing {caller}; ringback {code}; answered; hears {file}; played {file}; key {digit, way};
    ended {code, why, by: us|them}.
    """

    kind: str
    at: float
    fields: dict[str, Any] = field(default_factory=dict)


class _Wire(asyncio.SubprocessProtocol):
    """Cuts the child's output into events; remembers its last words."""

    def __init__(self, told: Callable[[dict[str, Any]], None], died: Callable[[], None]) -> None:
        self._told = told
        self._died = died
        self._rest = b""
        self.last_words = b""

    def pipe_data_received(self, fd: int, data: bytes) -> None:
        if fd == 2:
            self.last_words = (self.last_words + data)[-2000:]
            return
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            if line.startswith(b"{"):
                self._told(json.loads(line))

    def process_exited(self) -> None:
        self._died()


class Softphone:
    """`async with Softphone(…) as phone:`. Leaving hangs up, unregisters and ends the child; nothing stays behind.

    Every method that waits raises `PhoneDied` at once when the child is gone, and `PhoneSilent` when time is up.
    """

    def __init__(
        self,
        *,
        name: str,
        account: Account,
        folder: Path,
        policy: Policy = "ignore",
        after: float = 0.0,
        patience: Callable[[], float] = lambda: 1.0,
    ) -> None:
        """`policy`, `after`: as `on_ring`, in force before anybody can call. `patience`: by what each limit is multiplied."""
        self.name = name
        self._patience = patience
        self._first_policy = {"policy": policy, "after": after}
        self.account = account
        self.events: list[PhoneEvent] = []
        self._folder = folder.absolute()
        self._read: dict[str, int] = {}
        self._forgotten = 0
        self._orders = 0
        self._answers: dict[int, asyncio.Future[None]] = {}
        self._news = asyncio.Event()
        self.sip_port = 0
        self._transport: asyncio.SubprocessTransport | None = None
        self._wire = _Wire(self._told, self._died)

    # ── life ────────────────────────────────────────────────────────────────────────────────────

    async def __aenter__(self) -> Self:
        self._folder.mkdir(parents=True, exist_ok=True)
        loop = asyncio.get_running_loop()
        self._transport, _ = await loop.subprocess_exec(lambda: self._wire, sys.executable, "-m", "phones.body", cwd=ROOT)
        account = self.account
        self._write(
            {
                "name": self.name,
                "folder": str(self._folder),
                "rtp_port": random.randrange(20000, 32000, 2),
                "user": account.user,
                "password": account.password,
                "server": account.server,
                "port": account.port,
                "register": account.register,
                "address": account.address,
                "asserted": account.asserted,
                **self._first_policy,
            }
        )
        try:
            await self._until(lambda: self.sip_port > 0, START_SECONDS, "to start")
            if account.register:
                await self.expect("registered", within=START_SECONDS)
        except BaseException:
            await self._close()
            raise
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self._close()

    async def _close(self) -> None:
        transport = self._transport
        if transport is None:
            return
        if transport.get_returncode() is None:
            stdin: Any = transport.get_pipe_transport(0)
            stdin.close()  # the body hangs up, unregisters and goes
            try:
                async with asyncio.timeout(5):
                    while transport.get_returncode() is None:
                        await self._wait_for_news()
            except TimeoutError:
                transport.kill()
        transport.close()
        self._transport = None

    @property
    def pid(self) -> int:
        """Process id of the child."""
        if self._transport is None:
            raise PhoneDied(f"{self.name} is not running")
        return self._transport.get_pid()

    def vanish(self) -> None:
        """Lose the phone without a farewell on the line, as when its cable is pulled."""
        if self._transport is not None and self._transport.get_returncode() is None:
            self._transport.kill()

    # ── orders ──────────────────────────────────────────────────────────────────────────────────

    async def dial(self, number: str) -> None:
        """Call a number; what follows comes as events (ringback, answered, hears, ended)."""
        self._read.clear()
        self._forgotten = len(self.events)
        await self._ask({"do": "dial", "number": number})

    async def on_ring(self, policy: Policy, *, after: float = 0.0) -> None:
        """What to do with callers from now on; `answer` picks up after so many seconds. At first: `ignore` (let it ring)."""
        await self._ask({"do": "policy", "policy": policy, "after": after})

    async def answer(self) -> None:
        """Pick up now."""
        await self._ask({"do": "answer"})

    async def hang_up(self) -> None:
        """End the call, or refuse one that rings; `ended` follows."""
        await self._ask({"do": "hang_up"})

    async def play(self, wav: Path) -> None:
        """Speak a wav file (16 bit PCM, mono; relative to the project) into the call; `played` follows. A second file replaces it."""
        await self._ask({"do": "play", "file": str(ROOT / wav)})

    async def hush(self) -> None:
        """Stop speaking."""
        await self._ask({"do": "hush"})

    async def register(self, on: bool) -> None:
        """Register, or become absent; `registered` or `unregistered` follows."""
        await self._ask({"do": "register", "on": on})

    async def press(self, digits: str, *, way: KeyWay = "rfc4733") -> None:
        """Press keys: as RFC 4733 events, as SIP INFO one by one, or as tones in the sound itself."""
        if way == "inband":
            wav = self._folder / f"{self.name}-keys-{self._orders}.wav"
            write_keys(wav, digits)
            await self.play(wav)
            return
        for digit in digits:
            await self._ask({"do": "press", "way": way, "digits": digit})
            await asyncio.sleep(KEY_PAUSE)  # as long as a key takes on the line

    # ── what happened ───────────────────────────────────────────────────────────────────────────

    async def expect(self, kind: str, *, within: float = 10.0, **fields: object) -> PhoneEvent:
        """The oldest event of this kind (and with these fields) not expected before. Each kind is read on its own, in order.

        Dialling forgets all that happened before it.
        """
        found: list[PhoneEvent] = []

        def look() -> bool:
            for at in range(self._read.get(kind, self._forgotten), len(self.events)):
                event = self.events[at]
                if event.kind == kind and all(event.fields.get(name) == value for name, value in fields.items()):
                    self._read[kind] = at + 1
                    found.append(event)
                    return True
            return False

        await self._until(look, within, f"for {kind}")
        return found[0]

    @property
    def recordings(self) -> list[Path]:
        """What it heard, one wav per call, the newest last; the last one grows while the call lasts."""
        return [Path(event.fields["file"]) for event in self.events if event.kind == "hears"]

    @property
    def in_call(self) -> bool:
        """A call of this phone is answered and not yet over."""
        kinds = [event.kind for event in self.events if event.kind in ("answered", "ended")]
        return kinds[-1:] == ["answered"]

    async def until_idle(self, within: float = 10.0) -> None:
        """Return once it neither rings nor is in a call."""
        calls = ("ringing", "ringback", "answered", "ended")
        await self._until(
            lambda: [event.kind for event in self.events if event.kind in calls][-1:] in ([], ["ended"]), within, "to be idle"
        )

    # ── the wire ────────────────────────────────────────────────────────────────────────────────

    async def _ask(self, order: dict[str, object]) -> None:
        self._orders += 1
        number = self._orders
        answer: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._answers[number] = answer
        self._write({"id": number, **order})
        try:
            async with asyncio.timeout(ORDER_SECONDS * self._patience()):
                await answer
        except TimeoutError:
            raise PhoneSilent(f"{self.name} did not react to {order['do']} in time") from None
        finally:
            self._answers.pop(number, None)

    def _write(self, order: dict[str, object]) -> None:
        self._alive()
        assert self._transport is not None
        stdin: Any = self._transport.get_pipe_transport(0)
        stdin.write(json.dumps(order).encode() + b"\n")

    def _told(self, event: dict[str, Any]) -> None:
        kind, at = event.pop("event"), event.pop("at")
        if kind in ("done", "failed"):
            answer = self._answers.get(event["id"])
            if answer is not None and not answer.done():
                if kind == "done":
                    answer.set_result(None)
                else:
                    answer.set_exception(PhoneRefused(f"{self.name}: {event['why']}"))
            return
        if kind == "ready":
            self.sip_port = event["port"]
        else:
            self.events.append(PhoneEvent(kind=kind, at=at, fields=event))
        self._news.set()

    def _died(self) -> None:
        for answer in self._answers.values():
            if not answer.done():
                answer.set_exception(self._obituary())
        self._news.set()

    def _obituary(self) -> PhoneDied:
        code = self._transport.get_returncode() if self._transport is not None else None
        words = self._wire.last_words.decode(errors="replace").strip()
        return PhoneDied(f"{self.name}: the phone's process ended with status {code}{': ' if words else ''}{words}")

    def _alive(self) -> None:
        if self._transport is None or self._transport.get_returncode() is not None:
            raise self._obituary()

    async def _wait_for_news(self) -> None:
        self._news.clear()
        await self._news.wait()

    async def _until(self, looked: Callable[[], bool], within: float, what: str) -> None:
        began = time.monotonic()
        try:
            async with asyncio.timeout(within * self._patience()):
                while not looked():
                    self._alive()
                    await self._wait_for_news()
        except TimeoutError:
            heard = ", ".join(event.kind for event in self.events[self._forgotten :]) or "nothing"
            raise PhoneSilent(f"{self.name} waited {time.monotonic() - began:.1f} s {what}; what came: {heard}") from None
