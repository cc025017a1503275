import dataclasses
import json

from hotline.messages import Receipt, TicketDraft


def test_a_draft_travels_as_json_and_comes_back_equal() -> None:
    draft = TicketDraft(
        key="hl1-1764000000.12",
        revision=1,
        channel="电话",
        called="12345",
        contact_phone="",
        received_at="2026-11-23T08:00:00+00:00",
        record={"uid": "x"},
    )
    assert TicketDraft(**json.loads(json.dumps(dataclasses.asdict(draft), ensure_ascii=False))) == draft


def test_a_receipt_tells_whether_the_push_was_new() -> None:
    assert Receipt(reference="草稿-1", fresh=True) != Receipt(reference="草稿-1", fresh=False)
