"""What panoramisk does not do: header injection, half characters, exceptions in callbacks."""

import asyncio
from collections.abc import Callable

import pytest
from panoramisk.message import Message

from agi.ami_guard import MOST_PENDING, CarefulProtocol, OneConnection, checked
from hotline.errors import MalformedInput


class Wire(asyncio.Transport):
    """Keeps what was written."""

    def __init__(self) -> None:
        super().__init__()
        self.written: list[bytes] = []
        self.aborted = False

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.written.append(bytes(data))

    def abort(self) -> None:
        self.aborted = True

    def close(self) -> None:
        self.aborted = True


def connected(body: Callable[[OneConnection, CarefulProtocol, Wire], None]) -> None:
    async def run() -> None:
        connection, protocol, wire = OneConnection(asyncio.Queue()), CarefulProtocol(), Wire()
        protocol.connection_made(wire)
        connection.begin(wire, protocol)
        body(connection, protocol, wire)

    asyncio.run(run())


def events(connection: OneConnection) -> list[Message]:
    return [connection._events.get_nowait() for _ in range(connection._events.qsize())]


@pytest.mark.parametrize("cut", range(1, 40))
def test_a_character_that_is_cut_in_two_is_not_lost(cut: int) -> None:
    said = "Event: Test\r\nName: 揭阳市民\r\n\r\n".encode()

    def body(connection: OneConnection, protocol: CarefulProtocol, wire: Wire) -> None:
        protocol.data_received(said[:cut])
        protocol.data_received(said[cut:])
        assert [event["Name"] for event in events(connection)] == ["揭阳市民"]

    connected(body)


def test_bytes_that_are_no_utf8_do_not_close_the_connection() -> None:
    def body(connection: OneConnection, protocol: CarefulProtocol, wire: Wire) -> None:
        protocol.data_received("Event: Test\r\nName: 揭阳\r\n\r\n".encode("gbk"))
        assert len(events(connection)) == 1
        assert not wire.aborted

    connected(body)


def test_an_originate_response_that_overtakes_the_reply_is_still_an_event() -> None:
    def body(connection: OneConnection, protocol: CarefulProtocol, wire: Wire) -> None:
        reply = connection.send_action({"Action": "Originate", "ActionID": "leg-1", "Async": "true"}, as_list=False)
        protocol.data_received(b"Event: OriginateResponse\r\nActionID: leg-1\r\nResponse: Failure\r\n\r\n")
        assert not reply.done()
        protocol.data_received(b"Response: Success\r\nActionID: leg-1\r\nMessage: Originate successfully queued\r\n\r\n")
        assert reply.result().success
        assert [event.event for event in events(connection)] == ["OriginateResponse"]

    connected(body)


def test_a_message_without_an_end_closes_the_connection_instead_of_eating_the_memory() -> None:
    def body(connection: OneConnection, protocol: CarefulProtocol, wire: Wire) -> None:
        for _ in range(9):
            protocol.data_received(b"x" * (MOST_PENDING // 8))
        assert wire.aborted

    connected(body)


def test_an_event_that_cannot_be_taken_is_logged_and_the_next_one_comes(caplog: pytest.LogCaptureFixture) -> None:
    def body(connection: OneConnection, protocol: CarefulProtocol, wire: Wire) -> None:
        connection.send_action({"Action": "Status", "ActionID": "7"})
        # panoramisk trips over an answer that begins with an event of a list.
        connection.protocol.responses["7"].responses = None  # type: ignore[union-attr]
        protocol.data_received(b"Event: Status\r\nActionID: 7\r\n\r\nEvent: Test\r\n\r\n")
        assert [event.event for event in events(connection)] == ["Test"]
        assert not wire.aborted

    connected(body)
    assert "an event could not be taken: Status" in caplog.text


def test_the_loss_of_the_connection_is_known_and_nothing_reconnects_behind_our_back() -> None:
    def body(connection: OneConnection, protocol: CarefulProtocol, wire: Wire) -> None:
        protocol.connection_lost(None)
        assert connection.lost.done()
        assert connection.pinger is None or connection.pinger.cancelled()

    connected(body)


def test_whole_actions_never_reach_the_log(caplog: pytest.LogCaptureFixture) -> None:
    def body(connection: OneConnection, protocol: CarefulProtocol, wire: Wire) -> None:
        connection.send_action({"Action": "Getvar", "Variable": "secret-variable"})
        connection.send_action({"Action": "Status", "Channel": "secret-channel"})
        protocol.connection_lost(None)

    with caplog.at_level("INFO"):
        connected(body)
    assert "secret" not in caplog.text


@pytest.mark.parametrize(
    "fields",
    [
        {"Action": "Setvar", "Value": "a\r\nAction: Logoff"},
        {"Action": "Setvar", "Value": ["well", "a\nb"]},
        {"Action": "Setvar", "Va: lue": "x"},
        {"Action": "Setvar", "Value": "x" * 2001},
        {"Action": "Originate", "Channel": "PJSIP/1001"},
    ],
)
def test_what_would_break_the_stream_is_refused(fields: dict[str, str | list[str]]) -> None:
    with pytest.raises(MalformedInput):
        checked(fields)


def test_what_is_well_formed_passes_unchanged() -> None:
    fields = {"Action": "Originate", "Async": "true", "Channel1": "PJSIP/1001", "Variable": ["A=1", "B=二"]}
    assert checked(fields) == fields
