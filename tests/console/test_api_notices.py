"""通知接口: tests/app/test_around.py drives it with the real desk; here, what the outbox alone decides."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from console import api_notices
from console.guard import Guard
from console.reception import Reception
from hotline.access import Actor
from tests.console.account_house import House
from tests.console.account_house import stocked as stocked
from tests.console.account_house import web as web
from tickets.ports import NoSuchTicket
from tickets.views import View

ROW = {"kind": "urged", "recipient": "staff:u1", "state": "person", "created": "", "told": "", "attempts": 1, "error": "拒绝", "key": "k"}


class Outbox:
    def __init__(self) -> None:
        self.again = 0

    def of(self, ticket: str) -> Sequence[Mapping[str, Any]]:
        return []

    def persons(self) -> Sequence[Mapping[str, Any]]:
        return [ROW | {"ticket": "20260302000001", "secrecy": 0}, ROW | {"ticket": "20260302000003", "secrecy": 3}]

    def begin_anew(self, now: datetime) -> int:
        self.again += 1
        return 2


class NoTickets:
    async def see(self, number: str, by: Actor) -> View:
        raise NoSuchTicket("没有 none")


def opened(web: House) -> Outbox:
    outbox, accounts = Outbox(), web.accounts
    reception = Reception(sessions=accounts.sign_in, tokens=accounts.tokens, now=lambda: web.now)
    guard = Guard(log=accounts.log, now=lambda: web.now)
    web.app.include_router(api_notices.router(reception, guard, NoTickets(), outbox, lambda _view, *, copy_to_leader: None))
    return outbox


def test_a_secret_ticket_s_notice_is_listed_for_nobody_who_is_not_cleared(web: House) -> None:
    opened(web)
    web.enter("3001")
    told = web.get("/api/v1/notices/for-a-person").json()["notices"]
    assert [each["ticket"] for each in told] == ["20260302000001"]
    assert "key" not in told[0]


def test_a_person_lets_them_be_tried_again_and_who_watches_does_not(web: House) -> None:
    outbox = opened(web)
    web.enter("5001")
    assert web.post("/api/v1/notices/again").status_code == 403
    web.enter("3001")
    assert web.post("/api/v1/notices/again").json() == {"again": 2}
    assert outbox.again == 1


def test_a_ticket_that_is_not_there_and_one_that_is_not_his_look_the_same(web: House) -> None:
    opened(web)
    web.enter("2001")
    for path in ("notices", "urging-notice.pdf"):
        answer = web.get(f"/api/v1/tickets/20260302000009/{path}")
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
