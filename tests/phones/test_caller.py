"""A telephone that presses keys and says when. What it calls here is a stand-in on a real socket; a real switch in tests/live."""

import asyncio

import pytest

from phones.caller import Caller
from phones.faults import PhoneSilent
from phones.sip import answer, read
from phones.stand_in import StandIn


def test_keys_are_pressed_one_after_the_other_and_the_last_ones_end_is_told() -> None:
    async def pressed() -> float:
        async with StandIn() as centre, Caller(number="19900000001") as caller:
            await caller.call("12345", host=centre.address, port=centre.port)
            before = asyncio.get_running_loop().time()
            moment = await caller.press("1", seconds=0.02)
            await caller.hang_up()
            return moment - before

    assert asyncio.run(pressed()) >= 0.02


def test_a_switch_that_asks_for_the_password_gets_it() -> None:
    class Suspicious(StandIn):
        """Asks once, as Asterisk does."""

        def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
            message = read(data)
            if message.method == "INVITE" and not message.get("Authorization"):
                asks = (("WWW-Authenticate", 'Digest realm="asterisk", nonce="1", qop="auth"'),)
                assert self._wire is not None
                self._wire.sendto(answer(message, 401, "Unauthorized", tag="u", more=asks).bytes(), addr)
            elif message.method != "ACK" or self.invites:
                super().datagram_received(data, addr)

    async def called() -> str:
        async with Suspicious() as switch, Caller(number="19900000001", user="self-check", password="p") as caller:
            await caller.call("12345", host=switch.address, port=switch.port)
            return switch.invites[0].message.get("Authorization")

    assert asyncio.run(called()).startswith('Digest username="self-check"')


def test_a_switch_that_says_nothing_is_told_of() -> None:
    async def calls() -> None:
        async with StandIn() as switch, Caller(number="19900000001") as caller:
            switch.mute = True
            await caller.call("12345", host=switch.address, port=switch.port, within_s=0.01)

    with pytest.raises(PhoneSilent, match="no answer to INVITE"):
        asyncio.run(calls())
