"""The switch's event log as Asterisk writes it, for tests: one line at a time, the file opened anew for each."""

import csv
import io
import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path

from hotline import call_facts as facts
from hotline.identity import CallId
from hotline.line import CallTold

CITIZEN = "PJSIP/telecom-0000000c"


def cel_line(event: str, at: datetime, unique: str, *, channel: str = CITIZEN, extra: Mapping[str, object] | str = "") -> bytes:
    """One line with its line feed; `extra` as a text is one of the dialplan's."""
    told = json.dumps({"extra": extra} if isinstance(extra, str) else extra, ensure_ascii=False) if extra else ""
    out = io.StringIO()
    moment = f"{int(at.timestamp())}.{at.microsecond:06d}"
    csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\n").writerow([event, moment, unique, channel, "line", "1", "", "", "", told])
    return out.getvalue().encode()


def append(folder: Path, *lines: bytes) -> None:
    """Write them as the switch does."""
    with (folder / "calls.csv").open("ab") as file:
        file.writelines(lines)


def begin_of(call: str, at: datetime, caller: str = "19900000001") -> list[bytes]:
    """He arrives and is answered."""
    words = f"Call: {call}^Called: 12345^Caller: {caller}^Trunk: telecom"
    return [
        cel_line("CHAN_START", at, call),
        cel_line("CitizenArrived", at, call, extra=words),
        cel_line("ANSWER", at, call),
    ]


def end_of(call: str, at: datetime) -> list[bytes]:
    """He hangs up."""
    return [
        cel_line("HANGUP", at, call, extra={"hangupcause": 16, "hangupsource": CITIZEN}),
        cel_line("CHAN_END", at, call),
    ]


def out_call(call: str, at: datetime, gone: datetime) -> list[bytes]:
    """A callback that an agent (1001) makes and that is answered after three seconds, as context out-calls tells it."""
    desk, leg = "PJSIP/1001-0000000e", "hl1-1764000000.99"
    words = {
        "CitizenArrived": "Called: 19900000001^Caller: 12345^Trunk: phones",
        "OutCallBegan": "Agent: 1001^How: callback^Ticket: x^Called: 19900000001^Caller: 12345^Trunk: phones",
        "CallbackBegan": "Task: hl1-1.1^Attempt: 01^Why: xmissed",
        "OutCallDialled": "Trunk: telecom",
    }
    over = {
        "OutCallOver": "Outcome: dialled^Status: ANSWER^Cause: 16",
        "CitizenGone": "By: citizen^Cause: 16^CitizenBytes: 01^HeardBytes: 01",
    }
    return [
        cel_line("CHAN_START", at, call, channel=desk),
        cel_line("ANSWER", at, call, channel=desk),
        *(
            cel_line(event, at + timedelta(milliseconds=number), call, channel=desk, extra=f"Call: {call}^{said}")
            for number, (event, said) in enumerate(words.items())
        ),
        cel_line("OutCallAnswered", at + timedelta(seconds=3), leg, extra=f"Call: {call}^Trunk: telecom"),
        *(cel_line(event, gone, call, channel=desk, extra=f"Call: {call}^{said}") for event, said in over.items()),
        cel_line("HANGUP", gone, call, channel=desk, extra={"hangupcause": 16, "hangupsource": ""}),
        cel_line("CHAN_END", gone, call, channel=desk),
    ]


def told(words: Mapping[str, str]) -> CallTold | None:
    """As agi/told.py does it, for one event."""
    if words["UserEvent"] != "LifelineEntered":
        return None
    return CallTold(call=CallId(words["Call"]), fact=facts.LifelineEntered(why=words["Why"]))
