"""应急, as the journal and the driver see it."""

from ivr.flows.emergency import emergency
from ivr.orders import LeaveTo
from ivr.rehearsal import rehearse


def test_the_journal_learns_of_the_key_and_he_leaves_at_once() -> None:
    rehearse(emergency()).keeps("emergency-key").asks(LeaveTo()).ends()


def test_a_service_that_he_named_goes_along() -> None:
    rehearse(emergency("120")).keeps("emergency-key", service="120").asks(LeaveTo(service="120")).ends()
