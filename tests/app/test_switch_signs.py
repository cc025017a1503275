"""Signs of life of Asterisk."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import cast

import pytest

from app.switch_signs import Mute, Partly, Signs, options, sip_answers


def sign(answers: bool, asked: list[str] | None = None, name: str = "") -> Callable[[], Awaitable[None]]:
    async def probe() -> None:
        await asyncio.sleep(0)
        if asked is not None:
            asked.append(name)
        if not answers:
            raise Mute("nothing")

    return probe


def ask(signs: Signs) -> None:
    asyncio.run(signs())


@pytest.mark.parametrize(
    ("console", "manager", "sip"), [(True, False, False), (False, True, False), (False, False, True), (True, True, False)]
)
def test_one_sign_is_life_and_the_silent_ones_are_named(console: bool, manager: bool, sip: bool) -> None:
    signs = Signs(often={"console": sign(console), "AMI": sign(manager)}, seldom={"SIP": sign(sip)})
    with pytest.raises(Partly) as raised:
        ask(signs)
    silent = [name for name, answers in {"console": console, "AMI": manager, "SIP": sip}.items() if not answers]
    assert [part.split(":")[0] for part in str(raised.value).split("；")] == silent


def test_without_any_sign_it_is_mute_and_not_partly_so() -> None:
    with pytest.raises(Mute) as raised:
        ask(Signs(often={"console": sign(False)}, seldom={"SIP": sign(False)}))
    assert type(raised.value) is Mute


def test_sip_is_asked_seldom_while_all_is_well_and_at_once_when_something_is_silent() -> None:
    asked: list[str] = []
    now = [100.0]
    well = Signs(often={"console": sign(True)}, seldom={"SIP": sign(True, asked, "SIP")}, every_s=15.0, now=lambda: now[0])
    for moment in (100.0, 102.0, 114.0, 116.0):
        now[0] = moment
        ask(well)
    assert asked == ["SIP"] * 2
    sick = Signs(often={"console": sign(False)}, seldom={"SIP": sign(True, asked, "SIP")}, every_s=15.0, now=lambda: now[0])
    for _ in range(2):
        with pytest.raises(Partly):
            ask(sick)
    assert asked == ["SIP"] * 4


class Stack(asyncio.DatagramProtocol):
    """A SIP stack that answers from the n-th packet on."""

    def __init__(self, answer: bytes, from_packet: int) -> None:
        self.heard: list[bytes] = []
        self._answer, self._from = answer, from_packet

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.DatagramTransport", transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self.heard.append(data)
        if len(self.heard) >= self._from:
            self._transport.sendto(self._answer, addr)


async def asked_of(stack: Stack, within_s: float = 1.0) -> None:
    transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(lambda: stack, local_addr=("127.0.0.1", 0))
    try:
        await sip_answers("127.0.0.1", transport.get_extra_info("sockname")[1], within_s=within_s)
    finally:
        transport.close()


def test_any_sip_answer_is_life_even_a_refusal() -> None:
    stack = Stack(b"SIP/2.0 401 Unauthorized\r\n\r\n", 1)
    asyncio.run(asked_of(stack))
    assert stack.heard[0].startswith(b"OPTIONS sip:")


def test_a_lost_packet_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.switch_signs.ASKED_AGAIN_S", (0.0, 0.001, 0.002))
    stack = Stack(b"SIP/2.0 200 OK\r\n\r\n", 3)
    asyncio.run(asked_of(stack))
    assert len(stack.heard) == 3


@pytest.mark.parametrize("answer", [b"", b"HTTP/1.1 200 OK\r\n"])
def test_silence_and_something_else_are_no_sign(answer: bytes) -> None:
    with pytest.raises(Mute, match="OPTIONS"):
        asyncio.run(asked_of(Stack(answer, 1 if answer else 99), within_s=0.01))


def test_a_closed_port_is_no_sign() -> None:
    async def ask_nobody() -> None:
        transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(asyncio.DatagramProtocol, local_addr=("127.0.0.1", 0))
        port = transport.get_extra_info("sockname")[1]
        transport.close()
        await asyncio.sleep(0)
        await sip_answers("127.0.0.1", port, within_s=0.01)

    with pytest.raises(Mute):
        asyncio.run(ask_nobody())


def test_the_question_is_a_whole_sip_request_and_no_two_are_alike() -> None:
    one, two = (options("127.0.0.1", 5060, ("127.0.0.1", 40000)).decode() for _ in range(2))
    assert one != two
    assert one.endswith("\r\n\r\n")
    names = {line.split(":")[0] for line in one.splitlines()[1:-1]}
    assert names == {"Via", "Max-Forwards", "From", "To", "Call-ID", "CSeq", "Contact", "Content-Length"}
