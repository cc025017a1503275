"""The head of a visit in our words: who came, and where an earlier visit stopped. Only the call's id must be right; else it is unknown."""

import re

from agi.variables import ARGUMENTS
from agi.wire import Head
from hotline.call_facts import RecordingStarted
from hotline.identity import CallId
from ivr.checkpoint import decode
from ivr.facts import CallArrived

_NUMBER = re.compile(r"[0-9+*#-]{0,32}", re.ASCII)
_TRUNK = re.compile(r"[A-Za-z0-9-]{0,40}", re.ASCII)


def arrival_of(head: Head) -> CallArrived:
    """The head in our words. Raises `MalformedInput` when the call has no id; any other value that cannot be right counts as unknown."""
    told = dict(zip(ARGUMENTS, head.arguments, strict=False))
    return CallArrived(
        call=CallId(told.get("call", "")),
        called=_if(_NUMBER, told.get("called", "")),
        caller=_if(_NUMBER, told.get("caller", "")),
        trunk=_if(_TRUNK, told.get("trunk", "")),
        checkpoint=told.get("checkpoint", ""),
        values=decode(told.get("values", "")),
    )


def recording_of(call: CallId) -> RecordingStarted:
    """The dialplan began the recorder right before this visit (context `line`), under these names."""
    return RecordingStarted(citizen_file=f"{call}-citizen.wav", heard_file=f"{call}-heard.wav")


def _if(pattern: re.Pattern[str], value: str) -> str:
    return value if pattern.fullmatch(value) else ""
