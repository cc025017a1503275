"""Where in the file a wrong setting stands."""

import pytest

from app.settings_errors import line_of

TEXT = """profile = "demo"

[sip]  # phones and carriers
port = 5060
"area_code" = "0663"

[[lines]]
number = "12345"

[[lines]]
number = "abc"
name = "x"
"""


@pytest.mark.parametrize(
    ("place", "line"),
    [
        (("profile",), 1),
        (("sip", "port"), 4),
        (("sip", "area_code"), 5),
        (("sip", "absent"), 3),
        (("lines", 0, "number"), 8),
        (("lines", 1, "number"), 11),
        (("lines", 0, "name"), 7),
        (("lines", 1), 10),
        (("nowhere",), 0),
        ((), 0),
    ],
)
def test_a_key_is_found_on_its_line_else_its_table(place: tuple[int | str, ...], line: int) -> None:
    assert line_of(TEXT, place) == line
