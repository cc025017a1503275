"""派单目录: who is offered what, and why (articles 5, 12, 13)."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline.errors import MalformedInput
from tickets.dispatch import BY_PLACE, Catalogue, Entry, Matter, Tier, Unit, suggest
from tickets.terms import Appeal

UNITS = [
    Unit(id="tax", name="市税务局"),
    Unit(id="tax-rc", name="榕城区税务局", tier=Tier.BELOW, above="tax"),
    Unit(id="env", name="市生态环境局"),
    Unit(id="water", name="市水利局"),
    Unit(id="rc", name="榕城区人民政府", place="445202"),
    Unit(id="pn", name="普宁市人民政府", place="445281"),
]
ENTRIES = (
    Entry(code="01", name="税务", lead="tax", assisting=("rc",)),
    Entry(code="0102", name="个体户税务", lead="tax-rc"),
    Entry(code="02", name="环境噪声", lead=BY_PLACE, bureau="env", assisting=("env", "water")),
    Entry(code="03", name="综合执法争议"),
)
CATALOGUE = Catalogue(version="2026.1", since=date(2026, 1, 1), units={unit.id: unit for unit in UNITS}, entries=ENTRIES)


def matter(code: str, appeal: Appeal = Appeal.COMPLAINT, place: str = "", *accused: str, urgent: bool = False) -> Matter:
    return Matter(code=code, appeal=appeal, place=place, urgent=urgent, accused=frozenset(accused))


def test_a_vertical_bureau_gets_what_it_is_in_charge_of() -> None:
    found = suggest(matter("0101"), CATALOGUE)
    assert (found.lead, found.assisting, found.at_once) == ("tax", ("rc",), ())
    assert found.why == "事项“税务”由市税务局主管（派单目录2026.1）"


def test_the_longest_code_decides() -> None:
    assert suggest(matter("010203"), CATALOGUE).lead == "tax-rc"


def test_everything_else_goes_to_the_place_where_it_happened() -> None:
    assert suggest(matter("0201", place="445281100"), CATALOGUE).lead == "pn"
    assert suggest(matter("0201", place="445202"), CATALOGUE).assisting == ("env", "water")


@pytest.mark.parametrize(
    ("known", "said"),
    [
        (matter("0201"), "不知道发生在哪个县（市、区）"),
        (matter("0201", Appeal.COMPLAINT, "990000"), "不知道发生在哪个县（市、区）"),
        (matter("09"), "没有事项09"),
        (matter(""), "没有事项（未分类）"),
        (matter("03"), "涉及多个部门或职责不明"),
    ],
)
def test_what_nobody_can_tell_is_left_to_the_office_with_the_reason(known: Matter, said: str) -> None:
    found = suggest(known, CATALOGUE)
    assert found.lead == ""
    assert said in found.why
    assert found.why.endswith("请市政管办指定（第12条）")


def test_an_urgent_complaint_goes_to_the_bureau_and_the_place_at_once() -> None:
    found = suggest(matter("02", Appeal.REPORT, "445202", urgent=True), CATALOGUE)
    assert (found.lead, found.at_once, found.assisting) == ("rc", ("env",), ("water",))
    assert "同时发市生态环境局（第12条）" in found.why
    assert suggest(matter("01", Appeal.REPORT, "445281", urgent=True), CATALOGUE).at_once == ("pn",)
    assert suggest(matter("02", Appeal.CONSULTATION, "445202", urgent=True), CATALOGUE).at_once == ()


def test_nobody_is_offered_a_complaint_about_himself() -> None:
    found = suggest(matter("0102", Appeal.REPORT, "", "tax-rc"), CATALOGUE)
    assert found.lead == "tax"
    assert found.why == "榕城区税务局是被反映单位，改派其上级市税务局"
    assert suggest(matter("0102", Appeal.REPORT, "", "tax-rc", "tax"), CATALOGUE).lead == ""
    assert suggest(matter("0102", Appeal.CONSULTATION, "", "tax-rc"), CATALOGUE).lead == "tax-rc"  # he is asked about, not accused


@given(
    code=st.sampled_from(["01", "0102", "02", "03", "04"]),
    appeal=st.sampled_from([Appeal.COMPLAINT, Appeal.REPORT]),
    place=st.sampled_from(["", "445202", "445281"]),
    urgent=st.booleans(),
    accused=st.frozensets(st.sampled_from(sorted(CATALOGUE.units))),
)
def test_the_accused_never_appears_and_somebody_always_has_a_reason(
    code: str, appeal: Appeal, place: str, urgent: bool, accused: frozenset[str]
) -> None:
    found = suggest(Matter(code=code, appeal=appeal, place=place, urgent=urgent, accused=accused), CATALOGUE)
    offered = [found.lead, *found.assisting, *found.at_once]
    assert not accused & set(offered)
    assert len(offered) == len(set(offered))
    assert found.why


def test_a_catalogue_with_a_mistake_is_refused() -> None:
    with pytest.raises(MalformedInput, match="没有单位 nobody"):
        Catalogue(version="x", since=date(2026, 1, 1), units={}, entries=(Entry(code="01", name="", lead="nobody"),))
    with pytest.raises(MalformedInput, match="重复的事项编码"):
        Catalogue(version="x", since=date(2026, 1, 1), units={}, entries=(Entry(code="01", name="a"), Entry(code="01", name="b")))
