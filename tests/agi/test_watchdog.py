"""When the application is mute, and where its citizens are sent: tables."""

from dataclasses import replace

import pytest

from agi.variables import TO_EMERGENCY, TO_HOLDING, TO_MUSIC
from agi.watchdog import ALARM_S, BIRTH_S, CHECK_S, KEPT_S, PATIENCE_S, Keys, Pulse, Standing, beaten, way_out
from hotline.emergency import KeyPlan

ONE = "PJSIP/telecom-00000001"
TO_110 = "emergency-110,s,1"
IN_VISIT = Standing(channel=ONE, unique_id="t1-1764000000.1", call="t1-1764000000.1", context="line", in_visit=True, bridged=False)
WAITS = replace(IN_VISIT, context="waiting", in_visit=False)


# ── the beat ─────────────────────────────────────────────────────────────────────────────────────


def after(*answers: bool) -> Pulse:
    """The pulse after beats a second apart, the first at 100."""
    pulse = Pulse()
    for number, answered in enumerate(answers):
        pulse = beaten(pulse, 100.0 + number, answered=answered)
    return pulse


@pytest.mark.parametrize(
    ("answers", "mute"),
    [((True,), False), ((True, False), False), ((True, False, False), True), ((False, True, False), False), ((False, False, True), False)],
)
def test_two_misses_in_a_row_are_mute(answers: tuple[bool, ...], mute: bool) -> None:
    assert after(*answers).mute is mute


def test_a_mute_application_becomes_an_alarm_after_some_seconds_and_one_that_was_never_heard_after_more() -> None:
    fell, never = after(True, False, False, False), after(False, False)
    assert not fell.alarming(102.0 + ALARM_S - 0.1)
    assert fell.alarming(102.0 + ALARM_S)
    assert not never.alarming(101.0 + BIRTH_S - 0.1)
    assert never.alarming(101.0 + BIRTH_S)
    assert not after(False, False, True).alarming(1e6)


# ── the way out ──────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("standing", "asked", "way"),
    [
        (IN_VISIT, None, TO_HOLDING),
        (replace(IN_VISIT, context="joined-before"), None, TO_HOLDING),
        (replace(IN_VISIT, context="holding"), None, TO_HOLDING),
        (replace(IN_VISIT, context="waiting"), None, TO_MUSIC),
        (replace(IN_VISIT, context="offer"), None, TO_MUSIC),
        (IN_VISIT, "", TO_EMERGENCY),
        (IN_VISIT, "110", TO_110),
        (replace(IN_VISIT, context="waiting"), "120", "emergency-120,s,1"),
        (replace(IN_VISIT, context="waiting", service="110"), "110", TO_110),  # nobody was reached: he asks once more
        (replace(IN_VISIT, recording=True), None, ""),
        (replace(IN_VISIT, recording=True), "110", TO_110),
        (WAITS, None, ""),
        (WAITS, "", ""),
        (WAITS, "110", TO_110),
    ],
)
def test_who_stands_in_a_mute_application_is_sent_where_his_keys_or_his_place_lead(standing: Standing, asked: str | None, way: str) -> None:
    assert way_out(standing, asked, mute=True) == way


@pytest.mark.parametrize(
    ("standing", "asked", "way"),
    [
        (IN_VISIT, None, ""),
        (IN_VISIT, "", TO_EMERGENCY),
        (IN_VISIT, "110", TO_110),
        (WAITS, "110", TO_110),
        (WAITS, "", ""),
        (replace(WAITS, context="emergency"), "110", TO_110),
        (replace(WAITS, context="emergency"), "", ""),
    ],
)
def test_keys_that_nobody_obeyed_are_obeyed_although_the_application_is_well(standing: Standing, asked: str | None, way: str) -> None:
    assert way_out(standing, asked, mute=False) == way


@pytest.mark.parametrize(
    "standing",
    [
        replace(WAITS, bridged=True),
        replace(IN_VISIT, bridged=True),
        replace(WAITS, context="emergency-110"),
        replace(WAITS, context="emergency-120", bridged=True),
        replace(WAITS, context="three-way"),
        replace(WAITS, service="110"),
        replace(IN_VISIT, call=""),
        replace(IN_VISIT, unique_id="leg-t1-1764000000.1-1"),
    ],
)
@pytest.mark.parametrize("asked", [None, "", "110"])
@pytest.mark.parametrize("mute", [True, False])
def test_nobody_is_taken_from_a_talk_or_an_emergency_call_and_only_citizens_are_moved(
    standing: Standing, asked: str | None, mute: bool
) -> None:
    assert way_out(standing, asked, mute=mute) == ""


# ── keys ─────────────────────────────────────────────────────────────────────────────────────────


def pressed(keys: str, *, apart: float = 0.2) -> Keys:
    """Pressed by one citizen, the first key at 100."""
    made = Keys(plan=KeyPlan())
    for number, key in enumerate(keys):
        made.press(ONE, key, 100.0 + number * apart)
    return made


@pytest.mark.parametrize(("keys", "asked"), [("", None), ("12", None), ("*", ""), ("7*1", "110"), ("*9", ""), ("*1*2", "120")])
def test_the_keys_ask_for_what_the_key_plan_says(keys: str, asked: str | None) -> None:
    assert pressed(keys).asked(ONE) == asked


def test_keys_are_due_only_after_those_who_should_obey_them_had_their_time() -> None:
    keys = pressed("*1")
    assert keys.due(100.2 + PATIENCE_S - 0.01) == []
    assert keys.due(100.2 + PATIENCE_S) == [ONE]
    assert pressed("12").due(1e6) == []


def test_a_service_is_obeyed_once_and_its_keys_are_forgotten() -> None:
    keys = pressed("*1")
    keys.obeyed(ONE)
    assert keys.asked(ONE) is None
    keys.press(ONE, "2", 101.0)
    assert keys.asked(ONE) is None


def test_the_emergency_key_alone_is_obeyed_once_and_stays_in_mind_for_the_second_key() -> None:
    keys = pressed("*")
    keys.obeyed(ONE)
    assert keys.asked(ONE) is None
    keys.press(ONE, "1", 101.0)
    assert keys.asked(ONE) == "110"


def test_who_was_sent_is_looked_at_a_moment_later_and_not_sent_twice_on_his_way() -> None:
    keys = pressed("*1")
    keys.sent(ONE, 101.0)
    assert keys.on_his_way(ONE, 101.0 + CHECK_S - 0.01)
    assert keys.due(101.0 + CHECK_S - 0.01) == []
    assert keys.wake_in(101.0) == pytest.approx(CHECK_S)
    assert not keys.on_his_way(ONE, 101.0 + CHECK_S)
    assert keys.due(101.0 + CHECK_S) == [ONE]
    keys.obeyed(ONE)
    assert keys.due(1e6) == []


def test_no_key_outlives_ten_seconds_and_none_is_mixed_with_a_later_one() -> None:
    keys = pressed("*")
    keys.obeyed(ONE)
    keys.press(ONE, "1", 100.0 + KEPT_S)
    assert keys.asked(ONE) is None
    keys.forget_old(100.0 + 2 * KEPT_S)
    assert keys.wake_in(200.0) is None


def test_two_citizens_keys_are_kept_apart() -> None:
    keys = pressed("*")
    keys.press("PJSIP/telecom-00000002", "1", 100.1)
    assert keys.asked(ONE) == ""
    assert keys.asked("PJSIP/telecom-00000002") is None


def test_the_next_moment_to_look_is_known() -> None:
    keys = pressed("*1")
    assert keys.wake_in(100.2) == pytest.approx(PATIENCE_S)
    keys.obeyed(ONE)
    assert keys.wake_in(100.2) is None
    plain = pressed("1")
    assert plain.wake_in(100.0) == pytest.approx(KEPT_S)
