"""Every agent registers from the port at which he is called, and a switch that refuses is said."""

import asyncio

import pytest

from bench.desks import Desks
from phones.faults import PhoneSilent
from phones.stand_in import StandIn


def test_all_agents_register_and_a_mute_switch_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    async def story() -> None:
        async with StandIn() as switch, Desks(address="127.0.0.1", passwords={"1001": "x", "1002": "y"}) as desks:
            await desks.come(switch.port)
            switch.mute = True
            monkeypatch.setattr("bench.desks._ANSWER_S", 0.01)
            with pytest.raises(PhoneSilent, match="no answer"):
                await desks.come(switch.port)

    asyncio.run(story())
