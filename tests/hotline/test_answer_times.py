"""How long written messages waited, and which ones waited too long."""

from datetime import UTC, datetime, timedelta

from hotline.answer_times import ANSWERED_WITHIN, Answered, figures

SENT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


def answered(key: str, channel: str, waited: timedelta) -> Answered:
    return Answered(key=key, channel=channel, number="1", sent_at=SENT, answered_at=SENT + waited)


def test_a_clock_that_is_ahead_gives_no_time_below_nothing() -> None:
    assert answered("k", "短信", timedelta(seconds=-9)).waited == timedelta()


def test_three_minutes_are_in_time_and_more_leads_to_the_message() -> None:
    told = figures([answered("a", "短信", ANSWERED_WITHIN), answered("b", "短信", ANSWERED_WITHIN + timedelta(seconds=1))])
    assert [(each.channel, each.count, each.within, each.longest_s, each.late) for each in told] == [("短信", 2, 1, 181.0, ("b",))]


def test_channels_are_counted_apart() -> None:
    told = figures([answered("a", "短信", timedelta()), answered("b", "微信", timedelta())])
    assert {each.channel: each.count for each in told} == {"短信": 1, "微信": 1}
