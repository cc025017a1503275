"""What every `AccessLog` door promises. Run on the twin in memory and on real databases. `actors`: who stands in it, in order."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from hotline.access import Access, AccessLog

NOON = datetime(2026, 3, 2, 4, tzinfo=UTC)
Actors = Callable[[], list[str]]


def seen(actor: str) -> Access:
    return Access(at=NOON, actor=actor, act="tickets.read", ticket="20260302000001", source="127.0.0.1")


async def a_new_log_is_empty(_log: AccessLog, actors: Actors) -> None:
    assert actors() == []


async def what_was_seen_stands_in_its_order(log: AccessLog, actors: Actors) -> None:
    await log.keep(seen("p-1001"))
    await log.keep(seen("p-1003"), seen("p-1002"))
    await log.keep(seen("p-1001"))
    assert actors() == ["p-1001", "p-1003", "p-1002", "p-1001"]


async def nothing_to_keep_is_fine(log: AccessLog, actors: Actors) -> None:
    await log.keep()
    assert actors() == []


CHECKS: tuple[Callable[[AccessLog, Actors], Awaitable[None]], ...] = (
    a_new_log_is_empty,
    what_was_seen_stands_in_its_order,
    nothing_to_keep_is_fine,
)
