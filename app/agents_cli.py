"""`scripts/agents` on the command line: add, list, change, disable, enable, password, import."""

import argparse
import asyncio
import os
import sys
from collections.abc import Callable
from pathlib import Path

from app.places import Places
from app.prompts_cli import CALLED_FROM

_Run = Callable[[argparse.Namespace, Places], int]


def add_agents(commands: "argparse._SubParsersAction[argparse.ArgumentParser]", common: argparse.ArgumentParser) -> None:
    """`agents ACTION …`; all of them work while calls are on."""
    whole = commands.add_parser("agents", help="坐席：增改停用、话机密码、导入 agents: add, change, disable, passwords, import")
    actions = whole.add_subparsers(required=True, metavar="ACTION")

    def action(name: str, help_: str, run: _Run, *, of_one: bool = True) -> argparse.ArgumentParser:
        parser = actions.add_parser(name, parents=[common], help=help_)
        parser.set_defaults(run=run)
        if of_one:
            parser.add_argument("agent", metavar="工号")
        return parser

    action("list", "全部坐席 all of them", _list, of_one=False)
    _told(action("add", "新增 a new one, and a telephone for him", _add))
    _told(action("change", "修改技能、姓名等 skills and whatever is named", _change))
    action("disable", "停用：通话结束后退出 no more calls; the one that he has ends as usual", _disable)
    action("enable", "恢复 back again", _enable)
    password = action("password", "显示话机密码 show the telephone's password", _password)
    password.add_argument("--new", action="store_true", help="换新密码 make a new one first")
    action("import", "从 CSV 导入 all of a CSV file, or none", _import, of_one=False).add_argument("file", type=Path)


def _told(parser: argparse.ArgumentParser) -> None:
    none = argparse.SUPPRESS
    parser.add_argument("--name", default=none)
    parser.add_argument("--skills", nargs="*", default=none, metavar="SKILL[:LEVEL]", help="teochew:3 tax …; none = no skills")
    parser.add_argument("--kept-for", default=none, metavar="SKILL", help="专席 the skill that his seat is kept for")
    parser.add_argument("--supervisor", action=argparse.BooleanOptionalAction, default=none, help="班长")
    parser.add_argument("--after-call-seconds", type=int, dest="after_call_s", default=none, metavar="SECONDS", help="话后处理")


def _list(asked: argparse.Namespace, places: Places) -> int:
    from app.agents_command import as_text
    from app.settings import read_settings
    from app.staff import staff_book
    from storage.layout import Layout
    from storage.migrate import prepare_ledger

    places.make()
    prepare_ledger(Layout(var=places.var))
    with staff_book(read_settings(asked.config), places) as book:
        staff = book.all()
    sys.stdout.write(as_text(staff) + "\n")
    return 0


def _add(asked: argparse.Namespace, places: Places) -> int:
    from app.agents_command import adding
    from app.settings import read_settings
    from hotline.identity import AgentId
    from hotline.staff import Employee

    told = {"name": asked.agent, **_wanted(asked)}
    new = Employee(id=AgentId(asked.agent), **told)
    return _done(asked, places, adding((new,), read_settings(asked.config)))


def _change(asked: argparse.Namespace, places: Places) -> int:
    from app.agents_command import changing
    from app.settings import read_settings
    from hotline.identity import AgentId

    return _done(asked, places, changing(AgentId(asked.agent), _wanted(asked), read_settings(asked.config)))


def _disable(asked: argparse.Namespace, places: Places) -> int:
    from hotline.identity import AgentId

    return _done(asked, places, lambda book, now: book.enable(AgentId(asked.agent), False, now))


def _enable(asked: argparse.Namespace, places: Places) -> int:
    from hotline.identity import AgentId

    return _done(asked, places, lambda book, now: book.enable(AgentId(asked.agent), True, now))


def _import(asked: argparse.Namespace, places: Places) -> int:
    from app.agents_command import adding, read_csv
    from app.settings import read_settings

    return _done(asked, places, adding(read_csv(Path(os.environ.get(CALLED_FROM, "."), asked.file)), read_settings(asked.config)))


def _password(asked: argparse.Namespace, places: Places) -> int:
    from app.agents_command import known
    from app.settings import read_secrets
    from hotline.errors import MalformedInput
    from hotline.identity import AgentId

    if asked.new:
        _done(asked, places, known(AgentId(asked.agent)), fresh=(asked.agent,))
    passwords = read_secrets(places.secrets).agent_passwords
    if asked.agent not in passwords:
        raise MalformedInput(f"{asked.agent}: 没有这个坐席的话机 no telephone of that name; scripts/agents list shows all")
    sys.stdout.write(passwords[asked.agent].get_secret_value() + "\n")
    return 0


def _wanted(asked: argparse.Namespace) -> dict[str, object]:
    told = {name: value for name, value in vars(asked).items() if name in ("name", "skills", "kept_for", "supervisor", "after_call_s")}
    return {**told, "skills": tuple(told["skills"])} if "skills" in told else told


def _done(asked: argparse.Namespace, places: Places, change: object, fresh: tuple[str, ...] = ()) -> int:
    from typing import cast

    from app.agents_command import Change, change_staff, tell_switch
    from app.prepare import switch_of
    from app.settings import read_settings
    from hotline.identity import AgentId

    settings = read_settings(asked.config)
    change_staff(cast("Change", change), settings=settings, places=places, fresh=[AgentId(each) for each in fresh])
    words = asyncio.run(tell_switch(settings=settings, places=places, switch=switch_of(places)))
    sys.stderr.write(words + "\n")
    return 0
