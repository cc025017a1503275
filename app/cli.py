"""`python -m app.cli …`: the one command line; the scripts in scripts/ call it."""

import argparse
import asyncio
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from app.accounts_cli import add_accounts
from app.agents_cli import add_agents
from app.audit_cli import add_audit
from app.emergency_cli import add_emergency
from app.ledger_cli import add_ledger
from app.line_cli import add_line
from app.measures_command import add_measures
from app.places import PROJECT, Places
from app.prompts_cli import add_prompts
from app.simulate_cli import add_simulate
from app.surge_cli import add_surge
from hotline.errors import HotlineError, OurMistake
from runtime.progress import Progress

PATIENCE_S = 600.0


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line asks. Returns the exit code; what went wrong is said on standard error."""
    asked = parser().parse_args(arguments)
    os.umask(0o077)  # whatever we write is for this user alone
    try:
        asked.config = asked.config.resolve()
        return int(asked.run(asked, Places(var=asked.var)) or 0)
    except OurMistake:
        raise
    except HotlineError as error:
        sys.stderr.write(f"\n{error}\n")
        return 1
    except KeyboardInterrupt:
        return 130


def parser() -> argparse.ArgumentParser:
    """Every command with its options."""
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--config", type=Path, default=PROJECT / "config" / "hotline.toml", help="设置文件 settings")
    common.add_argument("--var", type=Path, default=PROJECT / "var", help="运行目录 the directory of everything that changes")
    whole = argparse.ArgumentParser(prog="hotline", description="12345 热线 citizen hotline")
    commands = whole.add_subparsers(required=True, metavar="COMMAND")
    _add_up(commands.add_parser("up", parents=[common], help="启动 start everything"))
    serve = commands.add_parser("serve", parents=[common], help="运行一个进程 run one process")
    serve.add_argument("name")
    serve.set_defaults(run=_serve)
    supervise = commands.add_parser("supervise", parents=[common], help="监督进程 the supervisor, in the foreground")
    supervise.add_argument("--instead-of", type=int, default=0, metavar="PID", help="only if that supervisor is dead")
    supervise.set_defaults(run=_supervise)
    commands.add_parser("health", parents=[common], help="运行状态 how well everything is, as JSON").set_defaults(run=_health)
    _add_reading(commands, common)
    add_prompts(commands, common)
    add_line(commands, common)
    add_simulate(commands, common)
    add_emergency(commands, common)
    add_ledger(commands, common)
    add_measures(commands, common)
    add_audit(commands, common)
    add_surge(commands, common)
    add_agents(commands, common)
    add_accounts(commands, common)
    _add_demo(commands.add_parser("demo-call", parents=[common], help="演示通话 a whole call, citizen and agent, with real speech"))
    return whole


def _add_up(up: argparse.ArgumentParser) -> None:
    up.add_argument("--stop", action="store_true", help="排空后停止 let conversations end, then stop")
    up.add_argument(
        "--within", type=float, default=PATIENCE_S, metavar="SECONDS", help="with --stop: how long conversations may last, default 600"
    )
    up.add_argument("--now", action="store_true", help="with --stop: end calls at once")
    up.add_argument("--foreground", action="store_true", help="do not leave the terminal (services, containers)")
    up.add_argument("--service", action="store_true", help="开机启动 start at boot")
    up.add_argument("--status", action="store_true", help="运行状态和告警 how well everything is, and what needs a person")
    up.add_argument("--show-phones", action="store_true", help="显示坐席话机密码 show the agents' SIP accounts with passwords")
    up.add_argument("--upgrade", action="store_true", help="restart with what scripts/up --upgrade has brought; ends calls in order")
    up.set_defaults(run=_up)


def _add_reading(commands: "argparse._SubParsersAction[argparse.ArgumentParser]", common: argparse.ArgumentParser) -> None:
    trunk = commands.add_parser("trunk", parents=[common], help="中继 carriers")
    trunk.add_argument("action", choices=["check"])
    trunk.set_defaults(run=_trunk)
    calls = commands.add_parser("calls", parents=[common], help="最近的通话 the last calls")
    calls.add_argument("action", choices=["latest"])
    calls.add_argument("--count", type=int, default=10)
    calls.set_defaults(run=_calls)
    record = commands.add_parser("record", parents=[common], help="一通电话的记录 the record of a call, as JSON")
    record.add_argument("call")
    record.set_defaults(run=_record)


def _add_demo(demo: argparse.ArgumentParser) -> None:
    demo.add_argument("--say", default="d01", metavar="d01…d20", help="市民说的话 what the citizen says (demo/audio)")
    demo.add_argument("--agent", default="", help="哪个坐席 which agent; default: one whose telephone is not registered")
    demo.add_argument("--press", default="", metavar="KEY", help="市民在欢迎词中按键 the citizen presses a key in the greeting")
    demo.set_defaults(run=_demo)


def _serve(asked: argparse.Namespace, places: Places) -> int:
    from app.serve import serve_process

    return serve_process(asked.name, config=asked.config, places=places)


def _supervise(asked: argparse.Namespace, places: Places) -> int:
    from app.supervise import supervise

    return supervise(config=asked.config, places=places, instead_of=asked.instead_of)


def _up(asked: argparse.Namespace, places: Places) -> int:
    from app.up import advice_for_root, down, up

    progress = Progress(sys.stdout)
    if asked.status:
        return _status(places)
    if asked.show_phones:
        return _show_phones(asked, places, progress)
    if asked.service:
        return _service(asked, places, progress)
    if asked.stop or asked.upgrade:
        asyncio.run(down(config=asked.config, places=places, within_s=0.0 if asked.now else asked.within, progress=progress))
        if asked.stop:
            return 0
    if advice := advice_for_root():
        progress.say(advice)
    if asked.foreground:
        from app.supervise import supervise_in_foreground

        return supervise_in_foreground(config=asked.config, places=places, progress=progress)
    asyncio.run(up(config=asked.config, places=places, progress=progress))
    return 0


def _status(places: Places) -> int:
    from app.health import as_text
    from app.serve_console import current_report

    if not places.run.is_dir():
        sys.stdout.write(f"{places.var}：还没有启动过 was never started: scripts/up\n")
        return 1
    report = asyncio.run(current_report(places))
    sys.stdout.write(as_text(report) + "\n")
    return 0 if report.healthy else 1


def _show_phones(asked: argparse.Namespace, places: Places, progress: Progress) -> int:
    from app.settings import read_secrets, read_settings
    from app.staff import staffed
    from app.up import phones

    progress.say(phones(staffed(read_settings(asked.config), places), read_secrets(places.secrets).agent_passwords))
    return 0


def _service(asked: argparse.Namespace, places: Places, progress: Progress) -> int:
    from app.service import install, service

    chosen = service(
        config=asked.config, places=places, home=Path.home(), root=os.geteuid() == 0, systemd=Path("/run/systemd/system").is_dir()
    )
    progress.say(install(chosen))
    return 0


def _health(asked: argparse.Namespace, places: Places) -> int:
    from app.health import as_json
    from app.serve_console import current_report

    report = asyncio.run(current_report(places))
    sys.stdout.write(json.dumps({"healthy": report.healthy, **as_json(report)}, ensure_ascii=False, indent=1) + "\n")
    return 0 if report.healthy else 1


def _trunk(asked: argparse.Namespace, places: Places) -> int:
    from app.prepare import switch_of
    from app.settings import read_secrets, read_settings
    from app.trunks import as_text, findings, is_bad

    found = asyncio.run(findings(read_settings(asked.config), read_secrets(places.secrets), places, switch_of(places)))
    sys.stdout.write(as_text(found) + "\n")
    return 1 if is_bad(found) else 0


def _calls(asked: argparse.Namespace, places: Places) -> int:
    from app.ledger_reading import one_line, reading

    with reading(places) as ledger:
        lines = [one_line(record) for record in ledger.latest(asked.count)]
    sys.stdout.write("\n".join(lines or ["还没有通话记录 no records yet"]) + "\n")
    return 0


def _record(asked: argparse.Namespace, places: Places) -> int:
    from app.ledger_reading import reading

    with reading(places) as ledger:
        record = ledger.record_of(asked.call)
    if record is None:
        sys.stderr.write(f"没有这通电话的记录 no record of {asked.call}\n")
        return 1
    sys.stdout.write(json.dumps(record, ensure_ascii=False, indent=1) + "\n")
    return 0


def _demo(asked: argparse.Namespace, places: Places) -> int:
    from app.demo_call import Wish, demo_call

    return demo_call(Wish(say=asked.say, agent=asked.agent, press=asked.press), config=asked.config, places=places)


if __name__ == "__main__":
    sys.exit(main())
