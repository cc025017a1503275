"""Agents who take one call after the other, as the bench has them, without a switch."""

import asyncio

from bench.routing_live import FIRST_AGENT, BusyDesks, settings_with
from phones.sip import read
from phones.stand_in import Invite


def rung(number: str, at: float) -> Invite:
    return Invite(message=read(f"INVITE sip:{number}@127.0.0.1 SIP/2.0\r\nCall-ID: {at}\r\nCSeq: 1 INVITE\r\n\r\n".encode()), at=at)


def test_a_gap_is_from_an_agents_hang_up_to_his_own_next_call() -> None:
    async def story() -> list[float]:
        desks = BusyDesks(passwords={}, talk_s=60)
        desks.counting = True
        desks._rung(rung("2001", 10.0))
        desks._ready["2001"] = 20.0
        desks._rung(rung("2002", 20.1))
        desks._rung(rung("2001", 20.25))
        desks._rung(rung("2001", 30.0))
        return desks.gaps

    assert asyncio.run(story()) == [0.25]


def test_the_bench_has_so_many_agents() -> None:
    assert [agent.id for agent in settings_with(3).agents] == [str(FIRST_AGENT), "2002", "2003"]
