"""连续3天均未果，视为已答复 (article 14)."""

from datetime import UTC, date, datetime

import pytest

from hotline.errors import MalformedInput
from hotline.workdays import CHINA
from tickets.contact import Attempt, counts_as_answered


def attempts(*told: str) -> list[Attempt]:
    """`0302T09` in vain, `0302T09+` reached."""
    return [Attempt(at=datetime.strptime(f"2026{each[:7]}+0800", "%Y%m%dT%H%z"), reached=each.endswith("+")) for each in told]


@pytest.mark.parametrize(
    ("told", "day"),
    [
        ((), None),
        (("0302T09", "0303T09"), None),
        (("0302T09", "0303T15", "0304T10"), date(2026, 3, 4)),
        (("0302T09", "0302T15", "0302T18"), None),  # one day
        (("0302T09", "0304T09", "0305T09"), None),  # not in a row
        (("0302T09", "0304T09", "0305T09", "0306T09"), date(2026, 3, 6)),
        (("0302T09", "0303T09", "0303T10+", "0304T09"), None),  # reached
        (("0306T09", "0307T09", "0308T09"), date(2026, 3, 8)),  # over a weekend: days, not working days
        (("0304T10", "0302T09", "0303T15"), date(2026, 3, 4)),  # told in any order
    ],
)
def test_three_days_in_a_row_and_only_these(told: tuple[str, ...], day: date | None) -> None:
    assert counts_as_answered(attempts(*told)) == day


def test_the_day_is_chinas_day() -> None:
    at = [datetime(2026, 3, day, 17, 0, tzinfo=UTC) for day in (1, 2, 3)]  # after midnight in China
    assert counts_as_answered([Attempt(at=each, reached=False) for each in at]) == date(2026, 3, 4)


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(MalformedInput, match="没有时区"):
        Attempt(at=datetime(2026, 3, 2, 9, tzinfo=CHINA).replace(tzinfo=None), reached=False)
