"""The scenes of a trial as far as they need no switch; all of them are played in tests/live/test_emergency_try.py."""

import asyncio

import pytest

from agi.site import EmergencyTarget
from app.emergency_scenes import Citizen, names, wrong
from phones.faults import PhoneSilent
from phones.sip import ask
from phones.stand_in import Invite, Manner

TARGET = EmergencyTarget(trunk="telecom", number="06630000110")


def invite(number: str = TARGET.number, asserted: str = "19900009110") -> Invite:
    headers = [("P-Asserted-Identity", f"<sip:{asserted}@127.0.0.1>")] if asserted else []
    return Invite(message=ask("INVITE", f"sip:{number}@127.0.0.1", headers), at=1.0)


@pytest.mark.parametrize(
    ("trunk", "call", "trouble"),
    [
        ("telecom", invite(), ""),
        ("mobile", invite(), "拨到了 mobile/06630000110"),
        ("telecom", invite("110"), "拨到了 telecom/110"),
        ("telecom", invite(asserted=""), "没有带 P-Asserted-Identity"),
    ],
)
def test_a_call_that_comes_otherwise_than_set_is_a_trouble(trunk: str, call: Invite, trouble: str) -> None:
    assert wrong(trunk, call, TARGET).startswith(trouble)
    assert bool(wrong(trunk, call, TARGET)) is bool(trouble)


def test_each_try_meets_the_manner_that_is_due_and_the_last_one_stays() -> None:
    citizen = Citizen(number="19900009110")
    citizen.begin(Manner.BUSY, Manner.ANSWERS)
    assert [citizen.tried("telecom", invite()) for _ in range(3)] == [Manner.BUSY, Manner.ANSWERS, Manner.ANSWERS]
    asyncio.run(citizen.until(3, 1.0))


def test_a_try_that_does_not_come_is_named() -> None:
    citizen = Citizen(number="19900009110")
    citizen.begin(Manner.BUSY)
    with pytest.raises(PhoneSilent, match="第 1 次呼叫没有到"):
        asyncio.run(citizen.until(1, 0.001))


def test_services_are_called_by_number_and_name() -> None:
    assert (names("119"), names("")) == ("119 火警", "—")
