"""Figures over HTTP: units see their own, the hotline sees all, and what was published everybody sees who reads figures."""

import asyncio
import threading
from collections.abc import Sequence
from datetime import datetime
from io import BytesIO
from typing import Any

import httpx
import pytest
from openpyxl import load_workbook

from assessment.bulletin import Bulletin, as_json
from assessment.model import Period
from console import api_assessment
from console.guard import Guard
from console.reception import Reception
from tests.assessment.test_bulletin import BULLETIN, LATE
from tests.assessment.test_policy import NOVEMBER, PLAIN
from tests.console.account_house import House
from tests.console.account_house import stocked as stocked
from tests.console.account_house import web as web

AGENT, LEADER, STRANGER, OFFICE, MONITOR = "1001", "2001", "2101", "3001", "5001"
URL = "/api/v1/assessment"


class Figures:
    """The door, with November's figures."""

    def __init__(self) -> None:
        self.asked: list[tuple[Period, int]] = []
        self.kept: dict[str, dict[str, Any]] = {}

    def bulletin(self, period: Period, *, cleared: int, now: datetime) -> Bulletin:
        self.asked.append((period, cleared))
        return BULLETIN

    def publish(self, period: Period, *, by: str, now: datetime) -> dict[str, Any]:
        self.kept["20261101-1"] = {"id": "20261101-1", "by": by, **as_json(BULLETIN)}
        return self.kept["20261101-1"]

    def published(self) -> Sequence[dict[str, Any]]:
        return list(self.kept.values())

    def publication(self, bulletin_id: str) -> dict[str, Any] | None:
        return self.kept.get(bulletin_id)


@pytest.fixture
def figures(web: House) -> Figures:
    """Behind the console of this test, on the second of March."""
    made = Figures()
    accounts = web.accounts
    reception = Reception(sessions=accounts.sign_in, tokens=accounts.tokens, now=lambda: web.now)
    web.app.include_router(api_assessment.router(reception, Guard(log=accounts.log, now=lambda: web.now), made))
    return made


def seen(web: House, who: str, path: str) -> tuple[int, dict[str, Any]]:
    web.enter(who)
    answer = web.get(URL + path)
    return answer.status_code, answer.json()


def test_the_office_sees_all_units_and_a_unit_its_own(web: House, figures: Figures) -> None:
    status, said = seen(web, OFFICE, "?month=2026-11")
    assert (status, {each["unit"] for each in said["figures"]}) == (200, {"", "u1", "u2"})
    assert {each["unit"] for each in seen(web, LEADER, "?month=2026-11")[1]["figures"]} == {"u1"}
    assert figures.asked[0] == (NOVEMBER, 0)
    assert web.log()[-1]["act"] == "assessment.read"


def test_every_figure_leads_to_its_tickets(web: House, figures: Figures) -> None:
    path = "/figures/on_time_rate/tickets?month=2026-11&unit="
    assert seen(web, OFFICE, path + "u1")[1] == {
        "measure": "on_time_rate",
        "unit": "u1",
        "based_on": [PLAIN.ticket],
        "counted": [PLAIN.ticket],
    }
    assert seen(web, MONITOR, path)[1]["based_on"] == [PLAIN.ticket, LATE.ticket]
    assert seen(web, LEADER, path)[1]["based_on"] == [PLAIN.ticket]
    assert seen(web, LEADER, path + "u1")[1]["based_on"] == [PLAIN.ticket]
    assert seen(web, STRANGER, path + "u1")[0] == 404
    assert seen(web, OFFICE, path + "u9")[0] == 404
    assert len(figures.asked) == 5


def test_one_month_is_reckoned_at_a_time_whoever_asks_for_how_many(web: House, figures: Figures) -> None:
    busy: list[int] = []
    under_way = 0

    def slow(period: Period, *, cleared: int, now: datetime) -> Bulletin:
        nonlocal under_way
        under_way += 1
        busy.append(under_way)
        threading.Event().wait(0.02)
        under_way -= 1
        return BULLETIN

    figures.bulletin = slow  # type: ignore[method-assign]
    web.enter(OFFICE)

    async def run() -> list[int]:
        transport = httpx.ASGITransport(app=web.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8345", cookies=web.cookies) as client:
            return [each.status_code for each in await asyncio.gather(*(client.get(f"{URL}?month=2026-11") for _ in range(4)))]

    assert asyncio.run(run()) == [200] * 4
    assert busy == [1] * 4


@pytest.mark.usefixtures("figures")
def test_an_agent_reads_no_figures(web: House) -> None:
    assert seen(web, AGENT, "?month=2026-11")[0] == 403
    assert web.get(f"{URL}?month=2026-11").status_code == 403


@pytest.mark.usefixtures("figures")
def test_the_bulletin_is_a_workbook_of_what_he_may_see(web: House) -> None:
    web.enter(LEADER)
    answer = web.get(f"{URL}/bulletin.xlsx?month=2026-11")
    assert answer.headers["content-disposition"] == 'attachment; filename="bulletin-2026-11.xlsx"'
    book = load_workbook(BytesIO(answer.content))
    cells = {str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row}
    assert PLAIN.ticket in cells
    assert LATE.ticket not in cells
    assert "某县人民政府" not in cells


@pytest.mark.usefixtures("figures")
def test_the_office_publishes_a_month_that_is_over_and_units_read_it(web: House) -> None:
    web.enter(OFFICE)
    done = web.post(f"{URL}/bulletins", {"month": "2026-02"})
    assert (done.status_code, done.json()["by"]) == (201, "p-3001")
    assert web.post(f"{URL}/bulletins", {"month": "2026-03"}).status_code == 409
    assert {each["unit"] for each in seen(web, STRANGER, "/bulletins/20261101-1")[1]["figures"]} == {"", "u1", "u2"}
    assert len(seen(web, STRANGER, "/bulletins")[1]["bulletins"]) == 1
    assert seen(web, STRANGER, "/bulletins/20261001-1")[0] == 404
    web.enter(STRANGER)
    assert web.post(f"{URL}/bulletins", {"month": "2026-11"}).status_code == 403


@pytest.mark.usefixtures("figures")
@pytest.mark.parametrize(
    "path",
    ["", "?month=2026-13", "?month=november", "/figures/on_time_rate/tickets?month=2026-11&unit=.%2F", "/figures/A/tickets?month=2026-11"],
)
def test_what_cannot_be_right_is_refused(web: House, path: str) -> None:
    assert seen(web, OFFICE, path)[0] in (404, 422)
