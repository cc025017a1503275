"""不得简单罗列有关条文规定，敷衍了事 (article 13-1)."""

import pytest

from tests.tickets.cases import GOOD
from tickets.substance import REFUSED, Flag, flags_of


@pytest.mark.parametrize(
    ("text", "flag"),
    [
        ("", Flag.EMPTY),
        (" 。…… ", Flag.EMPTY),
        ("根据《中华人民共和国税收征收管理法》第三十二条、第六十三条规定。", Flag.ONLY_ARTICLES),
        ("依据《道路交通安全法》第五十六条（一）、（二）项的规定，特此回复", Flag.ONLY_ARTICLES),
        ("您好，感谢您的来电，您反映的已收悉，正在处理中，请耐心等待。", Flag.PHRASES),
        ("已转相关部门处理，谢谢！", Flag.PHRASES),
        ("已办。", Flag.PHRASES),
        ("路灯已于昨晚修好，今晚起照常亮灯。", Flag.THIN),
    ],
)
def test_what_is_plainly_no_answer_or_looks_thin_is_named(text: str, flag: Flag) -> None:
    assert flags_of(text) == (flag,)
    assert (flag in REFUSED) is (flag is not Flag.THIN)


@pytest.mark.parametrize(
    "text", [GOOD, "根据《税收征收管理法》第三十二条，您欠缴的税款自滞纳之日起按日加收万分之五，共计三十元，可到办税厅一并缴纳。"]
)
def test_an_answer_that_cites_an_article_and_says_what_it_means_is_one(text: str) -> None:
    assert flags_of(text) == ()
