"""前台: a cookie counts only from a page of ours, a token only while it is good; the rest is 401."""

from datetime import timedelta

import httpx
import pytest

from console.reception import COOKIE, SECURE_COOKIE, Reception
from hotline.access import Role
from hotline.accounts import ApiToken
from tests.console.account_house import ADMINISTRATOR, NOON, House, stocked, web

__all__ = ["stocked", "web"]


def token(web: House, days: int = 30) -> str:
    wanted = ApiToken(
        id="t-new", name="短信网关", roles=frozenset({Role.AGENT}), scopes=frozenset({"tickets"}), expires=NOON + timedelta(days=days)
    )
    return web.accounts.tokens.make(wanted, by=ADMINISTRATOR, at=NOON)[1]


def test_nobody_is_401(web: House) -> None:
    answer = web.post("/work")
    assert (answer.status_code, answer.json()["code"]) == (401, "not_signed_in")


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "http://evil.example"},
        {"origin": "null"},
        {"origin": "http://127.0.0.1:9999"},
        {"sec_fetch_site": "cross-site"},
        {"sec_fetch_site": "same-site"},
    ],
)
def test_a_foreign_page_makes_a_browser_do_nothing(web: House, headers: dict[str, str]) -> None:
    web.enter("1001")
    answer = web.post("/work", {}, **headers)
    assert (answer.status_code, answer.json()["code"]) == (403, "foreign_page")
    assert web.post("/api/v1/sign-in", {"login": "1001", "password": "x"}, **headers).status_code == 403
    assert web.post("/api/v1/sign-out", {}, **headers).status_code == 403
    assert web.get("/api/v1/me", **headers).status_code == 200  # it cannot read the answer


@pytest.mark.parametrize("headers", [{"origin": "http://127.0.0.1:8345"}, {"sec_fetch_site": "same-origin"}, {"sec_fetch_site": "none"}])
def test_a_page_of_ours_does(web: House, headers: dict[str, str]) -> None:
    web.enter("1001")
    assert web.post("/work", {}, **headers).status_code == 200


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"])
def test_what_a_foreign_form_could_post_is_not_taken(web: House, kind: str) -> None:
    web.enter("1001")
    assert web.post("/work", {}, content_type=kind).status_code == 415


def test_a_token_proves_another_system(web: House) -> None:
    told = token(web)
    assert web.post("/work", {}, authorization=f"Bearer {told}", origin="http://city.example").json()["id"].startswith("t-")
    web.wait(days=30)
    assert web.post("/work", {}, authorization=f"Bearer {told}").status_code == 401


@pytest.mark.parametrize("said", ["Bearer hl_nobodys", "Bearer", "Basic MTAwMTp4", "", "bearer  "])
def test_a_bad_token_is_401_even_beside_a_good_cookie(web: House, said: str) -> None:
    web.enter("1001")
    assert web.post("/work", {}, authorization=said).status_code == 401


def test_a_token_is_no_person(web: House) -> None:
    told = token(web)
    assert web.get("/api/v1/me", authorization=f"Bearer {told}").status_code == 401


def test_a_made_up_cookie_is_401(web: House) -> None:
    web.cookies = httpx.Cookies({COOKIE: "made-up"})
    assert web.post("/work").status_code == 401


def test_over_https_the_cookie_is_bound_to_this_host(web: House) -> None:
    plain = Reception(sessions=web.accounts.sign_in, tokens=web.accounts.tokens, now=lambda: NOON)
    secure = Reception(sessions=web.accounts.sign_in, tokens=web.accounts.tokens, now=lambda: NOON, secure=True)
    assert (plain.cookie, secure.cookie) == (COOKIE, SECURE_COOKIE)
    assert SECURE_COOKIE.startswith("__Host-")
