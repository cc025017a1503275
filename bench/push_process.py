"""The pushing half of the worker for `scripts/bench push`, to be killed at any time: `python -m bench.push_process VAR URL BASE`.

Outbox, attempts, threads and the door are those of the worker (app/serve_worker.py); journals and DBOS have no part in pushing and are not
started. Its clock runs SPEED times as fast from the Unix time BASE on, so that patience of hours passes in minutes.
"""

import argparse
import asyncio
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import httpx

from app.backend_settings import Backend
from hotline.messages import Receipt, TicketDraft
from storage.after_call import AfterCall
from storage.engine import open_for_writing
from storage.layout import Layout
from storage.outbox import Outbox
from storage.pushing import Pushing
from storage.ticket_sink_http import HttpTicketSink

SPEED: Final = 60.0
SETTLE_S: Final = 240
"""Of the fast clock: four seconds, several times as long as the backend may work at what nobody waits for."""
SECRET: Final = "a-secret-that-only-this-bench-knows"
PATIENCE: Final = httpx.Timeout(0.5)
MOST_OPEN: Final = 16
ROUND_S: Final = 0.02


def fast_clock(base: float) -> Callable[[], datetime]:
    """The time, SPEED times as fast since BASE."""
    return lambda: datetime.fromtimestamp(base + (time.time() - base) * SPEED, tz=UTC)


async def _fast_sleep(seconds: float) -> None:
    await asyncio.sleep(seconds / SPEED)


async def serve(var: Path, url: str, base: float, *, asks_first: bool) -> None:
    """Until killed."""
    loop = asyncio.get_running_loop()
    async with HttpTicketSink(url, "a-token", secret=SECRET, asks_first=asks_first, sleep=_fast_sleep, timeout=PATIENCE) as sink:

        def push(draft: TicketDraft) -> Receipt:
            return asyncio.run_coroutine_threadsafe(sink.push(draft), loop).result()

        await asyncio.to_thread(_go_round, Layout(var=var), push, fast_clock(base), Backend(asks_first=asks_first, settle_seconds=SETTLE_S))


def _go_round(layout: Layout, push: Callable[[TicketDraft], Receipt], now: Callable[[], datetime], backend: Backend) -> None:
    engine = open_for_writing(layout.ledger)
    outbox = Outbox(engine)
    steps = AfterCall(layout, engine, push, now=now, settle=backend.settle)
    going: set[tuple[str, int]] = set()

    def attempt(call: str, revision: int) -> None:
        try:
            steps.push_draft(call, revision)
        finally:
            going.discard((call, revision))

    pushing = Pushing(attempt)
    outbox.begin_again(now())
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    pause = threading.Event()
    while not pause.wait(ROUND_S):
        free = MOST_OPEN - len(going)
        for call, revision, _ in outbox.due(now(), most=free) if free > 0 else ():
            going.add((call, revision))
            pushing.begin(call, revision)


def main() -> None:
    """Read the options and push."""
    options = argparse.ArgumentParser()
    options.add_argument("var", type=Path)
    options.add_argument("url")
    options.add_argument("base", type=float)
    options.add_argument("--asks-first", action="store_true")
    chosen = options.parse_args()
    asyncio.run(serve(chosen.var, chosen.url, chosen.base, asks_first=chosen.asks_first))


if __name__ == "__main__":
    main()
