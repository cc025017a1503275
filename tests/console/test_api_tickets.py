"""业务单 over HTTP: a life from filing to the archive, what others see of it, and what is written down of who looked."""

from typing import Any

import pytest

from console.api_tickets import BASE
from hotline.gate import Act
from tests.console.ticket_house import TicketHouse
from tickets.commands import COMMANDS

CITIZEN = {"name": "诉求人庚", "phone": "19900001234"}
ANSWER = "您反映的窗口已增开两个，今天起排队不超过二十分钟，欢迎再来办理。"


@pytest.fixture
def house() -> TicketHouse:
    return TicketHouse()


def with_the_unit(house: TicketHouse, **body: Any) -> str:  # noqa: ANN401 - JSON
    number = house.filed(**body)
    house.done(number, "dispatch", "agent")
    house.done(number, "receive", "tax")
    return number


def test_a_ticket_goes_its_whole_way_by_requests_alone(house: TicketHouse) -> None:
    number = with_the_unit(house, citizen=CITIZEN)
    house.done(number, "contact", "tax", note="已电话沟通")
    house.done(number, "reply", "tax", text=ANSWER, satisfied="满意")
    house.done(number, "report-closed", "tax", result="已增开窗口")
    house.done(number, "call-back", "caller", reached=True, satisfied="满意", timely=True, sound=True)
    house.done(number, "confirm-closed", "office")
    last = house.done(number, "archive", "archivist")
    assert last["ticket"]["state"] == "archived"
    history = house.get(f"{BASE}/{number}/history", "office").json()["entries"]
    assert [entry["what"] for entry in history][:4] == ["filed", "dispatched", "received", "contacted"]
    assert [entry["seq"] for entry in history] == list(range(1, len(history) + 1))


def test_every_command_has_its_address_with_roles_and_article(house: TicketHouse) -> None:
    paths = house.app.openapi()["paths"]
    for address in set(COMMANDS) - {"file"}:
        words = paths[f"{BASE}/{{number}}/{address}"]["post"]["description"]
        assert "揭府办〔2015〕4号" in words, address


def test_what_the_table_of_moves_forbids_is_409_with_article_and_what_is_possible(house: TicketHouse) -> None:
    answer = house.post(f"{BASE}/{house.filed()}/archive", "archivist")
    assert (answer.status_code, answer.json()["code"], answer.json()["article"]) == (409, "not_now", "18")
    assert "dispatched" in answer.json()["possible"]


def test_who_may_not_is_403_with_the_article(house: TicketHouse) -> None:
    number = house.filed()
    assert house.post(f"{BASE}/{number}/dispatch", "caller").status_code == 403
    number = with_the_unit(house)
    answer = house.post(f"{BASE}/{number}/reply", "rc", {"text": ANSWER, "satisfied": None})
    assert answer.status_code == 403


def test_another_units_ticket_and_one_that_is_not_there_look_the_same(house: TicketHouse) -> None:
    number = with_the_unit(house)
    for path in ("", "/history"):
        there = house.get(f"{BASE}/{number}{path}", "water")
        nowhere = house.get(f"{BASE}/20990101000001{path}", "water")
        assert (there.status_code, there.content) == (404, nowhere.content)
    assert house.post(f"{BASE}/{number}/receive", "water").content == house.post(f"{BASE}/20990101000001/receive", "water").content


@pytest.mark.parametrize("path", ["", "/20260302000001", "/20260302000001/history", "/20260302000001/alike"])
def test_who_is_not_signed_in_gets_401_everywhere(house: TicketHouse, path: str) -> None:
    house.filed()
    assert house.get(BASE + path).status_code == 401
    assert house.post(BASE, "", {}).status_code == 401


def test_the_same_key_files_once_and_gives_the_same_number(house: TicketHouse) -> None:
    body = {"channel": "网页", "appeal": "求助", "title": "路灯不亮"}
    first = house.post(BASE, "agent", body, headers={"Idempotency-Key": "web-1"})
    again = house.post(BASE, "agent", body, headers={"Idempotency-Key": "web-1"})
    other = house.post(BASE, "supervisor", body, headers={"Idempotency-Key": "web-1"})
    assert [each.status_code for each in (first, again, other)] == [201, 200, 201]
    assert first.json()["number"] == again.json()["number"] != other.json()["number"]
    assert "ticket" not in again.json()


def test_a_list_has_pages_and_nothing_of_citizens(house: TicketHouse) -> None:
    numbers = [house.filed(citizen=CITIZEN, content="早上排了三个小时") for _ in range(5)]
    seen: list[str] = []
    after = ""
    for _ in range(3):
        page = house.get(BASE, "agent", params={"limit": 2, "after": after}).json()
        seen += [each["number"] for each in page["tickets"]]
        after = page["next"]
    assert (seen, after) == (sorted(numbers, reverse=True), "")
    text = house.get(BASE, "agent").text
    assert "19900001234" not in text
    assert "三个小时" not in text


def test_a_list_is_of_the_states_and_types_that_were_asked_for(house: TicketHouse) -> None:
    with_the_unit(house)
    help_wanted = house.filed(appeal="求助")
    assert [each["number"] for each in house.get(BASE, "agent", params={"state": ["open", "sent"]}).json()["tickets"]] == [help_wanted]
    assert [each["number"] for each in house.get(BASE, "agent", params={"appeal": "求助"}).json()["tickets"]] == [help_wanted]


def test_words_and_numbers_are_posted_never_part_of_an_address(house: TicketHouse) -> None:
    number = house.filed(citizen=CITIZEN)
    found = house.post(f"{BASE}/search", "agent", {"words": ["排队"], "phone": "19900001234"}).json()["tickets"]
    assert [each["number"] for each in found] == [number]
    assert house.get(BASE, "agent", params={"phone": "19900001234"}).status_code == 422
    assert house.get(BASE, "agent", params={"words": "排队"}).status_code == 422


def test_every_look_is_written_down_and_every_refusal(house: TicketHouse) -> None:
    number = with_the_unit(house)
    house.log.lines.clear()
    house.get(f"{BASE}/{number}", "tax")
    house.get(f"{BASE}/{number}/history", "monitor")
    house.get(f"{BASE}/{number}", "water")
    house.post(f"{BASE}/{number}/archive", "archivist")
    told = [(line.actor, line.act, line.ticket, line.done) for line in house.log.lines]
    assert told == [
        ("p-tax", Act.TICKET_READ, number, True),
        ("p-monitor", Act.TICKET_READ, number, True),
        ("p-water", Act.TICKET_READ, "", False),
        ("p-archivist", Act.TICKET_ARCHIVE, number, False),
    ]
    assert house.log.lines[-1].why == "not_now 18"


def test_confidential_tickets_of_a_list_are_written_down_one_by_one(house: TicketHouse) -> None:
    secret = house.filed("cleared", secrecy=1)
    house.filed()
    house.log.lines.clear()
    house.get(BASE, "agent")
    assert [line.ticket for line in house.log.lines] == ["", secret]


def test_what_cannot_be_written_down_is_not_shown(house: TicketHouse) -> None:
    number = house.filed(citizen=CITIZEN)
    house.log.closed = True
    for path in (f"{BASE}/{number}", BASE):
        answer = house.get(path, "agent")
        assert (answer.status_code, answer.json()["code"]) == (503, "door_closed")


def test_a_database_that_is_away_is_503(house: TicketHouse) -> None:
    number = house.filed()
    house.tickets.closed = True
    assert house.get(f"{BASE}/{number}", "agent").status_code == 503
    assert house.post(BASE, "agent", {"channel": "电话", "appeal": "投诉", "title": "x"}).status_code == 503


def test_likely_repeats_are_for_those_who_file_and_not_for_units(house: TicketHouse) -> None:
    number = house.filed(citizen=CITIZEN)
    again = house.filed(citizen=CITIZEN)
    found = house.get(f"{BASE}/{again}/alike", "agent").json()["candidates"]
    assert [each["number"] for each in found] == [number]
    house.done(number, "dispatch", "agent")
    assert house.get(f"{BASE}/{number}/alike", "tax").status_code == 403


def test_who_marks_his_own_unit_as_accused_loses_sight_of_it(house: TicketHouse) -> None:
    number = with_the_unit(house)
    house.done(number, "mark-accused", "office", units=["tax"])
    assert house.get(f"{BASE}/{number}", "tax").status_code == 404


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"channel": "电话", "appeal": "投诉"},
        {"channel": "电话", "appeal": "投诉", "title": "x" * 101},
        {"channel": "电话", "appeal": "投诉", "title": "x", "more": 1},
        {"channel": "电话", "appeal": "投诉", "title": "x", "citizen": {"phone": "12"}},
    ],
)
def test_what_is_no_ticket_is_422_in_words(house: TicketHouse, body: dict[str, object]) -> None:
    answer = house.post(BASE, "agent", body)
    assert (answer.status_code, answer.json()["code"]) == (422, "malformed")
    assert answer.json()["words"]


def test_who_names_the_version_that_he_saw_changes_no_other(house: TicketHouse) -> None:
    number = house.filed()
    path = f"/api/v1/tickets/{number}/amend"
    seen = str(house.get(f"/api/v1/tickets/{number}", "agent").json()["ticket"]["version"])
    assert house.post(path, "agent", {"title": "第一人"}, headers={"If-Match": f'"{seen}"'}).status_code == 200
    late = house.post(path, "supervisor", {"title": "第二人"}, headers={"If-Match": seen})
    assert (late.status_code, late.json()["code"]) == (409, "changed_meanwhile")
    assert house.get(f"/api/v1/tickets/{number}", "agent").json()["ticket"]["title"] == "第一人"
    assert house.post(path, "supervisor", {"title": "第二人"}).status_code == 200
    assert house.post(path, "agent", {"title": "x"}, headers={"If-Match": "*; DROP"}).status_code == 422


def test_a_wrong_version_of_what_is_not_his_is_nothing_to_him(house: TicketHouse) -> None:
    number = house.filed()
    assert house.post(f"/api/v1/tickets/{number}/receive", "water", headers={"If-Match": "99"}).status_code == 404
