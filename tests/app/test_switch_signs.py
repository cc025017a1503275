"""Signs of life of Asterisk."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import cast

import pytest

from app.switch_signs import Mute, Partly, Signs, Trial, options, sip_answers
from hotline.errors import LinkLost


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


# ── of no use ────────────────────────────────────────────────────────────────────────────────────


class House:
    """A switch that does what a test says, and how it is judged after so many seconds."""

    def __init__(self) -> None:
        self.now = 0.0
        self.does = {"AMI": True, "SIP": True, "call": True}
        self.talks: bool | None = False
        clock = lambda: self.now  # noqa: E731
        self.signs = Signs(
            often={"AMI": self._sign("AMI")},
            seldom={"SIP": self._sign("SIP")},
            calls={"call": Trial(self._sign("call"), every_s=60, again_s=5, now=clock)},
            talking=self._talking,
            every_s=15,
            useless_after_s=20,
            now=clock,
        )

    def _sign(self, name: str) -> Callable[[], Awaitable[None]]:
        async def probe() -> None:
            await asyncio.sleep(0)
            if not self.does[name]:
                raise Mute("nothing")

        return probe

    async def _talking(self) -> bool:
        await asyncio.sleep(0)
        if self.talks is None:
            raise LinkLost("no console")
        return self.talks

    def judged(self, after_s: float) -> str:
        """well, partly or mute, asked every second until then."""
        verdict = ""
        for _ in range(int(after_s)):
            self.now += 1
            verdict = self._verdict()
        return verdict

    def _verdict(self) -> str:
        try:
            asyncio.run(self.signs())
        except Mute as mute:
            return type(mute).__name__.lower()
        return "well"


def test_a_call_to_itself_that_fails_once_is_nothing_and_twice_is_a_sign_missing() -> None:
    house = House()
    assert house.judged(1) == "well"
    house.does["call"] = False
    assert house.judged(59) == "well"
    assert house.judged(4) == "well"
    assert house.judged(3) == "partly"
    house.does["call"] = True
    assert house.judged(6) == "well"


@pytest.mark.parametrize(("duty", "missing_after"), [("SIP", 15), ("call", 66)])
def test_one_that_does_not_do_its_duty_is_of_no_use_when_nobody_talks(duty: str, missing_after: int) -> None:
    house = House()
    house.judged(1)
    house.does[duty] = False
    assert house.judged(missing_after) == "partly"
    assert house.judged(18) == "partly"
    assert house.judged(3) == "mute"
    house.talks = True
    assert house.judged(1) == "partly"
    house.talks = None
    assert house.judged(1) == "partly"


def test_one_that_does_none_of_its_duties_keeps_no_talk_either() -> None:
    house = House()
    house.judged(1)
    house.talks = True
    house.does |= {"SIP": False, "call": False}
    assert house.judged(59) == "partly"
    assert house.judged(8) == "mute"


def test_a_new_life_that_never_did_its_duty_is_not_ended_for_that_again() -> None:
    house = House()
    house.judged(1)
    house.does["SIP"] = False
    assert house.judged(60) == "mute"
    house.does["AMI"] = False
    house.judged(1)
    house.does["AMI"] = True
    assert house.judged(100) == "partly"
    house.does["SIP"] = True
    house.judged(1)
    house.does["SIP"] = False
    assert house.judged(60) == "mute"


# ── SIP ──────────────────────────────────────────────────────────────────────────────────────────


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
