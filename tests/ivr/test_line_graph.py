"""A plan as a graph."""

from ivr.line_graph import By, circles, depth, exists, prompts, reached, reached_from, said_in, ways
from ivr.line_plan import HUMAN, InfoPlan, Kind, NumberPlan, StaffPlan, Target
from tests.ivr.lines import shipped

MAIN = Target(kind=Kind.MENU, name="main")
INSURANCE = Target(kind=Kind.MENU, name="insurance")
FIRST = Target(kind=Kind.INFO, name="first")
SECOND = Target(kind=Kind.INFO, name="second")
CIRCLE = StaffPlan(
    version="1",
    numbers={"12345": NumberPlan(number="12345", name="热线", start=FIRST)},
    infos={"first": InfoPlan(label="一", prompts=("a",), then=SECOND), "second": InfoPlan(label="二", prompts=("b",), then=FIRST)},
)


def test_every_way_has_its_place() -> None:
    found = {(way.place, way.to) for way in ways(shipped())}
    assert (("menu", "main", "keys", "3"), INSURANCE) in found
    assert (("menu", "main", "silence"), HUMAN) in found
    assert (("number", "12345", "start"), MAIN) in found


def test_the_shipped_plan_reaches_all_its_tables() -> None:
    seen = reached(shipped())
    for kind, table in shipped().tables().items():
        assert all(Target(kind=kind, name=name) in seen for name in table)


def test_targets_exist_or_not() -> None:
    assert exists(shipped(), MAIN)
    assert exists(shipped(), HUMAN)
    assert not exists(shipped(), Target(kind=Kind.MENU, name="nowhere"))


def test_a_circle_of_announcements_is_found_once() -> None:
    found = list(circles(CIRCLE))
    assert [[way.origin for way in circle] for circle in found] == [[FIRST, SECOND]]
    assert all(way.by is By.THEN for circle in found for way in circle)
    assert list(circles(shipped())) == []


def test_menus_have_their_depth() -> None:
    assert depth(shipped())[MAIN] == 0
    assert depth(shipped())[INSURANCE] == 1


def test_depth_of_a_circle_ends() -> None:
    assert depth(CIRCLE) == {}


def test_every_prompt_is_found_with_its_place() -> None:
    found = {key: place for place, key in prompts(shipped())}
    assert found["leave-message"] == ("message", "night", "prompts")
    assert found["greeting-spring"] == ("number", "12345", "season", 0, "greeting")


def test_what_is_said_in_a_language_is_known() -> None:
    said = said_in(shipped(), shipped().languages["teochew"])
    assert said == {"language-chosen", "connecting-to-agent", "recording-notice"}
    assert reached_from(shipped(), HUMAN) == {HUMAN}
