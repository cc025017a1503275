"""单位保密要求: what can be followed is followed, what cannot be read is refused, the rest is for people."""

import pytest

from hotline.accounts import OrgUnit
from hotline.errors import MalformedInput
from hotline.unit_secrecy import SecrecyLine, secrecy_lines

TEXT = """举报件须当面交接，不得转告无关人员。
事项 0102：级别 2，专人 2001、2002
  事项0103: 级别1
事项：级别 3，专人 2001。
"""


def test_lines_that_the_platform_follows_are_read_among_words_for_people() -> None:
    assert secrecy_lines(TEXT) == (
        SecrecyLine(code="0102", level=2, staff=frozenset({"p-2001", "p-2002"})),
        SecrecyLine(code="0103", level=1),
        SecrecyLine(code="", level=3, staff=frozenset({"p-2001"})),
    )
    assert secrecy_lines("举报件由专人办理") == ()


@pytest.mark.parametrize(
    "slip",
    [
        "事项 0102：级别 4",
        "事项 0102 级别 2",
        "事项 0102：专人 2001",
        "事项 0102：级别 2，专人",
        "事项 0102：级别 2，专人 2001 和 2002",
        "事项",
    ],
)
def test_a_slip_of_the_pen_is_refused_and_opens_nothing(slip: str) -> None:
    with pytest.raises(MalformedInput, match="第2行"):
        secrecy_lines(f"说明\n{slip}")
    with pytest.raises(MalformedInput):
        OrgUnit(id="u1", name="市人社局", secrecy_rules=slip)
