"""What every `Wishes` door promises. Run on the fake and on a real Redis; its askers wait for one second at most."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

from hotline.errors import DoorClosed
from hotline.wishes import AgentWants, ForcePresence, Wanted, Wish, WishAnswer
from routing.ports import Wishes

PAUSE = AgentWants(agent="1001", what=Wanted.PAUSED, reason="meal")
FORCE = ForcePresence(agent="1001", what=Wanted.LOGGED_OFF, by="1002", why="培训")
DONE = WishAnswer(done=True, words="已示忙 paused", prompt="agent-paused")


async def heard_by_a_leader(wishes: Wishes, most: int = 1) -> list[Wish]:
    """What one leader hears, who looks anew."""
    heard = []
    async for wish in wishes.wishes():
        heard.append(wish)
        if len(heard) == most:
            break
    return heard


async def asked_and_answered(wishes: Wishes, wish: Wish, answer: WishAnswer, leaders: int = 1) -> tuple[list[Wish], WishAnswer]:
    """What each of so many leaders heard, one dying after the other, and what the asker heard from the last."""
    async with asyncio.TaskGroup() as group:
        asker = group.create_task(wishes.ask(wish))
        heard = [(await heard_by_a_leader(wishes))[0] for _ in range(leaders)]
        await wishes.answer(heard[-1].id, answer)
    return heard, asker.result()


async def a_wish_reaches_the_leader_and_its_answer_the_asker(wishes: Wishes) -> None:
    for wish, answer in ((PAUSE, DONE), (FORCE, WishAnswer(done=False, words="只有班长可以"))):
        [heard], told = await asked_and_answered(wishes, wish, answer)
        assert heard.id
        assert (replace(heard, id=""), told) == (wish, answer)


async def each_asker_hears_his_own_answer(wishes: Wishes) -> None:
    async with asyncio.TaskGroup() as group:
        first, second = group.create_task(wishes.ask(PAUSE)), group.create_task(wishes.ask(FORCE))
        for wish in reversed(await heard_by_a_leader(wishes, 2)):
            await wishes.answer(wish.id, WishAnswer(done=isinstance(wish, AgentWants)))
    assert [first.result().done, second.result().done] == [True, False]


async def without_a_leader_the_asker_is_told_so_and_the_wish_is_never_obeyed_later(wishes: Wishes) -> None:
    with pytest.raises(DoorClosed):
        await wishes.ask(PAUSE)
    [heard], _ = await asked_and_answered(wishes, FORCE, DONE)
    assert isinstance(heard, ForcePresence), "the first wish is over"


async def a_wish_that_a_dead_leader_took_comes_to_the_next_and_an_answered_one_does_not(wishes: Wishes) -> None:
    await asked_and_answered(wishes, FORCE, DONE)
    heard, told = await asked_and_answered(wishes, PAUSE, DONE, leaders=2)
    assert (len({wish.id for wish in heard}), replace(heard[1], id=""), told) == (1, PAUSE, DONE)


async def an_answer_for_which_nobody_waits_harms_nobody(wishes: Wishes) -> None:
    await wishes.answer("nobody", DONE)


CHECKS: tuple[Callable[[Wishes], Awaitable[None]], ...] = (
    a_wish_reaches_the_leader_and_its_answer_the_asker,
    each_asker_hears_his_own_answer,
    without_a_leader_the_asker_is_told_so_and_the_wish_is_never_obeyed_later,
    a_wish_that_a_dead_leader_took_comes_to_the_next_and_an_answered_one_does_not,
    an_answer_for_which_nobody_waits_harms_nobody,
)
