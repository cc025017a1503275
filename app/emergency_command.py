"""`scripts/emergency check | try | self-test`: is the way to 110, 120, 119 and 122 in order? No real centre is ever called.

`check` judges the settings; `try` plays every scene of app/emergency_scenes.py with the application there, as by day; `self-test` plays
them with application, AMI user and database absent, as on the worst day, and raises an alarm when one fails.
"""

import asyncio
import logging
import time
import unicodedata
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from app.emergency_checks import DUTY_ONLY, judge
from app.emergency_scenes import Row, Trial, names
from app.emergency_trial import TrialSwitch
from app.line_judging import texts_of
from app.probes import Mute, visit_answered
from app.provisioning import PROMPTS
from app.serve_agi import serve
from app.settings import Emergency, Settings, Trunk
from hotline.errors import BadSettings, HotlineError, LinkLost
from ivr.prompts import MANDARIN
from phones.sip import NotSip, ask, read
from runtime.binaries import AsteriskHome, find_asterisk
from storage.alarm_files import clear_alarm, raise_alarm

log = logging.getLogger(__name__)

ALARM: Final = "emergency-self-test"
OPTIONS_WITHIN_S: Final = 2.0
_LISTENS_WITHIN_S: Final = 10.0
_HEADINGS: Final = ("服务 service", "情形 scene", "去处 target", "号码 number", "主叫 caller", "末键后 after", "结果")


def check(config: Path, settings: Settings) -> tuple[list[str], bool]:
    """What is wrong with the settings, and whether anything is. Raises `BadSettings` for a file that cannot be read."""
    judged = judge(config, settings, texts_of().get(MANDARIN, {}))
    lines = [f"✗ {line}" for line in judged.refused] + [f"! {line}" for line in judged.hints]
    return lines or ["✓ 紧急求助设置合格 the emergency settings are right"], not judged.refused


async def try_out(settings: Settings, var: Path, services: Sequence[str] = (), *, with_app: bool, prompts: Path = PROMPTS) -> list[Row]:
    """Play the scenes of these services (all by default) on a throw-away switch. Raises `BadSettings`, and `LinkLost` without a switch."""
    if settings.emergency == Emergency():
        raise BadSettings(DUTY_ONLY)
    async with TrialSwitch(settings, _home(var), prompts=prompts) as switch:
        trial = Trial(switch)
        return await (_beside_the_app(switch, trial, services) if with_app else trial.play(services))


async def _beside_the_app(switch: TrialSwitch, trial: Trial, services: Sequence[str]) -> list[Row]:
    """Play with the flows served, as by day; a failure of ours is one error and no group of them."""
    stop, rows, trouble = asyncio.Event(), list[Row](), ""
    async with asyncio.TaskGroup() as group:
        group.create_task(serve(switch.settings, switch.secrets, switch.places.var, stop))
        if await _listens(switch.settings.agi.port):
            rows = await trial.play(services)
        else:
            trouble = f"试呼用的 agi 没有起来 the application of the trial does not listen on port {switch.settings.agi.port}"
        stop.set()
    if trouble:
        raise LinkLost(trouble)
    return rows


async def self_test(settings: Settings, var: Path, *, prompts: Path = PROMPTS) -> list[Row]:
    """As `try_out` without the application; an alarm when a scene fails, cleared when all are well. Never raises for the trial itself."""
    try:
        rows = await try_out(settings, var, with_app=False, prompts=prompts)
        failed = [row for row in rows if row.trouble]
        words = "；".join(f"{names(row.service)} {row.scene} {row.way} {row.number}：{row.trouble}" for row in failed)
    except HotlineError as error:
        rows, words = [], str(error)
    if words:
        raise_alarm(var, ALARM, f"紧急求助自检没有通过，请运行 scripts/emergency try 查看 the emergency self-test failed: {words}")
    else:
        clear_alarm(var, ALARM)
        log.info("紧急求助自检通过 emergency self-test passed: %d scenes", len(rows))
    return rows


def passed(rows: Sequence[Row]) -> bool:
    """Something was tried, and all of it went well."""
    return bool(rows) and not any(row.trouble for row in rows)


# ── trunks, without a call ───────────────────────────────────────────────────────────────────────


async def trunks_answer(settings: Settings) -> list[str]:
    """One line for each trunk that leads to a centre: does the carrier answer OPTIONS? Nobody is called."""
    wanted = {target.partition("/")[0] for service in settings.emergency.services for target in service.targets}
    trunks = [trunk for trunk in settings.trunks if trunk.name in wanted]
    took = await asyncio.gather(*(options(trunk) for trunk in trunks))
    return [_said(trunk, seconds) for trunk, seconds in zip(trunks, took, strict=True)]


async def options(trunk: Trunk, *, within_s: float = OPTIONS_WITHIN_S) -> float | None:
    """Seconds until the carrier answered, with whatever words; None when it did not."""
    loop = asyncio.get_running_loop()
    answered: asyncio.Future[float] = loop.create_future()

    class Ear(asyncio.DatagramProtocol):
        """Any SIP answer counts: the way is there."""

        def datagram_received(self, data: bytes, addr: object) -> None:
            """An answer."""
            with suppress(NotSip):
                if read(data).status and not answered.done():
                    answered.set_result(time.monotonic())

    try:
        async with asyncio.timeout(within_s):
            wire, _ = await loop.create_datagram_endpoint(Ear, remote_addr=(trunk.host, trunk.port))
            try:
                host, port = wire.get_extra_info("sockname")[:2]
                began = time.monotonic()
                wire.sendto(_question(trunk, host, port))
                return await answered - began
            finally:
                wire.close()
    except (OSError, TimeoutError):
        return None


def _question(trunk: Trunk, host: str, port: int) -> bytes:
    here = f"sip:12345@{host}:{port}"
    name = f"{time.monotonic_ns():x}"
    headers = [
        ("Via", f"SIP/2.0/UDP {host}:{port};branch=z9hG4bK{name};rport"),
        ("From", f"<{here}>;tag={name}"),
        ("To", f"<sip:{trunk.host}:{trunk.port}>"),
        ("Call-ID", name),
        ("CSeq", "1 OPTIONS"),
        ("Contact", f"<{here}>"),
    ]
    return ask("OPTIONS", f"sip:{trunk.host}:{trunk.port}", headers).bytes()


def _said(trunk: Trunk, seconds: float | None) -> str:
    where = f"{trunk.name} {trunk.host}:{trunk.port}"
    if seconds is None:
        return f"! {where} 没有应答 no answer；有的运营商只理会本线路自己的端口，再看 some answer only the line itself: scripts/trunk check"
    return f"✓ {where} 应答 answers, {seconds * 1000:.0f} ms"


# ── what is shown ────────────────────────────────────────────────────────────────────────────────


def as_table(rows: Sequence[Row]) -> list[str]:
    """The rows for the terminal, in columns."""
    cells = [_HEADINGS, *(_cells(row) for row in rows)]
    widths = [max(_width(line[column]) for line in cells) for column in range(len(_HEADINGS))]
    return ["  ".join(text + " " * (width - _width(text)) for text, width in zip(line, widths, strict=True)).rstrip() for line in cells]


def _cells(row: Row) -> tuple[str, ...]:
    after = "—" if row.after_s < 0 else f"{row.after_s * 1000:.0f} ms" if row.after_s < 1 else f"{row.after_s:.1f} s"
    return names(row.service), row.scene, row.way, row.number or "—", row.caller or "—", after, f"✗ {row.trouble}" if row.trouble else "✓"


def _width(text: str) -> int:
    """Columns on a terminal: a Chinese sign takes two."""
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)


def _home(var: Path) -> AsteriskHome:
    home = find_asterisk(var)
    if home is None:
        raise BadSettings("没有找到 Asterisk ≥ 22.10.1：请运行 scripts/up not found: run scripts/up")
    return home


async def _listens(port: int) -> bool:
    """Wait until the application of the trial takes visits; whether it does."""
    for _ in range(round(_LISTENS_WITHIN_S / 0.05)):
        with suppress(Mute):
            await visit_answered(port)
            return True
        await asyncio.sleep(0.05)
    return False
