"""The moments of the kill matrix as scenes: how a call comes to each, known by what is heard, and what the citizen does then."""

import asyncio
import socket
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, suppress
from types import MappingProxyType
from typing import Final, Self

from bench.matrix_house import Person, Town
from bench.matrix_sounds import AGENT, CENTRES, CITIZEN, CONNECTING, MUSIC, SECOND_CENTRE
from bench.matrix_table import Expected
from phones.faults import PhoneFault

LOOK_S: Final = 0.05
REACH_S: Final = 20.0
ENOUGH_S: Final = 1.0
"""So much of the other's voice is a talk, and more than a jitter buffer holds of somebody who is gone."""
TALK_S: Final = 2.5
AGAIN_S: Final = 2.0
"""He presses again when nothing happens."""
GIVE_UP_S: Final = 90.0


class NotReached(Exception):
    """The call did not come to the moment, or he did not reach anybody: the message says what he heard instead."""


class Scene:
    """One call in one town. Use as an async context manager: whoever is left hangs up."""

    def __init__(self, town: Town, cell: Expected) -> None:
        self.town, self.cell = town, cell
        self.citizen = town.citizen()
        self.agent: Person | None = None
        self.struck_at = 0.0
        self.earlier: Person | None = None
        """His telephone of the call that the switch's death ended."""
        self._people = AsyncExitStack()
        self._voices: asyncio.TaskGroup = asyncio.TaskGroup()
        self._speaking: list[asyncio.Task[None]] = []
        self._heard_before: dict[int, float] = {}

    async def __aenter__(self) -> Self:
        await self._voices.__aenter__()
        try:
            for centre in self.town.centres:
                centre.since = time.time()
                await centre.phone.on_ring("answer")
                self._speak(centre)
            await self._people.enter_async_context(self.citizen.phone)
            self._speak(self.citizen)
        except BaseException:
            await self._leave()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._leave()

    async def _leave(self) -> None:
        for task in self._speaking:
            task.cancel()
        with suppress(asyncio.CancelledError):
            await self._voices.__aexit__(None, None, None)
        for centre in self.town.centres:
            with suppress(PhoneFault):
                await centre.phone.hang_up()
        await self._people.aclose()

    def _speak(self, person: Person) -> None:
        self._speaking.append(self._voices.create_task(person.speak()))

    async def come(self, policy: str = "ignore") -> Person:
        """The agent comes to his desk."""
        agent = self.town.agent()
        await self._people.enter_async_context(agent.phone)
        await agent.phone.on_ring("answer" if policy == "answer" else "ignore")
        self.agent = agent
        self._speak(agent)
        return agent

    # ── ears ────────────────────────────────────────────────────────────────────────────────────

    async def until(self, looked: Callable[[], bool], what: str, within_s: float = REACH_S) -> float:
        """Return the Unix time at which it was so. Raises `NotReached`."""
        deadline = time.monotonic() + within_s
        while not looked():
            if time.monotonic() > deadline:
                raise NotReached(f"not within {within_s:g} s: {what}; he heard: {self.story()}")
            await asyncio.sleep(LOOK_S)
        return time.time()

    def hears(self, *names: str) -> bool:
        """The citizen has heard one of these since the fault (or at all, before it)."""
        ears = self.citizen.ears()
        return ears is not None and ears.first(names, self._before(self.citizen)) is not None

    def is_silent(self, name: str) -> bool:
        """He no longer hears it."""
        ears = self.citizen.ears()
        return ears is not None and not ears.hears_now(name)

    def talks_with(self, other: Person, *names: str) -> bool:
        """They hear each other, since the fault."""
        ours, theirs = self.citizen.ears(), other.ears()
        if ours is None or theirs is None:
            return False
        heard = sum(ours.total(name, self._before(self.citizen)) for name in names)
        return heard >= ENOUGH_S and theirs.total(CITIZEN, self._before(other)) >= ENOUGH_S

    def talks_with_agent(self) -> bool:
        """Citizen and agent hear each other."""
        return self.agent is not None and self.talks_with(self.agent, AGENT)

    def talks_with_centre(self) -> bool:
        """Citizen and one of the centres hear each other."""
        return any(self.talks_with(centre, name) for centre, name in zip(self.town.centres, CENTRES, strict=True))

    def talks_with_second_centre(self) -> bool:
        """The first one's far end is dead."""
        return self.talks_with(self.town.centres[1], SECOND_CENTRE)

    def story(self) -> str:
        """What he heard."""
        ears = self.citizen.ears()
        return ears.story() if ears else "nothing"

    def has_struck(self) -> None:
        """From now on only what is heard afterwards counts."""
        self.struck_at = time.time()
        everybody = [self.citizen, *self.town.centres, *([self.agent] if self.agent else [])]
        for person in everybody:
            ears = person.ears()
            self._heard_before[id(person)] = ears.seconds if ears else 0.0

    def _before(self, person: Person) -> float:
        return self._heard_before.get(id(person), 0.0)

    # ── to the moment ───────────────────────────────────────────────────────────────────────────

    async def dial(self, until_heard: str) -> None:
        """Call, and listen until this is heard."""
        await self.citizen.phone.dial("12345")
        await self.until(lambda: self.hears(until_heard), until_heard)

    async def dial_again(self) -> None:
        """From the same number on a new telephone; hang up when the greeting is heard."""
        first, self.citizen = self.citizen, self.town.citizen(self.citizen.phone.account.user)
        await self._people.enter_async_context(self.citizen.phone)
        self.earlier = first
        await self.dial("greeting")
        await self.citizen.phone.hang_up()

    async def press(self, keys: str) -> None:
        """RFC 4733, as most carriers do."""
        with suppress(PhoneFault):  # a call that is over is found out by what he hears
            await self.citizen.phone.press(keys)

    async def to_human(self) -> None:
        """By the shortest way."""
        await self.dial("greeting")
        await self.press("0")

    async def to_talk(self) -> None:
        """With an agent who answers at once."""
        await self.come("answer")
        await self.to_human()
        await self.until(self.talks_with_agent, "a talk with the agent")


async def _greeting(scene: Scene) -> None:
    await scene.dial("greeting")


async def _menu(scene: Scene) -> None:
    await scene.come("answer")
    await scene.dial("main-menu")


async def _digit_entry(scene: Scene) -> None:
    await scene.dial("main-menu")
    await scene.press("3")
    await scene.until(lambda: scene.hears("insurance-menu"), "insurance-menu")
    await scene.until(lambda: scene.is_silent("insurance-menu"), "the end of insurance-menu")


async def _waiting(scene: Scene) -> None:
    await scene.to_human()
    await scene.until(lambda: scene.hears(MUSIC), MUSIC)


async def _agent_ringing(scene: Scene) -> None:
    agent = await scene.come()
    await scene.to_human()
    await scene.until(lambda: agent.happened("ringing"), "the agent's telephone rings")


async def _talking(scene: Scene) -> None:
    await scene.to_talk()


async def _emergency_ringing(scene: Scene) -> None:
    for centre in scene.town.centres:
        await centre.phone.on_ring("ignore")
    await scene.dial("greeting")
    await scene.press("*1")
    first = scene.town.centres[0]
    await scene.until(lambda: first.happened("ringing"), "the first centre's telephone rings")
    await scene.until(lambda: scene.hears(CONNECTING), CONNECTING)


async def _emergency_talking(scene: Scene) -> None:
    await scene.dial("greeting")
    await scene.press("*1")
    await scene.until(scene.talks_with_centre, "a talk with the centre")


async def _survey(scene: Scene) -> None:
    await scene.to_talk()
    assert scene.agent is not None
    await scene.agent.phone.hang_up()
    await scene.until(lambda: scene.hears("survey-service"), "survey-service")


REACH: Final[Mapping[str, Callable[[Scene], Awaitable[None]]]] = MappingProxyType(
    {
        "greeting": _greeting,
        "menu": _menu,
        "digit-entry": _digit_entry,
        "waiting": _waiting,
        "agent-ringing": _agent_ringing,
        "talking": _talking,
        "emergency-ringing": _emergency_ringing,
        "emergency-talking": _emergency_talking,
        "survey": _survey,
    }
)
"""Moment → how a call comes there."""


# ── from the moment on ───────────────────────────────────────────────────────────────────────────


async def go_on(scene: Scene) -> float:
    """What he does when the fault has struck; returns the seconds that the table speaks of. Raises `NotReached` after much longer."""
    name = scene.cell.moment.name
    if scene.cell.reaches == "again":
        return await _again(scene)
    if name in ("greeting", "digit-entry", "survey"):
        return await _press_until_answered(scene)
    if name == "waiting":
        await scene.come("answer")
    if name == "agent-ringing" and scene.agent is not None:
        await _pick_up(scene.agent)
    if name == "emergency-ringing":
        for centre in scene.town.centres[1 if scene.cell.row.name == "trunk-black-holed" else 0 :]:
            await _pick_up(centre)
    who = _whom(scene)
    return await scene.until(who, f"a talk with {scene.cell.reaches}", GIVE_UP_S) - scene.struck_at


def _whom(scene: Scene) -> Callable[[], bool]:
    if scene.cell.reaches == "agent":
        return scene.talks_with_agent
    return scene.talks_with_second_centre if scene.cell.row.name == "trunk-black-holed" else scene.talks_with_centre


async def _pick_up(person: Person) -> None:
    """Now, or when it rings again."""
    await person.phone.on_ring("answer")
    with suppress(PhoneFault):
        await person.phone.answer()


async def _press_until_answered(scene: Scene) -> float:
    """* 1, and again every two seconds until he hears that he is being connected. Counted from the end of his first complete sequence."""
    who, first = _whom(scene), 0.0
    deadline = time.monotonic() + GIVE_UP_S
    while not who():
        if not scene.hears(CONNECTING, *CENTRES):
            await scene.press("*1")
            first = first or time.time()
        with suppress(NotReached):
            await scene.until(who, "a talk with the centre", AGAIN_S)
        if time.monotonic() > deadline:
            raise NotReached(f"not within {GIVE_UP_S:g} s: a talk with the centre; he heard: {scene.story()}")
    return time.time() - first


async def _again(scene: Scene) -> float:
    """His call is lost: when the switch answers again he dials again and is greeted. Counted until the switch's first answer."""
    scene.citizen.phone.vanish()
    back = await asyncio.to_thread(_answers, scene.town.house.settings.sip.port)
    await scene.dial_again()
    return back - scene.struck_at


def _answers(port: int) -> float:
    """Ask like a carrier until somebody answers."""
    deadline = time.monotonic() + GIVE_UP_S
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        asking.bind(("127.0.0.21", 0))
        asking.settimeout(0.1)
        own = asking.getsockname()[1]
        number = 0
        while time.monotonic() < deadline:
            number += 1
            with suppress(OSError):
                asking.sendto(_options(port, own, number), ("127.0.0.1", port))
                if asking.recv(4096).startswith(b"SIP/2.0"):
                    return time.time()
    raise NotReached(f"the switch did not answer within {GIVE_UP_S:g} s")


def _options(port: int, own: int, number: int) -> bytes:
    lines = [
        f"OPTIONS sip:12345@127.0.0.1:{port} SIP/2.0",
        f"Via: SIP/2.0/UDP 127.0.0.21:{own};branch=z9hG4bK-matrix-{own}-{number}",
        f"From: <sip:carrier@127.0.0.21>;tag={number}",
        "To: <sip:12345@127.0.0.1>",
        f"Call-ID: matrix-{own}-{number}",
        f"CSeq: {number} OPTIONS",
        f"Contact: <sip:carrier@127.0.0.21:{own}>",
        "Max-Forwards: 70",
        "Content-Length: 0",
        "",
        "",
    ]
    return "\r\n".join(lines).encode()
