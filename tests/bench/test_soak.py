"""The ledger is held against everybody who called: nobody without a record, nobody with two, no recording that is not whole."""

import pytest

from bench.sipp import Outcome
from bench.soak import KINDS, Size, calls_of, numbers_of, report_of, tally_of

SIZE = Size(calls=20)
GOOD = {kind.name: Outcome(good=calls_of(SIZE, kind), failed=0, seconds=1, answer_ms=1) for kind in KINDS}


def records() -> list[dict[str, object]]:
    return [
        {"trunk": kind.name, "caller": number, "recording": {"state": "complete"}, "joined": ["1001"]}
        for kind in KINDS
        for number in numbers_of(SIZE, kind)
    ]


def missed(found: list[dict[str, object]], *, emergencies: int = 2) -> list[str]:
    report = report_of(SIZE, GOOD, {"agi": 1}, tally_of(SIZE, found), emergencies=emergencies)
    return [bar.what for bar in report.bars if not bar.ok]


def test_each_citizen_with_one_whole_record_keeps_every_bar() -> None:
    assert missed(records()) == []


def test_a_record_that_is_lost_doubled_or_without_its_sound_is_seen() -> None:
    assert missed(records()[1:]) == ["records lost"]
    assert missed([*records(), records()[0]]) == ["records doubled"]
    assert missed([{**records()[0], "recording": {"state": "short"}}, *records()[1:]]) == ["recordings lost"]


def test_the_self_check_is_no_citizen_and_an_emergency_that_nobody_heard_is_seen() -> None:
    stranger: dict[str, object] = {"trunk": "self-check", "caller": "", "recording": {"state": "missing"}, "joined": []}
    assert missed([stranger, *records()]) == []
    assert missed(records(), emergencies=1) == ["emergencies that never reached the centre"]


@pytest.mark.parametrize("size", [SIZE, Size()])
def test_every_citizen_has_a_mobile_number_of_his_own(size: Size) -> None:
    numbers = [number for kind in KINDS for number in numbers_of(size, kind)]
    assert len(set(numbers)) == len(numbers) == size.calls
    assert {len(number) for number in numbers} == {11}
