"""How a state table is read and drawn."""

from enum import StrEnum

import pytest

from hotline.errors import OurMistake
from hotline.moves import moved, picture


class Light(StrEnum):
    """A lamp."""

    OFF = "off"
    ON = "on"


class Press(StrEnum):
    """Its buttons."""

    ON = "on_pressed"
    OFF = "off_pressed"


MOVES = {(Light.OFF, Press.ON): Light.ON, (Light.ON, Press.OFF): Light.OFF}


def test_the_table_says_what_follows() -> None:
    assert moved(MOVES, Light.OFF, Press.ON) is Light.ON


def test_a_move_that_is_not_in_the_table_is_our_mistake() -> None:
    with pytest.raises(OurMistake, match="Light on cannot take on_pressed"):
        moved(MOVES, Light.ON, Press.ON)


def test_the_picture_has_an_arrow_for_every_move_and_names_its_source() -> None:
    page = picture("Lamp 灯", MOVES, source="room/moves.py")
    assert "off --> on: on_pressed" in page
    assert "on --> off: off_pressed" in page
    assert "Drawn from `room/moves.py`; do not edit." in page
