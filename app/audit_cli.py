"""`scripts/audit` on the command line: who listened to whom, took over, forced whom; and whether anybody has touched this log since, or
the one of who saw what (storage/access_log.py)."""

import argparse
import sys
from typing import TYPE_CHECKING

from app.places import Places
from hotline.errors import HotlineError

if TYPE_CHECKING:
    from storage.audit_files import Broken

LEAST_OF_A_SEAL = 8


def add_audit(commands: "argparse._SubParsersAction[argparse.ArgumentParser]", common: argparse.ArgumentParser) -> None:
    """`audit`: check the chain, then show the last acts."""
    audit = commands.add_parser("audit", parents=[common], help="审计日志 what supervisors did, and whether the log is as it was written")
    audit.add_argument("--count", type=int, default=20, metavar="N", help="最近几条 how many acts, default 20; 0 = only the check")
    audit.add_argument(
        "--noted",
        nargs="*",
        type=_noted,
        default=[],
        metavar="N:SEAL",
        help="以前抄下的访问日志封签 seals of the access log that were noted before",
    )
    audit.set_defaults(run=_audit)


def _audit(asked: argparse.Namespace, places: Places) -> int:
    from storage.audit_files import acts, verify

    broken = [*verify(places.var), *_access_log(asked, places)]
    for line in acts(places.var)[-asked.count :] if asked.count else []:
        words = (line.get(key, "") for key in ("at", "by", "act", "agent", "call", "outcome", "why"))
        sys.stdout.write("  ".join(str(word) for word in words if word) + "\n")
    if not broken:
        sys.stdout.write("审计日志完整 the audit is as it was written\n")
        return 0
    where = "\n".join(f"  {each.file}:{each.line} {each.trouble}" for each in broken)
    raise HotlineError(
        f"审计日志被改动或损坏，请保留现场并查明原因 the audit was changed or damaged; keep it as it is and find out why:\n{where}"
    )


def _noted(word: str) -> tuple[int, str]:
    number, _, seal = word.partition(":")
    if not number.isdigit() or len(seal) < LEAST_OF_A_SEAL:
        raise argparse.ArgumentTypeError(f"应为 行号:封签 must be NUMBER:SEAL, of {LEAST_OF_A_SEAL} signs or more: {word}")
    return int(number), seal


def _access_log(asked: argparse.Namespace, places: Places) -> "list[Broken]":
    """Says its last seal, and returns what is broken. Where no ledger is there is nothing to say."""
    from sqlalchemy import inspect

    from storage.access_log import AccessLogTable, missing
    from storage.engine import open_for_reading
    from storage.layout import Layout

    noted, ledger = dict(asked.noted), Layout(var=places.var).ledger
    if not ledger.exists():
        return missing(noted)
    engine = open_for_reading(ledger)
    try:
        if not inspect(engine).has_table("access_log"):
            return missing(noted)  # a ledger of an older version, that no start has brought up to date
        number, seal = AccessLogTable(engine).head()
        sys.stdout.write(
            f"访问日志 access log: {number}:{seal[:16]}（请抄存，供以后 --noted 核对 note it down elsewhere）\n" if number else ""
        )
        return AccessLogTable(engine).verify(noted)
    finally:
        engine.dispose()
