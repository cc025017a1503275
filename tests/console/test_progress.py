"""Who asks must know number and contact; whatever is wrong looks the same, and takes as long."""

import asyncio
from datetime import timedelta

import pytest

from console.problems import Problem
from console.progress import FLOOR, Known, ProgressDesk, is_his
from console.tries import PER_NUMBER
from hotline.errors import DoorClosed
from tests.fakes.fake_clock import AloneClock

KNOWN = Known(number="202603020001", contacts=("19900001234", "wechat:oMarket01"), state="办理中", due="2026年3月10日")


def desk(clock: AloneClock | None = None, takes: timedelta = timedelta()) -> ProgressDesk:
    mine = clock or AloneClock()

    async def find(number: str) -> Known | None:
        if takes and number == KNOWN.number:
            await mine.sleep(takes.total_seconds())
        return KNOWN if number == KNOWN.number else None

    return ProgressDesk(find=find, clock=mine, area_code="0663")


def status(asked: ProgressDesk, number: str, contact: str) -> int:
    try:
        asyncio.run(asked.ask(number, contact))
    except Problem as problem:
        return problem.status
    return 200


@pytest.mark.parametrize(
    ("contact", "his"),
    [
        ("1234", True),
        ("19900001234", True),
        ("+8619900001234", True),
        ("4321", False),
        ("", False),
        ("234", False),
        ("01234", False),
        ("19900004321", False),
        ("wechat:oMarket01", False),
    ],
)
def test_he_names_his_number_or_its_last_four_digits(contact: str, his: bool) -> None:
    assert is_his("19900001234", contact, "0663") is his


@pytest.mark.parametrize(("known", "said"), [("", ""), ("", "1234"), ("1234", "1234"), ("wechat:oMarket1234", "1234"), ("110", "0110")])
def test_who_left_no_number_or_a_short_one_is_found_by_no_ending(known: str, said: str) -> None:
    assert not is_his(known, said, "0663")


def test_an_address_on_a_medium_must_be_whole() -> None:
    assert is_his("wechat:oMarket01", "wechat:oMarket01", "0663")


def test_state_and_term_are_told_in_a_sentence() -> None:
    assert asyncio.run(desk().words("202603020001", "1234")) == "编号202603020001：办理中，办理期限至2026年3月10日。"
    assert asyncio.run(desk().words("202603020001", "4321")) == asyncio.run(desk().words("202603029999", "1234"))


def test_each_of_his_contacts_will_do() -> None:
    assert [status(desk(), KNOWN.number, contact) for contact in ("1234", "wechat:oMarket01", "wechat:oMarket02")] == [200, 200, 404]


def test_right_and_wrong_take_the_same_time() -> None:
    def lasted(number: str, contact: str) -> timedelta:
        clock = AloneClock()
        mine = desk(clock, takes=timedelta(milliseconds=120))
        begun = clock.now()
        status(mine, number, contact)
        return clock.now() - begun

    assert {lasted(KNOWN.number, "1234"), lasted(KNOWN.number, "4321"), lasted("202603029999", "1234")} == {FLOOR}


def test_after_some_wrong_tries_even_the_right_one_is_not_answered_and_a_number_that_is_not_there_behaves_alike() -> None:
    for number in (KNOWN.number, "202603029999"):
        mine = desk()
        assert [status(mine, number, "4321") for _ in range(PER_NUMBER)] == [404] * PER_NUMBER
        assert status(mine, number, "1234") == 429


def burst(asked: ProgressDesk, contacts: list[str]) -> list[int]:
    """All at once, from one source."""

    async def one(contact: str) -> int:
        try:
            await asked.ask(KNOWN.number, contact, "198.51.100.7")
        except Problem as problem:
            return problem.status
        return 200

    async def run() -> list[int]:
        return list(await asyncio.gather(*(one(contact) for contact in contacts)))

    return asyncio.run(run())


def test_a_thousand_endings_at_once_are_a_thousand_tries() -> None:
    async def find(number: str) -> Known | None:
        await asyncio.sleep(0)
        return KNOWN if number == KNOWN.number else None

    mine = ProgressDesk(find=find, clock=AloneClock(), area_code="0663")
    answered = burst(mine, [f"{ending:04}" for ending in range(900, 1300)])
    assert (answered.count(404), answered.count(429), answered.count(200)) == (PER_NUMBER, 400 - PER_NUMBER, 0)


def test_who_guesses_shuts_nobody_out_who_knows_it_from_elsewhere() -> None:
    mine = desk()
    burst(mine, ["0000"] * 20)
    assert status(mine, KNOWN.number, "1234") == 200
    assert "办理中" in asyncio.run(mine.words(KNOWN.number, "wechat:oMarket01"))


def test_a_database_that_is_away_uses_up_no_tries() -> None:
    async def closed(_: str) -> Known | None:
        raise DoorClosed("database")

    mine = ProgressDesk(find=closed, clock=AloneClock(), area_code="0663")
    for _ in range(PER_NUMBER + 1):
        with pytest.raises(DoorClosed):
            asyncio.run(mine.ask(KNOWN.number, "1234"))
