"""Each command has a body with limits, made of its own fields."""

import json
import re
from dataclasses import fields
from datetime import UTC, datetime

import pytest
from pydantic import ValidationError
from sqlalchemy import Column

from console.ticket_bodies import HIDDEN, LONGEST, CitizenBody, body_of, command_of
from hotline.errors import MalformedInput
from storage.ticket_tables import ticket_calls, ticket_units, tickets
from tickets.commands import COMMANDS, Amend, AskExtension, Command, File, HandToInspection, MarkAccused, NoteCall, Reply
from tickets.model import Channel
from tickets.terms import Appeal
from tickets.ticket import Citizen, Satisfaction

MINIMAL = {"channel": "电话", "appeal": "投诉"}


@pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS)
def test_every_command_has_a_body_of_its_own_fields(command: type[Command]) -> None:
    model = body_of(command)
    assert set(model.model_fields) == {each.name for each in fields(command)} - HIDDEN
    assert model.model_json_schema()["additionalProperties"] is False


@pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS)
def test_no_text_of_any_command_is_without_its_limit(command: type[Command]) -> None:
    def unlimited(schema: object) -> list[object]:
        if isinstance(schema, list):
            return [found for each in schema for found in unlimited(each)]
        if not isinstance(schema, dict):
            return []
        text = schema.get("type") == "string" and not {"maxLength", "enum", "format", "pattern", "const"} & set(schema)
        row = schema.get("type") == "array" and "maxItems" not in schema
        return [schema] * (text or row) + unlimited(list(schema.values()))

    assert unlimited(body_of(command).model_json_schema()) == []


def test_a_body_becomes_its_command_and_the_number_takes_its_kept_form() -> None:
    body = body_of(File).model_validate({**MINIMAL, "citizen": {"name": " 市民甲 ", "phone": "+8619900001234"}, "accused": ["u1"]})
    filed = command_of(File, body, area_code="0663", key="api:p-1001/x")
    assert filed == File(
        channel=Channel.PHONE,
        appeal=Appeal.COMPLAINT,
        citizen=Citizen(name="市民甲", phone="19900001234"),
        accused=frozenset({"u1"}),
        key="api:p-1001/x",
    )


def test_what_is_left_out_is_left_as_it_is() -> None:
    assert command_of(Amend, body_of(Amend).model_validate({"title": "路灯"}), area_code="0663") == Amend(title="路灯")
    assert command_of(File, body_of(File).model_validate(MINIMAL), area_code="0663").citizen == Citizen()


def test_a_question_that_must_be_answered_may_be_answered_with_nothing() -> None:
    with pytest.raises(ValidationError):
        body_of(Reply).model_validate({"text": "已修复"})
    assert command_of(Reply, body_of(Reply).model_validate({"text": "已修复", "satisfied": None}), area_code="0663").satisfied is None
    said = body_of(Reply).model_validate({"text": "已修复", "satisfied": "满意"})
    assert command_of(Reply, said, area_code="0663").satisfied is Satisfaction.CONTENT


@pytest.mark.parametrize(
    ("command", "body"),
    [
        (File, {**MINIMAL, "title": "x" * (LONGEST["title"] + 1)}),
        (File, {**MINIMAL, "content": "a\x00b"}),
        (File, {**MINIMAL, "content": "a\u2028b"}),
        (File, {**MINIMAL, "key": "x"}),
        (File, {**MINIMAL, "channel": "鸽子"}),
        (File, {**MINIMAL, "happened_at": "2026-03-02T09:00:00"}),
        (File, {**MINIMAL, "citizen": {"phone": "call me"}}),
        (File, {**MINIMAL, "happened_at": "0001-01-01T00:00:00+10:00"}),
        (File, {**MINIMAL, "happened_at": "9999-12-31T23:59:59-10:00"}),
        (File, {**MINIMAL, "citizen": {"account": "wechat:a b"}}),
        (File, {**MINIMAL, "secrecy": 4}),
        (File, {**MINIMAL, "code": "1" * 33}),
        (File, {**MINIMAL, "place": "1" * 33}),
        (File, {**MINIMAL, "calls": ["hl1-" + "1" * 29]}),
        (File, {**MINIMAL, "calls": ["我的来电"]}),
        (File, {**MINIMAL, "accused": ["u" * 65]}),
        (Amend, {"code": "1" * 33}),
        (Amend, {"place": "1" * 33}),
        (NoteCall, {"call": "hl1-" + "1" * 29}),
        (NoteCall, {"call": "<script>"}),
        (AskExtension, {"until": datetime(2026, 3, 2, tzinfo=UTC).isoformat(), "legal_term": "", "basis": "x", "why": "y"}),
        (MarkAccused, {"units": [f"u{count}" for count in range(21)]}),
        (MarkAccused, {"units": [""]}),
        (HandToInspection, {"clause": "28-1", "evidence": ["x" * 1001]}),
    ],
)
def test_what_cannot_be_is_refused(command: type[Command], body: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        body_of(command).model_validate(body)


@pytest.mark.parametrize(
    ("command", "field", "column"),
    [
        (File, "code", tickets.c.code),
        (File, "place", tickets.c.place),
        (Amend, "code", tickets.c.code),
        (Amend, "place", tickets.c.place),
        (NoteCall, "call", ticket_calls.c.call_id),
        (File, "calls", ticket_calls.c.call_id),
        (File, "accused", ticket_units.c.unit),
    ],
)
def test_what_a_body_takes_fits_its_column(command: type[Command], field: str, column: Column[str]) -> None:
    schema = json.dumps(body_of(command).model_json_schema()["properties"][field])
    assert {int(found) for found in re.findall(r'"maxLength": (\d+)', schema)} == {getattr(column.type, "length", 0)}


def test_an_address_on_a_medium_is_kept_as_it_is() -> None:
    assert CitizenBody(account="wechat:oMarket01").citizen("0663").account == "wechat:oMarket01"
    assert CitizenBody(phone="8812345").citizen("0663").phone == "06638812345"


def test_a_number_that_nobody_can_call_is_not_dropped_in_silence() -> None:
    with pytest.raises(MalformedInput, match="联系电话"):
        CitizenBody(phone="12").citizen("0663")
