"""Open311 reads what was published, and nothing else."""

from typing import Any

import pytest

from console.api_open311 import BASE
from tests.console.ticket_house import TicketHouse

CITIZEN = {"name": "诉求人庚", "phone": "19900001234"}


@pytest.fixture
def house() -> TicketHouse:
    return TicketHouse()


def published(house: TicketHouse, **body: Any) -> str:  # noqa: ANN401 - JSON
    number = house.filed(citizen=CITIZEN, address="榕城区某路8号", **body)
    house.done(number, "dispatch", "agent")
    house.done(number, "publish", "office", title="办税窗口排队", words="已派单办理")
    return number


def test_a_published_ticket_is_read_by_number_and_in_the_list(house: TicketHouse) -> None:
    number = published(house)
    house.filed(citizen=CITIZEN)
    listed = house.get(f"{BASE}/requests.json").json()
    assert [each["service_request_id"] for each in listed] == [number]
    [one] = house.get(f"{BASE}/requests/{number}.json").json()
    assert one == listed[0]
    assert (one["status"], one["description"], one["status_notes"], one["service_name"]) == ("open", "办税窗口排队", "已派单办理", "税务")
    assert one["agency_responsible"] == "市税务局"


def test_nothing_of_the_citizen_is_in_it(house: TicketHouse) -> None:
    published(house)
    text = house.get(f"{BASE}/requests.json").text
    assert not [word for word in ("庚", "1990000", "某路", "三个小时") if word in text]


def test_what_became_confidential_or_was_withdrawn_is_gone(house: TicketHouse) -> None:
    one, two = published(house), published(house)
    house.done(one, "raise-secrecy", "office", to=1, why="诉求人要求保密")
    house.done(two, "unpublish", "office")
    assert house.get(f"{BASE}/requests.json").json() == []
    assert {house.get(f"{BASE}/requests/{number}.json").status_code for number in (one, two, "20990101000001")} == {404}


def test_a_report_cannot_be_published(house: TicketHouse) -> None:
    number = house.filed(appeal="举报")
    assert house.post(f"/api/v1/tickets/{number}/publish", "office", {"title": "x", "words": "y"}).status_code == 409


def test_the_list_is_of_the_status_service_and_days_that_were_asked_for(house: TicketHouse) -> None:
    number = published(house)

    def found(**asked: str) -> list[str]:
        return [each["service_request_id"] for each in house.get(f"{BASE}/requests.json", params=asked).json()]

    assert found(status="open") == found(service_code="01") == found(start_date="2026-03-01T00:00:00Z") == [number]
    assert found(status="closed") == found(service_code="02") == found(end_date="2026-03-01T00:00:00Z") == []
    assert found(start_date="2025-11-01T00:00:00Z", end_date="2026-12-01T00:00:00Z") == []
    assert house.get(f"{BASE}/requests.json", params={"end_date": "0001-01-02T00:00:00Z"}).status_code == 422


def test_the_services_are_the_dispatch_catalogue(house: TicketHouse) -> None:
    services = house.get(f"{BASE}/services.json").json()
    assert {"01", "0102"} <= {each["service_code"] for each in services}
    assert {each["metadata"] for each in services} == {False}
