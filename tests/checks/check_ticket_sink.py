"""What every `TicketSink` door promises. Run on the fake, on the embedded one, and on the HTTP one against a real server."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import replace
from typing import Any, Protocol

import pytest

from hotline.errors import DoorClosed
from hotline.messages import TicketDraft
from hotline.ports import TicketSink

DRAFT = TicketDraft(
    key="hl1-1764000000.12",
    revision=1,
    channel="电话",
    called="12345",
    contact_phone="19900000001",
    received_at="2026-11-23T06:00:00.000000Z",
    record={"call": "hl1-1764000000.12", "revision": 1, "track": [{"what": "keys", "value": "二"}]},
)
NEWER = replace(DRAFT, revision=2, record={"call": "hl1-1764000000.12", "revision": 2})
OTHER = replace(DRAFT, key="hl1-1764000000.13")


class Stage(Protocol):
    """A door, and a view behind it."""

    @property
    def sink(self) -> TicketSink: ...

    def stands(self, key: str) -> dict[str, Any] | None:
        """The draft behind the door: at least `revision`, `contact_phone` and `record`."""

    def shut(self) -> None:
        """From now on nobody answers."""

    def reopen(self) -> None:
        """Answers come again."""


async def a_new_draft_is_fresh_and_stands_there_whole(stage: Stage) -> None:
    receipt = await stage.sink.push(DRAFT)
    assert receipt.fresh
    assert receipt.reference
    stands = stage.stands(DRAFT.key)
    assert stands is not None
    assert (stands["revision"], stands["contact_phone"], stands["record"]) == (1, DRAFT.contact_phone, DRAFT.record)


async def the_same_revision_twice_has_the_effect_of_once(stage: Stage) -> None:
    first = await stage.sink.push(DRAFT)
    again = await stage.sink.push(DRAFT)
    assert (again.reference, again.fresh) == (first.reference, False)


async def a_newer_revision_replaces_the_draft(stage: Stage) -> None:
    first = await stage.sink.push(DRAFT)
    newer = await stage.sink.push(NEWER)
    assert (newer.reference, newer.fresh) == (first.reference, True)
    stands = stage.stands(DRAFT.key)
    assert stands is not None
    assert (stands["revision"], stands["record"]) == (2, NEWER.record)


async def an_older_revision_that_comes_late_changes_nothing(stage: Stage) -> None:
    await stage.sink.push(NEWER)
    assert not (await stage.sink.push(DRAFT)).fresh
    stands = stage.stands(DRAFT.key)
    assert stands is not None
    assert stands["revision"] == 2


async def two_calls_are_two_drafts(stage: Stage) -> None:
    receipts = [await stage.sink.push(draft) for draft in (DRAFT, OTHER)]
    assert receipts[0].reference != receipts[1].reference
    assert all(receipt.fresh for receipt in receipts)


async def pushed_at_the_same_time_it_is_fresh_once(stage: Stage) -> None:
    receipts = await asyncio.gather(*(stage.sink.push(DRAFT) for _ in range(4)))
    assert [receipt.fresh for receipt in receipts].count(True) == 1
    assert len({receipt.reference for receipt in receipts}) == 1


async def a_closed_door_says_so_and_the_draft_can_come_later(stage: Stage) -> None:
    stage.shut()
    with pytest.raises(DoorClosed):
        await stage.sink.push(DRAFT)
    stage.reopen()
    assert (await stage.sink.push(DRAFT)).fresh


CHECKS: tuple[Callable[[Stage], Coroutine[Any, Any, None]], ...] = (
    a_new_draft_is_fresh_and_stands_there_whole,
    the_same_revision_twice_has_the_effect_of_once,
    a_newer_revision_replaces_the_draft,
    an_older_revision_that_comes_late_changes_nothing,
    two_calls_are_two_drafts,
    pushed_at_the_same_time_it_is_fresh_once,
    a_closed_door_says_so_and_the_draft_can_come_later,
)
