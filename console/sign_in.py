"""登录接口: sign in and out, who am I, and another password. JSON only; the session is a cookie that no script can read."""

from collections.abc import Callable
from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from console.problems import Problem
from console.reception import Reception, from_our_page, source_of
from hotline.accounts import Person
from hotline.gate import Act, may
from hotline.sign_in_rules import MOST_CHARACTERS, SignInRefused, TooManyTries

T = TypeVar("T")
Secret = Annotated[str, Field(max_length=MOST_CHARACTERS)]


class SignInWanted(BaseModel):
    """工号 and password."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)
    login: str = Field(max_length=64)
    password: Secret


class PasswordWanted(BaseModel):
    """The old one proves him once more."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)
    old: Secret
    new: Secret


def router(reception: Reception) -> APIRouter:
    """POST /api/v1/sign-in, /sign-out, /password; GET /api/v1/me."""
    routes = APIRouter(prefix="/api/v1", tags=["登录 sign-in"])

    @routes.post("/sign-in")
    def sign_in(body: SignInWanted, request: Request, response: Response) -> dict[str, Any]:
        from_our_page(request)
        signed_in = _proved(lambda: reception.sessions.sign_in(body.login, body.password, source=source_of(request), at=reception.now()))
        response.set_cookie(reception.cookie, signed_in.session, httponly=True, samesite="strict", secure=reception.secure, path="/")
        response.headers["Cache-Control"] = "no-store"
        return described(signed_in.person)

    @routes.post("/sign-out", status_code=204)
    def sign_out(request: Request, response: Response) -> None:
        from_our_page(request)
        if session := request.cookies.get(reception.cookie, ""):
            reception.sessions.sign_out(session, source=source_of(request), at=reception.now())
        _forget(reception, response)

    @routes.get("/me")
    def me(response: Response, person: Annotated[Person, Depends(reception.person)]) -> dict[str, Any]:
        response.headers["Cache-Control"] = "no-store"
        return described(person)

    @routes.post("/password", status_code=204)
    def password(body: PasswordWanted, request: Request, response: Response, person: Annotated[Person, Depends(reception.person)]) -> None:
        source, at = source_of(request), reception.now()
        _proved(lambda: reception.sessions.change_password(person.login, body.old, body.new, source=source, at=at))
        _forget(reception, response)

    return routes


def described(person: Person) -> dict[str, Any]:
    """As his own page is told: `may` are the acts that it has buttons for."""
    acts = [] if person.must_change_password else [act.value for act in Act if may(person.actor, act).ok]
    return {
        "id": person.id,
        "login": person.login,
        "name": person.name,
        "roles": sorted(person.roles),
        "unit": person.unit,
        "cleared": person.cleared,
        "must_change_password": person.must_change_password,
        "may": acts,
    }


def _proved(do: Callable[[], T]) -> T:
    """What it gives. A wrong password is 401, too many are 429."""
    try:
        return do()
    except TooManyTries as many:
        raise Problem(429, "too_often", str(many)) from None
    except SignInRefused as refused:
        raise Problem(401, "sign_in_refused", str(refused)) from None


def _forget(reception: Reception, response: Response) -> None:
    response.delete_cookie(reception.cookie, httponly=True, samesite="strict", secure=reception.secure, path="/")
