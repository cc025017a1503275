"""The curves: well-formed, the same for the same figures, and a missed hour is seen."""

from xml.etree import ElementTree as ET

from routing.curves import curves
from routing.staffing import HourFigures

GOOD = HourFigures(hour=0, calls=100, agents=8, in_time=0.97, answered=0.99, mean_wait_s=1.0)
BAD = HourFigures(hour=1, calls=50, agents=2, in_time=0.5, answered=0.7, mean_wait_s=40.0)


def drawn(*figures: HourFigures) -> str:
    return curves(figures, title="<一天>", share=0.95, within_s=15)


def test_the_picture_is_well_formed_and_carries_its_title_as_text() -> None:
    words = [each.text for each in ET.fromstring(drawn(GOOD, BAD)).iter("{http://www.w3.org/2000/svg}text")]
    assert "<一天>" in words
    assert {"100", "50", "8", "2", "95%"} <= set(words)


def test_an_hour_that_misses_is_red_and_one_that_keeps_it_is_green() -> None:
    marks = [each.get("fill") for each in ET.fromstring(drawn(GOOD, BAD)).iter("{http://www.w3.org/2000/svg}circle")]
    assert marks == ["#2f855a", "#c53030"]


def test_the_same_figures_give_the_same_bytes_and_no_figures_are_no_trouble() -> None:
    assert drawn(GOOD, BAD) == drawn(GOOD, BAD)
    assert drawn().endswith("</svg>\n")
