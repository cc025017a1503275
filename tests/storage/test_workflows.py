"""What the durable workflows put into their database."""

import json

import pytest

from hotline.identity import CallId
from storage.journal_sweep import Part
from storage.workflows import JsonSerializer, workflow_id


def test_a_workflow_is_known_by_its_call_and_part() -> None:
    assert workflow_id(Part(call=CallId("hl1-1764000001.12"), number=2)) == "after_call/hl1-1764000001.12/2"


@pytest.mark.parametrize("value", [{"args": ["hl1-1764000001.12", 1], "kwargs": {}}, None, 3, "已送达"])
def test_what_is_kept_is_plain_json(value: object) -> None:
    text = JsonSerializer().serialize(value)
    assert json.loads(text) == value == JsonSerializer().deserialize(text)


def test_an_error_keeps_its_type_and_its_text() -> None:
    again = JsonSerializer().deserialize(JsonSerializer().serialize(KeyError("door")))
    assert isinstance(again, RuntimeError)
    assert str(again) == "KeyError: 'door'"


def test_anything_that_is_no_id_is_refused() -> None:
    with pytest.raises(TypeError, match="ids only"):
        JsonSerializer().serialize(object())
