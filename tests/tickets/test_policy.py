"""Every call leaves a draft (art. 11)."""

from typing import Any

import pytest

from tickets.policy import draft_of

RECORD: dict[str, Any] = {
    "call": "hl1-1764000000.12",
    "revision": 3,
    "called": "12345",
    "caller": "19900000001",
    "arrived": "2026-11-23T06:00:00.000000Z",
    "answered": "2026-11-23T06:00:01.000000Z",
    "wait_began": None,
    "joined": [],
    "message": None,
    "ended": "2026-11-23T06:01:00.000000Z",
}


def test_a_draft_says_who_called_whom_and_when() -> None:
    draft = draft_of(RECORD)
    assert (draft.key, draft.revision, draft.channel, draft.called) == ("hl1-1764000000.12", 3, "电话", "12345")
    assert (draft.contact_phone, draft.received_at) == ("19900000001", "2026-11-23T06:00:00.000000Z")
    assert draft.record == RECORD


def test_an_anonymous_caller_leaves_no_number() -> None:
    assert draft_of(RECORD | {"caller": ""}).contact_phone == ""


@pytest.mark.parametrize(
    ("known", "received"),
    [({"arrived": None}, "2026-11-23T06:00:01.000000Z"), ({"arrived": None, "answered": None}, "2026-11-23T06:01:00.000000Z")],
)
def test_without_an_arrival_the_first_known_moment_counts(known: dict[str, None], received: str) -> None:
    assert draft_of(RECORD | known).received_at == received


def test_even_a_call_of_which_nothing_is_known_leaves_a_draft() -> None:
    assert draft_of(RECORD | dict.fromkeys(("arrived", "answered", "ended"))).received_at == ""


def test_a_message_without_a_talk_comes_by_message() -> None:
    message = {"state": "pending", "seconds": 9.0}
    assert draft_of(RECORD | {"message": message}).channel == "留言"
    assert draft_of(RECORD | {"message": message, "joined": [{"agent": "1001"}]}).channel == "电话"
    assert draft_of(RECORD | {"message": {"state": "missing"}}).channel == "电话"


def test_a_record_of_a_former_release_knows_no_messages() -> None:
    record = {key: value for key, value in RECORD.items() if key not in ("message", "joined")}
    assert draft_of(record).channel == "电话"


def test_who_talked_through_the_lifeline_or_with_an_emergency_centre_came_by_telephone() -> None:
    message = {"message": {"state": "complete"}}
    moment = "2026-11-23T06:00:09.000000Z"
    assert draft_of(RECORD | message | {"lifeline": [{"answered": moment}]}).channel == "电话"
    assert draft_of(RECORD | message | {"emergency": [{"attempts": [{"answered": moment}]}]}).channel == "电话"
    assert draft_of(RECORD | message | {"lifeline": [{"answered": None}], "emergency": [{"attempts": []}]}).channel == "留言"
