"""A signed request is read only after its signature, and its description says what it needs."""

import asyncio
from datetime import UTC, datetime

import httpx
import pytest
from fastapi import FastAPI, Request
from pydantic import BaseModel, ConfigDict

from console.problems import with_problems
from console.signatures import Signatures, signature_of
from console.signed_request import HEADERS, described, read_signed

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
SECRET = b"the secret of this test, long enough"


class Told(BaseModel):
    model_config = ConfigDict(extra="forbid")
    words: str


def posted(body: bytes, **headers: str) -> httpx.Response:
    signatures = Signatures(secrets={"city": SECRET})
    app = with_problems(FastAPI())

    @app.post("/told", openapi_extra=described(Told))
    async def told(request: Request) -> list[str]:
        sender, said = await read_signed(request, signatures, Told, now=NOW)
        return [sender, said.words]

    async def run() -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://console") as client:
            return await client.post("/told", content=body, headers=headers)

    return asyncio.run(run())


def signed(body: bytes) -> dict[str, str]:
    stamp = str(int(NOW.timestamp()))
    proof = signature_of(SECRET, timestamp=stamp, nonce="nonce-0001", method="POST", path="/told", body=body)
    return dict(zip(HEADERS, ("city", stamp, "nonce-0001", proof), strict=True))


def test_the_sender_and_his_words_are_given() -> None:
    body = '{"words": "已转办"}'.encode()
    assert posted(body, **signed(body)).json() == ["city", "已转办"]


@pytest.mark.parametrize("body", [b"", b"x", b"[]", b'{"words": 1}', b'{"words": "x", "more": "SECRETWORDS"}', b'{"words": "\xff"}'])
def test_what_cannot_be_read_is_422_and_not_said_back(body: bytes) -> None:
    answer = posted(body, **signed(body))
    assert answer.status_code == 422
    assert "SECRETWORDS" not in answer.text


@pytest.mark.parametrize("left_out", HEADERS)
def test_without_any_of_its_headers_nothing_is_looked_at(left_out: str) -> None:
    headers = signed(b"not even JSON")
    del headers[left_out]
    assert posted(b"not even JSON", **headers).status_code == 401


def test_the_description_names_the_headers_and_the_body() -> None:
    said = described(Told)
    assert [each["name"] for each in said["parameters"]] == list(HEADERS)
    assert "words" in said["requestBody"]["content"]["application/json"]["schema"]["properties"]
