"""The ledger is held against everybody who called: nobody without a record, nobody with two, no recording that is not whole."""

import asyncio

import pytest

from bench.sipp import Outcome
from bench.soak import CENTRE, KINDS, Heard, Size, calls_of, numbers_of, report_of, tally_of
from phones.sip import ask, read
from phones.stand_in import Invite

SIZE = Size(calls=20)
GOOD = {kind.name: Outcome(good=calls_of(SIZE, kind), failed=0, seconds=1, answer_ms=1) for kind in KINDS}


def records() -> list[dict[str, object]]:
    return [
        {"trunk": kind.name, "caller": number, "recording": {"state": "complete"}, "joined": ["1001"], "placed": None, "ended": "now"}
        for kind in KINDS
        for number in numbers_of(SIZE, kind)
    ]


def invited(number: str, caller: str = "12345") -> Invite:
    """Somebody is called over the centre's trunk."""
    message = read(ask("INVITE", f"sip:{number}@127.0.0.41", [("From", f"<sip:{caller}@127.0.0.1>;tag=x"), ("Call-ID", number)]).bytes())
    return Invite(message=message, at=0.0, answered=1.0, acknowledged=1.0)


def missed(found: list[dict[str, object]], *, emergencies: int = 2, owed: int = 0, called_back: int = 0) -> list[str]:
    heard = Heard(reached={str(number) for number in range(emergencies)}, owed=owed, called_back=[invited("1")] * called_back)
    report = report_of(SIZE, GOOD, {"agi": 1}, tally_of(SIZE, found), heard)
    return [bar.what for bar in report.bars if not bar.ok]


def test_each_citizen_with_one_whole_record_keeps_every_bar() -> None:
    assert missed(records()) == []


def test_a_record_that_is_lost_doubled_or_without_its_sound_is_seen() -> None:
    assert missed(records()[1:]) == ["records lost"]
    assert missed([*records(), records()[0]]) == ["records doubled"]
    assert missed([{**records()[0], "recording": {"state": "short"}}, *records()[1:]]) == ["recordings lost"]


def test_the_self_check_is_no_citizen_and_an_emergency_that_nobody_heard_is_seen() -> None:
    stranger: dict[str, object] = {
        "trunk": "self-check", "caller": "", "recording": {"state": "missing"}, "joined": [], "placed": None, "ended": "now",
    }  # fmt: skip
    assert missed([stranger, *records()]) == []
    assert missed(records(), emergencies=1) == ["emergencies that never reached the centre"]


def test_a_call_back_of_which_nobody_knows_how_it_ended_is_seen_and_one_that_is_still_owed() -> None:
    back: dict[str, object] = {"trunk": "phones", "caller": "12345", "recording": {"state": "complete"}, "joined": [], "ended": "now"}
    talked: dict[str, object] = {**back, "placed": {"outcome": "talked"}}
    lost: dict[str, object] = {**back, "placed": {"outcome": ""}, "ended": None}
    assert missed([talked, *records()], called_back=1) == []
    assert missed([lost, *records()], called_back=1) == ["calls back that were answered and have no record of it", "records without an end"]
    assert missed(records(), owed=1) == ["emergencies still owed a call"]


def test_who_is_called_back_picks_up_talks_and_hangs_up_and_is_no_emergency_that_reached_the_centre() -> None:
    async def play() -> tuple[Heard, list[Invite]]:
        heard, centre = Heard(lasts_s=0.0), Centre()
        heard.note(centre, invited(CENTRE, "19900200001"))
        heard.note(centre, invited("19900200002"))
        await centre.hung.wait()
        return heard, centre.over

    heard, over = asyncio.run(play())
    assert (heard.reached, heard.answered, over) == ({"19900200001"}, 1, heard.called_back)


class Centre:
    """Hears of whom it hangs up on."""

    def __init__(self) -> None:
        self.over: list[Invite] = []
        self.hung = asyncio.Event()

    def hang_up(self, invite: Invite) -> None:
        self.over.append(invite)
        self.hung.set()


@pytest.mark.parametrize("size", [SIZE, Size()])
def test_every_citizen_has_a_mobile_number_of_his_own(size: Size) -> None:
    numbers = [number for kind in KINDS for number in numbers_of(size, kind)]
    assert len(set(numbers)) == len(numbers) == size.calls
    assert {len(number) for number in numbers} == {11}
