"""The leader dies under load, or freezes: how long is an agent left idle who is free? Citizens stand in line, agents take call after call.

From the blow, or from his hang-up if that comes later, to the INVITE at his telephone is the whole of it: noticing, the lease, the survey,
the choice. The longest of all agents counts. A frozen leader thaws three seconds later, with everything that he was about to do.
"""

import asyncio
import os
import signal
import statistics
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from app.calling_settings import Joined
from app.secrets_file import ensure_secrets
from bench.report import Bar, Figure
from bench.rig import Rig, find_tools
from bench.routing_live import CITIZENS_AT, BusyDesks, settings_with
from bench.sipp import Citizens, waiting_scenario
from phones.faults import PhoneFault
from phones.stand_in import Invite
from runtime.progress import Progress
from storage.node_lock import leader

MOST_S = 2.0
NAMES = ("routing", "standby")
TALK_S, THAWS_AFTER_S, REST_S = 3.0, 3.0, 4.0
"""Who has picked up and is not joined when he hangs up has refused: nobody hangs up sooner than another leads."""


@dataclass(frozen=True, kw_only=True)
class Blows:
    """`times` of each kind, with so many citizens and agents."""

    times: int = 5
    waiting: int = 60
    agents: int = 16


@dataclass(kw_only=True)
class Taken:
    """Seconds in which a free agent was left idle, by the kind of blow, and whom it hurt. `waiting`: the fewest in line meanwhile."""

    idle: dict[str, list[float]] = field(default_factory=lambda: {"killed": [], "frozen": []})
    waiting: int = 0
    hurt: int = 0
    twice: int = 0
    calls: int = 0


class UnevenDesks(BusyDesks):
    """Talks of different length, so that somebody becomes free all the time. `spans`: of each INVITE, since when his agent was free."""

    def __init__(self, *, passwords: Mapping[str, str]) -> None:
        super().__init__(passwords=passwords, talk_s=TALK_S)
        self.spans: list[tuple[float, float]] = []

    @property
    def free_since(self) -> Sequence[float]:
        """Of those who are free now, since when."""
        return tuple(self._ready.values())

    def _rung(self, invite: Invite) -> None:
        self._talk_s = TALK_S + int(invite.number) * 7 % 10 / 10
        if (since := self._ready.get(invite.number)) is not None:
            self.spans.append((since, invite.at))
        super()._rung(invite)


async def pieces(quick: bool, progress: Progress) -> tuple[tuple[Figure, ...], tuple[Bar, ...]]:
    """Figures and bars of this part. `quick`: one blow of each kind."""
    blows = Blows(times=1, waiting=30, agents=6) if quick else Blows()
    with progress.step(f"主持进程被杀、冻结各 {blows.times} 次 the leader is killed and frozen"):
        return report_of(await taken_over(blows))


def report_of(taken: Taken) -> tuple[tuple[Figure, ...], tuple[Bar, ...]]:
    """The worst counts."""
    figures = [Figure(name="takeover_calls", value=taken.calls, unit="calls", zh="接管前后振铃的来电")]
    bars = []
    for kind, seconds in taken.idle.items():
        worst = max(seconds, default=MOST_S * 10)
        figures.append(Figure(name=f"takeover_{kind}_median_s", value=statistics.median(seconds or [worst]), unit="s", zh="各次的中位数"))
        bars.append(Bar(what=f"leader {kind}: seconds for which a free agent is left idle", value=worst, op="<=", bound=MOST_S))
    bars.append(Bar(what="fewest in line around the blows", value=taken.waiting, op=">=", bound=1))
    bars.append(Bar(what="talks hurt by it", value=taken.hurt, op="==", bound=0))
    bars.append(Bar(what="citizens offered twice", value=taken.twice, op="==", bound=0))
    return tuple(figures), tuple(bars)


async def taken_over(blows: Blows) -> Taken:
    """Strike, and look at the telephones. Raises TimeoutError when the line does not fill."""
    # Nobody is announced: an agent who hangs up before he is joined has refused, and rests.
    settings = settings_with(blows.agents).model_copy(update={"joined": Joined(say_agent_number=False)})
    async with Rig(find_tools(), settings) as rig:
        secrets = ensure_secrets(settings, rig.places.secrets)
        passwords = {name: secret.get_secret_value() for name, secret in secrets.agent_passwords.items()}
        running = await rig.serve_everything()
        crowd = Citizens(rig.tools.sipp.argv, switch_port=settings.sip.port, folder=rig.folder, address=CITIZENS_AT)
        async with asyncio.TaskGroup() as group, UnevenDesks(passwords=passwords) as desks:
            calling = group.create_task(_call(crowd, blows))
            await _filled(rig, blows.waiting)
            await desks.come(settings.sip.port)
            taken = await _struck(rig, running, desks, blows.times)
            calling.cancel()
    return taken


async def _struck(rig: Rig, running: dict[str, asyncio.subprocess.Process], desks: UnevenDesks, times: int) -> Taken:
    taken, fewest = Taken(), []
    for _ in range(times):
        await asyncio.sleep(REST_S)
        name, began = _leading(rig, running), time.monotonic()
        running[name].kill()
        await asyncio.sleep(THAWS_AFTER_S)
        taken.idle["killed"].append(idle(desks.spans, desks.free_since, began, time.monotonic()))
        fewest.append(await rig.standing_in("waiting"))
        running[name] = await rig.started_again(name)
        await asyncio.sleep(REST_S)
        frozen, began = running[_leading(rig, running)].pid, time.monotonic()
        os.kill(frozen, signal.SIGSTOP)
        await asyncio.sleep(THAWS_AFTER_S)
        os.kill(frozen, signal.SIGCONT)
        await asyncio.sleep(1)
        taken.idle["frozen"].append(idle(desks.spans, desks.free_since, began, time.monotonic()))
        fewest.append(await rig.standing_in("waiting"))
    taken.calls, taken.waiting = len(desks.invites), min(fewest)
    taken.hurt, taken.twice = harm(desks.invites)
    return taken


def idle(spans: Sequence[tuple[float, float]], free_since: Sequence[float], began: float, now: float) -> float:
    """The longest time after a blow at `began` for which somebody was free and not rung; who is still free now counts until now."""
    pairs = [*spans, *((since, now) for since in free_since)]
    return max((rung - max(since, began) for since, rung in pairs if rung > began), default=now - began)


def harm(invites: Sequence[Invite]) -> tuple[int, int]:
    """Talks that ended though neither of the two hung up, and citizens who were offered more than once."""
    hurt = sum(1 for invite in invites if invite.ended)
    offers = Counter(invite.from_number for invite in invites)
    return hurt, sum(1 for count in offers.values() if count > 1)


def _leading(rig: Rig, running: dict[str, asyncio.subprocess.Process]) -> str:
    _, pid = leader(rig.places.run)
    return next(name for name in NAMES if running[name].pid == pid)


async def _call(crowd: Citizens, blows: Blows) -> None:
    with suppress(TimeoutError, PhoneFault):
        most = blows.waiting + 6 * blows.agents  # who has talked is asked for a grade, and is still on the line
        await crowd.call("12345", waiting_scenario(), rate=10, calls=100 * blows.waiting, at_once=most, patience_s=600, silence_s=900)


async def _filled(rig: Rig, waiting: int) -> None:
    for _ in range(60):
        if await rig.standing_in("waiting") >= waiting:
            return
        await asyncio.sleep(1)
    raise TimeoutError(f"after 60 s {await rig.standing_in('waiting')} of {waiting} stand in line")
