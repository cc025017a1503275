"""`scripts/up`: from settings to a line that answers, telling each step; and back down again."""

import asyncio
import os
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from app.children import STOP_ORDER, running
from app.control import ask_supervisor
from app.health import standing
from app.ledger_reading import recorded_in
from app.one_supervisor import AlreadySupervised, hold_lock, start_supervisor
from app.places import Places
from app.prepare import prepare, supervisor_of, switch_of
from app.selfcheck import self_check
from app.settings import Settings
from hotline.errors import DoorClosed, HotlineError, LinkLost
from runtime.progress import Progress, Step

HEALTHY_WITHIN_S = 60.0
GIVE_UP_AFTER_RESTARTS = 3
LOOK_EVERY_S = 0.1
DOWN_WITHIN_S = 60.0


class NotHealthy(HotlineError):
    """A process does not come up; the message says which and where to look."""


async def up(*, config: Path, places: Places, progress: Progress) -> None:
    """Start everything, or bring what runs up to date; return when it is healthy and a call went through. Raises `HotlineError`."""
    began = time.monotonic()
    settings, _, conf_changed = prepare(config=config, places=places, progress=progress)
    if await is_supervised(places):
        progress.say("已在运行，重新读取设置 already running, reading the settings again")
        await _begin_anew(places, reload_switch=conf_changed)
    else:
        start_supervisor(config=config, places=places)
    await wait_until_healthy(places, progress)
    await self_check(settings=settings, places=places, switch=switch_of(places), recorded=recorded_in(places), progress=progress)
    progress.say(dial_in(settings, places, took_s=time.monotonic() - began))
    for alarm in standing(places):
        progress.say(f"告警 alarm: {alarm}")


async def down(*, config: Path, places: Places, within_s: float, progress: Progress) -> None:
    """Refuse new calls, let conversations end for so many seconds (0: end them now), then stop everything. Raises `HotlineError`."""
    if not await is_supervised(places):
        if not any(running(places, name) for name in STOP_ORDER):
            progress.say("没有在运行 nothing runs")
            return
        await _down_without_supervisor(config=config, places=places, within_s=within_s)
    request = {"do": "drain", "within_s": within_s} if within_s > 0 else {"do": "stop"}
    with progress.step("停止 stopping") as step:
        with suppress(DoorClosed):
            await ask_supervisor(places.supervisor_socket, request)
        await _wait_until_down(places, step, time.monotonic() + within_s + DOWN_WITHIN_S)


async def is_supervised(places: Places) -> bool:
    """True if a supervisor of this directory answers; one that begins anew is given a moment."""
    for _ in range(30):
        with suppress(DoorClosed):
            await ask_supervisor(places.supervisor_socket, {"do": "health"})
            return True
        try:
            hold_lock(places).close()
        except FileNotFoundError:
            return False
        except AlreadySupervised:
            await asyncio.sleep(LOOK_EVERY_S)
            continue
        return False
    raise NotHealthy(f"监督进程没有应答，请看 the supervisor does not answer, see {places.log}/supervisor.log")


async def wait_until_healthy(places: Places, progress: Progress) -> None:
    """Show each process as it becomes healthy. Raises `NotHealthy` naming the one that does not."""
    deadline = time.monotonic() + HEALTHY_WITHIN_S
    for name in reversed(STOP_ORDER):
        with progress.step(f"启动 {name} starting"):
            await _wait_for(name, places, deadline)


async def _wait_for(name: str, places: Places, deadline: float) -> None:
    words = "监督进程没有应答 the supervisor does not answer"
    while time.monotonic() < deadline:
        with suppress(DoorClosed):
            answer = await ask_supervisor(places.supervisor_socket, {"do": "health"})
            each = next(each for each in answer["processes"] if each["name"] == name)
            if each["healthy"]:
                return
            words = each["words"]
            if each["restarts"] >= GIVE_UP_AFTER_RESTARTS:
                break
        await asyncio.sleep(LOOK_EVERY_S)
    raise NotHealthy(f"{name}: {words}\n请看 see {places.log}/{name}.log, {places.log}/{name}.out{_last_words(places, name)}")


def _last_words(places: Places, name: str) -> str:
    for path in (places.log / f"{name}.log", places.log / f"{name}.out"):
        if path.exists() and (lines := path.read_text(encoding="utf-8", errors="replace").splitlines()):
            return f"\n  {lines[-1][:500]}"
    return ""


async def _begin_anew(places: Places, *, reload_switch: bool) -> None:
    if reload_switch:
        with suppress(LinkLost):
            await switch_of(places).ask("core reload", within_s=10.0)
    asked = time.time()
    await ask_supervisor(places.supervisor_socket, {"do": "leave", "why": "anew"})
    deadline = time.monotonic() + HEALTHY_WITHIN_S
    while time.monotonic() < deadline:
        with suppress(DoorClosed):
            if (await ask_supervisor(places.supervisor_socket, {"do": "health"})).get("born", 0.0) > asked:
                return
        await asyncio.sleep(LOOK_EVERY_S)
    raise NotHealthy(f"监督进程没有重新开始 the supervisor did not begin anew, see {places.log}/supervisor.log")


async def _down_without_supervisor(*, config: Path, places: Places, within_s: float) -> None:
    """Its supervisor is dead: be the supervisor for the way down."""
    with hold_lock(places):
        places.pid_file("supervisor").unlink(missing_ok=True)  # the dead one is not to be replaced
        supervisor = supervisor_of(config=config, places=places)
        if within_s > 0:
            supervisor.drain(within_s)
        else:
            supervisor.stop()
        await supervisor.serve()


async def _wait_until_down(places: Places, step: Step, deadline: float) -> None:
    while time.monotonic() < deadline:
        try:
            answer = await ask_supervisor(places.supervisor_socket, {"do": "health"})
        except DoorClosed:
            if not any(running(places, name) for name in STOP_ORDER):
                return
            answer = {}
        if answer.get("state") == "draining" and answer.get("live_calls"):
            step.note(f"还有 {answer['live_calls']} 路通话 calls on the line")
        await asyncio.sleep(LOOK_EVERY_S)
    raise NotHealthy(f"没有全部停下，请看 not everything went down, see {places.log}/supervisor.log")


def dial_in(settings: Settings, places: Places, *, took_s: float) -> str:
    """How to reach the line, for the person who started it. No password is shown."""
    sip = f"{settings.sip.bind}:{settings.sip.port}"
    agents = "，".join(f"{agent.id}（{agent.name}）" for agent in settings.agents) or "没有 none"
    lines = "，".join(f"sip:{line.number}@{sip}（{line.name}）" for line in settings.lines)
    return f"""
热线已就绪 the line answers ({took_s:.1f} s)
  市民拨打 citizens dial     {lines}
  坐席话机 agents' phones    {agents} @ {sip}；密码 passwords: scripts/up --show-phones（{places.secrets}）
  运行状态 status            http://127.0.0.1:{settings.console.port}/
  演示一次完整通话 a demo    scripts/demo-call
  停止 stop                  scripts/up --stop
"""


def phones(settings: Settings, passwords: dict[str, Any]) -> str:
    """The agents' SIP accounts, shown only when asked for."""
    lines = [f"  {agent.id}  {agent.name}  {passwords[agent.id].get_secret_value()}" for agent in settings.agents if agent.id in passwords]
    return "\n".join([f"SIP {settings.sip.bind}:{settings.sip.port} (UDP)  工号/用户名 user, 姓名 name, 密码 password", *lines])


def advice_for_root() -> str:
    """Running as root works, and is not wise."""
    if os.geteuid() != 0:
        return ""
    return "提示：正以 root 运行，可用但不推荐；建议建立专用用户 running as root works, but better give the hotline a user of its own"
