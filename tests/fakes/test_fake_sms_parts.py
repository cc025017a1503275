"""The fakes keep the promises of the doors."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from hotline.answer_times import AnswerBook
from hotline.sms import SmsParts
from tests.checks.check_sms_parts import BOOK_CHECKS, CHECKS
from tests.fakes.fake_answer_book import FakeAnswerBook
from tests.fakes.fake_sms_parts import FakeSmsParts


async def _run(awaited: Awaitable[None]) -> None:
    await awaited


@pytest.mark.parametrize("check", CHECKS)
def test_the_fake_sms_parts_keep_the_doors_promises(check: Callable[[SmsParts], Awaitable[None]]) -> None:
    asyncio.run(_run(check(FakeSmsParts())))


@pytest.mark.parametrize("check", BOOK_CHECKS)
def test_the_fake_answer_book_keeps_the_doors_promises(check: Callable[[AnswerBook], Awaitable[None]]) -> None:
    asyncio.run(_run(check(FakeAnswerBook())))
