"""`scripts/surge` on the command line: the notice that everybody who waits hears (突发公告), on and off, at once."""

import argparse
import sys
from datetime import UTC, datetime

from app.places import Places
from hotline.errors import HotlineError
from hotline.surge import KINDS


def add_surge(commands: "argparse._SubParsersAction[argparse.ArgumentParser]", common: argparse.ArgumentParser) -> None:
    """`surge on KIND`, `surge off`, `surge`."""
    surge = commands.add_parser("surge", parents=[common], help="突发公告 the notice that is said in the wait")
    surge.add_argument("what", nargs="?", choices=("show", "on", "off"), default="show", help="默认 show 查看 default: show")
    surge.add_argument("kind", nargs="?", choices=KINDS, metavar="KIND", help="、".join(KINDS))
    surge.add_argument("--sms", default="", metavar="TEXT", help="发给按键市民的短信内容 what is sent to who presses the key")
    surge.set_defaults(run=_surge)


def _surge(asked: argparse.Namespace, places: Places) -> int:
    from storage.layout import Layout
    from storage.surge_files import SurgeFiles

    layout = Layout(var=places.var)
    files = SurgeFiles(layout.surge)
    if asked.what == "on" and not asked.kind:
        raise HotlineError(f"请写明公告类型 name the kind of notice: scripts/surge on {'|'.join(KINDS)}")
    if asked.what == "on":
        files.begin(asked.kind, asked.sms, datetime.now(UTC))
    elif asked.what == "off" and not files.end():
        sys.stdout.write("本来就没有公告 no notice was on\n")
        return 0
    notice = files.now()
    waiting = len(list((layout.sms / "wanted").glob("*.json")))
    state = f"正在播报 is on: {notice.id}" if notice else "没有公告 no notice is on"
    text = f"\n  短信 SMS: {notice.text or '（未写 not written）'}" if notice else ""
    sys.stdout.write(f"{state}{text}\n  待发短信 waiting to be sent: {waiting}\n")
    return 0
