"""Every address of the whole console asks who comes, but for those that are named here with the reason."""

import asyncio
from collections.abc import Iterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from app.accounts import open_accounts
from app.intake_settings import Intake
from app.places import Places
from app.secrets_file import ensure_secrets
from app.serve_console import House, _house
from app.settings import Settings
from hotline.access import Actor, Role
from hotline.accounts import Person
from storage.layout import Layout
from storage.migrate import migrate

OPEN = {
    "/": "how well the system is; nothing of a citizen",
    "/healthz": "the same for a probe",
    "/board": "the wall: who is at which desk, nothing of a citizen",
    "/api/board": "the same as plain values",
    "/api/measures": "figures of the line, nothing of a citizen",
    "/api/measures/{figure}/calls": "ids of calls, nothing of a citizen",
    "/api/v1/sign-in": "here he says who he is",
    "/api/v1/sign-out": "who is out already stays out",
}
SIGNED = {
    "/api/v1/intake/sms": "each message is signed by its gateway",
    "/api/v1/intake/wechat": "the same by WeChat",
}
PUBLIC = {
    "/api/v1/progress": "a citizen proves himself by his number",
    "/open311/v2/services.json": "what was published, for everybody",
    "/open311/v2/requests.json": "the same",
    "/open311/v2/requests/{number}.json": "the same",
}
NOT_ASKED = OPEN | SIGNED | PUBLIC


class Doors:
    """The whole console, and each of its addresses."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.all = [(method.upper(), path) for path, methods in house.app.openapi()["paths"].items() for method in methods]

    def knock(self, method: str, path: str, **more: Any) -> int:  # noqa: ANN401 - as httpx takes them
        async def run() -> int:
            transport = httpx.ASGITransport(app=self.house.app)
            async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8345") as client:
                shut = path.replace("{", "").replace("}", "")
                body = more or {"json": {} if method == "POST" else None}
                return (await client.request(method, shut, **body)).status_code

        return asyncio.run(run())


@pytest.fixture(scope="module")
def doors(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Doors]:
    places = Places(var=tmp_path_factory.mktemp("v"))
    places.make()
    migrate(Layout(var=places.var).ledger)
    _somebody_at_a_desk(places)

    async def opened(held: AsyncExitStack) -> House:
        settings = Settings(intake=Intake(wechat_app_id="wx0123456789abcdef", sms_gateways=("gateway",)))
        return _house(settings, ensure_secrets(settings, places.secrets), places, held)

    with asyncio.Runner() as runner:
        held = AsyncExitStack()
        yield Doors(runner.run(opened(held)))
        runner.run(held.aclose())


def _somebody_at_a_desk(places: Places) -> None:
    accounts = open_accounts(places)
    by = Actor(id="p-admin", roles=frozenset({Role.ADMINISTRATOR}))
    accounts.people.add(Person(login="1001", roles=frozenset({Role.AGENT})), by=by, at=datetime.now(UTC))
    accounts.shut()


def test_every_address_that_is_not_named_here_asks_who_comes(doors: Doors) -> None:
    answers = {f"{method} {path}": doors.knock(method, path) for method, path in doors.all if path not in NOT_ASKED}
    assert len(answers) > 40
    assert {door: status for door, status in answers.items() if status != 401} == {}


def test_every_address_that_is_named_here_is_there(doors: Doors) -> None:
    assert set(NOT_ASKED) <= {path for _, path in doors.all}


def test_what_is_signed_is_not_taken_with_a_wrong_signature(doors: Doors) -> None:
    stamp = str(int(datetime.now(UTC).timestamp()))
    query = {"signature": "0" * 40, "timestamp": stamp, "nonce": "nonce-0001", "echostr": "1", "msg_signature": "0" * 40}
    heads = {"X-Sender": "gateway", "X-Timestamp": stamp, "X-Nonce": "nonce-0001", "X-Signature": "0" * 64}
    sms = {"id": "m1", "from": "19900000001", "text": "路灯坏了", "sent_at": "2026-03-02T09:00:00+08:00"}
    wechat = "<xml><FromUserName>o</FromUserName><MsgType>text</MsgType><MsgId>1</MsgId><Content>x</Content></xml>"
    said: dict[str, dict[str, Any]] = {
        "/api/v1/intake/sms": {"json": sms, "headers": heads},
        "/api/v1/intake/wechat": {"content": wechat, "params": query, "headers": {"Content-Type": "text/xml"}},
    }
    answers = {f"{method} {path}": doors.knock(method, path, **said[path]) for method, path in doors.all if path in SIGNED}
    assert set(answers.values()) == {401}, answers
    assert len(answers) == 3
