"""Which troubles are alarms."""

import pytest

from app.restarts import Watch, died, half_heard, heard, started, unheard
from app.troubles import DIED_STAYS_S, ROUTER_MUTE, ROUTER_SICK_S, SWITCH_DIED, SWITCH_FROZEN, SWITCH_SICK_S, TROUBLES, troubles

WELL = heard(started(Watch(), 0.0, adopted=False), 100.0)
MUTE = unheard(WELL, "no answer")
SLOW = half_heard(WELL, 105.0, "SIP: no answer")
DEAD = died(WELL, 100.0)
BACK = heard(started(DEAD, 100.5, adopted=False), 101.0)


@pytest.mark.parametrize(
    ("name", "watch", "now", "alarm"),
    [
        ("asterisk", WELL, 1e6, None),
        ("asterisk", MUTE, 100.0 + SWITCH_SICK_S - 0.1, None),
        ("asterisk", MUTE, 100.0 + SWITCH_SICK_S, SWITCH_FROZEN),
        ("asterisk", SLOW, 100.0 + SWITCH_SICK_S, SWITCH_FROZEN),
        ("asterisk", heard(SLOW, 106.0), 1e6, None),
        ("asterisk", DEAD, 100.1, SWITCH_DIED),
        ("asterisk", BACK, 100.0 + DIED_STAYS_S - 0.1, SWITCH_DIED),
        ("asterisk", BACK, 100.0 + DIED_STAYS_S, None),
        ("asterisk", unheard(started(Watch(), 0.0, adopted=False), "no answer"), 1e6, None),
        ("routing", MUTE, 100.0 + ROUTER_SICK_S - 0.1, None),
        ("routing", MUTE, 100.0 + ROUTER_SICK_S, ROUTER_MUTE),
        ("routing", DEAD, 100.0 + ROUTER_SICK_S, ROUTER_MUTE),
        ("worker", MUTE, 1e6, None),
    ],
)
def test_silence_and_death_become_alarms_in_time(name: str, watch: Watch, now: float, alarm: str | None) -> None:
    found = troubles({name: watch}, now)
    assert list(found) == ([alarm] if alarm else [])
    assert set(found) <= set(TROUBLES)


@pytest.mark.parametrize(("other", "alarm"), [(WELL, False), (BACK, False), (DEAD, True), (MUTE, True)])
def test_nobody_routes_when_both_routing_processes_are_mute(other: Watch, alarm: bool) -> None:
    found = troubles({"routing": MUTE, "standby": other}, 100.0 + ROUTER_SICK_S)
    assert (ROUTER_MUTE in found) is alarm


def test_the_words_say_which_sign_is_missing() -> None:
    assert "SIP: no answer" in troubles({"asterisk": SLOW}, 200.0)[SWITCH_FROZEN]
