"""The emergency key plan: what keys pressed one after the other ask for."""

import pytest

from hotline.emergency import SERVICE_KEYS, SERVICES, KeyPlan


@pytest.mark.parametrize(
    ("keys", "service"),
    [
        ("", None),
        ("1", None),
        ("0", None),
        ("*", ""),
        ("*1", "110"),
        ("*2", "120"),
        ("*3", "119"),
        ("*4", "122"),
        ("*9", ""),
        ("12*1", "110"),
        ("**2", "120"),
        ("*1*", ""),
        ("*12", "110"),
    ],
)
def test_the_last_emergency_key_and_what_follows_it_name_the_service(keys: str, service: str | None) -> None:
    assert KeyPlan().service_of(keys) == service


def test_every_service_has_a_key_of_its_own() -> None:
    assert list(SERVICE_KEYS.values()) == list(SERVICES)


def test_another_key_may_be_set() -> None:
    plan = KeyPlan(key="9")
    assert plan.service_of("91") == "110"
    assert plan.service_of("*1") is None
