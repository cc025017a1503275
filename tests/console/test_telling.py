"""A citizen is told of his ticket what tickets.views lets through, and of some nothing at all."""

from tests.console.ticket_house import TicketHouse

CITIZEN = {"name": "诉求人庚", "phone": "19900001234", "account": "wechat:oMarket01"}


def told(house: TicketHouse, number: str) -> int:
    return house.get("/api/v1/progress", params={"number": number, "last4": "1234"}).status_code


def test_state_and_term_are_told_and_nothing_of_the_matter() -> None:
    house = TicketHouse()
    number = house.filed(citizen=CITIZEN)
    house.done(number, "dispatch", "agent")
    answer = house.get("/api/v1/progress", params={"number": number, "last4": "1234"})
    assert answer.json() == {
        "number": number,
        "state": "已派单",
        "due": "2026-04-14",
        "steps": [{"what": "受理", "on": "2026-03-02"}, {"what": "派单", "on": "2026-03-02"}],
    }


def test_of_reports_and_confidential_matters_nothing_is_told() -> None:
    house = TicketHouse()
    assert told(house, house.filed(citizen=CITIZEN)) == 200
    assert told(house, house.filed(citizen=CITIZEN, appeal="举报")) == 404
    assert told(house, house.filed(citizen=CITIZEN, secrecy=1)) == 404


def test_his_address_on_a_medium_will_do() -> None:
    house = TicketHouse()
    number = house.filed(citizen=CITIZEN)
    assert house.post("/api/v1/progress", "", {"number": number, "contact": "wechat:oMarket01"}).status_code == 200
