"""What every `Roster` door promises. Run on the twin in memory and on a real Redis."""

from collections.abc import Awaitable, Callable

import pytest

from hotline.errors import Deposed
from routing.ports import Roster


async def a_new_roster_is_empty(roster: Roster) -> None:
    assert await roster.recall(1) == {}


async def what_was_kept_is_recalled_by_the_next_term(roster: Roster) -> None:
    await roster.recall(1)
    await roster.keep(1, {"agent:1001": "暂停", "agent:1002": "x"})
    await roster.keep(1, {"agent:1002": None, "agent:1003": "y", "agent:1009": None})
    assert await roster.recall(2) == {"agent:1001": "暂停", "agent:1003": "y"}


async def an_older_term_keeps_nothing_once_a_newer_one_has_read(roster: Roster) -> None:
    await roster.keep(1, {"agent:1001": "old"})
    await roster.recall(2)
    with pytest.raises(Deposed):
        await roster.keep(1, {"agent:1001": "late"})
    assert await roster.recall(2) == {"agent:1001": "old"}
    await roster.keep(2, {"agent:1001": "new"})
    assert await roster.recall(3) == {"agent:1001": "new"}


async def a_great_many_are_kept_at_once(roster: Roster) -> None:
    words = {f"knows:{number}": "1001" for number in range(5000)}
    await roster.keep(1, words)
    assert await roster.recall(1) == words
    await roster.keep(1, dict.fromkeys(words))
    assert await roster.recall(1) == {}


async def nothing_to_keep_is_fine(roster: Roster) -> None:
    await roster.keep(1, {})
    assert await roster.recall(1) == {}


async def a_roster_that_was_empty_says_so_when_something_is_kept(roster: Roster) -> None:
    assert await roster.keep(4, {"agent:1001": "x"}) is False
    assert await roster.keep(4, {"agent:1001": "y"}) is True
    assert await roster.keep(4, {}) is True


CHECKS: tuple[Callable[[Roster], Awaitable[None]], ...] = (
    a_new_roster_is_empty,
    what_was_kept_is_recalled_by_the_next_term,
    an_older_term_keeps_nothing_once_a_newer_one_has_read,
    a_great_many_are_kept_at_once,
    nothing_to_keep_is_fine,
    a_roster_that_was_empty_says_so_when_something_is_kept,
)
