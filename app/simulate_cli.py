"""The words of `scripts/simulate` on the command line; what they do is in app/simulate_command.py."""

import argparse
import os
import sys
from pathlib import Path

from app.places import PROJECT, Places
from app.prompts_cli import CALLED_FROM

DAY_FILE = PROJECT / "config" / "day.toml"


def add_simulate(commands: "argparse._SubParsersAction[argparse.ArgumentParser]", common: argparse.ArgumentParser) -> None:
    """`simulate [DAY.toml]`."""
    simulate = commands.add_parser("simulate", parents=[common], help="模拟一天、排班 simulate a day: how many agents are needed")
    simulate.add_argument("day", nargs="?", type=Path, help="这一天的设想 the day; default: config/day.toml")
    simulate.add_argument("--calls", type=float, help="改为这么多来电 so many calls instead")
    simulate.add_argument("--days", type=int, default=20, help="模拟多少天 how many days are played; default 20")
    simulate.add_argument("--seed", type=int, default=1, help="同一个数，同一天 the same number is the same day")
    simulate.add_argument("--draw", type=Path, metavar="OUT.svg", help="画成曲线 draw the curves")
    simulate.set_defaults(run=_simulate)


def _simulate(asked: argparse.Namespace, places: Places) -> int:
    from app.day_plan import read_day
    from app.simulate_command import draw, simulated, table

    folder = Path(os.environ.get(CALLED_FROM, "."))
    day = read_day(folder / asked.day if asked.day else DAY_FILE)
    if asked.calls is not None:
        day = day.model_copy(update={"calls": asked.calls})
    staffing = simulated(day, days=asked.days, seed=asked.seed)
    sys.stdout.write("\n".join(table(day, staffing)) + "\n")
    if asked.draw:
        draw(day, staffing, folder / asked.draw)
        sys.stdout.write(f"  曲线 curves: {asked.draw}\n")
    return 0 if staffing.met else 1
