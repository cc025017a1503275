"""Everything that must be true before a process starts: programs, settings, secrets, folders, tables, Asterisk's configuration."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from app.accounts import first_administrator
from app.children import ChildSpec, plan, running
from app.emergency_checks import sound_emergency
from app.free_ports import refuse_taken, wishes
from app.line_book import LineBook
from app.line_command import ready_line
from app.line_judging import texts_of
from app.places import Places
from app.probes import probes
from app.provisioning import provision_asterisk
from app.secrets_file import ensure_secrets
from app.settings import Secrets, Settings, read_settings
from app.staff import staff_book, staffed
from app.supervisor import Supervisor
from app.switch import Switch
from app.wall_clock import WallClock
from hotline.errors import BadSettings
from ivr.prompts import MANDARIN
from runtime.binaries import AsteriskHome, find_asterisk, find_redis
from runtime.progress import Progress
from storage.ballast import Ballast
from storage.disk_watch import join_second_volume
from storage.layout import Layout
from storage.migrate import prepare_ledger


@dataclass(frozen=True, kw_only=True)
class Programs:
    """How Asterisk and Redis are called on this machine."""

    home: AsteriskHome
    redis: tuple[str, ...]

    @property
    def asterisk(self) -> tuple[str, ...]:
        """The words that call Asterisk."""
        return self.home.program.argv


def find_programs(places: Places) -> Programs:
    """Raises `BadSettings` when one of them is not here."""
    asterisk, redis = find_asterisk(places.var), find_redis(places.var)
    if asterisk is None or redis is None:
        name = "Asterisk ≥ 22.10.1" if asterisk is None else "Redis ≥ 6.2"
        raise BadSettings(f"没有找到 {name}：请运行 scripts/up（它会自动准备） not found: run scripts/up, which brings it")
    return Programs(home=asterisk, redis=redis.argv)


def prepare(*, config: Path, places: Places, progress: Progress) -> tuple[Settings, Secrets, bool]:
    """Do all of it. Returns settings, secrets, and whether a running Asterisk must read its files again. Raises `BadSettings`."""
    with progress.step("检查设置 checking settings"):
        settings = read_settings(config)
        refuse_taken(wish for wish in wishes(settings) if running(places, wish.owner) is None)
        places.make()
    with progress.step("准备数据库 preparing the ledger"):
        prepare_ledger(Layout(var=places.var))
        with staff_book(settings, places):
            pass  # who stands in the settings for the first time is taken in
        settings = staffed(settings, places)
        secrets = ensure_secrets(settings, places.secrets)
    if told := first_administrator(places):
        progress.say(told)
    with progress.step("检查来电菜单 checking the menu") as step:
        step.note(ready_line(config.with_name("line.toml"), settings, LineBook(places.line), WallClock().now()))
    with progress.step("检查紧急求助 checking the emergency path"):
        hints = sound_emergency(config, settings, texts_of().get(MANDARIN, {}))
    for hint in hints:
        progress.say(f"  ⚠ {hint}")
    with progress.step("准备磁盘 preparing the disks") as step:
        step.note(_prepare_disks(settings, Layout(var=places.var)))
    with progress.step("生成 Asterisk 配置 rendering Asterisk's configuration"):
        before = _content(places.asterisk_etc)
        provision_asterisk(settings, secrets, places.var)
    return settings, secrets, before != _content(places.asterisk_etc)


def _prepare_disks(settings: Settings, layout: Layout) -> str:
    """The ballast and the second volume. Raises `BadSettings`. Without room for the ballast we start all the same, and say so."""
    join_second_volume(layout, settings.storage.second_volume)
    words = ""
    if settings.storage.second_volume and layout.second.stat().st_dev == layout.var.stat().st_dev:
        words = "第二存储卷与运行目录在同一磁盘上，起不到作用 the second volume is on the same disk: of no use"
    try:
        Ballast(layout.var).make(settings.storage.ballast_mib)
    except OSError as error:
        words = f"{words} 预留空间未能分配（{error.strerror}），请清理磁盘 no room for the ballast: make room"
    return words.strip()


def switch_of(places: Places) -> Switch:
    """The console of this directory's Asterisk."""
    return Switch(asterisk=find_programs(places).asterisk, conf=places.asterisk_conf)


def supervisor_of(*, config: Path, places: Places) -> Supervisor:
    """The supervisor of this directory. Raises `BadSettings`."""
    programs, settings = find_programs(places), read_settings(config)
    switch = Switch(asterisk=programs.asterisk, conf=places.asterisk_conf)
    specs: tuple[ChildSpec, ...] = plan(settings=settings, config=config, places=places, asterisk=programs.asterisk, redis=programs.redis)
    return Supervisor(places=places, specs=specs, probes=probes(settings=settings, places=places, switch=switch), switch=switch)


def _content(folder: Path) -> str:
    return hashlib.sha256(b"".join(path.name.encode() + path.read_bytes() for path in sorted(folder.glob("*.conf")))).hexdigest()
