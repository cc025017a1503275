"""Every address of the whole console asks who comes, but for those that are named here with the reason."""

import asyncio
from collections.abc import Iterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime

import httpx
import pytest

from app.accounts import open_accounts
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

    def knock(self, method: str, path: str) -> int:
        async def run() -> int:
            transport = httpx.ASGITransport(app=self.house.app)
            async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8345") as client:
                shut = path.replace("{", "").replace("}", "")
                return (await client.request(method, shut, json={} if method == "POST" else None)).status_code

        return asyncio.run(run())


@pytest.fixture(scope="module")
def doors(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Doors]:
    places = Places(var=tmp_path_factory.mktemp("v"))
    places.make()
    migrate(Layout(var=places.var).ledger)
    _somebody_at_a_desk(places)

    async def opened(held: AsyncExitStack) -> House:
        return _house(Settings(), ensure_secrets(Settings(), places.secrets), places, held)

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


def test_what_is_signed_is_not_taken_without_its_signature(doors: Doors) -> None:
    answers = {f"{method} {path}": doors.knock(method, path) for method, path in doors.all if path in SIGNED}
    assert {door: status for door, status in answers.items() if status not in (401, 403, 422)} == {}
