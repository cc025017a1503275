"""Reading the ledger for the command line and the self-check. Numbers are masked unless the operator asks for them."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from app.places import Places
from app.selfcheck import FindRecord
from hotline.phone import mask
from storage.engine import open_for_reading
from storage.layout import Layout
from storage.ledger import Ledger


@contextmanager
def reading(places: Places) -> Iterator[Ledger]:
    """The ledger of this directory, for a moment."""
    engine = open_for_reading(Layout(var=places.var).ledger)
    try:
        yield Ledger(engine)
    finally:
        engine.dispose()


def recorded_in(places: Places) -> FindRecord:
    """Asks the ledger of this directory for a call's record."""

    def look(call: str) -> dict[str, Any] | None:
        with reading(places) as ledger:
            return ledger.record_of(call)

    async def recorded(call: str) -> dict[str, Any] | None:
        return await asyncio.to_thread(look, call)

    return recorded


def one_line(record: dict[str, Any]) -> str:
    """A record for a list: when, which line, who (masked), how it ended, how long it was recorded."""
    arrived = record["arrived"] or record["ended"]
    when = datetime.fromisoformat(arrived).astimezone().strftime("%Y-%m-%d %H:%M:%S") if arrived else "?"
    agents = "、".join(dict.fromkeys(each["agent"] for each in record["joined"])) or "—"
    caller = mask(record["caller"]) or "匿名 withheld"
    sound = record["recording"]
    what = f"坐席 {agents}  录音 {sound['state']} {sound['seconds']:.1f} s"
    return "  ".join([when, record["call"], record["called"], caller, record["trunk"], what])
