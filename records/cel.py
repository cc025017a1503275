"""The switch's own event log (CEL), second source of every record (design.md §6): what nobody wrote down is found in it. Pure.

    "EVENT","1795425123.044121","UNIQUEID","PJSIP/…","context","exten","number","application","peer","extra"

A citizen's channel is one that said CitizenArrived (asterisk-conf/extensions.conf.j2); everything else in the log belongs to one of those
or to nobody. What the dialplan tells in the middle (emergency, three-way, lifeline) is worded as its AMI events are, so `Told` reads both.
"""

import csv
import json
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from hotline import call_facts as facts
from hotline.call_facts import CallFact
from hotline.errors import MalformedInput
from hotline.identity import CallId
from hotline.line import CallTold
from records.emergency import TOLD
from records.journal import Journal, encode
from records.policy import CUT_OFF, recorder_files

Told = Callable[[Mapping[str, str]], CallTold | None]
"""What one event of the dialplan tells about a call (agi/told.py). Raises `MalformedInput`."""

Moment = tuple[datetime, CallFact]

BORN: Final = "CHAN_START"
ARRIVED: Final = "CitizenArrived"
WAITS: Final = "CitizenWaits"
GONE: Final = "CitizenGone"
UNREACHED: Final = "EmergencyUnreached"
WRITER: Final = "cel-switch"
"""One name for ever: the same fact found twice, by two processes, is the same line (`encoded`)."""

SAME: Final = timedelta(seconds=30)
"""What a journal tells within this time of the switch is the same step: a frozen process writes late."""

LATE: Final = timedelta(seconds=1)
"""A hang-up that is told later than this after it happened is told once more, with the time that the switch knows: the recording is judged
by it."""

_FIELDS: Final = 10
_LEG: Final = "leg-"
_LEG_OUTCOMES: Final = {"17": "busy", "19": "no_answer", "21": "refused", "20": "absent", "18": "unreachable", "38": "unreachable"}


@dataclass(frozen=True, kw_only=True)
class CelLine:
    """One event of one channel. `call`: whose it is, empty when that cannot be told. `extra`: what the event says besides."""

    event: str
    at: datetime
    unique: str
    channel: str
    call: str
    extra: Mapping[str, str]


def read_line(raw: bytes) -> CelLine | None:
    """One line of the log, without its line feed; None when it cannot be read (torn, of another version). Never raises."""
    try:
        [values] = csv.reader([raw.decode("utf-8", "replace")], strict=True)
        if len(values) != _FIELDS or not raw.endswith(b'"'):
            return None
        seconds, _, micros = values[1].partition(".")
        at = datetime.fromtimestamp(int(seconds), tz=UTC) + timedelta(microseconds=int(micros or 0))
        extra = _extra(values[9])
    except (ValueError, TypeError, csv.Error, OverflowError, OSError, RecursionError):
        return None
    return CelLine(event=values[0], at=at, unique=values[2], channel=values[3], call=_call_of(values[2], extra), extra=extra)


def _extra(text: str) -> dict[str, str]:
    """Asterisk's own events carry JSON; the dialplan's are one text in it: `Call: X^Service: 110`."""
    found = json.loads(text) if text else {}
    if not isinstance(found, dict):
        raise TypeError("not an object")
    pairs = [pair.partition(":") for pair in str(found.pop("extra", "")).split("^") if ":" in pair]
    return {name: str(value) for name, value in found.items()} | {name.strip(): value.strip() for name, _, value in pairs}


def _call_of(unique: str, extra: Mapping[str, str]) -> str:
    named = extra.get("Call") or (unique.removeprefix(_LEG).rpartition("-")[0] if unique.startswith(_LEG) else unique)
    with suppress(MalformedInput):
        return CallId(named)
    return ""


def arrived(lines: Iterable[CelLine]) -> bool:
    """Whether this is a citizen's call at all."""
    return any(line.event == ARRIVED for line in lines)


def ended(call: str, lines: Iterable[CelLine]) -> datetime | None:
    """When the citizen's channel was gone; None while it is there, or when the switch died under it."""
    return next((line.at for line in lines if line.event == "CHAN_END" and line.unique == call), None)


def facts_of(call: str, lines: Sequence[CelLine], told: Told, *, cut_off: bool = False) -> tuple[Moment, ...]:
    """All that the switch knows of a call, in the order of time. `cut_off`: the switch died before it could write its end."""
    ordered = sorted(lines, key=lambda line: line.at)
    found = [*_own(call, ordered), *_legs(call, ordered), *_told(ordered, told)]
    if cut_off and ordered:
        found.append((ordered[-1].at, facts.CallEnded(by="us", how=CUT_OFF)))
    return tuple(sorted(found, key=lambda moment: (moment[0], moment[1].kind)))


def missing(found: Iterable[Moment], journal: Journal, call: str) -> tuple[Moment, ...]:
    """What the switch knows and the journal does not tell, each step once."""
    known = [(line.at, line.fact) for line in journal.lines if line.call == call and line.fact is not None]
    left: list[Moment] = []
    for at, fact in found:
        if late := _told_late(at, fact, known):
            left.append((at, late))
            continue
        twin = next((moment for moment in known if _same((at, fact), moment)), None)
        if twin is None:
            left.append((at, fact))
        elif isinstance(fact, TOLD):
            known.remove(twin)
    return tuple(left)


def _told_late(at: datetime, fact: CallFact, known: Iterable[Moment]) -> CallFact | None:
    """The hang-up as the journal tells it, if it names a time long after the end that the switch knows."""
    if not isinstance(fact, facts.CallEnded) or fact.how == CUT_OFF:
        return None
    seen = [(when, there) for when, there in known if isinstance(there, facts.CallEnded) and there.how == "hangup"]
    when, there = min(seen, key=lambda moment: moment[0], default=(at, None))
    return there if when - at > LATE else None


def encoded(call: str, moments: Iterable[Moment]) -> bytes:
    """Journal lines. A line's number is drawn from what it says, so that finding it again adds nothing."""
    return b"".join(_encoded(call, at, fact) for at, fact in moments)


def _encoded(call: str, at: datetime, fact: CallFact) -> bytes:
    stamp = at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
    said = encode(writer=WRITER, seq=0, call=call, at=stamp, fact=fact)
    return encode(writer=WRITER, seq=zlib.crc32(said), call=call, at=stamp, fact=fact)


def _same(found: Moment, known: Moment) -> bool:
    (at, fact), (when, there) = found, known
    if isinstance(fact, TOLD):
        return fact == there and abs(at - when) <= SAME
    if isinstance(fact, facts.CallEnded):
        # An end that was only found afterwards knows neither hour nor cause: the switch does.
        return isinstance(there, facts.CallEnded) and (there.how == "hangup" or there == fact or fact.how == there.how == CUT_OFF)
    if isinstance(fact, facts.OfferEnded):
        return isinstance(there, facts.OfferEnded | facts.AgentJoined) and there.leg == fact.leg
    if isinstance(fact, facts.AgentOffered | facts.AgentJoined | facts.AgentParted):
        return type(there) is type(fact) and getattr(there, "leg", "") == fact.leg
    return type(there) is type(fact)


def _own(call: str, lines: Sequence[CelLine]) -> Iterator[Moment]:
    """What the citizen's own channel says."""
    once: set[str] = set()
    for line in lines:
        if line.unique != call or line.event in once:
            continue
        once.add(line.event)
        if line.event == ARRIVED:
            called, caller, trunk = (line.extra.get(name, "") for name in ("Called", "Caller", "Trunk"))
            yield line.at, facts.Arrived(called=called, caller=caller, trunk=trunk)
        elif line.event == "ANSWER":
            citizen, heard = recorder_files(call)
            yield line.at, facts.RecordingStarted(citizen_file=citizen, heard_file=heard)
        elif line.event == WAITS:
            yield line.at, facts.WaitBegan(skills=tuple(filter(None, line.extra.get("Skills", "").split("&"))))
        elif line.event == GONE:
            sizes = [int(size) if (size := line.extra.get(name, "")).isdecimal() else 0 for name in ("CitizenBytes", "HeardBytes")]
            yield line.at, facts.RecordingClosed(citizen_bytes=sizes[0], heard_bytes=sizes[1])
    if end := ended(call, lines):
        by, cause = _who(call, lines)
        yield end, facts.CallEnded(by=by, cause=cause, how="reconciled")


def _who(call: str, lines: Sequence[CelLine]) -> tuple[str, int]:
    """Who hung up, and why: the dialplan's word counts first (HL_BY), then the switch's."""
    said = {line.event: line for line in lines if line.unique == call and line.event in (GONE, "HANGUP")}
    gone, hangup = said.get(GONE), said.get("HANGUP")
    source = (gone.extra.get("By", "") if gone else "") or (hangup.extra.get("hangupsource", "") if hangup else "")
    cause = hangup.extra.get("hangupcause", "") if hangup else ""
    by = "citizen" if source.startswith("PJSIP/") else "us" if source.startswith("dialplan/") else "unknown"
    return source if source in ("citizen", "us") else by, int(cause) if cause.isdecimal() else 0


def _legs(call: str, lines: Sequence[CelLine]) -> Iterator[Moment]:
    """Agents' telephones that rang for him, and who of them talked with him."""
    for leg in dict.fromkeys(line.unique for line in lines if line.unique.startswith(f"{_LEG}{call}-")):
        yield from _leg(leg, [line for line in lines if line.unique == leg], ended(call, lines))


def _leg(leg: str, lines: Sequence[CelLine], citizen_gone: datetime | None) -> Iterator[Moment]:
    agent = lines[0].channel.removeprefix("PJSIP/").rpartition("-")[0]
    yield lines[0].at, facts.AgentOffered(agent=agent, leg=leg, why="")
    bridged = [line for line in lines if line.event in ("BRIDGE_ENTER", "BRIDGE_EXIT")]
    end = next((line for line in lines if line.event == "HANGUP"), None)
    if bridged:
        yield bridged[0].at, facts.AgentJoined(agent=agent, leg=leg)
        if bridged[-1].event == "BRIDGE_EXIT":
            own = end is not None and end.extra.get("hangupsource", "") == end.channel
            yield bridged[-1].at, facts.AgentParted(agent=agent, leg=leg, by="agent" if own else "citizen" if citizen_gone else "unknown")
    elif end is not None:
        first = citizen_gone is not None and citizen_gone <= end.at
        outcome = "citizen_gone" if first else _LEG_OUTCOMES.get(end.extra.get("hangupcause", ""), "failed")
        yield end.at, facts.OfferEnded(agent=agent, leg=leg, outcome=outcome)


def _told(lines: Iterable[CelLine], told: Told) -> Iterator[Moment]:
    for line in lines:
        with suppress(MalformedInput):
            said = told({"UserEvent": line.event, **line.extra})
            if said is not None:
                yield line.at, said.fact
