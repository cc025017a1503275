"""Whatever is sent to whatever address by whoever: no server error. Generated from the description of the interface (schemathesis)."""

import itertools
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from storage.tickets import StoredTickets
from tests.console.ticket_house import WHO, TicketHouse
from tests.storage.ticket_database import sqlite_stage

EXAMPLES = 8
"""For each address; for a wider search write a larger number here."""
SLOW = settings(
    max_examples=EXAMPLES, deadline=None, phases=(Phase.explicit, Phase.generate), suppress_health_check=list(HealthCheck), database=None
)


class Street:
    """A house on a real database with some tickets, in every state that a few commands lead to."""

    def __init__(self, stored: StoredTickets) -> None:
        self.house = TicketHouse(stored)
        self.schema = schemathesis.openapi.from_asgi("/openapi.json", self.house.app)
        sent, received, secret = (self.house.filed("cleared", secrecy=level) for level in (0, 1, 3))
        for number in (sent, received, secret):
            self.house.done(number, "dispatch", "cleared")
        self.house.done(received, "receive", "tax")
        self.numbers = (self.house.filed(), sent, received, secret, self.house.filed(appeal="举报"))


@pytest.fixture(scope="module")
def street(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Street]:
    with sqlite_stage(tmp_path_factory.mktemp("db")) as stage:
        yield Street(stage.door)


def operations(street: Street) -> dict[str, Any]:
    """By method and path. Raises what schemathesis finds wrong with the description itself."""
    made: list[Any] = list(street.schema.get_all_operations())
    return {each.ok().label: each.ok() for each in made}


LABELS = tuple(f"{method.upper()} {path}" for path, methods in TicketHouse().app.openapi()["paths"].items() for method in methods)


@pytest.mark.slow
@pytest.mark.parametrize("label", LABELS)
def test_no_address_answers_with_a_server_error(street: Street, label: str) -> None:
    operation = operations(street)[label]

    @seed(12345)
    @SLOW
    @given(operation.as_strategy(), st.sampled_from([*WHO, ""]), st.sampled_from([*street.numbers, ""]))
    def asked(case: Any, name: str, number: str) -> None:  # noqa: ANN401 - schemathesis makes it
        if number and "number" in (case.path_parameters or {}):
            case.path_parameters["number"] = number
        answer = case.call(headers={"X-Who": name})
        assert answer.status_code < 500, f"{name}: {answer.status_code} {answer.text}"

    asked()


@pytest.mark.parametrize("name", [*WHO, ""])
def test_every_role_may_knock_at_every_address(street: Street, name: str) -> None:
    """The same once more without generated bodies, so that no pair of role and address is left out."""
    for label, number in zip(LABELS, itertools.cycle(street.numbers), strict=False):
        method, path = label.split(" ", 1)
        answer = street.house.ask(method, path.format(number=number), name, {})
        assert answer.status_code < 500, f"{label} by {name}: {answer.text}"


def test_the_description_holds_every_command_and_every_way_in() -> None:
    assert len(LABELS) >= 55
    assert {"POST /api/v1/intake/sms", "POST /api/v1/intake/wechat", "GET /api/v1/progress", "POST /api/v1/webhooks/status"} <= set(LABELS)
