"""Checkpoints: strict when written, tolerant when read."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hotline.errors import OurMistake
from ivr.checkpoint import MOST_CHARACTERS, MOST_VALUES, check, check_skills, decode, encode, resume
from ivr.facts import CallArrived
from ivr.orders import Checkpoint, FindAgent, Flow, HangUp, Say
from ivr.rehearsal import rehearse

KEYS = st.text("abcdefgz_09", max_size=5).map("k{}".format)
VALUES = st.text("AZaz09_.-", min_size=1, max_size=20)


def test_values_are_one_flat_line_in_the_order_given() -> None:
    assert encode({"topic": "water", "try": "2"}) == "topic=water&try=2"
    assert encode({}) == ""


@settings(max_examples=30, deadline=None)
@given(st.dictionaries(KEYS, VALUES, max_size=MOST_VALUES))
def test_what_was_written_is_read_again(values: dict[str, str]) -> None:
    packed = encode(values)
    assert re.fullmatch(r"[A-Za-z0-9_.=&-]*", packed, re.ASCII)
    assert decode(packed) == values


@pytest.mark.parametrize(
    "values",
    [
        {"street": "中山路"},
        {"a": "two words"},
        {"a": "x,y"},
        {"a": 'x"y'},
        {"a": "${SHELL(id)}"},
        {"a": "x&b=y"},
        {"a": "x\n"},
        {"a": ""},
        {"a": "x" * 41},
        {"": "x"},
        {"A": "x"},
        {"a-b": "x"},
        {"k" * 21: "x"},
        {f"k{n}": "x" for n in range(MOST_VALUES + 1)},
        {f"k{n}": "x" * 40 for n in range(10)},
    ],
)
def test_anything_but_short_plain_values_is_our_mistake(values: dict[str, str]) -> None:
    with pytest.raises(OurMistake):
        encode(values)


def test_the_refusal_names_the_key_and_never_the_value() -> None:
    with pytest.raises(OurMistake, match="street") as caught:
        encode({"street": "中山路"})
    assert "中山路" not in str(caught.value)


@pytest.mark.parametrize("name", ["", "Welcomed", "a b", "1st", "x" * 33, "welcomed\n"])
def test_a_checkpoint_has_a_short_plain_name(name: str) -> None:
    with pytest.raises(OurMistake, match="name"):
        check(Checkpoint(name=name))
    check(Checkpoint(name="welcomed", values={"topic": "water"}))


def test_skills_are_plain_names_too() -> None:
    check_skills(())
    check_skills(("water", "en_US"))
    with pytest.raises(OurMistake, match="skill"):
        check_skills(("water", "a&b"))


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("", {}),
        ("&&=&x", {}),
        ("a=1&garbage&b=2", {"a": "1", "b": "2"}),
        ("a=1&b=", {"a": "1"}),
        ("a=1&b=中", {"a": "1"}),
        ("a=1=2", {}),
        ("a=1&a=2", {"a": "2"}),
    ],
)
def test_what_cannot_be_read_is_left_out(text: str, values: dict[str, str]) -> None:
    assert decode(text) == values


@settings(max_examples=30, deadline=None)
@given(st.text(max_size=60))
def test_reading_never_raises_and_yields_only_what_could_be_written(text: str) -> None:
    encode(decode(text))


def test_a_flood_is_cut() -> None:
    assert len(decode("&".join(f"k{n}=1" for n in range(MOST_VALUES + 1)))) == MOST_VALUES
    assert decode("a=1&" + "x" * MOST_CHARACTERS + "&b=2") == {"a": "1"}


def going_on(arrival: CallArrived) -> Flow:
    yield Say(prompts=("still-waiting",))
    yield HangUp()


def test_a_later_visit_goes_on_at_the_checkpoint() -> None:
    rehearse(resume({"welcomed": going_on}), checkpoint="welcomed").hears("still-waiting").asks(HangUp()).ends()


@pytest.mark.parametrize("name", ["", "from-an-older-release"])
def test_an_unknown_checkpoint_leads_to_a_human(name: str) -> None:
    rehearse(resume({"welcomed": going_on}), checkpoint=name).asks(FindAgent()).ends()
