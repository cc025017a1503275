"""What `scripts/emergency try` plays: citizens call and press their keys, and it is looked at who was called, as whom and when.

The scenes of a service, one after the other; services go side by side, each with a citizen's number of its own:

- each target in turn: all before it are busy, this one answers;
- the first does not answer at all: the next is called;
- nobody answers: the list is tried as often as it is set, then a duty agent is owed to him, first in line.

And once for all: the emergency key, then nothing: a duty agent.
"""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Final

from agi.site import EmergencyLine, EmergencyTarget
from agi.variables import LIFELINE_CONTEXT, WAITING_CONTEXT
from app.emergency_trial import Standing, TrialSwitch
from app.provisioning import emergency_plan
from hotline.emergency import SERVICES
from hotline.errors import LinkLost
from hotline.line import Priority
from phones.caller import Caller
from phones.faults import PhoneFault, PhoneSilent
from phones.stand_in import Invite, Manner

CITIZEN: Final = "1990000{:04d}"
"""Test numbers: nobody has them."""
KEY_S: Final = 0.1
QUICK_S: Final = 5.0
"""From the last key to the first INVITE, at most; what counts is measured in scripts/bench emergency."""
_IN_LINE: Final = (WAITING_CONTEXT, LIFELINE_CONTEXT)
_SPARE_S: Final = 5.0
_LOOK_S: Final = 0.1


@dataclass(frozen=True, kw_only=True)
class Row:
    """One thing that was tried. `after_s`: from the last key (for a later target: from the try before it); negative = it did not happen."""

    service: str
    scene: str
    way: str
    number: str = ""
    caller: str = ""
    after_s: float = -1.0
    trouble: str = ""


@dataclass(kw_only=True)
class Citizen:
    """One citizen of the trial: his number, and what the stand-ins shall do with each try of his call (the last one with all further)."""

    number: str
    manners: tuple[Manner, ...] = ()
    tries: list[tuple[str, Invite]] = field(default_factory=list)
    news: asyncio.Event = field(default_factory=asyncio.Event)

    def begin(self, *manners: Manner) -> None:
        """A new call of his."""
        self.manners, self.tries = manners, []

    def tried(self, trunk: str, invite: Invite) -> Manner:
        """A centre is called for him; what it shall do."""
        self.tries.append((trunk, invite))
        self.news.set()
        return self.manners[min(len(self.tries), len(self.manners)) - 1]

    async def until(self, count: int, within_s: float) -> None:
        """Return once so many tries were made. Raises `PhoneSilent`."""
        try:
            async with asyncio.timeout(within_s):
                while len(self.tries) < count:
                    self.news.clear()
                    await self.news.wait()
        except TimeoutError:
            raise PhoneSilent(f"第 {count} 次呼叫没有到 try {count} did not come within {within_s:g} s") from None


class Trial:
    """All scenes on one switch."""

    def __init__(self, switch: TrialSwitch) -> None:
        self._switch = switch
        self._plan = emergency_plan(switch.settings)
        self._citizens = {line.service: Citizen(number=CITIZEN.format(9000 + int(line.service))) for line in self._plan.lines}
        self._undecided = Citizen(number=CITIZEN.format(9001))
        for trunk, centre in switch.centres.items():
            centre.decide_by(partial(self._judge, trunk))

    async def play(self, services: Sequence[str] = ()) -> list[Row]:
        """Every scene of these services, of all by default; in the order of the services."""
        lines = [line for line in self._plan.lines if not services or line.service in services]
        async with asyncio.TaskGroup() as group:
            playing = [group.create_task(self._service(line)) for line in lines]
            undecided = None if services else group.create_task(self._key_alone())
        return [row for each in playing for row in each.result()] + ([undecided.result()] if undecided else [])

    def _judge(self, trunk: str, invite: Invite) -> Manner:
        """Which call is it? The citizen's own number tells: without it nobody is served here, and that is a finding, too."""
        told = invite.asserted or invite.from_number
        for citizen in self._citizens.values():
            if told.endswith(citizen.number[-10:]):
                return citizen.tried(trunk, invite)
        return Manner.REFUSES

    # ── scenes ──────────────────────────────────────────────────────────────────────────────────

    async def _service(self, line: EmergencyLine) -> list[Row]:
        if not line.targets:
            return [await self._nobody(line, "没有去处 no target")]
        rows = [await self._reaches(line, turn) for turn in range(len(line.targets))]
        if len(line.targets) == 1:
            rows.append(await self._reaches(line, 1))
        rows.append(await self._reaches(line, 1, before=Manner.SILENT))
        rows.append(await self._nobody(line, "都不通 nobody"))
        return rows

    async def _reaches(self, line: EmergencyLine, turn: int, before: Manner = Manner.BUSY) -> Row:
        """The try of this number (from 0) answers; those before it do not."""
        citizen = self._citizens[line.service]
        citizen.begin(*[before] * turn, Manner.ANSWERS)
        target = line.targets[turn % len(line.targets)]
        scene = "接通 answers" if not turn else f"{'无应答' if before is Manner.SILENT else '占线'} {before} → 第 {turn + 1} 次 try"
        row = Row(service=line.service, scene=scene, way=target.trunk, number=target.number)
        try:
            return await self._connected(line, citizen, turn, row, target)
        except (PhoneFault, LinkLost) as fault:
            return replace(row, trouble=str(fault))

    async def _connected(self, line: EmergencyLine, citizen: Citizen, turn: int, row: Row, target: EmergencyTarget) -> Row:
        async with self._calling(citizen) as caller:
            pressed = await caller.press(self._plan.key + line.key, seconds=KEY_S)
            await citizen.until(turn + 1, (line.ring_seconds + _SPARE_S) * turn + QUICK_S)
            trunk, invite = citizen.tries[turn]
            since = citizen.tries[turn - 1][1].at if turn else pressed
            row = replace(
                row, caller=invite.asserted or invite.from_number, after_s=invite.at - since, trouble=wrong(trunk, invite, target)
            )
            await self._switch.centres[trunk].connected(invite, within_s=_SPARE_S)
            await caller.hang_up()
            await self._switch.centres[trunk].over(invite, within_s=_SPARE_S)
        return row

    async def _nobody(self, line: EmergencyLine, scene: str) -> Row:
        """Nobody is reached: he stands first in line for a duty agent."""
        citizen, tries = self._citizens[line.service], len(line.targets) * self._plan.rounds
        citizen.begin(Manner.BUSY)
        row = Row(service=line.service, scene=scene, way="值班坐席 duty agent")
        try:
            async with self._calling(citizen) as caller:
                pressed = await caller.press(self._plan.key + line.key, seconds=KEY_S)
                await citizen.until(tries, QUICK_S + tries)
                row = await self._owed(citizen, pressed, row)
        except (PhoneFault, LinkLost) as fault:
            return replace(row, trouble=str(fault))
        return row if len(citizen.tries) == tries else replace(row, trouble=f"呼叫了 {len(citizen.tries)} 次，应为 {tries} tries were made")

    async def _key_alone(self) -> Row:
        row = Row(service="", scene=f"只按 {self._plan.key} the key alone", way="值班坐席 duty agent")
        try:
            async with self._calling(self._undecided) as caller:
                return await self._owed(self._undecided, await caller.press(self._plan.key, seconds=KEY_S), row)
        except (PhoneFault, LinkLost) as fault:
            return replace(row, trouble=str(fault))

    async def _owed(self, citizen: Citizen, pressed: float, row: Row) -> Row:
        """Wait until he stands in line before all others."""
        standing = Standing()
        until = time.monotonic() + self._plan.silence_seconds + 2 * _SPARE_S + QUICK_S
        while time.monotonic() < until:
            standing = await self._switch.standing_of(citizen.number)
            if standing.context in _IN_LINE and standing.priority == Priority.EMERGENCY:
                return replace(row, after_s=time.monotonic() - pressed)
            await asyncio.sleep(_LOOK_S)
        raise PhoneSilent(f"没有排到值班坐席最前 does not stand first in line: {standing.context or 'gone'}, {standing.priority}")

    def _calling(self, citizen: Citizen) -> "_Call":
        return _Call(self._switch, citizen)


class _Call:
    """A citizen on the line: he has been answered and hears something."""

    def __init__(self, switch: TrialSwitch, citizen: Citizen) -> None:
        self._switch, self._number = switch, switch.settings.lines[0].number
        self._caller = Caller(number=citizen.number, user="self-check", password=switch.password)

    async def __aenter__(self) -> Caller:
        caller = await self._caller.__aenter__()
        try:
            await caller.call(self._number, host="127.0.0.1", port=self._switch.settings.sip.port, within_s=QUICK_S)
            assert caller.voice is not None, "it has one once the call is answered"
            async with asyncio.timeout(QUICK_S):
                await caller.voice.hears.wait()
        except TimeoutError:
            await self._caller.__aexit__()
            raise PhoneSilent("接通后没有声音 answered, and nothing was heard") from None
        except BaseException:
            await self._caller.__aexit__()
            raise
        return caller

    async def __aexit__(self, *_: object) -> None:
        try:
            await self._caller.hang_up()
        finally:
            await self._caller.__aexit__()


def wrong(trunk: str, invite: Invite, target: EmergencyTarget) -> str:
    """What is wrong with a try that came; empty when it is as it should be."""
    if (trunk, invite.number) != (target.trunk, target.number):
        return f"拨到了 {trunk}/{invite.number} was dialled instead"
    if not invite.asserted:
        return "没有带 P-Asserted-Identity is missing"
    return ""


def names(service: str) -> str:
    """110 公安报警."""
    return f"{service} {SERVICES[service]}" if service else "—"
