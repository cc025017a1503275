"""`python -m bench NAME [--json] [--quick]`: run one bench; exit status 1 when a bar is missed, 2 when it could not be run."""

import argparse
import asyncio
import importlib
import io
import sys
from collections.abc import Sequence

from bench.report import Report
from hotline.errors import HotlineError
from runtime.progress import Progress

NAMES = ("articles", "emergency", "ivr", "kill-matrix", "push", "record", "routing", "soak", "tickets", "up")


def main(words: Sequence[str] | None = None) -> int:
    """Run it and print the result: a table, or with --json exactly one line."""
    options = argparse.ArgumentParser(prog="scripts/bench", description="性能测量 measured comparisons")
    options.add_argument("name", choices=NAMES)
    options.add_argument("--json", action="store_true", help="exactly one line of JSON")
    options.add_argument("--quick", action="store_true", help="a short trial: its figures prove nothing")
    asked = options.parse_args(words)
    try:
        report = run(asked.name, quick=asked.quick, progress=Progress(io.StringIO() if asked.json else sys.stderr))
    except (HotlineError, TimeoutError, RuntimeError, ValueError) as error:
        print(f"{asked.name}: 未能完成 could not be measured: {error}", file=sys.stderr)
        return 2
    print(report.as_json() if asked.json else report.as_table())
    return 0 if report.ok else 1


def run(name: str, *, quick: bool, progress: Progress) -> Report:
    """Only the bench that was asked for is imported: the others' needs may be missing."""
    bench = importlib.import_module(f"bench.{name.replace('-', '_')}")
    size = bench.QUICK if quick else bench.FULL
    report: Report = asyncio.run(bench.measure(size, progress))
    return report


if __name__ == "__main__":
    sys.exit(main())
