"""One root for what can go wrong with a phone."""

import pytest

from phones.faults import PhoneDied, PhoneFault, PhoneRefused, PhoneSilent


@pytest.mark.parametrize("fault", [PhoneDied, PhoneRefused, PhoneSilent])
def test_every_fault_of_a_phone_can_be_caught_as_one(fault: type[PhoneFault]) -> None:
    assert issubclass(fault, PhoneFault)
