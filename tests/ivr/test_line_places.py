"""Where a value stands in a TOML file."""

import tomllib

import pytest

from ivr.line_places import Place, Places
from tests.ivr.lines import SHIPPED

TEXT = """# a comment with [brackets] and = signs
version = "1"   # [not.a.table]
[menu.main]
label = "a # b = c"
"名字" = 1
steps = [
  "one", "two",
  # "not this"
  "three",
]
[menu.main.keys]
1 = { label = "x", to = "human" }
[[number.12345.surge]]
label = "first"
[[number.12345.surge]]
label = "second"
days = ["mon", "tue"]
a.b = 1
"""


@pytest.mark.parametrize(
    ("place", "line"),
    [
        (("version",), 2),
        (("menu", "main"), 3),
        (("menu", "main", "label"), 4),
        (("menu", "main", "名字"), 5),
        (("menu", "main", "steps"), 6),
        (("menu", "main", "steps", 1), 7),
        (("menu", "main", "steps", 2), 9),
        (("menu", "main", "keys", "1"), 12),
        (("menu", "main", "keys", "1", "to"), 12),
        (("number", "12345", "surge", 0, "label"), 14),
        (("number", "12345", "surge", 1), 15),
        (("number", "12345", "surge", 1, "label"), 16),
        (("number", "12345", "surge", 1, "days", 1), 17),
        (("number", "12345", "surge", 1, "a", "b"), 18),
        (("menu", "main", "missing"), 3),
        (("nowhere",), 1),
        ((), 1),
    ],
)
def test_a_value_has_its_line(place: Place, line: int) -> None:
    assert Places(TEXT).line_of(place) == line


def test_every_value_of_the_shipped_plan_is_found_on_a_line_that_names_it() -> None:
    lines, places = SHIPPED.splitlines(), Places(SHIPPED)
    for name, menu in tomllib.loads(SHIPPED)["menu"].items():
        for key in menu["keys"]:
            assert lines[places.line_of(("menu", name, "keys", key)) - 1].startswith(f"{key} = ")
        assert lines[places.line_of(("menu", name, "label")) - 1].startswith("label")


@pytest.mark.parametrize("text", ["", "[", "]]", "=", "a =", "[a", "a = [", 'a = ["x', "[[]]", "[a]]\nb = 1"])
def test_no_text_breaks_it(text: str) -> None:
    assert Places(text).line_of(("a", "b")) >= 1
    assert () in Places(text).all()
