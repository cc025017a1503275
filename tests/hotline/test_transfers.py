"""The orders of transfers are flat values with words that the switch can carry."""

import dataclasses
from typing import get_args

import pytest

from app.settings import Agent, Settings
from hotline.transfers import GUEST, LeadCitizen, TransferOrder


def test_every_order_names_what_it_is_about() -> None:
    for order in get_args(TransferOrder):
        names = {field.name for field in dataclasses.fields(order)}
        assert names & {"call", "agent"}, order


def test_a_citizen_is_led_to_the_line_unless_said_otherwise() -> None:
    assert dataclasses.asdict(LeadCitizen(call="c", channel="x"))["where"] == "line"  # type: ignore[arg-type]


def test_no_agent_has_the_number_of_whoever_is_outside() -> None:
    with pytest.raises(ValueError, match=r"agents|id"):
        Settings(agents=(Agent(id=GUEST, name="x"),))
