"""What the city's own system tells is signed, written into the ticket's history, and the same event once."""

import hashlib
import hmac
import json

import httpx
import pytest

from console.api_webhooks import PATH
from hotline.gate import Act
from tests.console.ticket_house import SECRET, TicketHouse


@pytest.fixture
def house() -> TicketHouse:
    return TicketHouse()


def tell(house: TicketHouse, nonce: str, secret: bytes = SECRET, **body: str) -> httpx.Response:
    raw = json.dumps(body).encode()
    stamp = str(int(house.now.timestamp()))
    signed = hmac.new(secret, f"{stamp}.{nonce}.POST.{PATH}.".encode() + raw, hashlib.sha256).hexdigest()
    headers = {"X-Sender": "city", "X-Timestamp": stamp, "X-Nonce": nonce, "X-Signature": signed}
    return house.ask("POST", PATH, content=raw, headers={**headers, "Content-Type": "application/json"})


def events(house: TicketHouse, number: str) -> list[dict[str, str]]:
    history = house.get(f"/api/v1/tickets/{number}/history", "office").json()["entries"]
    return [entry["values"] for entry in history if entry["what"] == "outside_told"]


def test_a_status_is_written_into_the_history_once(house: TicketHouse) -> None:
    number = house.filed()
    for nonce in ("nonce-0001", "nonce-0002"):
        assert tell(house, nonce, number=number, event="e1", state="processing", words="已转办").status_code == 200
    assert events(house, number) == [{"event": "city/e1", "state": "processing", "words": "已转办"}]
    assert [(line.actor, line.ticket) for line in house.log.lines if line.act == Act.TICKET_OUTSIDE] == [("t-city", number)] * 2


def test_what_was_written_into_the_history_is_answered_200_though_the_access_log_is_closed(house: TicketHouse) -> None:
    number = house.filed()
    house.log.closed = True
    assert tell(house, "nonce-0001", number=number, event="e1", state="processing").status_code == 200


def test_a_confidential_ticket_is_told_of_too(house: TicketHouse) -> None:
    number = house.filed("cleared", secrecy=3)
    assert tell(house, "nonce-0001", number=number, event="e1", state="done").status_code == 200


def test_a_wrong_secret_a_repeated_request_and_an_unknown_number_are_refused(house: TicketHouse) -> None:
    number = house.filed()
    assert tell(house, "nonce-0001", secret=b"guessed", number=number, event="e1", state="done").status_code == 401
    assert tell(house, "nonce-0002", number="20990101000001", event="e1", state="done").status_code == 404
    assert tell(house, "nonce-0002", number=number, event="e1", state="done").status_code == 409
    assert events(house, number) == []


def test_what_is_no_status_is_422(house: TicketHouse) -> None:
    assert tell(house, "nonce-0001", number="x").status_code == 422
