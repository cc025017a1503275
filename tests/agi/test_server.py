"""The FastAGI server on a real socket: bad input costs its sender the connection and us one line; the others are served meanwhile."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest

from agi.server import Line, Server
from agi.wire import EXEC, STREAM_FILE, Head, Reply, command
from hotline.errors import LineFault
from ivr.facts import HungUp
from tests.fakes.fake_asterisk import FakeAsterisk

HEAD = b"agi_network: yes\nagi_network_script: welcome\nagi_calleridname: unknown\nagi_threadid: 1\nagi_arg_1: hl1-1.2\n\n"
PLAY = command(STREAM_FILE, "x", "")
PATIENCE_S = 5.0


@dataclass
class Served:
    """A running server and what its visits saw."""

    port: int
    stop: asyncio.Event
    server: Server
    heads: list[Head] = field(default_factory=list)
    replies: list[Reply | None] = field(default_factory=list)


async def one_question(served: Served, head: Head, line: Line) -> None:
    served.heads.append(head)
    served.replies.append(await line.ask(PLAY, 5.0))


Visit = Callable[[Served, Head, Line], Awaitable[None]]


@asynccontextmanager
async def serving(
    visit: Visit = one_question, *, most: int = 100, head_s: float = 5.0, sweep_s: float = 1.0, grace_s: float = 0.0
) -> AsyncIterator[Served]:
    port: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    server = Server(lambda head, line: visit(served, head, line), most=most, head_s=head_s, sweep_s=sweep_s)
    served = Served(port=0, stop=asyncio.Event(), server=server)
    async with asyncio.timeout(PATIENCE_S), asyncio.TaskGroup() as group:
        running = group.create_task(server.serve(host="127.0.0.1", port=0, stop=served.stop, grace_s=grace_s, ready=port.set_result))
        served.port = await port
        try:
            yield served
        finally:
            served.stop.set()
            await running


async def is_served(served: Served) -> bool:
    """Another citizen's visit goes through."""
    reader, writer = await asyncio.open_connection("127.0.0.1", served.port)
    writer.write(HEAD)
    said = await reader.readline()
    writer.write(b"200 result=0\n")
    ended = await reader.read() == b""
    writer.close()
    return said == PLAY and ended


async def is_refused(served: Served) -> bool:
    """Sooner or later nobody listens any more."""
    while True:
        try:
            _, late = await asyncio.open_connection("127.0.0.1", served.port)
        except (ConnectionRefusedError, ConnectionResetError):
            return True
        late.close()
        await late.wait_closed()


async def is_closed(reader: asyncio.StreamReader) -> bool:
    try:
        return await reader.read() == b""
    except ConnectionResetError:
        return True


def run(story: Coroutine[None, None, None]) -> None:
    asyncio.run(story)


# ── a visit ──────────────────────────────────────────────────────────────────────────────────────


def test_a_visit_is_served_and_its_line_closed() -> None:
    async def story() -> None:
        async with serving() as served:
            assert await is_served(served)
        assert served.heads == [Head(flow="welcome", arguments=("hl1-1.2",))]
        assert served.replies == [Reply(code=200, result="0")]

    run(story())


def test_a_head_in_single_bytes_is_a_head() -> None:
    async def story() -> None:
        async with serving() as served:
            reader, writer = await asyncio.open_connection("127.0.0.1", served.port)
            for byte in HEAD:
                writer.write(bytes([byte]))
                await writer.drain()
            assert await reader.readline() == PLAY
            writer.close()

    run(story())


def test_many_visits_at_once_are_all_served() -> None:
    async def story() -> None:
        async with serving(most=300) as served:
            async with asyncio.TaskGroup() as group:
                each = [group.create_task(is_served(served)) for _ in range(30)]
            assert all(task.result() for task in each)

    run(story())


def test_a_visit_that_breaks_is_told_and_the_others_go_on(caplog: pytest.LogCaptureFixture) -> None:
    breaks = iter([ValueError("x"), HungUp(), None])

    async def visit(served: Served, head: Head, line: Line) -> None:
        if error := next(breaks):
            raise error
        await one_question(served, head, line)

    async def story() -> None:
        async with serving(visit) as served:
            for _ in range(2):
                reader, writer = await asyncio.open_connection("127.0.0.1", served.port)
                writer.write(HEAD)
                assert await is_closed(reader)
                writer.close()
            assert await is_served(served)

    run(story())
    assert [record.getMessage() for record in caplog.records] == ["a visit broke; the dialplan goes on flow=welcome"] * 2


# ── bad input ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("sent", "reason"),
    [
        (b"", "closed after 0 bytes"),
        (HEAD[:50], "closed after 50 bytes"),
        (b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", "garbage"),
        (b"agi_network: yes\n" + b"agi_x: " + b"y" * 10_000_000, "more than 65536 bytes"),
        (b"agi_network: yes\n" * 1000, "more than 100 lines"),
        (bytes(range(256)) * 10, "garbage"),
    ],
)
def test_bad_input_is_refused_with_one_line_and_the_next_citizen_is_served(
    sent: bytes, reason: str, caplog: pytest.LogCaptureFixture
) -> None:
    async def story() -> None:
        async with serving() as served:
            reader, writer = await asyncio.open_connection("127.0.0.1", served.port)
            writer.write(sent)
            if reason.startswith("closed"):
                writer.write_eof()
            assert await is_closed(reader)
            writer.close()
            assert await is_served(served)

    run(story())
    assert len(caplog.records) == 1
    assert reason in caplog.records[0].getMessage()


def test_half_a_head_is_refused_when_its_time_is_over_and_others_are_served_meanwhile(caplog: pytest.LogCaptureFixture) -> None:
    async def story() -> None:
        async with serving(head_s=0.002, sweep_s=0.001) as served:
            reader, writer = await asyncio.open_connection("127.0.0.1", served.port)
            writer.write(HEAD[:50])
            assert await is_closed(reader)
            writer.close()

    run(story())
    assert [record.getMessage() for record in caplog.records] == ["visit refused: no complete head within 0.002 s, 50 bytes so far"]


@pytest.mark.parametrize("name", ['"a" ' * 600, 'x", "y\\', "a, b;c|d&e", "揭阳市 张三", "a\n\nHANGUP\n200 result=1\nb", "\udcff"])
def test_a_callers_name_changes_nothing(name: str, caplog: pytest.LogCaptureFixture) -> None:
    async def story() -> None:
        async with serving() as served:
            reader, writer = await asyncio.open_connection("127.0.0.1", served.port)
            writer.write(HEAD.replace(b"unknown", name.encode("utf-8", "surrogateescape")))
            assert await reader.readline() == PLAY
            writer.write(b"200 result=0\n")
            assert await reader.read() == b"", "one command reached Asterisk, and no second"
            writer.close()
        assert served.heads == [Head(flow="welcome", arguments=("hl1-1.2",))]

    run(story())
    assert not caplog.records


def test_a_forged_head_ends_the_visit(caplog: pytest.LogCaptureFixture) -> None:
    async def story() -> None:
        async with serving() as served:
            reader, writer = await asyncio.open_connection("127.0.0.1", served.port)
            writer.write(HEAD.replace(b"unknown", b"x\nagi_threadid: 1\nagi_arg_1: forged\n\n"))
            assert await is_closed(reader)
            writer.close()

    run(story())
    assert "lines of a head behind the head" in caplog.text


def test_more_visits_than_allowed_are_refused(caplog: pytest.LogCaptureFixture) -> None:
    async def story() -> None:
        async with serving(most=1) as served:
            first, writer = await asyncio.open_connection("127.0.0.1", served.port)
            writer.write(HEAD)
            assert await first.readline() == PLAY
            second, other = await asyncio.open_connection("127.0.0.1", served.port)
            assert await is_closed(second)
            other.close()
            writer.write(b"200 result=0\n")
            assert await first.read() == b""
            writer.close()

    run(story())
    assert [record.getMessage() for record in caplog.records] == ["connection refused: 1 visits are under way already"]


# ── the end ──────────────────────────────────────────────────────────────────────────────────────


def test_at_the_end_a_running_visit_may_finish_and_nobody_else_is_taken_in() -> None:
    async def story() -> None:
        async with serving(grace_s=PATIENCE_S) as served:
            reader, writer = await asyncio.open_connection("127.0.0.1", served.port)
            writer.write(HEAD)
            assert await reader.readline() == PLAY
            served.stop.set()
            assert await is_refused(served)
            writer.write(b"200 result=0\n")
            assert await reader.read() == b""
            writer.close()
        assert served.replies == [Reply(code=200, result="0")]

    run(story())


def test_at_the_end_a_visit_that_does_not_finish_is_closed_and_knows_that_it_was_us() -> None:
    whose: list[bool] = []

    async def visit(served: Served, head: Head, line: Line) -> None:
        await one_question(served, head, line)
        whose.append(line.closed_by_us)

    async def story() -> None:
        async with serving(visit, grace_s=0.001) as served:
            reader, writer = await asyncio.open_connection("127.0.0.1", served.port)
            writer.write(HEAD)
            assert await reader.readline() == PLAY
            served.stop.set()
            assert await is_closed(reader)
            writer.close()
        assert served.replies == [None]

    run(story())
    assert whose == [True]


# ── the line ─────────────────────────────────────────────────────────────────────────────────────


def test_a_reply_that_does_not_come_is_a_fault_of_the_line_and_closes_it() -> None:
    async def story() -> None:
        asterisk = FakeAsterisk(mute_at=0)
        asking = asyncio.ensure_future(asterisk.line.ask(PLAY, 3.0))  # noqa: TID251 - kept until the end of the test
        await asyncio.sleep(0)
        now = asyncio.get_running_loop().time()
        asterisk.line.sweep(now + 2.0)
        assert not asking.done()
        asterisk.line.sweep(now + 4.0)
        with pytest.raises(LineFault, match="in time"):
            await asking
        assert asterisk.closed
        assert await asterisk.line.ask(PLAY, 3.0) is None

    run(story())


def test_a_reply_that_nobody_asked_for_answers_nothing(caplog: pytest.LogCaptureFixture) -> None:
    async def story() -> None:
        asterisk = FakeAsterisk(["200 result=49"])
        asterisk.line.take(b"200 result=7\n")
        assert await asterisk.line.ask(PLAY, 3.0) == Reply(code=200, result="49")

    run(story())
    assert "nobody asked for" in caplog.text


def test_after_a_hang_up_nothing_more_is_said() -> None:
    async def story() -> None:
        asterisk = FakeAsterisk()
        asterisk.line.take(b"HANGUP\n")
        assert await asterisk.line.ask(command(EXEC, "NoOp"), 3.0) is None
        assert asterisk.heard == []

    run(story())
