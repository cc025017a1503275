"""The switch's event log as Asterisk writes it, for tests: one line at a time, the file opened anew for each."""

import csv
import io
import json
from collections.abc import Mapping
from datetime import datetime
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


def told(words: Mapping[str, str]) -> CallTold | None:
    """As agi/told.py does it, for one event."""
    if words["UserEvent"] != "LifelineEntered":
        return None
    return CallTold(call=CallId(words["Call"]), fact=facts.LifelineEntered(why=words["Why"]))
