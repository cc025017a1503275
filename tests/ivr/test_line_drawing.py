"""The picture of a plan. docs/states/line.svg is drawn from the shipped one."""

import xml.etree.ElementTree as ET
from dataclasses import replace

from ivr.line_acceptance import judge
from ivr.line_drawing import draw
from ivr.line_plan import InfoPlan, Kind, StaffPlan, Target
from tests.ivr.lines import ROOT, SMALL, around, shipped

STALE = """docs/states/line.svg is stale; write it anew:
from tests.ivr.lines import ROOT, around, shipped
from ivr.line_drawing import draw
(ROOT / "docs/states/line.svg").write_text(draw(shipped(), around().mandarin), encoding="utf-8")
"""
_SVG = "{http://www.w3.org/2000/svg}"


def words(plan: StaffPlan) -> list[str]:
    return [text.text or "" for text in ET.fromstring(draw(plan, around().mandarin)).iter(f"{_SVG}text")]


def boxes(plan: StaffPlan) -> list[tuple[float, float, float, float]]:
    """Left, top, right, bottom of every card."""
    found = []
    for box in ET.fromstring(draw(plan, around().mandarin)).iter(f"{_SVG}rect"):
        left, top, width, height = (float(box.attrib[name]) for name in ("x", "y", "width", "height"))
        if box.attrib["stroke"] != "none":
            found.append((left, top, left + width, top + height))
    return found


def test_the_picture_in_the_docs_is_that_of_the_shipped_plan() -> None:
    assert (ROOT / "docs" / "states" / "line.svg").read_text(encoding="utf-8") == draw(shipped(), around().mandarin), STALE


def test_every_table_and_every_key_is_in_the_picture() -> None:
    said = words(shipped())
    plan = shipped()
    labels = [entry.label for table in (plan.menus, plan.infos, plan.messages, plan.languages, plan.surveys) for entry in table.values()]
    assert set(labels) <= set(said)
    assert {key.label for menu in plan.menus.values() for key in menu.keys.values()} <= set(said)
    assert "揭阳市12345市民服务热线" in "".join(said)


def test_what_is_said_is_in_the_picture() -> None:
    assert around().mandarin["night-menu"] in "".join(words(shipped()))


def test_no_card_covers_another() -> None:
    cards = boxes(shipped())
    assert len(cards) == 9
    for count, (left, top, right, bottom) in enumerate(cards):
        for x, y, to_x, to_y in cards[count + 1 :]:
            assert right <= x or to_x <= left or bottom <= y or to_y <= top


def test_a_line_without_a_menu_has_a_picture_too() -> None:
    plan = judge(SMALL, around()).plan
    assert plan is not None
    assert len(boxes(plan)) == 1
    assert "人工" in words(plan)


def test_a_target_that_is_not_there_and_a_prompt_without_words_can_be_seen() -> None:
    nowhere = Target(kind=Kind.MENU, name="nowhere")
    number = replace(shipped().numbers["12345"], start=Target(kind=Kind.INFO, name="odd"))
    plan = replace(shipped(), numbers={"12345": number}, infos={"odd": InfoPlan(label="<奇怪>", prompts=("unspoken",), then=nowhere)})
    said = words(plan)
    assert "没有 menu:nowhere" in said
    assert "〔unspoken〕" in said
    assert "<奇怪>" in said


def test_the_same_plan_gives_the_same_picture() -> None:
    assert draw(shipped(), {}) == draw(replace(shipped()), {})
