"""What every `SmsParts` and every `AnswerBook` promises. Run on memory and on a real database."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

from hotline.answer_times import AnswerBook, Answered
from hotline.sms import REF_HOLDS, SmsPart, SmsParts

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


def part(index: int, *, id: str = "", total: int = 2, ref: str = "7", sender: str = "19900001234", gateway: str = "gw") -> SmsPart:  # noqa: A002
    """One part of a message of two."""
    own = id or f"m{index}"
    return SmsPart(gateway=gateway, id=own, sender=sender, text=f"第{index}条", sent_at=NOW, ref=ref, index=index, total=total)


async def parts_come_together_in_any_order(parts: SmsParts) -> None:
    first = await parts.keep(part(2), now=NOW)
    whole = await parts.keep(part(1), now=NOW)
    assert (first.whole, whole.whole, whole.words, whole.name) == (False, True, "第1条第2条", "gw/m2")


async def the_same_part_again_changes_nothing(parts: SmsParts) -> None:
    once = await parts.keep(part(1), now=NOW)
    assert await parts.keep(part(1), now=NOW + timedelta(days=1)) == once


async def others_are_kept_apart(parts: SmsParts) -> None:
    await parts.keep(part(1), now=NOW)
    strangers = (
        part(2, ref="8", id="a"),
        part(2, sender="19900005678", id="b"),
        part(2, gateway="other", id="c"),
        part(2, total=3, id="d"),
        part(1, id="e"),
    )
    for stranger in strangers:
        assert len((await parts.keep(stranger, now=NOW)).parts) == 1
    assert len((await parts.keep(part(2, id="f"), now=NOW + REF_HOLDS + timedelta(seconds=1))).parts) == 1


async def single_messages_are_never_joined(parts: SmsParts) -> None:
    one = await parts.keep(part(1, total=1, ref="", id="a"), now=NOW)
    two = await parts.keep(part(1, total=1, ref="", id="b"), now=NOW)
    assert (one.whole, two.whole, len(two.parts)) == (True, True, 1)


async def what_is_filed_keeps_its_number_and_loses_its_words(parts: SmsParts) -> None:
    await parts.keep(part(1), now=NOW)
    group = await parts.keep(part(2), now=NOW)
    await parts.filed(group, "202603020001")
    again = await parts.keep(part(2), now=NOW)
    assert (again.number, again.words) == ("202603020001", "")
    assert await parts.waiting(since_before=NOW) == []


async def a_part_of_a_filed_message_with_a_new_id_begins_another_message(parts: SmsParts) -> None:
    await parts.filed(await parts.keep(part(1), now=NOW), "202603020001")
    late = await parts.keep(part(2), now=NOW)
    assert (late.number, len(late.parts)) == ("", 1)


async def what_is_closed_is_joined_by_nothing_and_waits_until_it_has_its_number(parts: SmsParts) -> None:
    seen = await parts.keep(part(1, total=3), now=NOW)
    await parts.keep(part(2, total=3), now=NOW)
    closed = await parts.close(seen)
    late = await parts.keep(part(3, total=3), now=NOW)
    assert ([each.index for each in closed.parts], closed.number, len(late.parts), late.name) == ([1, 2], "", 1, "gw/m3")
    assert await parts.close(seen) == closed
    assert (await parts.keep(part(1, total=3), now=NOW)).number == ""
    assert [group.name for group in await parts.waiting(since_before=NOW)] == ["gw/m1", "gw/m3"]
    await parts.filed(closed, "202603020001")
    assert [group.words[-4:] for group in await parts.waiting(since_before=NOW)] == ["〕第3条"]
    assert (await parts.close(seen)).number == "202603020001"


async def those_that_wait_are_told_the_oldest_first(parts: SmsParts) -> None:
    await parts.keep(part(1, ref="2", id="b"), now=NOW + timedelta(seconds=2))
    await parts.keep(part(1, ref="1", id="a"), now=NOW)
    await parts.keep(part(2, ref="1", id="a2"), now=NOW + timedelta(seconds=9))
    assert [len(group.parts) for group in await parts.waiting(since_before=NOW + timedelta(seconds=1))] == [2]
    assert [group.name for group in await parts.waiting(since_before=NOW + timedelta(seconds=2))] == ["gw/a", "gw/b"]


CHECKS: tuple[Callable[[SmsParts], Awaitable[None]], ...] = (
    parts_come_together_in_any_order,
    the_same_part_again_changes_nothing,
    others_are_kept_apart,
    single_messages_are_never_joined,
    what_is_filed_keeps_its_number_and_loses_its_words,
    a_part_of_a_filed_message_with_a_new_id_begins_another_message,
    what_is_closed_is_joined_by_nothing_and_waits_until_it_has_its_number,
    those_that_wait_are_told_the_oldest_first,
)


def answered(key: str, seconds: int) -> Answered:
    """Answered so many seconds after it was sent."""
    return Answered(key=key, channel="短信", number="1", sent_at=NOW, answered_at=NOW + timedelta(seconds=seconds))


async def the_first_answer_counts(book: AnswerBook) -> None:
    await book.keep(answered("a", 1))
    await book.keep(answered("a", 9))
    assert await book.since(NOW) == [answered("a", 1)]


async def answers_are_told_from_a_moment_on_the_oldest_first(book: AnswerBook) -> None:
    for key, seconds in (("c", 3), ("a", 1), ("b", 2)):
        await book.keep(answered(key, seconds))
    assert [each.key for each in await book.since(NOW + timedelta(seconds=2))] == ["b", "c"]


BOOK_CHECKS: tuple[Callable[[AnswerBook], Awaitable[None]], ...] = (
    the_first_answer_counts,
    answers_are_told_from_a_moment_on_the_oldest_first,
)
