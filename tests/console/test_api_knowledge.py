"""The knowledge base over HTTP, with real accounts and a real database behind it."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from console import api_knowledge
from console.guard import Guard
from console.reception import Reception
from knowledge.desk import Answered, KnowledgeDesk
from storage.engine import open_for_writing
from storage.knowledge import KnowledgeShelf
from storage.notices import Notices
from tests.console.account_house import House
from tests.console.account_house import stocked as stocked
from tests.console.account_house import web as web

ENTRY = {"owner": "u1", "title": "居住证办理", "answer": "持身份证到居住地派出所办理。", "keywords": ["暂住证"], "code": "0301"}
UNTIL = {"valid_until": "2027-03-01"}
AGENT, LEADER, HANDLER, STRANGER, OFFICE, AUDITOR = "1001", "2001", "2002", "2101", "3001", "4001"
URL = "/api/v1/knowledge"


@pytest.fixture
def desk(web: House, tmp_path: Path) -> Iterator[KnowledgeDesk]:
    """Behind the console of this test."""
    engine = open_for_writing(tmp_path / "ledger.sqlite")
    made = KnowledgeDesk(
        KnowledgeShelf(engine), review_due=lambda began: began + timedelta(days=3), name_of=lambda unit: unit, tell=Notices(engine).add
    )
    accounts = web.accounts
    reception = Reception(sessions=accounts.sign_in, tokens=accounts.tokens, now=lambda: web.now)
    web.app.include_router(api_knowledge.router(reception, Guard(log=accounts.log, now=lambda: web.now), made))
    yield made
    engine.dispose()


def does(web: House, who: str, path: str = "", body: object = None, method: str = "POST") -> tuple[int, dict[str, Any]]:
    """Signed in as somebody; returns status and JSON."""
    web.enter(who)
    answer = web.ask(method, URL + path, body)
    return answer.status_code, answer.json()


def seen(web: House, who: str, path: str = "") -> tuple[int, dict[str, Any]]:
    return does(web, who, path, method="GET")


def valid(web: House) -> str:
    item_id = str(does(web, AGENT, "", ENTRY)[1]["id"])
    does(web, AGENT, f"/{item_id}/submit")
    assert does(web, LEADER, f"/{item_id}/confirm", UNTIL)[0] == 200
    return item_id


@pytest.mark.usefixtures("desk")
def test_nobody_who_is_not_signed_in_sees_anything(web: House) -> None:
    assert web.get(URL).status_code == 401


@pytest.mark.usefixtures("desk")
def test_an_entry_goes_its_way_over_http_and_is_answered_from(web: House) -> None:
    status, item = does(web, AGENT, "", ENTRY)
    assert (status, item["versions"][0]["state"], item["valid"]) == (201, "draft", None)
    item_id = item["id"]
    assert does(web, AGENT, f"/{item_id}/submit")[1]["versions"][0]["review_due"] == "2026-03-05T04:00:00+00:00"
    assert [each["id"] for each in seen(web, LEADER, "/reviews")[1]["entries"]] == [item_id]
    assert does(web, LEADER, f"/{item_id}/confirm", UNTIL)[1]["valid"] == 1
    assert [each["title"] for each in seen(web, AGENT, "?words=居住证")[1]["entries"]] == ["居住证办理"]
    status, told = does(web, AGENT, f"/{item_id}/answered", {"ticket": "20260302000001"})
    assert (status, told) == (200, {"basis": f"{item_id}/1", "answer": ENTRY["answer"]})
    whole = seen(web, AGENT, f"/{item_id}")[1]
    assert whole["hits"] == {"found": 1, "opened": 1, "answered": 1}
    assert [each["ticket"] for each in seen(web, HANDLER, f"/{item_id}/given")[1]["given"]] == ["20260302000001"]


@pytest.mark.usefixtures("desk")
@pytest.mark.parametrize(("who", "status"), [(STRANGER, 404), (AGENT, 403), (OFFICE, 403), (AUDITOR, 403)])
def test_nobody_but_its_owner_confirms_it_and_the_refusal_is_written_down(web: House, who: str, status: int) -> None:
    item_id = does(web, AGENT, "", ENTRY)[1]["id"]
    does(web, AGENT, f"/{item_id}/submit")
    refused, problem = does(web, who, f"/{item_id}/confirm", UNTIL)
    assert refused == status
    assert problem["words"]
    if status == 403:
        assert problem["article"]
        line = next(each for each in web.log() if each["act"] == "knowledge.review")
        assert (line["actor"], line["done"], line["ticket"]) == (f"p-{who}", False, item_id)


@pytest.mark.usefixtures("desk")
def test_what_is_not_possible_now_says_what_is(web: House) -> None:
    item_id = does(web, AGENT, "", ENTRY)[1]["id"]
    status, problem = does(web, LEADER, f"/{item_id}/confirm", UNTIL)
    assert (status, problem["code"], problem["possible"]) == (409, "not_now", ["revised", "submitted", "withdrawn"])


@pytest.mark.usefixtures("desk")
def test_another_unit_sees_the_valid_version_and_nothing_of_the_next_one(web: House) -> None:
    item_id = valid(web)
    does(web, HANDLER, f"/{item_id}", {"title": "居住证新规", "answer": "新的答案"}, method="PUT")
    assert len(seen(web, HANDLER, f"/{item_id}")[1]["versions"]) == 2
    theirs = seen(web, STRANGER, f"/{item_id}")[1]
    assert [each["number"] for each in theirs["versions"]] == [1]
    assert "新的答案" not in str(theirs)
    assert seen(web, STRANGER, "?state=draft")[1] == {"entries": []}
    assert seen(web, STRANGER, f"/{item_id}/given")[0] == 403


@pytest.mark.usefixtures("desk")
def test_with_a_closed_access_log_nothing_is_shown_and_what_was_done_is_not_said_to_have_failed(web: House, tmp_path: Path) -> None:
    web.enter(AGENT)
    engine = open_for_writing(tmp_path / "ledger.sqlite")
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TRIGGER closed BEFORE INSERT ON access_log BEGIN SELECT RAISE(ABORT, 'closed'); END")
    engine.dispose()
    assert (web.ask("GET", URL).status_code, web.ask("POST", URL, ENTRY).status_code) == (503, 201)


@pytest.mark.usefixtures("desk")
def test_what_is_withdrawn_is_answered_from_no_more(web: House) -> None:
    item_id = valid(web)
    assert does(web, OFFICE, f"/{item_id}/withdraw", {"why": "政策已调整"})[0] == 200
    status, problem = does(web, AGENT, f"/{item_id}/answered", {"ticket": "20260302000001"})
    assert (status, problem["article"]) == (409, "24")


@pytest.mark.usefixtures("desk")
def test_what_is_sent_back_says_why(web: House) -> None:
    item_id = does(web, AGENT, "", ENTRY)[1]["id"]
    does(web, AGENT, f"/{item_id}/submit")
    assert does(web, LEADER, f"/{item_id}/send-back", {"why": "时限有误"})[1]["versions"][0]["note"] == "时限有误"


@pytest.mark.usefixtures("desk")
def test_another_use_wants_both_consents(web: House) -> None:
    item_id = valid(web)
    assert seen(web, OFFICE, f"/{item_id}/use?purpose=对外公开")[0] == 403
    for who in (LEADER, OFFICE):
        assert does(web, who, f"/{item_id}/consent", {"purpose": "对外公开"})[0] == 200
    assert seen(web, OFFICE, f"/{item_id}/use?purpose=对外公开")[1]["answer"] == ENTRY["answer"]
    assert does(web, HANDLER, f"/{item_id}/consent", {"purpose": "训练模型"})[0] == 403


@pytest.mark.usefixtures("desk")
@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "", ENTRY | {"answer": "找19900000001"}),
        ("POST", "", ENTRY | {"owner": "../x"}),
        ("POST", "", {"title": "无"}),
        ("GET", "/k-1?purpose=", None),
        ("GET", "?limit=0", None),
        ("GET", "/19900000001", None),
        ("POST", "/k-1/confirm", {"valid_until": "soon"}),
    ],
)
def test_what_cannot_be_right_is_refused_without_being_repeated(web: House, method: str, path: str, body: object) -> None:
    status, problem = does(web, AGENT, path, body, method=method)
    assert status in (404, 422)
    assert "1990000" not in str(problem)


def test_an_answered_consultation_waits_for_its_unit(web: House, desk: KnowledgeDesk) -> None:
    told = Answered(ticket="20260302000001", unit="u1", title="居住证办理", code="0301", answer="请到派出所办理", dispatched_at=web.now)
    item_id = desk.draft_from(told, at=web.now)
    assert [each["id"] for each in seen(web, HANDLER, "/reviews")[1]["entries"]] == [item_id]
    assert seen(web, STRANGER, "/reviews")[1] == {"entries": []}
    assert does(web, HANDLER, f"/{item_id}/confirm", UNTIL)[1]["valid"] == 1
