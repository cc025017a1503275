"""What a 《催办通知书》 says (article 19)."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from hotline.errors import MalformedInput
from hotline.workdays import CHINA
from notify.urging_notice import UrgingNotice, day_in_words, moment_in_words

NOTICE = UrgingNotice(
    number="20261012000001-1",
    ticket="20261012000001",
    unit="揭阳市城市管理和综合执法局",
    appeal="投诉",
    dispatched_at=datetime(2026, 10, 12, 9, 5, tzinfo=CHINA),
    due=datetime(2026, 11, 24, tzinfo=CHINA),
    due_why=(
        "投诉，办结答复30个工作日（《揭阳市12345市民服务热线管理规定（试行）》揭府办〔2015〕4号 第20条）；"
        "2026年10月12日起，次日起算，至2026年11月23日24时"
    ),
    urged_at=datetime(2026, 11, 20, 9, tzinfo=CHINA),
    issued_at=datetime(2026, 11, 24, 9, tzinfo=CHINA),
    inspection_after=date(2026, 11, 30),
)


def test_it_names_the_article_the_ticket_its_term_and_what_follows() -> None:
    assert "第十九条" in NOTICE.opening
    assert "揭府办〔2015〕4号" in NOTICE.opening
    rows = dict(NOTICE.rows)
    assert (rows["业务单编号"], rows["办理期限"], rows["届满前催办"]) == ("20261012000001", "2026年11月23日24时", "2026年11月20日9时00分")
    assert "5个工作日（即2026年11月30日24时）" in NOTICE.warning
    assert "市监察局" in NOTICE.warning


def test_of_a_secret_ticket_it_says_no_type_and_what_is_not_known_makes_no_row() -> None:
    rows = dict(replace(NOTICE, appeal="", urged_at=None).rows)
    assert "诉求类型" not in rows
    assert "届满前催办" not in rows


@pytest.mark.parametrize(
    ("issued", "words"),
    [(timedelta(hours=9), "已超过办理期限9小时"), (timedelta(days=2, hours=9), "已超过办理期限2天")],
)
def test_it_says_how_late_it_is(issued: timedelta, words: str) -> None:
    assert dict(replace(NOTICE, issued_at=NOTICE.due + issued).rows)["截至本通知发出"] == words


def test_it_is_not_issued_before_the_term_has_run_out() -> None:
    with pytest.raises(MalformedInput, match="超过办理期限后"):
        replace(NOTICE, issued_at=NOTICE.due - timedelta(seconds=1))


def test_a_term_that_ends_within_a_day_names_that_day() -> None:
    noon = datetime(2026, 11, 23, 12, tzinfo=CHINA)
    assert dict(replace(NOTICE, due=noon).rows)["办理期限"].startswith("2026年11月23日")


def test_dates_are_said_as_in_china() -> None:
    assert day_in_words(date(2026, 1, 2)) == "2026年1月2日"
    assert moment_in_words(datetime(2026, 1, 2, 3, 4, tzinfo=CHINA)) == "2026年1月2日3时04分"
