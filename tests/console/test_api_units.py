"""单位接口: the office keeps members, units propose their third tier, the office decides (article 9-7)."""

import pytest

from hotline.access import Role
from tests.console.account_house import PEOPLE, House, stocked, web

__all__ = ["stocked", "web"]

BELOW = {"id": "u1-1", "name": "劳动监察科", "above": "u1", "duties": "受理劳动监察事项"}
ENDPOINTS = (
    ("GET", "/api/v1/units", None, set(Role)),
    ("POST", "/api/v1/units/u3", {"name": "市卫健局"}, {Role.OFFICE}),
    ("POST", "/api/v1/units/u1-1/decision", {"yes": True}, {Role.OFFICE}),
)


@pytest.mark.parametrize(("method", "path", "body", "allowed"), ENDPOINTS, ids=[f"{each[0]} {each[1]}" for each in ENDPOINTS])
def test_every_endpoint_opens_for_whom_the_gate_names_and_nobody_else(
    web: House, method: str, path: str, body: object, allowed: set[Role]
) -> None:
    web.enter("2001")
    assert web.post("/api/v1/units/proposals", BELOW).status_code == 201
    for person in PEOPLE:
        web.enter(person.login)
        answer = web.ask(method, path, body)
        assert answer.status_code == (200 if person.roles & allowed else 403), f"{person.login}: {answer.text}"


def test_a_third_tier_is_proposed_decided_and_refused_with_a_reason(web: House) -> None:
    web.enter("2001")
    assert web.post("/api/v1/units/proposals", BELOW).json()["state"] == "proposed"
    web.enter("3001")
    assert web.post("/api/v1/units/u1-1/decision", {"yes": False}).status_code == 422
    refused = web.post("/api/v1/units/u1-1/decision", {"yes": False, "why": "与现有科室重复"}).json()
    assert (refused["state"], refused["why"]) == ("refused", "与现有科室重复")
    assert web.post("/api/v1/units/u1-1/decision", {"yes": True}).status_code == 422


@pytest.mark.parametrize("login", ["2002", "2101", "3001"])
def test_only_the_leader_of_the_unit_above_proposes(web: House, login: str) -> None:
    web.enter(login)
    answer = web.post("/api/v1/units/proposals", BELOW)
    assert (answer.status_code, answer.json()["article"]) == (403, "9-7、10-2")


def test_a_unit_reports_its_own_rules_of_secrecy_only(web: House) -> None:
    web.enter("2001")
    assert web.post("/api/v1/units/u1/secrecy-rules", {"rules": "举报件由专人办理"}).json()["secrecy_rules"] == "举报件由专人办理"
    assert web.post("/api/v1/units/u2/secrecy-rules", {"rules": "无"}).status_code == 403
    assert web.post("/api/v1/units/u9/secrecy-rules", {"rules": "无"}).status_code == 422


def test_what_a_unit_reported_of_its_secrecy_is_for_the_office_and_the_unit_itself(web: House) -> None:
    """Who its designated people are tells whom to ask (article 10-2)."""
    web.enter("2001")
    web.post("/api/v1/units/u1/secrecy-rules", {"rules": "举报件由专人办理"})
    for login, seen in (("3001", True), ("2002", True), ("2101", False), ("1001", False), ("5001", False)):
        web.enter(login)
        told = next(each for each in web.get("/api/v1/units").json() if each["id"] == "u1")["secrecy_rules"]
        assert (told == "举报件由专人办理", bool(told)) == (seen, seen)


def test_duty_telephones_are_for_the_office_and_the_unit_itself(web: House) -> None:
    def phone_of_u1() -> str:
        return str(next(each for each in web.get("/api/v1/units").json() if each["id"] == "u1")["staff_phone"])

    for login, seen in (("3001", True), ("2002", True), ("2101", False), ("1001", False), ("5001", False)):
        web.enter(login)
        assert (phone_of_u1() == "0663-0000001") is seen


def test_the_office_closes_a_unit(web: House) -> None:
    web.enter("3001")
    assert web.post("/api/v1/units/u2", {"name": "市教育局", "closed": True}).json()["state"] == "closed"
    assert set(web.accounts.units.in_force()) == {"u1"}


@pytest.mark.parametrize("wrong", [{"tier": 4}, {"tier": 3}, {"staff_phone": "电话"}, {"name": ""}, {"name": "a\0b"}, {"x": 1}])
def test_a_unit_that_cannot_be_is_refused(web: House, wrong: dict[str, object]) -> None:
    web.enter("3001")
    assert web.post("/api/v1/units/u3", {"name": "市卫健局", **wrong}).status_code == 422
