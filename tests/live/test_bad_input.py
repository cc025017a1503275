"""Bad input on the real AGI port and on the real line: one clear log line each, nothing freezes, no second command reaches Asterisk."""

import contextlib
import errno
import socket
from urllib.parse import quote

import pytest

from tests.live.ami import Message
from tests.live.carrier import Call, Carrier
from tests.live.cell import Cell
from tests.live.switch import until
from tests.live.tones import heard_in, pitch_of

GREETED = {pitch_of("greeting"), pitch_of("recording-notice")}
REFUSED = "visit refused"
CUT = "CallerID Name .* has invalid UTF-8 characters which were replaced"
"""Asterisk's own remark on a name that is longer than it keeps."""
HEAD = (
    "agi_network: yes\nagi_network_script: {flow}\nagi_calleridname: {name}\nagi_threadid: 1\n"
    "agi_arg_1: hl1-1764000000.1\nagi_arg_2: 12345\nagi_arg_3: \nagi_arg_4: t\nagi_arg_5: \nagi_arg_6: \n\n"
)

NAMES = {
    "quotes": '"a", "b\\"; HANGUP',
    "six-hundred-words": '"a" ' * 600,
    "commas": "a,b|c&d^e=f,TIMEOUT(absolute)=1",
    "shell": "${SHELL(id)}$[1+1]",
    "chinese": "揭阳市 张三",
    "line-breaks": "a\n\nagi_arg_1: forged\n200 result=1\nHANGUP\nb",
}

DOOR = """
; A door that a test made: it lets in what the real one takes away, a caller's name as the carrier wrote it.
[hostile]
exten => words,1,Set(CALLERID(name)=${STRREPLACE(HOSTILE,a,"a" )})
 same => n,Goto(line,12345,1)
exten => encoded,1,Set(CALLERID(name)=${URIDECODE(${HOSTILE})})
 same => n,Goto(line,12345,1)
exten => hears,1,Answer()
 same => n,Wait(30)
"""


@pytest.fixture(scope="module")
def served(module_cell: Cell) -> Cell:
    """The module's cell with the agi process and the hostile door."""
    with (module_cell.places.asterisk_etc / "extensions.conf").open("a", encoding="utf-8") as dialplan:
        dialplan.write(DOOR)
    module_cell.cli("dialplan reload")
    module_cell.cli("module load func_uri.so")
    module_cell.serve("agi")
    return module_cell


def log_lines(cell: Cell) -> list[str]:
    """What the agi process complained of so far."""
    return [line for line in (cell.places.log / "agi.log").read_text(encoding="utf-8").splitlines() if " INFO " not in line]


def greeted(cell: Cell, call: Call) -> None:
    """The citizen hears greeting and notice from the flow, then waits; his call leaves nothing in our log."""
    call.answered()
    waits(cell)
    call.hang_up()
    call.ended()
    assert set(heard_in(call.heard)) >= GREETED


def waits(cell: Cell) -> Message:
    """He stands in line."""
    return cell.ami.wait_for("UserEvent", UserEvent="CitizenWaits")


def commands(cell: Cell) -> list[str]:
    """What Asterisk was told over AGI since the last mark, by its own account."""
    return [event["Command"] for event in cell.ami.seen("AGIExecStart")]


def knock(cell: Cell, sent: bytes) -> bytes:
    """Say something on the AGI port, hang up our writing side, and read until it is closed."""
    with socket.create_connection(("127.0.0.1", cell.settings.agi.port), timeout=10) as door:
        with contextlib.suppress(ConnectionError):
            door.sendall(sent)
        try:
            door.shutdown(socket.SHUT_WR)
        except OSError as error:
            if error.errno != errno.ENOTCONN:  # he has thrown us out while we were still talking
                raise
        answer = b""
        with contextlib.suppress(ConnectionError):
            while chunk := door.recv(4096):
                answer += chunk
    return answer


# ── on the AGI port ──────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("sent", "reason"),
    [
        (b"", "closed after 0 bytes"),
        (b"agi_network: yes\nagi_net", "closed after 24 bytes"),
        (b"agi_network: yes\nagi_x: " + b"y" * 10_000_000, "more than 65536 bytes"),
        (b"agi_network: yes\n" * 10_000, "more than 100 lines"),
        (b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", "garbage"),
        (bytes(range(256)), "garbage"),
        (HEAD.format(flow="../../etc/passwd", name="unknown").encode(), "no flow is named"),
        (HEAD.format(flow="welcome", name="unknown").replace("hl1-1764000000.1", "${SHELL(id)}").encode(), "not a CallId"),
    ],
    ids=["connect-and-close", "half-a-head", "10-MB-head", "10000-lines", "http", "bytes", "unknown-flow", "no-call"],
)
def test_bad_input_costs_one_line_and_the_next_citizen_is_greeted(
    sent: bytes, reason: str, served: Cell, cell: Cell, carrier: Carrier
) -> None:
    before = log_lines(cell)
    assert knock(cell, sent) == b""
    fresh = until(lambda: log_lines(cell)[len(before) :], what="a log line")
    assert len(fresh) == 1, fresh
    assert REFUSED in fresh[0]
    assert reason in fresh[0]
    greeted(cell, carrier.call("12345"))


def test_half_a_head_is_given_up_after_five_seconds_and_holds_nobody_up(served: Cell, cell: Cell, carrier: Carrier) -> None:
    before = log_lines(cell)
    with contextlib.ExitStack() as stack:
        for _ in range(50):
            door = stack.enter_context(socket.create_connection(("127.0.0.1", cell.settings.agi.port), timeout=10))
            door.sendall(b"agi_network: yes\n")
        greeted(cell, carrier.call("12345"))
        until(lambda: len(log_lines(cell)) == len(before) + 50, within_s=8, what="50 refusals")
    assert {line.partition("visit refused: ")[2] for line in log_lines(cell)[len(before) :]} == {
        "no complete head within 5 s, 17 bytes so far"
    }


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_a_name_in_the_head_makes_no_second_command(name: str, served: Cell, cell: Cell) -> None:
    answer = knock(cell, HEAD.format(flow="waiting", name=name).encode())
    assert answer.count(b"\n") <= 1
    assert answer in (b"", b'EXEC "MSet" "TIMEOUT(absolute)=6"\n')


# ── on the line ──────────────────────────────────────────────────────────────────────────────────


def test_a_citizen_with_a_hostile_name_is_greeted_like_everybody(served: Cell, cell: Cell, carrier: Carrier) -> None:
    """The carrier sends it as SIP display name; the dialplan takes it away before AGI."""
    cell.ami.mark()
    greeted(cell, carrier.call("12345"))
    usual = commands(cell)
    assert [command.split(" ")[0] for command in usual] == ["EXEC", "STREAM", "EXEC", "STREAM", "EXEC"]
    for name in (r"a\"b, c;HANGUP", "揭阳市张三", "a,b|c&d^e", r"\"a\" " * 150, "${SHELL(id)}"):
        cell.settle(allowed=(CUT,))
        greeted(cell, carrier.call("12345", name=name))
        assert commands(cell) == usual
    cell.settle(allowed=(CUT,))


@pytest.mark.parametrize(
    ("door", "hostile"),
    [
        ("words", "a" * 600),
        *(("encoded", quote(NAMES[name])) for name in ("quotes", "commas", "chinese", "line-breaks")),
    ],
    ids=["600-words", "quotes", "commas", "chinese", "line-breaks"],
)
def test_even_a_name_that_reaches_agi_reaches_the_flow_and_says_nothing_to_asterisk(
    door: str, hostile: str, served: Cell, cell: Cell
) -> None:
    before = log_lines(cell)
    cell.ami.action(
        "Originate", Channel=f"Local/{door}@hostile/n", Context="hostile", Exten="hears", Priority="1", Async="true",
        variables={"__HOSTILE": hostile},
    )  # fmt: skip
    assert waits(cell)["Called"] == "12345"
    assert [command.split(" ")[0] for command in commands(cell)] == ["EXEC", "STREAM", "EXEC", "STREAM", "EXEC"]
    assert not [command for command in commands(cell) if "forged" in command or "HANGUP" in command]
    assert log_lines(cell) == before
    cell.ami.action("Hangup", Channel="/^Local/", Cause="16")
    cell.ami.wait_for("UserEvent", UserEvent="CitizenGone")
