"""The words of `scripts/emergency` on the command line; what they do is in app/emergency_command.py."""

import argparse
import asyncio
import sys
from collections.abc import Callable

from app.places import Places
from hotline.emergency import SERVICES


def add_emergency(commands: "argparse._SubParsersAction[argparse.ArgumentParser]", common: argparse.ArgumentParser) -> None:
    """`emergency check`, `try` and `self-test`."""
    whole = commands.add_parser("emergency", help="紧急求助 the way to 110, 120, 119, 122")
    actions = whole.add_subparsers(required=True, metavar="ACTION")

    def action(name: str, help_: str, run: Callable[[argparse.Namespace, Places], int]) -> argparse.ArgumentParser:
        added = actions.add_parser(name, parents=[common], help=help_)
        added.set_defaults(run=run)
        return added

    action("check", "检查设置 what is wrong with the settings", _check)
    trial = action("try", "试呼替身，不拨真实中心 call stand-ins, never a real centre", _try)
    trial.add_argument("service", nargs="?", default="", choices=["", *SERVICES], metavar="110", help="只试一个 only this one")
    action("self-test", "自检：应用、数据库都不在时 the same with application and database absent; an alarm when it fails", _self_test)


def _check(asked: argparse.Namespace, places: Places) -> int:
    from app.emergency_command import check
    from app.settings import read_settings

    lines, right = check(asked.config, read_settings(asked.config))
    return _say(lines, right)


def _try(asked: argparse.Namespace, places: Places) -> int:
    from app.emergency_checks import sound_emergency
    from app.emergency_command import as_table, passed, trunks_answer, try_out
    from app.line_judging import texts_of
    from app.settings import read_settings
    from ivr.prompts import MANDARIN
    from runtime.progress import Progress

    settings = read_settings(asked.config)
    hints = sound_emergency(asked.config, settings, texts_of().get(MANDARIN, {}))
    with Progress().step("试呼替身，不拨真实中心 calling stand-ins, no real centre"):
        rows = asyncio.run(try_out(settings, places.var, [asked.service] if asked.service else (), with_app=True))
    answered = asyncio.run(trunks_answer(settings))
    trunks = ["", "真实中继（只问 OPTIONS，不呼叫） the real trunks, asked and not called:", *answered]
    return _say([*as_table(rows), *trunks, *(f"! {hint}" for hint in hints)], passed(rows))


def _self_test(asked: argparse.Namespace, places: Places) -> int:
    from app.emergency_command import ALARM, as_table, passed, self_test
    from app.settings import read_settings
    from runtime.progress import Progress

    places.make()
    settings = read_settings(asked.config)
    with Progress().step("自检：应用、数据库都不在 self-test without application and database"):
        rows = asyncio.run(self_test(settings, places.var))
    well = passed(rows)
    last = "✓ 自检通过 passed" if well else f"✗ 没有通过，已告警 failed, alarm {ALARM} in {places.var}/alarms"
    return _say([*as_table(rows), last], well)


def _say(lines: list[str], well: bool) -> int:
    sys.stdout.write("\n".join(lines) + "\n")
    return 0 if well else 1
