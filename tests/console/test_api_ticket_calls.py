"""Who files sees the calls that wait for it; who may not know the reporter sees no record of his call."""

from collections.abc import Sequence
from typing import Any

import pytest

from console.api_ticket_calls import DRAFTS
from console.api_tickets import BASE
from tests.console.ticket_house import TicketHouse

CALL = "hl1-1795400000.1"


@pytest.fixture
def house() -> TicketHouse:
    made = TicketHouse()
    made.calls.kept[CALL] = {
        "key": CALL,
        "revision": 1,
        "channel": "电话",
        "called": "12345",
        "contact_phone": "19900001234",
        "received_at": "2026-03-02T01:00:00Z",
        "record": {"call": CALL, "caller": "19900001234"},
        "state": "draft",
    }
    return made


def keys(rows: Sequence[dict[str, Any]]) -> list[str]:
    return [row["key"] for row in rows]


def test_a_call_waits_until_it_is_filed_and_then_its_record_stands_at_the_ticket(house: TicketHouse) -> None:
    assert keys(house.get(DRAFTS, "agent").json()["drafts"]) == [CALL]
    number = house.filed(calls=[CALL])
    assert house.get(DRAFTS, "agent").json()["drafts"] == []
    assert house.get(f"{BASE}/{number}/calls", "agent").json()["calls"] == [{"call": CALL, "caller": "19900001234"}]


def test_units_and_readers_see_neither(house: TicketHouse) -> None:
    number = house.filed(calls=[CALL])
    house.done(number, "dispatch", "agent")
    for name in ("tax", "monitor", "caller", "administrator"):
        assert house.get(DRAFTS, name).status_code == 403
        assert house.get(f"{BASE}/{number}/calls", name).status_code == 403
    assert house.get(DRAFTS).status_code == 401


def test_of_a_report_the_record_is_for_cleared_people_alone(house: TicketHouse) -> None:
    number = house.filed("cleared", appeal="举报", calls=[CALL])
    assert house.get(f"{BASE}/{number}/calls", "agent").status_code == 404
    assert house.get(f"{BASE}/{number}/calls", "cleared").status_code == 200


def test_a_database_that_is_away_is_503(house: TicketHouse) -> None:
    house.tickets.closed = True
    assert house.get(DRAFTS, "agent").status_code == 503
    assert [line.ticket for line in house.log.lines] == ["drafts"]
