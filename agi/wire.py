"""FastAGI as bytes: the head of a visit, commands to Asterisk, replies from it. Sans-I/O; the only place that quotes.

Measured on Asterisk 22.10.1 (asterisk.md §1 and tests/golden/agi/):

- a command line longer than 8,192 bytes is split and its tail run as a second command; one with more than 128 quoted words kills
  Asterisk; CR and LF end a command. So `command` refuses the first two and turns the third into blanks.
- the head and a reply's value are not escaped: a caller's name with line breaks comes raw, even with an empty line.
- `HANGUP` may come before the reply, after it, or twice; it is never a reply.
"""

import re
from dataclasses import dataclass
from typing import Final

from hotline.errors import MalformedInput, OurMistake

# ── commands ─────────────────────────────────────────────────────────────────────────────────────

EXEC: Final = "EXEC"
STREAM_FILE: Final = "STREAM FILE"
GET_DATA: Final = "GET DATA"
WAIT_FOR_DIGIT: Final = "WAIT FOR DIGIT"
RECORD_FILE: Final = "RECORD FILE"
CHANNEL_STATUS: Final = "CHANNEL STATUS"
HANG_UP: Final = "HANGUP"
VERBS: Final = frozenset({EXEC, STREAM_FILE, GET_DATA, WAIT_FOR_DIGIT, RECORD_FILE, CHANNEL_STATUS, HANG_UP})
"""All that we ever say. There is no GET VARIABLE: its names run shells, and a visit gets all it needs in its head."""

MOST_COMMAND_BYTES: Final = 8000
MOST_WORDS: Final = 120
"""Verb included. Asterisk keeps 128 words and ends the list behind the last one."""

_ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"', "\r": " ", "\n": " ", "\0": " "})


def command(verb: str, *arguments: str) -> bytes:
    """One command line with its line feed, every argument quoted. Raises `OurMistake` for a foreign verb, too many words or bytes."""
    if verb not in VERBS:
        raise OurMistake(f"not a command of ours: {verb[:40]!r}")
    if verb.count(" ") + 1 + len(arguments) > MOST_WORDS:
        raise OurMistake(f"{verb} with {len(arguments)} arguments: Asterisk would die of more than 128 words")
    line = " ".join([verb, *['"' + argument.translate(_ESCAPES) + '"' for argument in arguments]]).encode("utf-8", "replace")
    if len(line) > MOST_COMMAND_BYTES:
        raise OurMistake(f"{verb} of {len(line)} bytes: Asterisk would run its tail as a second command")
    return line + b"\n"


# ── the head of a visit ──────────────────────────────────────────────────────────────────────────

MOST_HEAD_BYTES: Final = 65_536
MOST_HEAD_LINES: Final = 100
_BEGIN = b"agi_"
_LAST_FIXED_LINE = b"\nagi_threadid:"  # only arguments follow it, so an empty line before it stands inside a caller's name


@dataclass(frozen=True, kw_only=True, slots=True)
class Head:
    """Who comes to which flow: the path of `agi://host/FLOW` without its query, and the dialplan's arguments."""

    flow: str
    arguments: tuple[str, ...]


class HeadReader:
    """Collects the head from chunks. Raises `MalformedInput` with the reason as soon as it cannot be one any more."""

    __slots__ = ("_bytes",)

    def __init__(self) -> None:
        self._bytes = b""

    @property
    def size(self) -> int:
        """Bytes read so far."""
        return len(self._bytes)

    def feed(self, chunk: bytes) -> tuple[Head, bytes] | None:
        """The head and what came behind it, or None as long as it is not complete."""
        self._bytes += chunk
        begin = self._bytes[: len(_BEGIN)]
        if not _BEGIN.startswith(begin):
            raise MalformedInput("garbage instead of an AGI head")
        fixed = self._bytes.find(_LAST_FIXED_LINE)
        end = self._bytes.find(b"\n\n", fixed) if fixed >= 0 else -1
        known = self._bytes[: end + 1] if end >= 0 else self._bytes
        if len(known) > MOST_HEAD_BYTES:
            raise MalformedInput(f"an AGI head of more than {MOST_HEAD_BYTES} bytes")
        if known.count(b"\n") > MOST_HEAD_LINES:
            raise MalformedInput(f"an AGI head of more than {MOST_HEAD_LINES} lines")
        return (_head_of(known), self._bytes[end + 2 :]) if end >= 0 else None


def _head_of(block: bytes) -> Head:
    """Asterisk's own lines are the last ones with their name: what a caller's name may have put before them does not count."""
    fields: dict[str, str] = {}
    for line in block.decode("utf-8", "replace").split("\n"):
        name, colon, value = line.partition(": ")
        if colon and name.startswith("agi_"):
            fields[name] = value
        elif name.startswith("agi_arg_"):
            fields[name.rstrip(":")] = ""
    script = fields.get("agi_network_script", "")
    arguments: list[str] = []
    while (argument := fields.get(f"agi_arg_{len(arguments) + 1}")) is not None:
        arguments.append(argument)
    return Head(flow=script.partition("?")[0].strip("/"), arguments=tuple(arguments))


# ── replies ──────────────────────────────────────────────────────────────────────────────────────

MOST_REPLY_BYTES: Final = 65_536

OK: Final = 200
UNKNOWN_COMMAND: Final = 510
DEAD_CHANNEL: Final = 511
BAD_USAGE: Final = 520


@dataclass(frozen=True, kw_only=True, slots=True)
class Reply:
    """The answer to one command. `result`, `note` (between the parentheses) and `endpos` as Asterisk wrote them; `text` of a refusal."""

    code: int
    result: str = ""
    note: str | None = None
    endpos: int = 0
    text: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class HangupNotice:
    """The channel is gone, or leaves us."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Garbled:
    """Asterisk (or somebody in its place) wrote what we cannot follow; nothing after it can be trusted."""

    reason: str


Event = Reply | HangupNotice | Garbled

_RESULT = "200 result="
_BEHIND_VALUE = re.compile(r"(?: \w+=\S*)*")
_REFUSAL = re.compile(r"(5\d\d)[ -](.*)", re.DOTALL)
_HANGUP = HangupNotice()


class ReplyReader:
    """Cuts the stream into events, whatever the chunks. A value may hold line breaks: it ends at a line that ends with its parenthesis.

    A line that begins no reply is the rest of a value that looked complete; it is counted in `strays` and dropped, so that one
    command stays one reply.
    """

    __slots__ = ("_broken", "_open", "_open_size", "_rest", "strays")

    def __init__(self) -> None:
        self._rest = b""
        self._open: list[str] | None = None  # lines of a reply that is not complete yet
        self._open_size = 0
        self._broken = False
        self.strays = 0

    def feed(self, chunk: bytes) -> list[Event]:
        """The events that this chunk completes, in order. Never raises; after `Garbled` there is nothing more."""
        events: list[Event] = []
        *lines, self._rest = (self._rest + chunk).split(b"\n")
        for line in lines:
            if self._broken:
                break
            event = self._take(line.decode("utf-8", "replace")) if len(line) <= MOST_REPLY_BYTES else self._break("a line without end")
            if event is not None:
                events.append(event)
        if not self._broken and len(self._rest) > MOST_REPLY_BYTES:
            events.append(self._break("a line without end"))
        if self._broken:
            self._rest = b""
        return events

    def _take(self, line: str) -> Event | None:
        if self._open is not None:
            return self._go_on(self._open, line)
        if line.startswith(_RESULT):
            if _is_open(line):
                return self._begin(line)
            return _reply(line)
        if line == "HANGUP":
            return _HANGUP
        if line.startswith("520-"):
            return self._begin(line)
        if line.startswith(("510", "511", "520 ")):
            return _refusal(line)
        return self._stray(line)

    def _begin(self, line: str) -> Event | None:
        self._open = [line]
        self._open_size = len(line)
        return None

    def _go_on(self, lines: list[str], line: str) -> Event | None:
        lines.append(line)
        self._open_size += len(line) + 1
        if self._open_size > MOST_REPLY_BYTES:
            return self._break("a reply without end")
        usage = lines[0].startswith("520-")
        if not (line.startswith("520 ") if usage else _closes(line)):
            return None
        self._open = None
        return _refusal("\n".join(lines)) if usage else _reply("\n".join(lines))

    def _stray(self, line: str) -> Garbled | None:
        if line.startswith("agi_"):
            return self._break("lines of a head behind the head")
        self.strays += not line.startswith("100")  # `100 Trying` announces a reply
        return None

    def _break(self, reason: str) -> Garbled:
        self._broken = True
        return Garbled(reason=reason)


def _refusal(text: str) -> Reply:
    match = _REFUSAL.fullmatch(text)
    return Reply(code=int(match[1]), text=match[2]) if match else Reply(code=UNKNOWN_COMMAND, text=text)


def _is_open(line: str) -> bool:
    """Whether a value begins in this line and does not end in it."""
    return line.partition(" ")[2].partition(" ")[2].startswith("(") and not _closes(line)


def _closes(line: str) -> bool:
    """Whether a value ends in this line: at its last parenthesis, behind which there is nothing but `endpos=N`."""
    end = line.rfind(")")
    return end >= 0 and _BEHIND_VALUE.fullmatch(line, end + 1) is not None


def _reply(text: str) -> Reply:
    result, _, rest = text[len(_RESULT) :].partition(" ")
    if not rest:
        return Reply(code=OK, result=result)
    end = rest.rfind(")") if rest.startswith("(") else -1
    return Reply(code=OK, result=result, note=rest[1:end] if end > 0 else None, endpos=_endpos(rest[end + 1 :]))


def _endpos(rest: str) -> int:
    digits = rest.partition("endpos=")[2].partition(" ")[0]
    return int(digits) if digits.isdecimal() and len(digits) < 16 else 0
