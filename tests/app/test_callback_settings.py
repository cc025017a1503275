"""[callbacks] as worker and routing read it."""

from datetime import timedelta

import pytest

from app.callback_settings import Callbacks
from app.settings import Emergency, Settings, Trunk


def test_what_is_set_is_what_routing_and_worker_go_by() -> None:
    rules = Callbacks(ready_agents=3, attempts=5, pause_minutes=(1, 2), opens=9, closes=18).rules
    assert rules.ready == 3
    assert (rules.patience.attempts, rules.patience.pauses) == (5, (timedelta(minutes=1), timedelta(minutes=2)))
    assert (rules.patience.opens, rules.patience.closes) == (9, 18)


def test_the_key_is_offered_only_where_somebody_could_be_called() -> None:
    assert Settings().callback_key == ""
    assert Settings(trunks=(Trunk(name="telecom", host="127.0.0.1"),)).callback_key == "2"


def test_it_cannot_be_the_emergency_key() -> None:
    with pytest.raises(ValueError, match=r"callbacks\.key = 2: 与 emergency\.key 相同"):
        Settings(emergency=Emergency(key="2"))
