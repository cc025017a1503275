"""Reading tables by their fields: mistakes are collected, and the rest is read all the same."""

import re
from dataclasses import dataclass

from ivr.line_fields import Field, Named, Table, TableReader, Tables, spell
from ivr.line_values import Wrong, read_text


@dataclass(frozen=True, kw_only=True)
class Thing:
    label: str
    note: str = ""

    def __post_init__(self) -> None:
        if self.label == "坏":
            raise Wrong("坏的", "换一个")


FIELDS = {"label": Field(value=read_text, needed=True, example='"名称"'), "note": Field(value=read_text)}
THING = Table(make=Thing, fields=FIELDS)
MANY = Named(of=THING, names=re.compile("[a-z]+"), fix="小写")


def told(read: Table[Thing] | Tables[Thing] | Named[Thing], raw: object) -> tuple[object, list[str]]:
    reader = TableReader()
    value = read(reader, ("thing",), raw)
    return value, [f"{spell(flaw.place)}: {flaw.what}；{flaw.fix}" for flaw in reader.flaws]


def test_a_table_becomes_its_value() -> None:
    assert told(THING, {"label": "甲"}) == (Thing(label="甲"), [])


def test_an_unknown_field_is_asked_back() -> None:
    value, flaws = told(THING, {"label": "甲", "nots": "乙"})
    assert value is None
    assert flaws == ["thing.nots: 不认识 nots；是不是想写 note"]
    assert "label、note" in told(THING, {"label": "甲", "完全不像": 1})[1][0]


def test_a_missing_field_comes_with_an_example() -> None:
    assert told(THING, {}) == (None, ['thing: thing 缺少 label；补上一行 label = "名称"'])


def test_all_mistakes_are_told_at_once() -> None:
    assert len(told(THING, {"note": 1, "x": 2})[1]) == 3


def test_a_value_may_refuse_its_fields() -> None:
    assert told(THING, {"label": "坏"}) == (None, ["thing: 坏的；换一个"])


def test_what_should_be_a_table_is_asked_for() -> None:
    assert "应当是一张表" in told(THING, 3)[1][0]


def test_several_tables_keep_what_is_right() -> None:
    value, flaws = told(Tables(of=THING), [{"label": "甲"}, {}])
    assert value == (Thing(label="甲"),)
    assert len(flaws) == 1


def test_named_tables_keep_what_is_right() -> None:
    value, flaws = told(MANY, {"a": {"label": "甲"}, "B": {"label": "乙"}, "c": {}})
    assert value == {"a": Thing(label="甲")}
    assert len(flaws) == 2
