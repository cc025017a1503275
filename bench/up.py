"""`scripts/bench up`: a fresh clone on this machine: how long until the line answers, first and second time, and do its tests pass?

The clone brings everything itself, as on a machine where nothing was installed by hand: packages, environment, secrets. It listens on
free ports, so a line that runs on this machine is not disturbed.
"""

import asyncio
import os
import re
import socket
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from bench.report import ROOT, Bar, Figure, Report, measured_commit
from bench.rig import free_port
from runtime.progress import Progress

FIRST_S, AGAIN_S = 240.0, 15.0
PATIENCE_S = 1800.0


@dataclass(frozen=True, kw_only=True)
class Size:
    """What is run: `tests` are the arguments of scripts/test, none = all tests."""

    tests: tuple[str, ...] = ()


FULL = Size()
QUICK = Size(tests=("tests/hotline", "tests/ivr"))


@dataclass(frozen=True, kw_only=True)
class Ran:
    """A command of the clone: seconds, exit status, its last words."""

    seconds: float
    status: int
    tail: str


async def measure(size: Size, progress: Progress) -> Report:
    """Clone, start, stop, start again, stop, test."""
    with tempfile.TemporaryDirectory(prefix="bench-up-") as folder:
        clone = Path(folder) / "hotline"
        await _run(progress, "克隆 cloning", ("git", "clone", "--quiet", "--no-hardlinks", str(ROOT), str(clone)), Path(folder))
        config = clone / "config" / "bench.toml"
        config.write_text(with_free_ports((clone / "config" / "hotline.toml").read_text(encoding="utf-8")), encoding="utf-8")
        up = ("scripts/up", "--config", str(config))
        try:
            first = await _run(progress, "首次启动 scripts/up, the first time", up, clone)
            await _run(progress, "停止 scripts/up --stop", (*up, "--stop", "--now"), clone)
            again = await _run(progress, "再次启动 scripts/up, the second time", up, clone)
        finally:
            await _run(progress, "停止 scripts/up --stop", (*up, "--stop", "--now"), clone)
        tests = await _run(progress, "测试 scripts/test", ("scripts/test", *size.tests), clone)
    return report_of(first, again, tests)


def report_of(first: Ran, again: Ran, tests: Ran) -> Report:
    """Times and exit statuses."""
    counted = re.findall(r"(\d+) (passed|failed|skipped|errors?)", tests.tail)
    figures = (
        Figure(name="up_first", value=first.seconds, unit="s", zh="首次启动，含下载"),
        Figure(name="up_again", value=again.seconds, unit="s", zh="再次启动"),
        Figure(name="tests", value=tests.seconds, unit="s", zh="全部测试"),
        *(Figure(name=f"tests_{word}", value=int(count)) for count, word in counted[-4:]),
    )
    bars = (
        Bar(what="scripts/up, first time, s", value=first.seconds, op="<=", bound=FIRST_S),
        Bar(what="scripts/up, second time, s", value=again.seconds, op="<=", bound=AGAIN_S),
        Bar(what="scripts/up, exit status of both", value=max(first.status, again.status), op="==", bound=0),
        Bar(what="scripts/test, exit status", value=tests.status, op="==", bound=0),
    )
    return Report(name="up", figures=figures, bars=bars, commit=measured_commit())


def with_free_ports(settings: str) -> str:
    """The settings with every port replaced by a free one."""
    for key, kind in (
        ("port", socket.SOCK_DGRAM),
        ("ami_port", socket.SOCK_STREAM),
        ("port", socket.SOCK_STREAM),
        ("port", socket.SOCK_STREAM),
    ):
        settings = re.sub(rf"^{key} = \d{{4}}(?=\s|$)", f"{key} = {free_port(kind)}", settings, count=1, flags=re.MULTILINE)
    return re.sub(r"^rtp_ports = .*$", "rtp_ports = [24000, 24999]", settings, count=1, flags=re.MULTILINE)


async def _run(progress: Progress, text: str, words: tuple[str, ...], folder: Path) -> Ran:
    """Run it as on a machine that has nothing: no environment or runtime of ours is handed on."""
    environment = {key: value for key, value in os.environ.items() if key not in ("HOTLINE_RUNTIME", "VIRTUAL_ENV", "PYTHONPATH")}
    began = time.monotonic()
    with progress.step(text) as step:
        process = await asyncio.create_subprocess_exec(
            *words,
            cwd=folder,
            env=environment,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        try:
            async with asyncio.timeout(PATIENCE_S):
                output, _ = await process.communicate()
        finally:
            if process.returncode is None:
                process.kill()
        tail = output.decode("utf-8", errors="replace")[-3000:]
        step.note(f"status {process.returncode}")
    if process.returncode:
        progress.say(tail)
    return Ran(seconds=time.monotonic() - began, status=process.returncode or 0, tail=tail)
