"""What every `Notifier` door promises. Run on the fake, on the folder of kept letters, and on the gateway against a real server."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import replace
from typing import Any, Protocol

import pytest

from hotline.errors import DoorClosed
from hotline.notices import Letter
from hotline.ports import Notifier

LETTER = Letter(
    key="20261123000001/2/dispatched/staff:u1", number="19900000001", text="【揭阳12345】业务单20261123000001已派至贵单位。", template="T1"
)
OTHER = replace(LETTER, key="20261123000001/3/urged/staff:u1", text="【揭阳12345】催办。")


class Stage(Protocol):
    """A door, and a view behind it."""

    @property
    def notifier(self) -> Notifier: ...

    def texts(self) -> list[str]:
        """Every text that reached a telephone (or its file), in order."""

    def shut(self) -> None:
        """From now on nobody answers."""

    def reopen(self) -> None:
        """Answers come again."""


async def a_letter_arrives_whole(stage: Stage) -> None:
    await stage.notifier.send(LETTER)
    assert stage.texts() == [LETTER.text]


async def the_same_key_twice_has_the_effect_of_once(stage: Stage) -> None:
    await stage.notifier.send(LETTER)
    await stage.notifier.send(LETTER)
    assert stage.texts() == [LETTER.text]


async def two_keys_are_two_letters(stage: Stage) -> None:
    await stage.notifier.send(LETTER)
    await stage.notifier.send(OTHER)
    assert stage.texts() == [LETTER.text, OTHER.text]


async def sent_at_the_same_time_it_arrives_once(stage: Stage) -> None:
    await asyncio.gather(*(stage.notifier.send(LETTER) for _ in range(4)))
    assert stage.texts() == [LETTER.text]


async def a_closed_door_says_so_without_the_number_and_the_letter_can_come_later(stage: Stage) -> None:
    stage.shut()
    with pytest.raises(DoorClosed) as refused:
        await stage.notifier.send(LETTER)
    assert LETTER.number not in str(refused.value)
    stage.reopen()
    await stage.notifier.send(LETTER)
    assert stage.texts() == [LETTER.text]


CHECKS: tuple[Callable[[Stage], Coroutine[Any, Any, None]], ...] = (
    a_letter_arrives_whole,
    the_same_key_twice_has_the_effect_of_once,
    two_keys_are_two_letters,
    sent_at_the_same_time_it_arrives_once,
    a_closed_door_says_so_without_the_number_and_the_letter_can_come_later,
)
