"""A stand-in tells when and how it was called, and behaves as it was told to. A real telephone calls it over real sockets."""

import asyncio
import socket
from collections.abc import Awaitable, Callable

import pytest

from phones.caller import Caller
from phones.faults import PhoneRefused, PhoneSilent
from phones.sip import SipMessage, ask, read
from phones.stand_in import Invite, Manner, StandIn

NUMBER = "06630000110"
Scene = Callable[[StandIn, Caller], Awaitable[None]]


def played(scene: Scene, **how: object) -> None:
    async def play() -> None:
        async with StandIn(**how) as centre, Caller(number="19900000001") as caller:  # type: ignore[arg-type]
            await scene(centre, caller)

    asyncio.run(play())


def test_it_says_who_called_whom_and_when() -> None:
    async def scene(centre: StandIn, caller: Caller) -> None:
        before = asyncio.get_running_loop().time()
        await caller.call(NUMBER, host=centre.address, port=centre.port)
        invite = await centre.called(within_s=1)
        assert (invite.number, invite.asserted, invite.from_number) == (NUMBER, "19900000001", "19900000001")
        await centre.connected(invite, within_s=1)
        assert before <= invite.at <= invite.answered <= invite.acknowledged
        for voice in (centre.voice(invite), caller.voice):
            assert voice is not None
            await asyncio.wait_for(voice.hears.wait(), 1)
        await caller.hang_up()
        await centre.over(invite, within_s=1)
        assert invite.ended

    played(scene)


@pytest.mark.parametrize(("manner", "words"), [(Manner.BUSY, "486"), (Manner.ABSENT, "404"), (Manner.REFUSES, "403"), (Manner.FULL, "503")])
def test_a_number_may_be_refused_while_others_are_answered(manner: Manner, words: str) -> None:
    async def other(centre: StandIn, caller: Caller) -> None:
        await caller.call("06630000120", host=centre.address, port=centre.port)

    played(other, manners={NUMBER: manner})
    with pytest.raises(PhoneRefused, match=words):
        played(lambda centre, caller: caller.call(NUMBER, host=centre.address, port=centre.port), manners={NUMBER: manner})


def test_it_may_say_something_before_it_refuses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("phones.stand_in.ANNOUNCED_S", 0.005)

    async def scene(centre: StandIn, caller: Caller) -> None:
        with pytest.raises(PhoneRefused, match="503"):
            await caller.call(NUMBER, host=centre.address, port=centre.port)
        assert centre.voice(centre.invites[0]), "he heard something before"

    played(scene, manner=Manner.ANNOUNCES)


@pytest.mark.parametrize("manner", [Manner.RINGS, Manner.SILENT])
def test_who_is_not_answered_has_called_once_however_often_he_repeats_it(manner: Manner) -> None:
    async def scene(centre: StandIn, caller: Caller) -> None:
        with pytest.raises(PhoneSilent):
            await caller.call(NUMBER, host=centre.address, port=centre.port, within_s=0.02)
        packet = centre.invites[0].message.bytes()
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as again:
            again.sendto(packet, (centre.address, centre.port))
        await asyncio.sleep(0.005)
        assert len(centre.invites) == 1

    played(scene, manner=manner)


async def asked(centre: StandIn, message: SipMessage, answers: int = 1) -> list[SipMessage]:
    """What it says to a bare socket."""
    loop = asyncio.get_running_loop()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as bare:
        bare.setblocking(False)
        bare.bind(("127.0.0.1", 0))
        await loop.sock_sendto(bare, message.bytes(), (centre.address, centre.port))
        return [read(await asyncio.wait_for(loop.sock_recv(bare, 4096), 0.05)) for _ in range(answers)]


def plain(method: str, call: str = "q") -> SipMessage:
    return ask(method, "sip:x@127.0.0.1", [("From", "<sip:a@b>;tag=1"), ("To", "<sip:x@y>"), ("Call-ID", call), ("CSeq", f"1 {method}")])


def test_questions_and_registrations_are_answered_so_that_a_switch_believes_the_trunk() -> None:
    async def scene(centre: StandIn, _caller: Caller) -> None:
        assert [told.status for told in await asked(centre, plain("OPTIONS"))] == [200]
        [registered] = await asked(centre, plain("REGISTER"))
        assert registered.get("Expires") == "300"
        assert centre.questions == 1

    played(scene)


def test_who_gives_up_is_let_go() -> None:
    async def scene(centre: StandIn, _caller: Caller) -> None:
        assert [told.status for told in await asked(centre, plain("INVITE"))] == [180]
        [yes] = await asked(centre, plain("CANCEL"))
        assert yes.status == 200
        invite = await centre.called(within_s=1)
        await centre.over(invite, within_s=1)
        assert invite.cancelled
        assert not invite.ended

    played(scene, manner=Manner.RINGS)


def test_a_black_hole_swallows_everything() -> None:
    async def scene(centre: StandIn, _caller: Caller) -> None:
        centre.mute = True
        with pytest.raises(TimeoutError):
            await asked(centre, plain("OPTIONS"))
        with pytest.raises(PhoneSilent):
            await centre.called(within_s=0.001)

    played(scene)


def test_it_may_hang_up_first() -> None:
    async def scene(centre: StandIn, caller: Caller) -> None:
        await caller.call(NUMBER, host=centre.address, port=centre.port)
        centre.hang_up(await centre.called(within_s=1))
        await asyncio.wait_for(caller.ended.wait(), 1)
        await caller.hang_up()

    played(scene)


def test_it_may_decide_call_by_call() -> None:
    seen: list[str] = []

    def judge(invite: Invite) -> Manner | None:
        seen.append(invite.number)
        return Manner.BUSY if len(seen) == 1 else None

    async def scene(centre: StandIn, caller: Caller) -> None:
        with pytest.raises(PhoneRefused, match="486"):
            await caller.call(NUMBER, host=centre.address, port=centre.port)
        async with Caller(number="19900000002") as other:
            await other.call(NUMBER, host=centre.address, port=centre.port)

    played(scene, judge=judge)
    assert seen == [NUMBER, NUMBER]
