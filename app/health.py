"""From what the supervisor knows to a report, and back from its JSON; what needs a human is an alarm."""

import shutil
import time
from collections.abc import Mapping
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

from app.places import Places
from app.restarts import Watch
from console.model import HealthReport, ProcessHealth
from hotline.errors import DoorClosed
from hotline.workdays import CHINA
from storage.alarm_files import alarms_in
from storage.node_lock import leader

LOW_SPACE = 0.10
BACKLOG_OLD_S = 600.0
MANY_RESTARTS = 5


def report_of(
    *, state: str, watches: Mapping[str, Watch], pids: Mapping[str, int], live_calls: int | None, places: Places, notes: tuple[str, ...]
) -> HealthReport:
    """The system as its supervisor sees it."""
    processes = tuple(
        ProcessHealth(name=name, pid=pids.get(name), healthy=watch.healthy, restarts=watch.restarts, words=_words(watch))
        for name, watch in watches.items()
    )
    closed = list((places.journal / "closed").glob("*.jsonl"))
    return HealthReport(
        state=state,
        processes=processes,
        live_calls=live_calls,
        open_journals=len(list((places.journal / "open").glob("*.jsonl"))),
        backlog=len(closed),
        leader=_leader(places, pids),
        alarms=(*notes, *standing(places), *_alarms(processes=processes, closed=closed, free=free_share(places.var), now=time.time())),
    )


def standing(places: Places) -> list[str]:
    """What processes have raised in `var/alarms/`, for people: the words, since when (China time), how often."""
    return [
        f"{alarm.words}（{alarm.since.astimezone(CHINA):%m-%d %H:%M:%S} 起，{alarm.count} 次 {alarm.name}）"
        for alarm in alarms_in(places.var)
    ]


def as_text(report: HealthReport) -> str:
    """The report for a terminal, Chinese first."""
    lines = [f"{'一切正常 all is well' if report.healthy else '需要处理 needs a look'} ({report.state})"]
    lines += [f"  {each.name:<10} {'正常 well' if each.healthy else '异常 ' + each.words}" for each in report.processes]
    live = "?" if report.live_calls is None else report.live_calls
    lines.append(f"  通话 calls {live} · 未结束的日志 open journals {report.open_journals} · 待入库 backlog {report.backlog}")
    lines += [f"  主持分配 leads: {report.leader}"] if report.leader else []
    return "\n".join([*lines, *(f"告警 alarm: {alarm}" for alarm in report.alarms)])


def as_json(report: HealthReport) -> dict[str, Any]:
    """Plain JSON of a report."""
    return asdict(report)


def from_json(plain: Mapping[str, Any]) -> HealthReport:
    """The report of `as_json`; other keys of an answer are passed over. Raises `DoorClosed` for something else."""
    try:
        known = {each.name: plain[each.name] for each in fields(HealthReport)}
        processes = tuple(ProcessHealth(**each) for each in known["processes"])
        return HealthReport(**{**known, "processes": processes, "alarms": tuple(known["alarms"])})
    except (KeyError, TypeError) as error:
        raise DoorClosed(f"not a health report ({error})") from None


def free_share(place: Path) -> float:
    """The free part of the disk that holds this place, 0 to 1."""
    usage = shutil.disk_usage(place)
    return usage.free / usage.total


def _leader(places: Places, pids: Mapping[str, int]) -> str:
    epoch, pid = leader(places.run)
    return next((f"{name}（第 {epoch} 任 term {epoch}）" for name, each in pids.items() if each == pid), "") if epoch else ""


def _words(watch: Watch) -> str:
    if watch.started_at is None:
        return "没有运行 not running"
    return watch.words or ("" if watch.heard_at is not None else "尚未应答 not answered yet")


def _alarms(*, processes: tuple[ProcessHealth, ...], closed: list[Path], free: float, now: float) -> list[str]:
    alarms = [f"{each.name}：已重启 {each.restarts} 次，请看 log/{each.name}.log" for each in processes if each.restarts >= MANY_RESTARTS]
    if free < LOW_SPACE:
        alarms.append(f"磁盘只剩 {free:.0%}：录音会不完整，请清理 disk nearly full")
    if any(now - _born(path, now) > BACKLOG_OLD_S for path in closed):
        alarms.append("有通话记录超过 10 分钟未入库，请看 log/worker.log records wait for the ledger")
    return alarms


def _born(path: Path, now: float) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return now
