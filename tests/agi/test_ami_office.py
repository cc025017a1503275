"""A leader hears everything and reads nothing of before; a follower hears little and keeps nothing of it."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from agi.ami_link import AmiLink
from agi.ami_office import OFFICE
from hotline.errors import Deposed, LinkLost
from hotline.line import Follow, Lead, StillHere
from tests.fakes.fake_ami import Action, FakeAmi, well
from tests.fakes.fake_clock import FakeClock, until


def play(scene: Callable[[AmiLink, FakeAmi], Awaitable[None]], **more: object) -> list[Action]:
    async def run() -> list[Action]:
        async with FakeAmi(well) as ami, asyncio.TaskGroup() as group:
            link = AmiLink(host="127.0.0.1", port=ami.port, user="u", secret="s" * 24, clock=FakeClock(), **more)  # type: ignore[arg-type]
            running = group.create_task(link.run())
            await until(lambda: link._connection is not None)
            await scene(link, ami)
            running.cancel()
            return ami.heard

    return asyncio.run(run())


def said(actions: list[Action]) -> list[tuple[str, ...]]:
    return [tuple(each[key] for key in ("Action", "EventMask", "Variable", "Value", "Events") if key in each) for each in actions]


def test_a_leader_forgets_what_was_said_before_and_hears_everything_from_now_on() -> None:
    async def scene(link: AmiLink, ami: FakeAmi) -> None:
        assert not link.events.empty()
        await OFFICE[Lead](link, Lead())
        assert link.events.empty()

    assert said(play(scene, hears="system")) == [("Login", "system"), ("Events", "on")]


def test_a_follower_hears_little_also_after_the_next_login() -> None:
    async def scene(link: AmiLink, ami: FakeAmi) -> None:
        await OFFICE[Follow](link, Follow())
        assert link._hears == "system"

    assert said(play(scene)) == [("Login", "on"), ("Events", "system")]


def test_that_somebody_assigns_agents_is_said() -> None:
    async def scene(link: AmiLink, ami: FakeAmi) -> None:
        await OFFICE[StillHere](link, StillHere(until=17))

    assert said(play(scene))[1:] == [("Setvar", "HL_ROUTER_UNTIL", "17")]


def test_what_the_guard_refuses_is_never_sent() -> None:
    async def scene(link: AmiLink, ami: FakeAmi) -> None:
        with pytest.raises(Deposed):
            await OFFICE[StillHere](link, StillHere(until=17))

    def guard(_fields: object) -> dict[str, str]:
        raise Deposed("term 4 is over")

    assert said(play(scene, guard=guard)) == [("Login", "on")]


def test_who_begins_to_lead_in_the_middle_of_the_login_hears_everything() -> None:
    async def run() -> list[Action]:
        links: list[AmiLink] = []

        def answer(action: Action) -> str:
            if action["Action"] == "Login":
                links[0]._hears = "on"  # as `hear` does when there is no connection yet
            return well(action)

        async with FakeAmi(answer) as ami, asyncio.TaskGroup() as group:
            links.append(AmiLink(host="127.0.0.1", port=ami.port, user="u", secret="s" * 24, clock=FakeClock(), hears="system"))
            running = group.create_task(links[0].run())
            await until(lambda: links[0]._connection is not None)
            running.cancel()
            return ami.heard

    assert said(asyncio.run(run())) == [("Login", "system"), ("Events", "on")]


def test_without_a_link_nobody_knows_and_the_next_login_does_it() -> None:
    async def run() -> str:
        link = AmiLink(host="127.0.0.1", port=1, user="u", secret="s" * 24, clock=FakeClock(), hears="system")
        with pytest.raises(LinkLost):
            await OFFICE[Lead](link, Lead())
        return link._hears

    assert asyncio.run(run()) == "on"
