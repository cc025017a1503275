"""`scripts/ledger` and `alarms` on the command line: what operators do after trouble with disk, database or ticket backend."""

import argparse
import sys
from collections.abc import Callable
from datetime import UTC, datetime

from app.places import Places
from hotline.errors import HotlineError

_Run = Callable[[argparse.Namespace, Places], int]


def add_ledger(commands: "argparse._SubParsersAction[argparse.ArgumentParser]", common: argparse.ArgumentParser) -> None:
    """`ledger rebuild`, `drafts`, `push-again`, `reconcile-pushes`, `replay`, and `alarms [--clear NAME]`."""
    whole = commands.add_parser("ledger", help="台账：重建、待人工处理的业务单 the ledger, and drafts that need a person")
    actions = whole.add_subparsers(required=True, metavar="ACTION")

    def action(name: str, help_: str, run: _Run) -> None:
        actions.add_parser(name, parents=[common], help=help_).set_defaults(run=run)

    action("rebuild", "台账文件丢失且无备份时，由通话日志重建 from the kept journals, when the file is lost", _rebuild)
    action("drafts", "推送不成功的业务单和原因 drafts that could not be delivered, and why", _drafts)
    action("push-again", "处理后重新推送 try these again", _push_again)
    _add_pushes(actions, common)
    alarms = commands.add_parser("alarms", parents=[common], help="告警 what a person must look at")
    alarms.add_argument("--clear", default="", metavar="NAME", help="已处理，解除这个告警 it has been seen to")
    alarms.set_defaults(run=_alarms)


def _add_pushes(actions: "argparse._SubParsersAction[argparse.ArgumentParser]", common: argparse.ArgumentParser) -> None:
    reconcile = actions.add_parser("reconcile-pushes", parents=[common], help="与业务系统对账 compare with what the backend has")
    reconcile.add_argument("--day", default="", metavar="YYYY-MM-DD", help="哪一天，默认昨天 which day; yesterday")
    reconcile.add_argument("--requeue", action="store_true", help="对方缺的和较旧的重新推送 push again what it lacks")
    reconcile.set_defaults(run=_reconcile)
    replay = actions.add_parser("replay", parents=[common], help="重新推送一天或一次通话 push a day or a call once more")
    replay.add_argument("--day", default="", metavar="YYYY-MM-DD", help="这一天的全部 all of this day")
    replay.add_argument("--call", default="", metavar="CALL", help="这一次通话 this call")
    replay.set_defaults(run=_replay)


def _reconcile(asked: argparse.Namespace, places: Places) -> int:
    from app.ledger_pushes import reconcile

    return reconcile(asked, places)


def _replay(asked: argparse.Namespace, places: Places) -> int:
    from app.ledger_pushes import replay

    return replay(asked, places)


def _rebuild(asked: argparse.Namespace, places: Places) -> int:
    from storage.layout import Layout
    from storage.ledger_rebuild import LedgerStands, rebuild

    try:
        number = rebuild(Layout(var=places.var))
    except LedgerStands:
        raise HotlineError(
            "台账文件还在，或还没有通话，不需要重建 the ledger is there, or there are no calls: nothing to rebuild"
        ) from None
    sys.stdout.write(f"已交回 {number} 份通话日志，后台任务正在重新入库 {number} journals go into a new ledger, the worker is at it\n")
    return 0


def _drafts(asked: argparse.Namespace, places: Places) -> int:
    from storage.engine import open_for_reading
    from storage.layout import Layout
    from storage.outbox import Outbox

    engine = open_for_reading(Layout(var=places.var).ledger)
    lines = [f"{call}/{revision}  {error}" for call, revision, error in Outbox(engine).persons()]
    engine.dispose()
    sys.stdout.write("\n".join(lines or ["没有 none"]) + "\n")
    return 0


def _push_again(asked: argparse.Namespace, places: Places) -> int:
    from storage.alarm_files import clear_alarm
    from storage.engine import open_for_writing
    from storage.layout import Layout
    from storage.outbox import Outbox

    engine = open_for_writing(Layout(var=places.var).ledger)
    number = Outbox(engine).begin_anew(datetime.now(UTC))
    engine.dispose()
    clear_alarm(places.var, "drafts-person")
    sys.stdout.write(f"{number} 份业务单重新推送 drafts are pushed again\n")
    return 0


def _alarms(asked: argparse.Namespace, places: Places) -> int:
    from app.health import standing
    from storage.alarm_files import alarms_in, clear_alarm

    if asked.clear and asked.clear not in {alarm.name for alarm in alarms_in(places.var)}:
        raise HotlineError(f"没有这个告警 no such alarm: {asked.clear}")
    if asked.clear:
        clear_alarm(places.var, asked.clear)
    sys.stdout.write("\n".join(standing(places) or ["没有告警 no alarm"]) + "\n")
    return 0
