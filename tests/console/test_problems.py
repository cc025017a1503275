"""What goes wrong is said in one form, in words, and says nothing back of what was asked."""

import asyncio

import httpx
import pytest
from fastapi import FastAPI
from pydantic import BaseModel, ConfigDict, Field

from console.problems import MEDIA_TYPE, Problem, not_there, problem_of, with_problems
from hotline.access import NotAllowed
from hotline.errors import DoorClosed, HotlineError, MalformedInput, OurMistake
from tickets.moves import MoveRefused, TicketEvent
from tickets.ports import KeyTaken, NoSuchTicket, VersionConflict

CANARY = "市民甲19900001234"


class Small(BaseModel):
    model_config = ConfigDict(extra="forbid")
    phone: str = Field(pattern=r"^[0-9]+$", max_length=5)
    count: int = Field(default=1, le=9)


def asked(method: str, path: str, error: Exception | None = None, body: object = None) -> httpx.Response:
    app = with_problems(FastAPI())

    @app.post("/do")
    async def do(_body: Small) -> None:
        if error is not None:
            raise error

    async def run() -> httpx.Response:
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://console") as client:
            return await client.request(method, path, json={"phone": "1"} if body is None else body)

    return asyncio.run(run())


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (NotAllowed("承办人不能派单", article="11"), 403, "not_allowed"),
        (MoveRefused("现在不能派单", article="11"), 409, "not_now"),
        (MalformedInput("电话不对"), 422, "malformed"),
        (NoSuchTicket("没有业务单202603020001"), 404, "not_found"),
        (VersionConflict("x"), 409, "changed_meanwhile"),
        (KeyTaken("x"), 409, "changed_meanwhile"),
        (DoorClosed("database gone"), 503, "door_closed"),
        (not_there(), 404, "not_found"),
        (Problem(409, "replayed", "收到过"), 409, "replayed"),
        (OurMistake(CANARY), 500, "our_mistake"),
        (ValueError(CANARY), 500, "our_mistake"),
    ],
)
def test_each_error_of_ours_has_its_status_and_words(error: Exception, status: int, code: str) -> None:
    answer = asked("POST", "/do", error)
    assert (answer.status_code, answer.json()["code"], answer.headers["content-type"]) == (status, code, MEDIA_TYPE)
    assert answer.json()["words"]
    assert CANARY not in answer.text


def test_every_error_of_ours_becomes_one() -> None:
    kinds = [HotlineError, *HotlineError.__subclasses__()]
    assert len(kinds) > 5
    assert {problem_of(HotlineError("x")).status, problem_of(not_there()).status} == {500, 404}


def test_what_is_possible_instead_is_named() -> None:
    answer = asked("POST", "/do", MoveRefused("现在不能派单", article="12", possible=(TicketEvent.RECEIVED,)))
    assert (answer.json()["article"], answer.json()["possible"]) == ("12", ["received"])


def test_a_refusal_names_the_article() -> None:
    assert asked("POST", "/do", NotAllowed("不能", article="13-3")).json()["article"] == "13-3"


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"phone": "市民"}, "格式不对"),
        ({"phone": CANARY}, "最多5个字"),
        ({"phone": "1" * 6}, "最多5个字"),
        ({}, "必填"),
        ({"phone": "1", CANARY: CANARY}, "?：没有这一项"),
        ({"phone": "1", "count": CANARY}, "应为整数"),
        ({"phone": "1", "count": 10}, "最大9"),
        ([CANARY], "应为JSON对象"),
    ],
)
def test_a_request_that_is_wrong_is_told_where_but_nothing_of_it_is_said_back(body: object, words: str) -> None:
    answer = asked("POST", "/do", body=body)
    assert (answer.status_code, answer.headers["content-type"]) == (422, MEDIA_TYPE)
    assert words in answer.json()["words"]
    assert CANARY not in answer.text


@pytest.mark.parametrize(("method", "path", "status"), [("POST", "/nothing", 404), ("DELETE", "/do", 405)])
def test_an_address_that_is_not_there_is_a_problem_too(method: str, path: str, status: int) -> None:
    answer = asked(method, path)
    assert (answer.status_code, answer.json()["status"], answer.headers["content-type"]) == (status, status, MEDIA_TYPE)
