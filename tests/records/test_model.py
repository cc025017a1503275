"""The call record and its published JSON Schema are one thing."""

import dataclasses
import json
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from records.model import (
    Asked,
    Attempt,
    Callback,
    CallRecord,
    Emergency,
    Gap,
    Joined,
    Lifeline,
    Message,
    Origin,
    Placed,
    Recording,
    Ring,
    SmsWanted,
    Spotted,
    Supervised,
    ThreeWay,
    TrackPoint,
    Transfer,
    to_json,
)

SCHEMA = json.loads((Path(__file__).parents[2] / "docs" / "call-record.schema.json").read_text(encoding="utf-8"))
SHAPES: dict[str, type] = {
    "track_point": TrackPoint,
    "ring": Ring,
    "joined": Joined,
    "recording": Recording,
    "gap": Gap,
    "message": Message,
    "emergency": Emergency,
    "attempt": Attempt,
    "three_way": ThreeWay,
    "origin": Origin,
    "lifeline": Lifeline,
    "spotted": Spotted,
    "transfer": Transfer,
    "placed": Placed,
    "asked": Asked,
    "callback": Callback,
}
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


def test_a_record_with_everything_in_it_obeys_the_schema() -> None:
    three = ThreeWay(agent="1001", began=NOON, agent_left=NOON)
    attempt = Attempt(trunk="telecom", attempt=1, began=NOON, answered=NOON, ended=NOON, outcome="talked", cause=16)
    record = CallRecord(
        call="hl1-1764000000.12",
        completeness="cut_off",
        abandon_stage="emergency",
        origin=Origin(service="110", case="A-1"),
        emergency=(Emergency(service="120", how="key", asked=NOON, attempts=(attempt,), three_way=three, accepted_by="120"),),
        lifeline=(Lifeline(why="died", entered=NOON, agent="1001", answered=NOON, over="talked", ended=NOON),),
        words=(Spotted(at=NOON, service="119"),),
        supervision=(Supervised(supervisor="1009", agent="1001", mode="whisper", began=NOON),),
        transfers=(Transfer(agent="1001", how="attended", to="agent:1002", asked=NOON, ended=NOON, consult_began=NOON),),
        placed=Placed(agent="1001", how="clicked", ticket="T-1", answered=NOON, outcome="talked"),
        callback_asked=Asked(at=NOON, since=NOON, skills=("tax",), priority=20),
        callback=Callback(reason="cut_off", priority=60, due=NOON),
        sms=(SmsWanted(at=NOON, about="typhoon-1764000000"),),
        recording=Recording(state="short", gaps=(Gap(side="both", seconds=9.5, began=NOON, ended=NOON), Gap(side="heard", seconds=1.0))),
        sources=("agi", "cel"),
    )
    Draft202012Validator(SCHEMA).validate(to_json(record))


def test_the_first_human_is_an_agent_or_one_of_the_lifeline_or_an_emergency_centre() -> None:
    later = NOON + timedelta(seconds=9)
    record = CallRecord(call="hl1-1764000000.12", joined=(Joined(agent="1001", leg="leg-1", began=later),))
    assert (CallRecord(call=record.call).human, record.human) == (None, later)
    assert dataclasses.replace(record, lifeline=(Lifeline(why="died", entered=NOON, answered=NOON),)).human == NOON
    tried = Emergency(service="110", how="key", asked=NOON, attempts=(Attempt(trunk="t", attempt=1, began=NOON, answered=NOON),))
    assert dataclasses.replace(record, emergency=(tried,)).human == NOON


def test_the_schema_refuses_a_time_in_another_zone() -> None:
    record = to_json(CallRecord(call="hl1-1764000000.12")) | {"arrived": "2026-11-23T12:00:00+08:00"}
    assert not Draft202012Validator(SCHEMA).is_valid(record)
