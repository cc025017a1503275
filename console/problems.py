"""What goes wrong, over HTTP: application/problem+json (RFC 9457), in words, Chinese first. Nothing of a request is ever said back.

401 nobody is signed in · 403 not this role (the article says why) · 404 not there, or not for him: the two look the same · 409 not now:
what is possible stands in `possible` · 422 the request itself · 429 too often · 503 an outside thing does not answer; try again later.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from hotline.access import NotAllowed
from hotline.errors import DoorClosed, HotlineError, MalformedInput
from tickets.moves import MoveRefused
from tickets.ports import KeyTaken, NoSuchTicket, VersionConflict

MEDIA_TYPE: Final = "application/problem+json"
NOT_FOUND: Final = "没有这件业务单，或者不归您办理 not there, or not for you"
_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,39}")
_HEADERS: Final = {"Cache-Control": "no-store"}


class Problem(HotlineError):
    """The answer to a request is a problem. `code`: one word for programs, `words`: for people, `article`: of 揭府办〔2015〕4号."""

    def __init__(self, status: int, code: str, words: str, *, article: str = "", possible: Sequence[str] = ()) -> None:
        super().__init__(words)
        self.status = status
        self.code = code
        self.words = words
        self.article = article
        self.possible = tuple(possible)


def not_there() -> Problem:
    """404: the same for what does not exist and for what is not his to see, so that nobody learns which numbers there are."""
    return Problem(404, "not_found", NOT_FOUND)


def answer_of(problem: Problem, *, more: Mapping[str, Any] | None = None, headers: Mapping[str, str] | None = None) -> JSONResponse:
    """The response. `more`: members beside the usual ones."""
    said = {"status": problem.status, "code": problem.code, "words": problem.words, "article": problem.article}
    body = {**said, "possible": list(problem.possible), **(more or {})}
    return JSONResponse(body, status_code=problem.status, media_type=MEDIA_TYPE, headers={**_HEADERS, **(headers or {})})


def problem_of(error: HotlineError) -> Problem:
    """Our own errors, as a caller is told them."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, NotAllowed):
        return Problem(403, "not_allowed", error.words, article=error.article)
    if isinstance(error, MoveRefused):
        return Problem(409, "not_now", error.words, article=error.article, possible=[event.value for event in error.possible])
    if isinstance(error, NoSuchTicket):
        return not_there()
    if isinstance(error, VersionConflict | KeyTaken):
        return Problem(409, "changed_meanwhile", "业务单刚刚被别人改动，请重新查看后再办 somebody was faster; look again")
    if isinstance(error, MalformedInput):
        return Problem(422, "malformed", str(error))
    if isinstance(error, DoorClosed):
        return Problem(503, "door_closed", "系统暂时不能办理，请稍后再试 not possible now, try again later")
    return Problem(500, "our_mistake", "系统出错，已记录；请稍后再试 our mistake, it was noted")


def with_problems(app: FastAPI) -> FastAPI:
    """The same application, which says everything that goes wrong in this form. A bug answers 500 without a word of what was asked."""

    @app.exception_handler(HotlineError)
    async def ours(_request: Request, error: HotlineError) -> JSONResponse:
        return answer_of(problem_of(error))

    @app.exception_handler(RequestValidationError)
    async def malformed(_request: Request, error: RequestValidationError) -> JSONResponse:
        fields = [{"where": _where(item["loc"]), "words": field_words(item)} for item in error.errors()[:20]]
        words = "；".join(dict.fromkeys(f"{each['where']}：{each['words']}" for each in fields))
        return answer_of(Problem(422, "malformed", f"内容不对：{words} please mend the request"), more={"fields": fields})

    @app.exception_handler(HTTPException)
    async def other(_request: Request, error: HTTPException) -> JSONResponse:
        code, words = _STATUS_WORDS.get(error.status_code, ("refused", "不能这样请求 not possible in this way"))
        return answer_of(Problem(error.status_code, code, words), headers=error.headers)

    @app.exception_handler(Exception)
    async def bug(_request: Request, _error: Exception) -> JSONResponse:
        return answer_of(Problem(500, "our_mistake", "系统出错，已记录；请稍后再试 our mistake, it was noted"))

    return app


def field_words(item: Mapping[str, Any]) -> str:
    """What is wrong with one field, without what stood in it (`item`: one of pydantic's errors)."""
    kind, context = str(item["type"]), item.get("ctx") or {}
    limit = next((context[key] for key in ("max_length", "min_length", "le", "ge", "lt", "gt") if key in context), "")
    return _FIELD_WORDS.get(kind, "格式不对 not in the right form").format(limit=limit)


def _where(place: Sequence[str | int]) -> str:
    """body.phone; a name that nobody of us gave is not repeated."""
    return ".".join(str(part) if isinstance(part, int) or _NAME.fullmatch(part) else "?" for part in place)


_STATUS_WORDS: Final[Mapping[int, tuple[str, str]]] = {
    400: ("malformed", "请求不对 not a proper request"),
    401: ("not_signed_in", "请先登录 please sign in"),
    403: ("not_allowed", "您没有这个权限 not for you"),
    404: ("not_found", "没有这个地址 nothing is here"),
    405: ("no_such_method", "此地址不支持这种请求方法 this method is not for this address"),
    413: ("too_large", "内容太长 too large"),
    415: ("not_json", "请用JSON提交 please send JSON"),
    429: ("too_often", "请求太频繁，请稍后再试 too often, try again later"),
}
_FIELD_WORDS: Final[Mapping[str, str]] = {
    "missing": "必填 is needed",
    "extra_forbidden": "没有这一项 no such field",
    "string_too_long": "太长，最多{limit}个字 at most {limit} characters",
    "string_too_short": "太短，至少{limit}个字 at least {limit} characters",
    "string_pattern_mismatch": "格式不对 not in the right form",
    "string_type": "应为文字 must be text",
    "too_long": "太多，最多{limit}项 at most {limit} items",
    "too_short": "太少，至少{limit}项 at least {limit} items",
    "enum": "不在可选范围内 is none of the choices",
    "literal_error": "不在可选范围内 is none of the choices",
    "bool_parsing": "应为 true 或 false must be true or false",
    "int_parsing": "应为整数 must be a whole number",
    "less_than_equal": "太大，最大{limit} at most {limit}",
    "greater_than_equal": "太小，最小{limit} at least {limit}",
    "datetime_parsing": "应为带时区的时间，如 2026-03-02T09:00:00+08:00 must be a time with its zone",
    "datetime_from_date_parsing": "应为带时区的时间，如 2026-03-02T09:00:00+08:00 must be a time with its zone",
    "timezone_aware": "时间要带时区，如 +08:00 a time needs its zone",
    "date_parsing": "应为日期，如 2026-03-02 must be a date",
    "json_invalid": "不是JSON not JSON",
    "out_of_time": "应在1900年到2200年之间 must lie between 1900 and 2200",
    "control_characters": "含有不可见的控制字符 holds control characters",
    "model_attributes_type": "应为JSON对象 must be a JSON object",
}
