"""`python3 -m runtime ensure [--test] [--upgrade]` prepares this machine; `python3 -m runtime show` tells what it has."""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from runtime.binaries import Program, find_asterisk, find_redis, find_sipp
from runtime.errors import SetupError
from runtime.places import runtime_home
from runtime.postgres import find_postgres
from runtime.progress import Progress
from runtime.provisioning import ensure_asterisk, ensure_postgres, ensure_redis, ensure_sipp, upgrade
from runtime.python_env import Environment, ensure_environment, is_current, python_version

REPO = Path(__file__).resolve().parent.parent


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line asks; 0 when the machine is ready."""
    asked = _parser().parse_args(arguments)
    if asked.command == "show":
        sys.stdout.write("\n".join(show(REPO)) + "\n")
        return 0
    try:
        ensure(REPO, Progress(), test=asked.test, anew=asked.upgrade)
    except SetupError as error:
        sys.stderr.write(f"\n无法准备运行环境 / this machine cannot be prepared:\n{error}\n")
        return 1
    return 0


def ensure(repo: Path, progress: Progress, *, test: bool, anew: bool = False) -> None:
    """Give the machine what is missing: the Python environment, Asterisk, Redis and (`test`) SIPp and PostgreSQL.

    With `test` outside CI, missing programs are only reported: the tests that need them are skipped. Raises SetupError.
    """
    ensure_environment(repo, progress, test=test, anew=anew)
    try:
        ensure_programs(repo / "var", progress, test=test, anew=anew)
    except SetupError as error:
        if not test or os.environ.get("CI"):
            raise
        progress.say(f"将跳过需要真实 Asterisk 的测试 / tests that need a real Asterisk will be skipped:\n{error}")


def ensure_programs(var: Path, progress: Progress, *, test: bool, anew: bool) -> None:
    """Give the machine Asterisk, Redis and (`test`) SIPp and PostgreSQL; `anew` brings what was unpacked up to date. Raises SetupError."""
    if anew:
        upgrade(var, progress)
    ensure_asterisk(var, progress)
    ensure_redis(var, progress)
    if test:
        ensure_sipp(var, progress)
        ensure_postgres(var, progress)


def show(repo: Path) -> list[str]:
    """One line for each thing that this machine has or lacks."""
    var = repo / "var"
    asterisk = find_asterisk(var)
    lines = [f"runtime      {runtime_home(var)}", _python_line(Environment(repo=repo))]
    lines += [_line(name, found) for name, found in _programs(var)]
    postgres = find_postgres(var)
    lines += [f"{'postgres':12} {postgres.version} ({postgres.origin})\n  {postgres.bin}" if postgres else f"{'postgres':12} —"]
    if asterisk:
        lines += [f"  modules    {asterisk.module_dir}", f"  data       {asterisk.data_dir}"]
    return lines


def _programs(var: Path) -> list[tuple[str, Program | None]]:
    asterisk = find_asterisk(var)
    return [("asterisk", asterisk.program if asterisk else None), ("redis-server", find_redis(var)), ("sipp", find_sipp(var))]


def _line(name: str, program: Program | None) -> str:
    if program is None:
        return f"{name:12} —"
    return f"{name:12} {program.version} ({program.origin})\n  {' '.join(program.argv)}"


def _python_line(env: Environment) -> str:
    version = python_version(env)
    if version is None:
        return "python       —"
    state = "tests too" if is_current(env, test=True) else "line only" if is_current(env, test=False) else "not as locked"
    return f"python       {version.split()[0]} ({state})\n  {env.python}"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python3 -m runtime", description="准备本机运行环境 / prepares this machine.")
    commands = parser.add_subparsers(dest="command", required=True)
    ensure_command = commands.add_parser("ensure", help="give this machine what is missing")
    ensure_command.add_argument("--test", action="store_true", help="what the tests need, too")
    ensure_command.add_argument("--upgrade", action="store_true", help="make everything anew, from what the mirror carries today")
    commands.add_parser("show", help="tell what this machine has")
    return parser


if __name__ == "__main__":
    sys.exit(main())
