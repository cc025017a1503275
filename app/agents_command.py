"""`scripts/agents`: agents come, change and leave while calls are on. First the table, then passwords, the switch's files, the switch.

The switch reads its files anew at most once a second, whoever asks: changes that come together share one reading. If it does not answer,
the mark `run/agents.doing` stays, and whoever comes next, or the next start, lets it read all of them.
"""

import asyncio
import csv
import fcntl
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from pydantic import ValidationError

from agi.provision import AGENTS_MAIN, lay_agents
from agi.site import MOST_MEMBERS, MOST_QUEUES
from app.places import Places
from app.provisioning import PROMPTS, site_of
from app.secrets_file import give_passwords
from app.settings import Settings, read_secrets
from app.staff import as_told, staff_book, staffed
from app.switch import Switch
from hotline.errors import BadSettings, MalformedInput
from hotline.identity import AgentId
from hotline.staff import Employee
from runtime.binaries import find_asterisk
from storage.agents import Agents
from storage.layout import Layout
from storage.migrate import prepare_ledger

READ_EVERY_S: Final = 1.0
COLUMNS: Final = ("id", "name", "skills", "kept_for", "supervisor", "after_call_seconds")
"""Of a CSV file (UTF-8, its first line names the columns; only `id` must be there)."""
_YES: Final = frozenset({"1", "yes", "true", "y", "是"})

Change = Callable[[Agents, datetime], None]


def change_staff(change: Change, *, settings: Settings, places: Places, fresh: Iterable[AgentId] = ()) -> None:
    """Do this to the table, and give a password to whoever has none (`fresh`: a new one to these). `tell_switch` comes after it.

    Raises `MalformedInput`; then nothing has changed.
    """
    places.make()
    prepare_ledger(Layout(var=places.var))
    with staff_book(settings, places) as book:
        change(book, datetime.now(UTC))
        give_passwords(places.secrets, (each.id for each in book.enabled()), fresh=frozenset(fresh))
    _pending(places).touch()


async def tell_switch(*, settings: Settings, places: Places, switch: Switch, prompts: Path = PROMPTS) -> str:
    """Lay the files and let the switch read them. Returns what came of it, in words. Raises `LinkLost`: it runs and does not answer."""
    with (places.run / "agents.reload").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        pending, doing = _pending(places), places.run / "agents.doing"
        owed = doing.exists()  # whoever began it before did not come to its end
        if not pending.exists() and not owed:
            return "已随另一改动生效 done with another change"
        await asyncio.sleep(max(0.0, min(READ_EVERY_S, (places.run / "agents.reload").stat().st_mtime + READ_EVERY_S - time.time())))
        doing.touch()
        pending.unlink(missing_ok=True)
        try:
            words = await _read_anew(settings, places, switch, prompts, everything=owed)
        finally:
            (places.run / "agents.reload").touch()
        doing.unlink()
        return words


async def _read_anew(settings: Settings, places: Places, switch: Switch, prompts: Path, *, everything: bool) -> str:
    home = find_asterisk(places.var)
    if home is None:
        raise BadSettings("没有找到 Asterisk：请运行 scripts/up no Asterisk here: run scripts/up, which brings it")
    changed = lay_agents(site_of(staffed(settings, places), read_secrets(places.secrets), home, places.var, prompts))
    changed |= frozenset(AGENTS_MAIN if everything else ())
    if not (places.var / "asterisk" / "run" / "asterisk.ctl").exists():
        return "交换机没有运行，启动后生效 the switch does not run: in force when it starts"
    if any(name.startswith("pjsip") for name in changed):
        await switch.ask("module reload res_pjsip.so", within_s=20.0)
    if "queues.conf" in changed:
        # Never `queue reload members`: it resets all that [general] says (measured in 22.10.1).
        await switch.ask("queue reload all", within_s=20.0)
    if "lifeline_queues.conf" in changed:
        await switch.ask(f"dialplan set global HL_LIFELINE_QUEUES {_queues(len(staffed(settings, places).agents))}")
    return "已生效 in force"


def _queues(agents: int) -> int:
    return max(1, -(-min(agents, MOST_QUEUES * MOST_MEMBERS) // MOST_MEMBERS))


def _pending(places: Places) -> Path:
    return places.run / "agents.pending"


# ── the changes ──────────────────────────────────────────────────────────────────────────────────


def adding(wanted: Iterable[Employee], settings: Settings) -> Change:
    """All of these, or none. Raises `MalformedInput`."""
    sound = [checked(each, settings) for each in wanted]
    if twice := sorted({each.id for each in sound if [other.id for other in sound].count(each.id) > 1}):
        raise MalformedInput(f"{'、'.join(twice)}: 重复 stands there twice")
    return lambda book, now: book.add(sound, now)


def changing(agent: AgentId, told: Mapping[str, object], settings: Settings) -> Change:
    """What is told of him, and no more. Raises `MalformedInput` when he is not there or it does not fit."""

    def change(book: Agents, now: datetime) -> None:
        known = next((each for each, _ in book.all() if each.id == agent), None)
        if known is None:
            raise MalformedInput(f"{agent}: 没有这个坐席 no such agent; scripts/agents list shows all")
        book.change(checked(replace(known, **told), settings), now)  # type: ignore[arg-type]

    return change


def known(agent: AgentId) -> Change:
    """Changes nothing. Raises `MalformedInput` when there is no such agent."""

    def change(book: Agents, _now: datetime) -> None:
        if agent not in {each.id for each, _ in book.all()}:
            raise MalformedInput(f"{agent}: 没有这个坐席 no such agent; scripts/agents list shows all")

    return change


def checked(each: Employee, settings: Settings) -> Employee:
    """The same. Raises `MalformedInput` when hotline.toml could not say it."""
    try:
        Settings.model_validate({**settings.model_dump(), "agents": [as_told(each).model_dump()]})
    except ValidationError as error:
        trouble = "; ".join(f"{'.'.join(str(part) for part in item['loc'])} {item['msg']}".strip() for item in error.errors())
        raise MalformedInput(f"{each.id}: {trouble}") from None
    return each


def read_csv(path: Path) -> tuple[Employee, ...]:
    """The agents of a CSV file. Raises `MalformedInput` naming the line."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise MalformedInput(f"{path}: 读不到，或不是 UTF-8 cannot be read, or is not UTF-8: {type(error).__name__}") from None
    rows = csv.DictReader(text.splitlines())
    if strange := sorted(set(rows.fieldnames or ()) - set(COLUMNS)) or ([] if "id" in (rows.fieldnames or ()) else ["id?"]):
        raise MalformedInput(f"{path}:1: {'、'.join(strange)}: 列名应为 the columns are {', '.join(COLUMNS)}")
    return tuple(_from_row(row, f"{path}:{number}") for number, row in enumerate(rows, start=2))


def _from_row(row: Mapping[str, str | None], where: str) -> Employee:
    told = {name: (row.get(name) or "").strip() for name in COLUMNS}
    if None in row or (told["after_call_seconds"] and not told["after_call_seconds"].isdigit()):
        raise MalformedInput(f"{where}: 列数不对，或 after_call_seconds 不是整数 too many columns, or after_call_seconds is no number")
    return Employee(
        id=AgentId(told["id"]),
        name=told["name"] or told["id"],
        skills=tuple(told["skills"].replace(";", " ").split()),
        kept_for=told["kept_for"],
        supervisor=told["supervisor"].lower() in _YES,
        after_call_s=int(told["after_call_seconds"]) if told["after_call_seconds"] else None,
    )


def as_text(staff: Iterable[tuple[Employee, bool]]) -> str:
    """One line for each; no password."""
    lines = [
        f"{each.id}  {each.name}  {' '.join(each.skills) or '—'}{'  班长 supervisor' if each.supervisor else ''}"
        f"{'' if enabled else '  已停用 disabled'}"
        for each, enabled in staff
    ]
    return "\n".join(lines or ["没有坐席 no agents"])
