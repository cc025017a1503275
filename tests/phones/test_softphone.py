"""Two real phones call each other: SIP and sound on loopback, no switch between them."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from phones.faults import PhoneDied, PhoneRefused, PhoneSilent
from phones.hearing import find, keys_heard, read_sound
from phones.softphone import Account, Softphone

pytest.importorskip("pjsua2")
pytestmark = pytest.mark.slow
SPEECH = Path(__file__).parents[2] / "demo" / "audio"
BOTH = Callable[[Softphone, Softphone], Coroutine[Any, Any, None]]


@asynccontextmanager
async def two_phones(folder: Path) -> AsyncIterator[tuple[Softphone, Softphone]]:
    async with (
        Softphone(name="called", account=Account(user="1001", port=5060), folder=folder) as called,
        Softphone(name="caller", account=Account(user="19900001234", port=called.sip_port), folder=folder) as caller,
    ):
        yield caller, called


def run(folder: Path, story: BOTH) -> None:
    async def tell() -> None:
        async with asyncio.timeout(30), two_phones(folder) as (caller, called):
            await story(caller, called)

    asyncio.run(tell())


async def connect(caller: Softphone, called: Softphone) -> None:
    await called.on_ring("answer")
    await caller.dial("12345")
    await caller.expect("answered")
    for phone in (caller, called):
        await phone.expect("hears")


def test_both_hear_what_the_other_says(tmp_path: Path) -> None:
    async def story(caller: Softphone, called: Softphone) -> None:
        await connect(caller, called)
        await caller.play(SPEECH / "d09.wav")
        await called.play(SPEECH / "d19.wav")
        await caller.expect("played")
        await called.expect("played")
        await asyncio.sleep(0.3)  # the last words are still on the line
        await called.hang_up()
        assert (await caller.expect("ended")).fields["by"] == "them"
        assert (await called.expect("ended")).fields["by"] == "us"
        theirs, ours = read_sound(SPEECH / "d09.wav"), read_sound(SPEECH / "d19.wav")
        assert find(theirs, read_sound(called.recordings[-1]))
        assert find(ours, read_sound(caller.recordings[-1]))
        assert not find(theirs, read_sound(caller.recordings[-1]))

    run(tmp_path, story)


def test_keys_arrive_in_all_three_ways(tmp_path: Path) -> None:
    async def story(caller: Softphone, called: Softphone) -> None:
        await connect(caller, called)
        await caller.press("1#")
        await caller.press("23", way="info")
        await caller.press("45", way="inband")
        await caller.expect("played")
        await asyncio.sleep(0.3)
        await caller.hang_up()
        await called.expect("ended")
        keys = [(event.fields["digit"], event.fields["way"]) for event in called.events if event.kind == "key"]
        assert keys == [("1", "rfc4733"), ("#", "rfc4733"), ("2", "info"), ("3", "info")]
        assert keys_heard(read_sound(called.recordings[-1])).endswith("45")

    run(tmp_path, story)


def test_a_caller_meets_busy_refusal_and_a_phone_that_rings_on(tmp_path: Path) -> None:
    async def story(caller: Softphone, called: Softphone) -> None:
        for policy, code in (("busy", 486), ("refuse", 603)):
            await called.on_ring("busy" if policy == "busy" else "refuse")
            await caller.dial("12345")
            assert (await caller.expect("ended")).fields["code"] == code
        await called.on_ring("ignore")
        await caller.dial("12345")
        await caller.expect("ringback")
        await caller.hang_up()
        assert (await caller.expect("ended")).fields["code"] == 487

    run(tmp_path, story)


def test_a_second_caller_hears_busy_and_the_first_talks_on(tmp_path: Path) -> None:
    async def story(caller: Softphone, called: Softphone) -> None:
        await connect(caller, called)
        async with Softphone(name="second", account=Account(user="19900005678", port=called.sip_port), folder=tmp_path) as second:
            await second.dial("12345")
            assert (await second.expect("ended")).fields["code"] == 486
        assert caller.in_call
        assert called.in_call

    run(tmp_path, story)


def test_what_cannot_be_done_is_said_and_the_phone_lives_on(tmp_path: Path) -> None:
    async def story(caller: Softphone, called: Softphone) -> None:
        with pytest.raises(PhoneRefused, match="no call"):
            await caller.hang_up()
        await connect(caller, called)
        with pytest.raises(PhoneRefused):
            await caller.play(tmp_path / "missing.wav")
        with pytest.raises(PhoneSilent, match=r"waited .* for ended; what came: .*answered"):
            await caller.expect("ended", within=0.1)
        assert caller.in_call

    run(tmp_path, story)


def test_a_phone_that_dies_is_seen_at_once_by_who_waits_for_it(tmp_path: Path) -> None:
    async def story(caller: Softphone, called: Softphone) -> None:
        await connect(caller, called)
        asyncio.get_running_loop().call_later(0.1, called.vanish)
        with pytest.raises(PhoneDied, match="called: the phone's process ended with status -9"):
            await called.expect("ended", within=10)
        with pytest.raises(PhoneDied):
            await called.hang_up()

    run(tmp_path, story)


def test_limits_are_multiplied_by_the_patience_of_the_moment(tmp_path: Path) -> None:
    patience = [1.0]

    async def story() -> None:
        async with Softphone(name="hasty", account=Account(user="1001", port=5060), folder=tmp_path, patience=lambda: patience[0]) as phone:
            patience[0] = 0.001
            with pytest.raises(PhoneSilent, match=r"waited 0\.\d s for ringing"):
                await phone.expect("ringing", within=60)

    asyncio.run(asyncio.wait_for(story(), 40))


def test_leaving_hangs_up_for_the_other_side(tmp_path: Path) -> None:
    async def story(caller: Softphone, called: Softphone) -> None:
        async with Softphone(name="guest", account=Account(user="19900005678", port=called.sip_port), folder=tmp_path) as guest:
            await connect(guest, called)
        assert (await called.expect("ended")).fields["by"] == "them"

    run(tmp_path, story)
