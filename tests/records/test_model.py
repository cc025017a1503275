"""The call record and its published JSON Schema are one thing."""

import dataclasses
import json
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from records.model import CallRecord, Joined, Message, Recording, Ring, TrackPoint, to_json

SCHEMA = json.loads((Path(__file__).parents[2] / "docs" / "call-record.schema.json").read_text(encoding="utf-8"))
SHAPES: dict[str, type] = {"track_point": TrackPoint, "ring": Ring, "joined": Joined, "recording": Recording, "message": Message}
NOON = datetime(2026, 11, 23, 12, tzinfo=timezone(timedelta(hours=8)))


def shape(name: str) -> dict[str, Any]:
    found: dict[str, Any] = SCHEMA["$defs"][name] if name in SHAPES else SCHEMA
    return found


def test_the_schema_is_a_valid_schema() -> None:
    Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize(("name", "cls"), [("call_record", CallRecord), *SHAPES.items()])
def test_the_schema_names_exactly_the_fields_of_the_record(name: str, cls: type) -> None:
    fields = [each.name for each in dataclasses.fields(cls)]
    assert list(shape(name)["properties"]) == fields
    assert shape(name)["required"] == fields
    assert shape(name)["additionalProperties"] is False


@pytest.mark.parametrize("name", ["call_record", *SHAPES])
def test_every_field_has_a_chinese_title(name: str) -> None:
    assert [key for key, value in shape(name)["properties"].items() if not any("一" <= char <= "鿿" for char in value["title"])] == []


def test_an_empty_record_obeys_the_schema() -> None:
    Draft202012Validator(SCHEMA).validate(to_json(CallRecord(call="hl1-1764000000.12")))


def test_times_are_written_in_utc() -> None:
    written = to_json(CallRecord(call="hl1-1764000000.12", arrived=NOON, joined=(Joined(agent="1001", leg="leg-1", began=NOON),)))
    assert written["arrived"] == written["joined"][0]["began"] == "2026-11-23T04:00:00.000000Z"
    assert datetime.fromisoformat(written["arrived"]) == NOON.astimezone(UTC)


def test_the_schema_refuses_a_time_in_another_zone() -> None:
    record = to_json(CallRecord(call="hl1-1764000000.12")) | {"arrived": "2026-11-23T12:00:00+08:00"}
    assert not Draft202012Validator(SCHEMA).is_valid(record)
