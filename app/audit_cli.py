"""`scripts/audit` on the command line: who listened to whom, took over, forced whom; and whether anybody has touched the log since."""

import argparse
import sys

from app.places import Places
from hotline.errors import HotlineError


def add_audit(commands: "argparse._SubParsersAction[argparse.ArgumentParser]", common: argparse.ArgumentParser) -> None:
    """`audit`: check the chain, then show the last acts."""
    audit = commands.add_parser("audit", parents=[common], help="审计日志 what supervisors did, and whether the log is as it was written")
    audit.add_argument("--count", type=int, default=20, metavar="N", help="最近几条 how many acts, default 20; 0 = only the check")
    audit.set_defaults(run=_audit)


def _audit(asked: argparse.Namespace, places: Places) -> int:
    from storage.audit_files import acts, verify

    broken = verify(places.var)
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
