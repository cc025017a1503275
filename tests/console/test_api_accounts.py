"""帐号接口: administrators manage, auditors read, nobody else does either; secrets are told once."""

from datetime import timedelta

import pytest

from hotline.access import Role
from tests.console.account_house import NOON, PASSWORD, PEOPLE, House, stocked, web

__all__ = ["stocked", "web"]

NEW = {"login": "1002", "roles": ["话务员"], "name": "坐席1002"}
TOKEN = {"name": "短信网关", "roles": ["话务员"], "scopes": ["tickets.file"], "expires": (NOON + timedelta(days=30)).isoformat()}
ENDPOINTS = (
    ("GET", "/api/v1/people", None, {Role.ADMINISTRATOR, Role.AUDITOR, Role.UNIT_LEADER}),
    ("POST", "/api/v1/people", NEW, {Role.ADMINISTRATOR}),
    ("POST", "/api/v1/people/1001", {"roles": ["班长"]}, {Role.ADMINISTRATOR}),
    ("POST", "/api/v1/people/1001/reset", None, {Role.ADMINISTRATOR}),
    ("GET", "/api/v1/tokens", None, {Role.ADMINISTRATOR}),
    ("POST", "/api/v1/tokens", TOKEN, {Role.ADMINISTRATOR}),
    ("GET", "/api/v1/access-log", None, {Role.AUDITOR}),
    ("GET", "/api/v1/roles", None, set(Role)),
)


@pytest.mark.parametrize(("method", "path", "body", "allowed"), ENDPOINTS, ids=[f"{each[0]} {each[1]}" for each in ENDPOINTS])
def test_every_endpoint_opens_for_whom_the_gate_names_and_nobody_else(
    web: House, method: str, path: str, body: object, allowed: set[Role]
) -> None:
    assert web.ask(method, path, body).status_code == 401
    for person in sorted(PEOPLE, key=lambda each: Role.ADMINISTRATOR in each.roles):  # the administrator last: he may put others out
        web.enter(person.login)
        answer = web.ask(method, path, body)
        assert (answer.status_code in (200, 201, 204)) is bool(person.roles & allowed), f"{person.login}: {answer.text}"
        if answer.status_code >= 400:
            assert answer.status_code == 403
            assert web.log()[-1]["done"] is False


def test_somebody_new_signs_in_with_his_one_time_password(web: House) -> None:
    web.enter("admin1")
    answer = web.post("/api/v1/people", NEW)
    assert answer.headers["cache-control"] == "no-store"
    assert answer.json()["person"] == {
        "id": "p-1002",
        "login": "1002",
        "name": "坐席1002",
        "roles": ["话务员"],
        "unit": "",
        "cleared": 0,
        "enabled": True,
        "must_change_password": True,
    }
    assert web.post("/api/v1/people", NEW).status_code == 422
    assert web.enter("1002", answer.json()["password"]).json()["must_change_password"] is True


def test_who_is_disabled_is_out_in_the_middle_of_his_work(web: House) -> None:
    web.enter("1001")
    his = web.cookies
    web.enter("admin1")
    assert web.post("/api/v1/people/1001", {"roles": ["话务员"], "enabled": False}).status_code == 204
    web.cookies = his
    assert web.post("/work").status_code == 401
    assert web.enter("1001").status_code == 401


@pytest.mark.parametrize(
    "wrong",
    [{"roles": []}, {"roles": ["系统"]}, {"roles": ["承办人"]}, {"roles": ["管理员", "班长"]}, {"login": "A"}, {"cleared": 4}, {"x": 1}],
)
def test_who_cannot_be_is_refused(web: House, wrong: dict[str, object]) -> None:
    web.enter("admin1")
    assert web.post("/api/v1/people", {**NEW, **wrong}).status_code == 422
    assert len(web.get("/api/v1/people").json()) == len(PEOPLE)


def test_a_leader_sees_the_people_of_his_own_unit(web: House) -> None:
    web.enter("2001")
    assert [each["login"] for each in web.get("/api/v1/people").json()] == ["2001", "2002"]


def test_a_token_is_told_once_and_withdrawn_at_once(web: House) -> None:
    web.enter("admin1")
    made = web.post("/api/v1/tokens", TOKEN).json()
    header = f"Bearer {made['secret']}"
    assert made["secret"] not in web.get("/api/v1/tokens").text
    assert web.post("/work", {}, authorization=header).status_code == 200
    assert web.post(f"/api/v1/tokens/{made['token']['id']}/withdraw").status_code == 204
    assert web.post("/work", {}, authorization=header).status_code == 401
    assert web.post("/api/v1/tokens/t-0/withdraw").status_code == 422


@pytest.mark.parametrize("wrong", [{"scopes": ["all"]}, {"scopes": []}, {"roles": ["管理员"]}, {"expires": "2026-03-02"}, {"name": ""}])
def test_a_token_that_cannot_be_is_refused(web: House, wrong: dict[str, object]) -> None:
    web.enter("admin1")
    assert web.post("/api/v1/tokens", {**TOKEN, **wrong}).status_code == 422


def test_an_auditor_reads_who_did_what_and_his_reading_stands_there_too(web: House) -> None:
    web.enter("admin1")
    web.post("/api/v1/people", NEW)
    web.enter("4001")
    lines = web.get("/api/v1/access-log?ticket=p-1002").json()
    assert [(line["actor"], line["act"], line["why"]) for line in lines] == [("p-admin1", "people.manage", "新增：话务员")]
    assert web.get("/api/v1/access-log?by=p-4001").json()[0]["act"] == "audit.read"
    assert PASSWORD not in web.get("/api/v1/access-log").text


def test_the_table_of_roles_is_shown_to_whoever_is_signed_in(web: House) -> None:
    web.enter("5001")
    table = {line["act"]: line for line in web.get("/api/v1/roles").json()}
    assert table["tickets.designate"]["anywhere"] == ["市政管办"]
    assert table["tickets.handle"]["own"] == ["单位领导", "承办人"]
