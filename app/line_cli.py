"""The words of `scripts/line` on the command line; what they do is in app/line_command.py, line_try.py and line_call.py."""

import argparse
import asyncio
import os
import sys
from collections.abc import Callable
from pathlib import Path

from app.places import Places
from app.prompts_cli import CALLED_FROM

Run = Callable[[argparse.Namespace, Places], int]


def add_line(commands: "argparse._SubParsersAction[argparse.ArgumentParser]", common: argparse.ArgumentParser) -> None:
    """`line check`, `draw`, `try`, `call`, `publish`, `versions`, `back` and `show`."""
    actions = commands.add_parser("line", help="来电菜单 the menu of the line").add_subparsers(required=True, metavar="ACTION")

    def action(name: str, help_: str, run: Run, *, file: bool = True) -> argparse.ArgumentParser:
        added = actions.add_parser(name, parents=[common], help=help_)
        if file:
            added.add_argument("file", nargs="?", type=Path, help="菜单文件 default: line.toml beside the settings")
        added.set_defaults(run=run)
        return added

    action("check", "检查：哪一行错、怎么改 what is wrong, and how to mend it", _check)
    action("draw", "画成图 draw it", _draw).add_argument("target", type=Path, metavar="OUT.svg")
    trial = action("try", "在终端里走一遍 a call in the terminal", _try)
    trial.add_argument("--at", default="", metavar="2026-10-01T03:00", help="假定的时刻（北京时间）default: now")
    trial.add_argument("--number", default="", help="拨哪个号码 which number is dialled")
    trial.add_argument("--silent", action="store_true", help="不放声音 play nothing")
    call = action("call", "拨测：草稿打到坐席话机 ring an agent's phone with it", _call)
    call.add_argument("agent", help="坐席工号 the agent whose phone rings")
    call.add_argument("--number", default="", help="作为哪个号码 which number was dialled")
    published = action("publish", "发布 publish it", _publish)
    published.add_argument("--at", default="", metavar="2026-10-01T03:00", help="从何时起（北京时间）default: at once")
    action("versions", "全部版本 every version", _versions, file=False)
    action("back", "退回上一版 the version before counts again", _back, file=False).add_argument("version", nargs="?", default="")
    action("show", "现用的菜单 the menu in force", _show, file=False)


def file_of(asked: argparse.Namespace) -> Path:
    """The file that is meant, from where the clerk stood."""
    if asked.file is None:
        return Path(asked.config).with_name("line.toml")
    return Path(os.environ.get(CALLED_FROM, "."), asked.file)


def _check(asked: argparse.Namespace, places: Places) -> int:
    from app.line_command import check
    from app.settings import read_settings
    from app.staff import staffed
    from app.wall_clock import WallClock

    return _say(check(file_of(asked), staffed(read_settings(asked.config), places), WallClock().now()))


def _draw(asked: argparse.Namespace, places: Places) -> int:
    from app.line_command import picture
    from app.settings import read_settings
    from app.staff import staffed
    from app.wall_clock import WallClock

    target = Path(os.environ.get(CALLED_FROM, ".")) / asked.target
    return _say(picture(file_of(asked), target, staffed(read_settings(asked.config), places), WallClock().now()))


def _try(asked: argparse.Namespace, places: Places) -> int:
    from app.line_command import parsed, read_line, sound_plan
    from app.line_judging import texts_of
    from app.line_try import Trial, player_here
    from app.provisioning import key_plan, sounds_of
    from app.settings import read_settings
    from app.staff import staffed
    from app.wall_clock import WallClock
    from hotline.workdays import CHINA

    settings, file = staffed(read_settings(asked.config), places), file_of(asked)
    now = WallClock().now().astimezone(CHINA)
    plan, _ = sound_plan(read_line(file), settings, now, file)
    player = () if asked.silent or not sys.stdin.isatty() else player_here()
    trial = Trial(texts=texts_of(), sounds=sounds_of(settings), player=player, ask=input, show=print, keys=key_plan(settings))
    trial.call(plan, number=asked.number or next(iter(plan.numbers)), at=parsed(asked.at) if asked.at else now)
    return 0


def _call(asked: argparse.Namespace, places: Places) -> int:
    from app.line_book import LineBook
    from app.line_call import try_call
    from app.line_command import read_line, sound_plan
    from app.settings import read_secrets, read_settings
    from app.staff import staffed
    from app.wall_clock import WallClock

    settings, text = staffed(read_settings(asked.config), places), read_line(file_of(asked))
    plan, _ = sound_plan(text, settings, WallClock().now(), file_of(asked))
    ringing = try_call(
        text,
        plan.version,
        agent=asked.agent,
        number=asked.number or next(iter(plan.numbers)),
        settings=settings,
        secrets=read_secrets(places.secrets),
        book=LineBook(places.line),
    )
    return _say(asyncio.run(ringing))


def _publish(asked: argparse.Namespace, places: Places) -> int:
    from app.line_book import LineBook
    from app.line_command import parsed, publish
    from app.settings import read_settings
    from app.staff import staffed
    from app.wall_clock import WallClock

    at = parsed(asked.at) if asked.at else None
    return _say(publish(file_of(asked), staffed(read_settings(asked.config), places), LineBook(places.line), now=WallClock().now(), at=at))


def _versions(asked: argparse.Namespace, places: Places) -> int:
    from app.line_book import LineBook
    from app.line_command import versions
    from app.wall_clock import WallClock

    return _say(versions(LineBook(places.line), WallClock().now()))


def _back(asked: argparse.Namespace, places: Places) -> int:
    from app.line_book import LineBook
    from app.line_command import back
    from app.settings import read_settings
    from app.staff import staffed
    from app.wall_clock import WallClock

    return _say(back(asked.version, staffed(read_settings(asked.config), places), LineBook(places.line), WallClock().now()))


def _show(asked: argparse.Namespace, places: Places) -> int:
    from app.line_book import LineBook
    from app.line_command import show
    from app.wall_clock import WallClock

    return _say(show(LineBook(places.line), WallClock().now()))


def _say(lines: list[str]) -> int:
    sys.stdout.write("\n".join(lines) + "\n")
    return 0
