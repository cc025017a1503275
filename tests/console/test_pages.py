"""The status page and the probe."""

import asyncio
import dataclasses

import httpx

from console.model import HealthReport, ProcessHealth
from console.pages import console_app

WELL = HealthReport(
    state="running", processes=(ProcessHealth(name="agi", pid=1, healthy=True, restarts=0),), live_calls=2, open_journals=2, backlog=0
)
SICK = dataclasses.replace(
    WELL,
    processes=(ProcessHealth(name="agi", pid=None, healthy=False, restarts=3, words="<没有运行>"),),
    live_calls=None,
    alarms=("磁盘只剩 5%",),
)


def get(path: str, report: HealthReport, *, host: str = "127.0.0.1:8345", hosts: tuple[str, ...] = ()) -> httpx.Response:
    async def ask() -> httpx.Response:
        async def answer() -> HealthReport:
            return report

        transport = httpx.ASGITransport(app=console_app(answer, hosts=hosts))
        async with httpx.AsyncClient(transport=transport, base_url=f"http://{host}") as client:
            return await client.get(path)

    return asyncio.run(ask())


def test_the_probe_answers_200_when_all_is_well() -> None:
    answer = get("/healthz", WELL)
    assert answer.status_code == 200
    assert answer.json()["healthy"] is True
    assert answer.json()["processes"][0]["name"] == "agi"


def test_the_probe_answers_503_with_the_same_words_when_not() -> None:
    answer = get("/healthz", SICK)
    assert answer.status_code == 503
    assert answer.json()["alarms"] == ["磁盘只剩 5%"]


def test_the_page_says_in_chinese_what_is_wrong_and_escapes_it() -> None:
    page = get("/", SICK).text
    assert 'lang="zh-CN"' in page
    assert "需要处理" in page
    assert "磁盘只剩 5%" in page
    assert "&lt;没有运行&gt;" in page
    assert "未知" in page


def test_the_page_says_that_all_is_well() -> None:
    page = get("/", WELL).text
    assert "一切正常" in page
    assert 'class="bad"' not in page


def test_no_documentation_of_the_api_is_served() -> None:
    assert get("/docs", WELL).status_code == 404
    assert get("/openapi.json", WELL).status_code == 404


def test_a_page_whose_name_was_turned_to_this_machine_is_refused() -> None:
    assert get("/healthz", WELL, host="evil.example:8345").status_code == 400
    assert get("/healthz", WELL, host="localhost:8345").status_code == 200


def test_behind_a_proxy_it_answers_to_the_name_that_the_operator_gave_it() -> None:
    assert get("/healthz", WELL, host="12345.example", hosts=("12345.example",)).status_code == 200
    assert get("/healthz", WELL, host="evil.example", hosts=("12345.example",)).status_code == 400
