"""Rules of signing in."""

from datetime import UTC, datetime, timedelta

import pytest

from hotline.sign_in_rules import Failures, SignInRules, is_over, locked, must_change, password_trouble

RULES = SignInRules()
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.mark.parametrize("password", ["Kq7!mdwZ2x", "三月的雨落在榕江北岸的青石板路上也落在旧桥", "correct-horse-battery"])
def test_a_good_password_is_taken(password: str) -> None:
    assert password_trouble(password, "1001", RULES) == ""


@pytest.mark.parametrize(
    ("password", "said"),
    [
        ("Kq7!mdwZ2", "至少10位"),
        ("Kq7!mdwZ2x" * 13, "最多128位"),
        ("Kq7!1001wZ2x", "工号"),
        ("MyPassword!2026", "常见密码"),
        ("Aa1!Aa1!Aa1!Aa1!", "重复"),
        ("kqmdwzxrtb", "三种"),
        ("kqmdwz4718", "三种"),
    ],
)
def test_a_bad_password_is_refused_in_words_that_do_not_say_it(password: str, said: str) -> None:
    trouble = password_trouble(password, "1001", RULES)
    assert said in trouble
    assert password not in trouble


@pytest.mark.parametrize("failures", [Failures(here=5), Failures(account=50), Failures(source=50)])
def test_too_many_failures_lock(failures: Failures) -> None:
    assert locked(failures, RULES)


def test_a_few_failures_do_not() -> None:
    assert not locked(Failures(here=4, account=49, source=49), RULES)


@pytest.mark.parametrize(
    ("lasted_h", "idle_min", "over"), [(0, 0, False), (1, 29, False), (1, 30, True), (11.9, 0, False), (12, 0, True), (-12, 0, True)]
)
def test_a_session_ends_by_idleness_and_by_age(lasted_h: float, idle_min: int, over: bool) -> None:
    begun, seen = NOON - timedelta(hours=lasted_h), NOON - timedelta(minutes=idle_min)
    assert is_over(begun=begun, seen=seen, now=NOON, rules=RULES) is over


def test_an_old_password_must_be_changed() -> None:
    assert must_change(NOON - timedelta(days=180), NOON, RULES)
    assert not must_change(NOON - timedelta(days=179), NOON, RULES)
