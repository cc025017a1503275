"""The whole console over a real database and real HTTP: people, gateways, WeChat and other systems, all at the same tickets."""

import asyncio
import base64
import json
import os
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import update

from app.intake_settings import Intake
from app.places import PROJECT, Places
from app.secrets_file import ensure_secrets
from app.serve_console import House, _house
from app.settings import Secrets, Settings
from hotline.access import Actor, Role
from hotline.accounts import OrgUnit, Person
from hotline.messages import TicketDraft
from storage.account_tables import people
from storage.engine import open_for_reading, open_for_writing
from storage.layout import Layout
from storage.migrate import migrate
from storage.passwords import Passwords
from storage.people import People
from storage.ticket_sink_embedded import EmbeddedTicketSink
from storage.units import Units
from tests.fakes.fake_sms_gateway import FakeSmsGateway
from tests.fakes.fake_wechat import FakeWechat
from tests.fakes.served import served

DESCRIPTION = PROJECT / "docs" / "api" / "openapi.json"
NOW = datetime.now(UTC)
QUICK = Passwords(passes=1, memory_kib=8, lanes=1)
PASSWORD = "Kq7!mdwZ2x"
ADMINISTRATOR = Actor(id="p-admin", roles=frozenset({Role.ADMINISTRATOR}))
OFFICE = Actor(id="p-3001", roles=frozenset({Role.OFFICE}))
SETTINGS = Settings(intake=Intake(sms_gateways=("gateway",), outside_systems=("city",), wechat_app_id="wx0123456789abcdef"))
STAFF = (
    Person(login="1001", roles=frozenset({Role.AGENT})),
    Person(login="2001", roles=frozenset({Role.HANDLER}), unit="u1"),
    Person(login="3001", roles=frozenset({Role.OFFICE})),
)


@pytest.fixture
def places(tmp_path: Path) -> Places:
    """A system with three people and a unit."""
    made = Places(var=tmp_path)
    made.make()
    ledger = Layout(var=tmp_path).ledger
    migrate(ledger)
    writing, reading = open_for_writing(ledger), open_for_reading(ledger)
    for person in STAFF:
        People(writing, reading, QUICK).add(person, by=ADMINISTRATOR, at=NOW)
    Units(writing, reading).keep(OrgUnit(id="u1", name="市城管局"), by=OFFICE, at=NOW)
    with writing.begin() as connection:
        connection.execute(update(people).values(password=QUICK.hashed(PASSWORD), must_change_password=0))
    writing.dispose()
    reading.dispose()
    return made


Story = Callable[["Town"], Awaitable[None]]


class Town:
    """A running console and whoever writes to it."""

    def __init__(self, url: str, secrets: Secrets, house: House) -> None:
        self.url = url
        self.secrets = secrets
        self.house = house

    @asynccontextmanager
    async def enter(self, login: str) -> AsyncIterator[httpx.AsyncClient]:
        async with httpx.AsyncClient(base_url=self.url, trust_env=False) as client:
            answer = await client.post("/api/v1/sign-in", json={"login": login, "password": PASSWORD})
            assert answer.status_code == 200, answer.text
            yield client

    def gateway(self) -> FakeSmsGateway:
        now = datetime.now(UTC)
        secret = self.secrets.intake_secrets["gateway"].get_secret_value().encode()
        return FakeSmsGateway(url=f"{self.url}/api/v1/intake/sms", secret=secret, now=int(now.timestamp()), sent_at=now.isoformat())

    def wechat(self) -> FakeWechat:
        key = base64.b64decode(self.secrets.wechat_aes_key.get_secret_value() + "=")
        token = self.secrets.wechat_token.get_secret_value()
        stamp = int(datetime.now(UTC).timestamp())
        return FakeWechat(url=f"{self.url}/api/v1/intake/wechat", token=token, now=stamp, aes_key=key)


def played(places: Places, story: Story) -> None:
    async def run() -> None:
        secrets = ensure_secrets(SETTINGS, places.secrets)
        async with AsyncExitStack() as held:
            house = _house(SETTINGS, secrets, places, held)
            house.opened.refresh()
            async with served(house.app) as url:
                await story(Town(url, secrets, house))

    asyncio.run(run())


def test_a_citizens_sms_is_handled_by_people_and_he_can_ask_how_far_it_is(places: Places) -> None:
    async def story(town: Town) -> None:
        gateway = town.gateway()
        [answer] = await gateway.send("投诉：榕城区路灯坏了三天")
        number = answer.json()["number"]
        async with town.enter("1001") as agent, town.enter("2001") as handler, town.enter("3001") as office:
            base = f"/api/v1/tickets/{number}"
            assert (await handler.get(base)).status_code == 404
            left = await agent.post(f"{base}/leave-to-office", json={"why": "派单目录没有此事项"})
            assert left.status_code == 200, left.text
            sent = await office.post(f"{base}/designate", json={"lead": "u1", "why": "城市照明由市城管局主管"})
            assert sent.status_code == 200, sent.text
            taken = await handler.post(f"{base}/receive", json={})
            assert (taken.status_code, taken.json()["ticket"]["state"]) == (200, "received")
            found = await agent.post("/api/v1/tickets/search", json={"words": ["路灯"]})
            assert [each["number"] for each in found.json()["tickets"]] == [number]
            told = await agent.get("/api/v1/progress", params={"number": number, "last4": "1234"})
            assert told.json()["state"] == "办理中"
            wrong = await agent.get("/api/v1/progress", params={"number": number, "last4": "4321"})
            assert wrong.status_code == 404

    played(places, story)


def test_a_call_waits_among_the_drafts_until_an_agent_files_it(places: Places) -> None:
    call = TicketDraft(
        key="hl1-1795400000.1",
        revision=1,
        channel="电话",
        called="12345",
        contact_phone="19900001234",
        received_at=NOW.isoformat(),
        record={"call": "hl1-1795400000.1", "caller": "19900001234"},
    )

    async def story(town: Town) -> None:
        await EmbeddedTicketSink(town.house.opened.engines[0], now=lambda: NOW).push(call)
        async with town.enter("1001") as agent:
            [draft] = (await agent.get("/api/v1/drafts")).json()["drafts"]
            assert (draft["key"], draft["contact_phone"]) == (call.key, "19900001234")
            body = {"channel": "电话", "appeal": "求助", "title": "路灯不亮", "calls": [draft["key"]]}
            number = (await agent.post("/api/v1/tickets", json=body)).json()["number"]
            assert (await agent.get("/api/v1/drafts")).json() == {"drafts": []}
            assert (await agent.get(f"/api/v1/tickets/{number}/calls")).json() == {"calls": [call.record]}

    played(places, story)


def test_a_message_is_known_again_after_a_restart(places: Places) -> None:
    numbers: list[str] = []

    async def story(town: Town) -> None:
        [answer] = await town.gateway().send("榕城区路灯坏了三天")
        sent = await town.wechat().send("text", Content="夜市噪声扰民")
        numbers.append(answer.json()["number"])
        found = re.search(r"编号(\d+)", town.wechat().words(sent))
        assert found, sent.text
        numbers.append(found[1])

    played(places, story)
    played(places, story)
    assert numbers[:2] == numbers[2:]
    assert len(set(numbers)) == 2


def test_answer_times_are_kept_and_shown_to_the_office(places: Places) -> None:
    async def story(town: Town) -> None:
        await town.gateway().send("榕城区路灯坏了三天")
        async with town.enter("3001") as office:
            [figures] = (await office.get("/api/v1/intake/answer-times")).json()["channels"]
        assert (figures["channel"], figures["count"], figures["within"]) == ("短信", 1, 1)

    played(places, story)


def test_a_secret_of_one_lane_does_not_open_another(places: Places) -> None:
    async def story(town: Town) -> None:
        gateway = town.gateway()
        gateway.name, gateway.secret = "city", town.secrets.intake_secrets["city"].get_secret_value().encode()
        [answer] = await gateway.send("榕城区路灯坏了三天")
        assert answer.status_code == 401

    played(places, story)


def test_what_was_there_before_is_there_still(places: Places) -> None:
    async def story(town: Town) -> None:
        async with httpx.AsyncClient(base_url=town.url, trust_env=False) as client:
            assert (await client.get("/")).status_code == 200
            assert (await client.get("/healthz")).json()["state"] == "alone"
            assert (await client.get("/api/v1/tickets")).json()["code"] == "not_signed_in"
            assert (await client.get("/", headers={"Host": "elsewhere.example"})).status_code == 400

    played(places, story)


def test_the_published_description_is_that_of_the_whole_console(places: Places) -> None:
    async def made() -> dict[str, Any]:
        async with AsyncExitStack() as held:
            return _house(SETTINGS, ensure_secrets(SETTINGS, places.secrets), places, held).app.openapi()

    text = json.dumps(asyncio.run(made()), ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    if os.environ.get("HOTLINE_DRAW"):
        DESCRIPTION.parent.mkdir(exist_ok=True)
        DESCRIPTION.write_text(text, encoding="utf-8")
    assert DESCRIPTION.read_text(encoding="utf-8") == text, (
        f"{DESCRIPTION.name} is stale: HOTLINE_DRAW=1 scripts/test tests/app/test_console_doors.py"
    )
