"""500 citizens stand in line on a real Asterisk, agents take one after the other: how long from an agent's hang-up to his next INVITE?

That is the whole way: his BYE, the switch, the manager interface, the choice among all who wait, Originate, the INVITE at his telephone.
The agents' telephones (bench/desks.py) and the clock live in this process; the citizens are SIPp and hang up when they are told good-bye.
"""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field

from app.calling_settings import Joined
from app.secrets_file import ensure_secrets
from app.settings import Agent, Settings, Trunk
from bench.desks import Desks
from bench.rig import Rig, bench_settings, find_tools
from bench.sipp import Citizens, waiting_scenario
from phones.faults import PhoneFault
from phones.stand_in import Invite
from runtime.progress import Progress

DESKS_AT, CITIZENS_AT = "127.0.0.31", "127.0.0.22"
FIRST_AGENT = 2001
FILL_S = 120


@dataclass(frozen=True, kw_only=True)
class Load:
    """`waiting` citizens, `agents` who talk for `talk_s`, watched for `seconds`."""

    waiting: int = 500
    agents: int = 20
    talk_s: float = 4.0
    seconds: float = 60.0
    rate: float = 20.0


@dataclass(kw_only=True)
class Gaps:
    """Seconds from each hang-up of an agent to his next INVITE; `waiting`: the fewest who stood in line meanwhile."""

    seconds: list[float] = field(default_factory=list)
    waiting: int = 0


class BusyDesks(Desks):
    """Agents who talk for a moment, hang up, and are ready at once."""

    def __init__(self, *, passwords: Mapping[str, str], talk_s: float) -> None:
        super().__init__(address=DESKS_AT, passwords=passwords, answers_after_s=0.05)
        self._on_invite = self._rung
        self._talk_s = talk_s
        self._ready: dict[str, float] = {}
        self.gaps: list[float] = []
        self.counting = False

    def _rung(self, invite: Invite) -> None:
        ready = self._ready.pop(invite.number, None)
        if ready is not None and self.counting:
            self.gaps.append(invite.at - ready)
        asyncio.get_running_loop().call_later(self._talk_s, self._leaves, invite)

    def _leaves(self, invite: Invite) -> None:
        if invite.acknowledged and not invite.ended and self._wire:
            self._ready[invite.number] = asyncio.get_running_loop().time()
            self.hang_up(invite)


def settings_with(agents: int) -> Settings:
    """The bench's own, with so many agents and a trunk for the citizens.

    Nobody is announced: who hangs up before he is joined has refused, and rests.
    """
    there = tuple(Agent(id=str(FIRST_AGENT + number), name=f"坐席{number}") for number in range(agents))
    trunk = Trunk(name="citizens", host=CITIZENS_AT, max_calls=1500)
    return bench_settings().model_copy(update={"agents": there, "trunks": (trunk,), "joined": Joined(say_agent_number=False)})


async def gaps_under(load: Load, progress: Progress) -> Gaps:
    """Fill the line, let the agents come, and count. Raises TimeoutError when the line does not fill."""
    settings = settings_with(load.agents)
    async with Rig(find_tools(), settings) as rig:
        secrets = ensure_secrets(settings, rig.places.secrets)
        passwords = {name: secret.get_secret_value() for name, secret in secrets.agent_passwords.items()}
        await rig.serve_everything()
        crowd = Citizens(rig.tools.sipp.argv, switch_port=settings.sip.port, folder=rig.folder, address=CITIZENS_AT)
        async with asyncio.TaskGroup() as group, BusyDesks(passwords=passwords, talk_s=load.talk_s) as desks:
            calling = group.create_task(_call(crowd, load))
            with progress.step(f"{load.waiting} 人排队 stand in line"):
                await _filled(rig, load.waiting)
            with progress.step(f"{load.agents} 名坐席接听 {load.seconds:g} 秒 agents take calls"):
                gaps = await _counted(rig, desks, settings.sip.port, load)
            calling.cancel()
    return gaps


async def _counted(rig: Rig, desks: BusyDesks, port: int, load: Load) -> Gaps:
    await desks.come(port)
    await asyncio.sleep(2 * load.talk_s)
    desks.counting, fewest = True, load.waiting
    for _ in range(5):
        await asyncio.sleep(load.seconds / 5)
        fewest = min(fewest, await rig.standing_in("waiting"))
    return Gaps(seconds=desks.gaps, waiting=fewest)


async def _call(crowd: Citizens, load: Load) -> None:
    with suppress(TimeoutError, PhoneFault):
        # More than stand in line: who is greeted, talks or is told good-bye is on the line, too.
        most = load.waiting + load.agents + 60
        await crowd.call("12345", waiting_scenario(), rate=load.rate, calls=20 * load.waiting, at_once=most, patience_s=600, silence_s=900)


async def _filled(rig: Rig, waiting: int) -> None:
    for _ in range(FILL_S):
        if await rig.standing_in("waiting") >= waiting:
            return
        await asyncio.sleep(1)
    raise TimeoutError(f"after {FILL_S} s {await rig.standing_in('waiting')} of {waiting} stand in line")
