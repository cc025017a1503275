"""The words of `scripts/prompts` on the command line; what they do is in app/prompts_command.py."""

import argparse
import os
import sys
from pathlib import Path

from app.places import Places

CALLED_FROM = "HOTLINE_CALLED_FROM"
"""scripts/prompts works in the checkout; a file is meant from where the operator stood."""


def add_prompts(commands: "argparse._SubParsersAction[argparse.ArgumentParser]", common: argparse.ArgumentParser) -> None:
    """`prompts check`, `prompts script` and `prompts install KEY FILE`."""
    actions = commands.add_parser("prompts", help="语音提示 the prompts").add_subparsers(required=True, metavar="ACTION")
    check = actions.add_parser("check", parents=[common], help="检查文字、录音、音量 are all there and fit for a telephone")
    check.set_defaults(run=_check)
    script = actions.add_parser("script", parents=[common], help="录音稿 what the studio must record: key, words, file")
    script.add_argument("--all", action="store_true", help="包括已录好的 also what it recorded already")
    script.set_defaults(run=_script)
    install = actions.add_parser("install", parents=[common], help="装入一条录音 put a recording in its place, converted")
    install.add_argument("key")
    install.add_argument("file", type=Path)
    install.add_argument("--language", default="zh_CN")
    install.set_defaults(run=_install)


def _check(asked: argparse.Namespace, places: Places) -> int:
    from app.prompts_command import check
    from app.settings import read_settings

    told, wrong = check(read_settings(asked.config))
    verdict = [f"有 {len(wrong)} 处问题 problems:", *wrong] if wrong else ["全部合格 all right"]
    sys.stdout.write("\n".join([*told, *verdict]) + "\n")
    return 1 if wrong else 0


def _script(asked: argparse.Namespace, places: Places) -> int:
    from app.prompts_command import script
    from app.settings import read_settings

    sys.stdout.write("".join(f"{line}\n" for line in script(read_settings(asked.config), everything=asked.all)))
    return 0


def _install(asked: argparse.Namespace, places: Places) -> int:
    from app.prompts_command import install

    recording = Path(os.environ.get(CALLED_FROM, ".")) / asked.file
    sys.stdout.write("\n".join(install(asked.key, recording, language=asked.language)) + "\n")
    return 0
