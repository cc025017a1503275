"""Parts of a long message become one, in order, whole or with its gaps named."""

from datetime import UTC, datetime, timedelta

import pytest

from hotline.errors import MalformedInput
from hotline.sms import MOST_PARTS, SmsGroup, SmsPart

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


def part(index: int, total: int, text: str = "x", ref: str = "7") -> SmsPart:
    at = NOW + timedelta(seconds=index)
    return SmsPart(gateway="gw", id=f"m{index}", sender="19900001234", text=text, sent_at=at, ref=ref, index=index, total=total)


def test_parts_are_put_in_order_however_they_come() -> None:
    group = SmsGroup(name="g", parts=(part(3, 3, "坏了"), part(1, 3, "榕城区"), part(2, 3, "路灯")))
    assert (group.whole, group.words, group.sent_at) == (True, "榕城区路灯坏了", NOW + timedelta(seconds=3))


def test_a_gap_is_named() -> None:
    group = SmsGroup(name="g", parts=(part(1, 3, "榕城区"), part(3, 3, "坏了")))
    assert (group.whole, group.words) == (False, "榕城区〔此处缺第2条〕坏了")


@pytest.mark.parametrize(("index", "total", "ref"), [(0, 1, ""), (2, 1, ""), (1, MOST_PARTS + 1, "7"), (1, 2, "")])
def test_a_part_that_cannot_be_is_refused(index: int, total: int, ref: str) -> None:
    with pytest.raises(MalformedInput):
        part(index, total, ref=ref)


def test_neither_number_nor_words_are_shown() -> None:
    each = part(1, 1, "路灯坏了")
    assert not {"19900001234", "路灯"} & set(f"{each!r} {SmsGroup(name='g', parts=(each,))!r}".split())
    assert "1990" not in f"{each!r}"
    assert "路灯" not in f"{each!r}"
