"""The words that dialplan and application share."""

from pathlib import Path

import pytest

from agi import variables
from agi.variables import ALL_VARIABLES, ARGUMENTS, pack_skills, plain, unpack_skills
from hotline.errors import OurMistake

CONFIGURATION = Path(__file__).resolve().parent.parent.parent / "asterisk-conf"


def dialplan() -> str:
    """The dialplan's template with all its parts."""
    parts = [CONFIGURATION / "extensions.conf.j2", *sorted(CONFIGURATION.glob("*.dialplan.j2"))]
    return "\n".join(path.read_text(encoding="utf-8") for path in parts)


@pytest.mark.parametrize("value", ["", "1", "k=v&k2=v.2_x-y", "jobs&housing"])
def test_a_plain_value_is_kept(value: str) -> None:
    assert plain(value) == value


@pytest.mark.parametrize("value", ["a,b", "${X}", "a b", '"', "\\", "a\n", "(x)", "揭阳", "a;b", "'", "|"])
def test_a_value_that_means_something_to_asterisk_is_our_mistake_and_not_repeated(value: str) -> None:
    with pytest.raises(OurMistake) as raised:
        plain(value)
    assert value not in str(raised.value).replace("letters, digits and ._&=-", "") or value == "a b"


def test_skills_survive_the_channel() -> None:
    assert unpack_skills(pack_skills(("jobs", "a-b.c"))) == ("jobs", "a-b.c")
    assert unpack_skills(pack_skills(())) == ()


def test_no_two_variables_have_one_name() -> None:
    assert len(set(ALL_VARIABLES)) == len(ALL_VARIABLES)


@pytest.mark.parametrize("context", [getattr(variables, name) for name in dir(variables) if name.endswith("_CONTEXT")])
def test_every_context_that_we_name_is_in_the_dialplan(context: str) -> None:
    assert f"\n[{context}]\n" in dialplan()


def test_the_dialplan_calls_a_visit_with_our_arguments_in_our_order() -> None:
    *first, values = (f"${{HL_{name.upper()}}}" for name in ARGUMENTS)
    assert f',{",".join(first)}," ~ values' in dialplan()
    assert f'values="{values}"' in dialplan()


def test_the_way_to_the_good_bye_is_a_label_of_the_dialplan() -> None:
    good_bye = dialplan().partition("\n[good-bye]\n")[2]
    assert "n(silent)," in good_bye.partition("\n[")[0]
