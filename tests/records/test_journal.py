"""The journal's line format survives crashes, versions and any number of writers."""

import dataclasses
import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline.call_facts import KINDS, Arrived, CallFact, KeysPressed, Said
from records.journal import ENVELOPE, Journal, decode, encode, merge

CALL = "hl1-1764000000.12"
AT = "2026-11-23T06:00:00.123456Z"

VALUES = {
    "str": st.text(max_size=12),
    "int": st.integers(),
    "bool": st.booleans(),
    "float": st.floats(allow_nan=False, allow_infinity=False),
    "tuple[str, ...]": st.lists(st.text(max_size=8), max_size=3).map(tuple),
}
FACTS = st.sampled_from(sorted(KINDS)).flatmap(
    lambda kind: st.builds(
        KINDS[kind],
        **{
            each.name: VALUES[getattr(each.type, "__name__", "") if isinstance(each.type, type) else str(each.type)]
            for each in dataclasses.fields(KINDS[kind])
        },
    )
)


def line(seq: int = 1, fact: CallFact | None = None, *, writer: str = "agi-1", at: str = AT) -> bytes:
    return encode(writer=writer, seq=seq, call=CALL, at=at, fact=fact or KeysPressed(question="main", digits="2"))


def test_a_line_carries_its_envelope_and_its_fact() -> None:
    assert json.loads(line(7)) == {
        "v": 1,
        "writer": "agi-1",
        "seq": 7,
        "call": CALL,
        "at": AT,
        "fact": "keys_pressed",
        "question": "main",
        "digits": "2",
    }


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_no_fact_uses_a_name_of_the_envelope(kind: str) -> None:
    assert not ENVELOPE & {each.name for each in dataclasses.fields(KINDS[kind])}


@given(FACTS)
def test_every_fact_comes_back_as_it_was_written(fact: CallFact) -> None:
    text = line(fact=fact)
    assert text.count(b"\n") == 1
    [read] = decode(text).lines
    assert read.fact == fact


@given(st.binary(max_size=200))
def test_no_file_content_makes_the_reader_raise(text: bytes) -> None:
    decode(text)


@given(st.lists(FACTS, min_size=1, max_size=5), st.data())
def test_a_torn_end_costs_only_the_torn_line(facts: list[CallFact], data: st.DataObject) -> None:
    lines = [line(seq, fact) for seq, fact in enumerate(facts)]
    cut = data.draw(st.integers(min_value=1, max_value=len(lines[-1]) - 2))
    journal = decode(b"".join(lines)[: -cut - 1])
    assert [each.seq for each in journal.lines] == list(range(len(facts) - 1))
    assert journal.unreadable == 1


def test_a_line_glued_to_a_torn_one_is_saved_and_the_loss_is_reported() -> None:
    journal = decode(line(1)[:30] + line(2) + line(3))
    assert [each.seq for each in journal.lines] == [2, 3]
    assert journal.unreadable == 1


def test_a_kind_of_a_later_version_is_kept_but_has_no_fact() -> None:
    [read] = decode(line(1).replace(b"keys_pressed", b"song_sung")).lines
    assert (read.kind, read.fact, read.fields["digits"]) == ("song_sung", None, "2")


def test_a_field_of_a_later_version_is_dropped() -> None:
    [read] = decode(line(1).replace(b'"digits"', b'"tone":1,"digits"')).lines
    assert read.fact == KeysPressed(question="main", digits="2")


@pytest.mark.parametrize(
    "broken",
    [b'"digits":2', b'"digits":null', b'"digits":["2"]'],
)
def test_a_field_of_the_wrong_kind_makes_the_line_unreadable(broken: bytes) -> None:
    assert decode(line(1).replace(b'"digits":"2"', broken)) == Journal(lines=(), unreadable=1)


@pytest.mark.parametrize("at", ["2026-11-23T06:00:00", "yesterday", ""])
def test_a_time_without_a_zone_is_not_believed(at: str) -> None:
    assert decode(line(1, at=at)).unreadable == 1


def test_times_are_utc_whatever_zone_they_were_written_in() -> None:
    [read] = decode(line(1, at="2026-11-23T14:00:00+08:00")).lines
    assert read.at == datetime(2026, 11, 23, 6, tzinfo=UTC)


def test_lines_are_ordered_by_time_then_writer_then_number() -> None:
    later = "2026-11-23T06:00:01Z"
    text = line(2) + line(1, at=later) + line(1, writer="a") + line(1)[:0] + line(3, at=AT)
    assert [(each.writer, each.seq) for each in decode(text).lines] == [("a", 1), ("agi-1", 2), ("agi-1", 3), ("agi-1", 1)]


@given(st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 3), FACTS), max_size=8), st.randoms(use_true_random=False))
def test_merging_is_idempotent_and_blind_to_order(written: list[tuple[str, int, CallFact]], chance: object) -> None:
    files = [decode(line(seq, fact, writer=writer)) for writer, seq, fact in written]
    mixed = list(files)
    chance.shuffle(mixed)  # type: ignore[attr-defined]
    once = merge(files)
    assert merge(mixed) == once
    assert merge([once, once]).lines == once.lines
    assert len({(each.writer, each.seq) for each in once.lines}) == len(once.lines)


def test_tuples_come_back_as_tuples() -> None:
    [read] = decode(line(1, Said(prompts=("greeting", "notice")))).lines
    assert read.fact == Said(prompts=("greeting", "notice"))


def test_an_arrival_with_chinese_words_is_readable_in_the_file() -> None:
    assert "揭阳".encode() in line(1, Arrived(called="12345", caller="19900000001", trunk="揭阳"))
