"""登录接口: a browser signs in, is who it is, changes its password, and signs out. Real tables behind it."""

import pytest

from tests.console.account_house import PASSWORD, House, stocked, web

__all__ = ["stocked", "web"]

NEW = "Ty5$wqpL8n"


def test_who_signs_in_is_known_from_then_on_by_a_cookie_that_no_script_reads(web: House) -> None:
    answer = web.enter("1001")
    assert answer.status_code == 200
    cookie = answer.headers["set-cookie"]
    assert all(word in cookie for word in ("HttpOnly", "SameSite=strict", "Path=/"))
    assert answer.headers["cache-control"] == "no-store"

    me = web.get("/api/v1/me").json()
    assert (me["id"], me["roles"], me["must_change_password"]) == ("p-1001", ["话务员"], False)
    assert "tickets.file" in me["may"]
    assert "people.manage" not in me["may"]
    assert web.post("/work").json() == {"id": "p-1001"}


def test_a_wrong_password_is_401_in_words_and_says_nothing_back(web: House) -> None:
    answer = web.enter("1001", "my-wrong-secret")
    assert (answer.status_code, answer.json()["code"]) == (401, "sign_in_refused")
    assert answer.headers["content-type"] == "application/problem+json"
    assert "my-wrong-secret" not in answer.text
    assert web.enter("9999").json() == answer.json()
    assert web.get("/api/v1/me").status_code == 401


def test_after_five_failures_it_says_later(web: House) -> None:
    for _ in range(5):
        web.enter("1001", "wrong")
    assert web.enter("1001").status_code == 429
    web.wait(minutes=15)
    assert web.enter("1001").status_code == 200


@pytest.mark.parametrize("body", [{}, {"login": "1001"}, {"login": "1001", "password": "x" * 129}, {"login": 1, "password": "x"}, [], "x"])
def test_what_is_no_signing_in_is_422_and_says_nothing_back(web: House, body: object) -> None:
    answer = web.post("/api/v1/sign-in", body)
    assert answer.status_code == 422
    assert "xxxx" not in answer.text


def test_who_must_change_his_password_does_nothing_before(web: House) -> None:
    web.enter("admin1")
    given = web.post("/api/v1/people/1001/reset").json()["password"]
    web.enter("1001", given)

    refused = web.post("/work")
    assert (refused.status_code, refused.json()["code"]) == (403, "password_change_needed")
    assert web.get("/api/v1/me").json()["may"] == []
    assert web.post("/api/v1/password", {"old": given, "new": NEW}).status_code == 204
    assert web.post("/work").status_code == 401  # signed out everywhere
    assert web.enter("1001", NEW).status_code == 200
    assert web.post("/work").status_code == 200


def test_a_password_is_changed_only_with_the_old_one_and_to_a_good_one(web: House) -> None:
    web.enter("1001")
    assert web.post("/api/v1/password", {"old": "wrong", "new": NEW}).status_code == 401
    assert web.post("/api/v1/password", {"old": PASSWORD, "new": "short"}).status_code == 422
    assert web.post("/work").status_code == 200


def test_who_signs_out_is_out_and_twice_does_no_harm(web: House) -> None:
    web.enter("1001")
    before = web.cookies
    assert web.post("/api/v1/sign-out").status_code == 204
    assert web.post("/work").status_code == 401
    assert web.post("/api/v1/sign-out").status_code == 204
    web.cookies = before
    assert web.post("/work").status_code == 401


def test_a_session_that_is_left_alone_ends(web: House) -> None:
    web.enter("1001")
    web.wait(minutes=29)
    assert web.post("/work").status_code == 200
    web.wait(minutes=30)
    assert web.post("/work").status_code == 401


def test_whoever_came_stands_in_the_log_without_his_password(web: House) -> None:
    web.enter("1001", "my-wrong-secret")
    web.enter("1001")
    lines = web.log()[-2:]
    assert [(line["actor"], line["act"], line["done"], line["source"]) for line in lines] == [
        ("p-1001", "sign-in", False, "127.0.0.1"),
        ("p-1001", "sign-in", True, "127.0.0.1"),
    ]
    assert "my-wrong-secret" not in str(web.log())
