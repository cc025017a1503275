"""The link comes up, notices its death, comes back, and never says anything twice."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

import pytest

from agi.ami_link import AmiLink, LinkGone, LinkUp
from hotline.errors import LinkLost, MalformedInput, Refused
from tests.fakes.fake_ami import Action, FakeAmi, reply, well
from tests.fakes.fake_clock import FakeClock, settle, until

Scene = Callable[[FakeAmi, AmiLink, FakeClock], Awaitable[None]]


def play(scene: Scene, answer: Callable[[Action], str] = well, *, answer_s: float = 1.0, beat_s: float = 60.0) -> FakeAmi:
    async def run() -> FakeAmi:
        clock = FakeClock()
        async with FakeAmi(answer) as ami:
            link = AmiLink(
                host="127.0.0.1", port=ami.port, user="u", secret="s", clock=clock, answer_s=answer_s, beat_s=beat_s, chance=lambda: 0.5
            )
            async with asyncio.TaskGroup() as group:
                running = group.create_task(link.run())
                await scene(ami, link, clock)
                running.cancel()
        return ami

    return asyncio.run(asyncio.wait_for(run(), 5))


async def comes(link: AmiLink, kind: type) -> None:
    while not isinstance(await link.events.get(), kind):
        pass


def silent_on(name: str) -> Callable[[Action], str]:
    return lambda action: "" if action["Action"] == name else well(action)


def test_the_link_is_up_after_login_and_full_boot() -> None:
    async def scene(ami: FakeAmi, link: AmiLink, clock: FakeClock) -> None:
        await comes(link, LinkUp)
        [answer] = await link.ask({"Action": "Ping"})
        assert answer.message == "well"

    ami = play(scene)
    assert {**ami.heard[0], "ActionID": ""} == {"Action": "Login", "ActionID": "", "Username": "u", "Secret": "s", "Events": "on"}


class Impatient(FakeClock):
    """Sleeps no time at all, but remembers for how long it should have."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[float] = []

    async def sleep(self, seconds: float) -> None:
        self.asked.append(seconds)
        await asyncio.sleep(0)


def test_a_refused_login_is_told_loudly_with_its_remedy_and_tried_again_ever_more_slowly(caplog: pytest.LogCaptureFixture) -> None:
    async def run() -> list[float]:
        clock = Impatient()
        async with FakeAmi(lambda action: reply(action, "Error", Message="Authentication failed")) as ami, asyncio.TaskGroup() as group:
            link = AmiLink(host="127.0.0.1", port=ami.port, user="u", secret="s", clock=clock, chance=lambda: 0.5)
            running = group.create_task(link.run())
            await until(lambda: len(clock.asked) >= 7)
            running.cancel()
            assert set(ami.names()) == {"Login"}
        return clock.asked[:7]

    assert asyncio.run(run()) == [0.5, 1, 2, 4, 8, 8, 8]
    assert "run scripts/up" in caplog.text
    assert all(record.levelno >= logging.ERROR for record in caplog.records if record.name == "agi.ami_link")


def test_a_lost_connection_is_told_and_what_was_asked_on_it_is_never_asked_again() -> None:
    async def scene(ami: FakeAmi, link: AmiLink, clock: FakeClock) -> None:
        await comes(link, LinkUp)
        async with asyncio.TaskGroup() as group:
            asked = group.create_task(_lost(link, {"Action": "Originate", "Async": "true"}))
            await until(lambda: "Originate" in ami.names())
            ami.hang_up()
            await asked
        await comes(link, LinkGone)
        with pytest.raises(LinkLost):
            await link.ask({"Action": "Ping"})
        await until(lambda: clock.sleepers)
        await clock.advance(1)
        await comes(link, LinkUp)
        await link.ask({"Action": "Ping"})

    ami = play(scene, silent_on("Originate"))
    assert ami.names() == ["Login", "Originate", "Login", "Ping"]


async def _lost(link: AmiLink, fields: dict[str, str]) -> None:
    with pytest.raises(LinkLost):
        await link.ask(fields)


def test_a_link_that_answers_no_ping_is_given_up() -> None:
    async def scene(ami: FakeAmi, link: AmiLink, clock: FakeClock) -> None:
        await comes(link, LinkUp)
        await comes(link, LinkGone)

    ami = play(scene, silent_on("Ping"), answer_s=0.01, beat_s=0.005)
    assert ami.names() == ["Login", "Ping", "Ping"]


def test_no_answer_is_a_lost_link_and_an_error_is_a_refusal() -> None:
    def answer(action: Action) -> str:
        return {"Hangup": "", "Bridge": reply(action, "Error", Message="Channel2 does not exist")}.get(action["Action"], well(action))

    async def scene(ami: FakeAmi, link: AmiLink, clock: FakeClock) -> None:
        await comes(link, LinkUp)
        with pytest.raises(Refused, match="Bridge: Channel2 does not exist"):
            await link.ask({"Action": "Bridge"})
        await _lost(link, {"Action": "Hangup"})

    play(scene, answer, answer_s=0.02)


def test_a_value_with_a_line_break_never_reaches_asterisk() -> None:
    async def scene(ami: FakeAmi, link: AmiLink, clock: FakeClock) -> None:
        await comes(link, LinkUp)
        for value in ("x\r\nAction: Logoff", "x\n", "x\r", "x\0"):
            with pytest.raises(MalformedInput):
                await link.ask({"Action": "Setvar", "Value": value})

    assert play(scene).names() == ["Login"]


def test_events_come_in_order_between_the_link_coming_up_and_going() -> None:
    async def scene(ami: FakeAmi, link: AmiLink, clock: FakeClock) -> None:
        await comes(link, LinkUp)
        ami.say("".join(f"Event: Test\r\nNumber: {number}\r\n\r\n" for number in range(100)))
        ami.hang_up()
        seen = [await link.events.get() for _ in range(100)]
        assert [event["Number"] for event in seen if not isinstance(event, LinkUp | LinkGone)] == [str(number) for number in range(100)]
        await comes(link, LinkGone)

    play(scene)


def test_nobody_there_is_told_and_tried_again(caplog: pytest.LogCaptureFixture) -> None:
    async def run() -> None:
        clock = FakeClock()
        async with FakeAmi() as ami:
            port = ami.port
        link = AmiLink(host="127.0.0.1", port=port, user="u", secret="s", clock=clock)
        async with asyncio.TaskGroup() as group:
            running = group.create_task(link.run())
            await until(lambda: clock.sleepers)
            with pytest.raises(LinkLost):
                await link.ask({"Action": "Ping"})
            running.cancel()
        await settle()

    asyncio.run(run())
    assert "no link to Asterisk on port" in caplog.text
