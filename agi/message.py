"""留言 on the wire: how a message is recorded, and what Asterisk's answer says about it.

RECORD FILE (res_agi.c, Asterisk 22.10.1): after silence it answers `result=N (timeout)` with any N, as it does when the time is over, and
has then cut the silence off but for its first second; a key cuts 0.2 s off; `endpos` counts samples. It does not look at our socket
before it is over: when we die, the citizen may finish what he says, and the file is whole.
"""

from pathlib import Path
from typing import Final

from agi.wire import RECORD_FILE, Reply, command
from hotline.call_facts import MessageBegan, MessageLeft
from hotline.identity import CallId
from ivr.facts import Recorded
from ivr.orders import Record

TONE: Final = "!1000/400,0"
"""PlayTones: one tone of 0.4 s, then silence for as long as he speaks: his line stays alive, and the call's recording in step."""
RATE: Final = 8000
HUNG_UP: Final = "hung_up"
_FORMAT = "wav"
_KEPT_SILENCE_S = 1.0
_NOT_WRITTEN = "writefile"


def began(call: CallId, order: Record) -> MessageBegan:
    """What the journal learns before the tone, so that a message is found whatever becomes of us."""
    return MessageBegan(box=order.name, file=f"{call}-message.{_FORMAT}")


def record(spool: Path, message: MessageBegan, order: Record) -> bytes:
    """The command. The path comes from our settings and the call's id."""
    path = str(spool / message.file.removesuffix(f".{_FORMAT}"))
    return command(RECORD_FILE, path, _FORMAT, order.end_keys, str(order.most_seconds * 1000), f"s={order.silence_seconds}")


def recorded(order: Record, reply: Reply) -> Recorded:
    """What the answer of a citizen who is still there says."""
    seconds = reply.endpos / RATE
    if reply.result == "-1":
        return Recorded(seconds=0.0, how="failed")
    if reply.note == "dtmf":
        return Recorded(seconds=seconds, how="key", key=_key(reply.result))
    if seconds >= order.most_seconds - _KEPT_SILENCE_S:
        return Recorded(seconds=seconds, how="full")
    return Recorded(seconds=max(0.0, seconds - _KEPT_SILENCE_S), how="silence")


def left(message: MessageBegan, order: Record, reply: Reply | None) -> MessageLeft:
    """What the journal learns afterwards. No reply, or -1 for any reason but the disk: he is gone."""
    if reply is None or (reply.result == "-1" and reply.note != _NOT_WRITTEN):
        return MessageLeft(file=message.file, seconds=reply.endpos / RATE if reply else 0.0, how=HUNG_UP)
    known = recorded(order, reply)
    return MessageLeft(file=message.file, seconds=round(known.seconds, 3), how=known.how)


def _key(result: str) -> str:
    return chr(int(result)) if result.isdecimal() and len(result) < 4 else ""
