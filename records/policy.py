"""From journal lines to the call record: pure, and true to whatever lines there are (any prefix, any order, any writer missing)."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TypeVar

from hotline import call_facts as facts
from hotline.call_facts import CallFact
from records.emergency import emergencies, lifelines, once, origin, source_of, words
from records.journal import Journal, JournalLine
from records.model import Callback, CallRecord, Joined, Message, Recording, Ring, TrackPoint
from records.supervision import supervised
from records.transfers import callback_asked, placed, sms_wanted, transfers

Moment = tuple[datetime, CallFact]
_PLAN = "plan="
_Fact = TypeVar("_Fact", bound=CallFact)

_TAG, _RATED, _SURVEY, _GRADE = "tag", "rated", "survey", "grade"
"""Words of checkpoints that mean something here (ivr/flows/line.py, survey.py): the record must not depend on flows."""

CUT_OFF = "cut_off"
_COMPLETENESS = {"hangup": "complete", CUT_OFF: CUT_OFF}
"""How complete the record is by how its end was told; whatever is not here: reconciled."""

_FOUND_AFTERWARDS = (facts.CallEnded, facts.AgentParted, facts.OfferEnded, facts.RecordingClosed)
"""What is written down about a call that was cut off when somebody finds it: no sign that it still lived."""


def build(
    call: str,
    journal: Journal,
    *,
    recording: Recording | None = None,
    message: Message | None = None,
    callback: Callback | None = None,
    revision: int = 0,
) -> CallRecord:
    """Make the record. Same lines, same record; lines of another call are left out; never raises.

    `recording` and `message` are what became of the audio once the worker is done with it; `callback` is the call that he is owed.
    """
    mine = [line for line in journal.lines if line.call == call]
    moments = [(line.at, line.fact) for line in once(mine) if line.fact is not None]
    joined = _joined(moments)
    record = CallRecord(
        call=call,
        revision=revision,
        joined=joined,
        rings=_rings(moments),
        track=tuple(_track(moments)),
        plan=_plan(moments),
        recording=recording or _recording(moments),
        message=_message(moments, message),
        language=_language(moments),
        survey=_survey(moments),
        origin=origin(moments),
        lifeline=lifelines(moments),
        words=words(moments),
        transfers=transfers(moments),
        placed=placed(moments),
        callback_asked=callback_asked(moments),
        callback=callback,
        sms=sms_wanted(moments),
        sources=tuple(sorted({source_of(line.writer) for line in mine})),
        unreadable_lines=journal.unreadable,
    )
    record = _with_end(_with_arrival(record, moments), moments)
    record = replace(record, supervision=supervised(moments, ended=record.ended))
    return _with_wait(replace(record, emergency=emergencies(moments, over=record.ended is not None)), moments)


def spool_files(call: str, lines: Iterable[JournalLine]) -> tuple[str, str] | None:
    """Names of the two recorded sides (citizen, heard), or None when the recorder never ran."""
    lines = [line for line in lines if line.call == call]
    started = [line.fact for line in lines if isinstance(line.fact, facts.RecordingStarted)]
    if started:
        return started[0].citizen_file, started[0].heard_file
    # Without the application nobody tells that the recorder began, but the dialplan did begin it.
    return recorder_files(call) if any(_recorded(line.fact) for line in lines) else None


def recorder_files(call: str) -> tuple[str, str]:
    """The names that the dialplan gives to the two recorded sides (citizen, heard)."""
    return f"{call}-citizen.wav", f"{call}-heard.wav"


def message_file(call: str, lines: Iterable[JournalLine]) -> str | None:
    """Name of his message in the spool, or None when the journal knows of none."""
    return next((line.fact.file for line in lines if line.call == call and isinstance(line.fact, facts.MessageBegan)), None)


def unnoted_message_file(call: str) -> str:
    """The name under which a message lies of which the journal knows nothing, because nobody could write it."""
    return f"{call}-message.wav"


def expected_seconds(record: CallRecord) -> float:
    """How long the recording must be: from answer to the end of the call; 0 when one of the two is not known."""
    return _between(record.answered, record.ended) or 0.0


def _with_arrival(record: CallRecord, moments: list[Moment]) -> CallRecord:
    arrived = _first(moments, facts.Arrived)
    answered = next((at for at, fact in moments if isinstance(fact, facts.RecordingStarted | facts.VisitBegan)), None)
    if arrived is None:
        return replace(record, answered=answered)
    at, fact = arrived
    return replace(
        record,
        arrived=at,
        called=fact.called,
        caller=fact.caller,
        trunk=fact.trunk,
        line=fact.called,
        answered=answered,
    )


def _with_end(record: CallRecord, moments: list[Moment]) -> CallRecord:
    """A hang-up that was seen beats those that were found. Of these the earliest counts: who finds a call gone only knows that it was."""
    ends = [(at, fact) for at, fact in moments if isinstance(fact, facts.CallEnded)]
    if not ends:
        return record
    at, fact = min(ends, key=lambda end: (end[1].how != "hangup", end[0]))
    completeness = _COMPLETENESS.get(fact.how, "reconciled")
    record = replace(record, ended=at, hung_up_by=fact.by, cause=fact.cause, completeness=completeness)
    return _cut_off(record, moments, at) if completeness == CUT_OFF else record


def _cut_off(record: CallRecord, moments: list[Moment], found: datetime) -> CallRecord:
    """His end is as near as the last that is known of him: a fact, or how long was recorded; not when somebody found him gone."""
    signs = [at for at, fact in moments if not isinstance(fact, _FOUND_AFTERWARDS)]
    if record.answered and record.recording.seconds:
        signs.append(record.answered + timedelta(seconds=record.recording.seconds))
    ended = max(signs, default=found)
    joined = tuple(replace(pair, ended=_clipped(pair.ended, ended)) for pair in record.joined)
    rings = tuple(replace(ring, ended=_clipped(ring.ended, ended)) for ring in record.rings)
    return replace(record, ended=ended, joined=joined, rings=rings)


def _clipped(moment: datetime | None, end: datetime) -> datetime | None:
    return moment and min(moment, end)


def _with_wait(record: CallRecord, moments: list[Moment]) -> CallRecord:
    waited = _first(moments, facts.WaitBegan)
    over = record.human or record.ended
    stage = _abandoned(record, waited is not None)
    record = replace(record, waited_seconds_with_prompts=_between(record.arrived, over), abandon_stage=stage)
    if waited is None:
        return record
    began, fact = waited
    return replace(record, wait_began=began, skills=fact.skills, wait_ended=over, waited_seconds=_between(began, over))


def _abandoned(record: CallRecord, waited: bool) -> str:
    gave_up = record.ended is not None and record.completeness != CUT_OFF and record.human is None
    if not gave_up or (record.message and not waited):
        return ""
    if record.emergency and not record.emergency[-1].unreached:
        return "emergency"
    if any(ring.outcome in {"ringing", "citizen_gone"} for ring in record.rings):
        return "ringing"
    return "queue" if waited else "prompts"


def _rings(moments: list[Moment]) -> tuple[Ring, ...]:
    rings: dict[str, Ring] = {}
    for at, fact in moments:
        if isinstance(fact, facts.AgentOffered):
            rings.setdefault(fact.leg, Ring(agent=fact.agent, leg=fact.leg, why=fact.why, began=at))
        elif isinstance(fact, facts.AgentRang) and fact.leg in rings:
            rings[fact.leg] = replace(rings[fact.leg], rang=rings[fact.leg].rang or at)
        elif isinstance(fact, facts.OfferEnded | facts.AgentJoined):
            ring = rings.get(fact.leg) or Ring(agent=fact.agent, leg=fact.leg, why="", began=at)
            outcome = fact.outcome if isinstance(fact, facts.OfferEnded) else "joined"
            rings[fact.leg] = ring if ring.ended else replace(ring, ended=at, outcome=outcome)
    return tuple(rings.values())


def _joined(moments: list[Moment]) -> tuple[Joined, ...]:
    pairs: dict[str, Joined] = {}
    for at, fact in moments:
        if isinstance(fact, facts.AgentJoined):
            pairs.setdefault(fact.leg, Joined(agent=fact.agent, leg=fact.leg, began=at))
        elif isinstance(fact, facts.AgentParted) and fact.leg in pairs and pairs[fact.leg].ended is None:
            pairs[fact.leg] = replace(pairs[fact.leg], ended=at, by=fact.by)
    return tuple(pairs.values())


def _track(moments: list[Moment]) -> Iterator[TrackPoint]:
    for at, fact in moments:
        match fact:
            case facts.VisitBegan(flow=flow):
                yield TrackPoint(at=at, what="flow", name=flow)
            case facts.VisitEnded(flow=flow, outcome=outcome):
                yield TrackPoint(at=at, what="flow_over", name=flow, value=outcome)
            case facts.FlowFailed(flow=flow, error=error):
                yield TrackPoint(at=at, what="flow_failed", name=flow, value=error)
            case facts.Said(prompts=prompts, interrupted=interrupted):
                yield TrackPoint(at=at, what="prompts", name=" ".join(prompts), value="interrupted" if interrupted else "")
            case facts.KeysPressed(question=question, digits=digits):
                yield TrackPoint(at=at, what="keys" if digits else "silence", name=question, value=digits)
            case facts.CheckpointPassed(name=name, values=values):
                yield TrackPoint(at=at, what="checkpoint", name=name, value=values)
            case facts.MessageBegan(box=box):
                yield TrackPoint(at=at, what="message", name=box)
            case _:
                pass


def _plan(moments: list[Moment]) -> str:
    """The first that he heard: each checkpoint of a menu says its version (ivr/flows/line.py)."""
    kept = [pair for _, fact in moments if isinstance(fact, facts.CheckpointPassed) for pair in fact.values.split("&")]
    return next((pair.removeprefix(_PLAN) for pair in kept if pair.startswith(_PLAN)), "")


def _recording(moments: list[Moment]) -> Recording:
    return (
        Recording(state="pending")
        if any(isinstance(fact, facts.RecordingStarted) or _recorded(fact) for _, fact in moments)
        else Recording()
    )


def _message(moments: list[Moment], kept: Message | None) -> Message | None:
    """Of several tries the last one counts: it has taken the place of the others."""
    message = kept
    for _, fact in moments:
        if isinstance(fact, facts.MessageBegan):
            message = replace(kept or Message(), box=fact.box, ended="")
        elif isinstance(fact, facts.MessageLeft):
            known = message or Message()
            message = replace(known, ended=fact.how, seconds=known.seconds if kept else fact.seconds)
    return message


def _language(moments: list[Moment]) -> str:
    return next((values[_TAG] for values in reversed(_checkpoints(moments)) if _TAG in values), "")


def _survey(moments: list[Moment]) -> dict[str, int | None] | None:
    """Each survey that he was led through to its end, with its grade."""
    rated = [values for values in _checkpoints(moments, _RATED) if values.get(_SURVEY)]
    return {values[_SURVEY]: int(values[_GRADE]) if values.get(_GRADE, "").isdecimal() else None for values in rated} or None


def _checkpoints(moments: list[Moment], name: str = "") -> list[dict[str, str]]:
    """The values of the checkpoints that he passed, of this name or of any."""
    passed = [fact for _, fact in moments if isinstance(fact, facts.CheckpointPassed) and name in ("", fact.name)]
    return [dict(pair.split("=", 1) for pair in fact.values.split("&") if "=" in pair) for fact in passed]


def _recorded(fact: facts.CallFact | None) -> bool:
    return isinstance(fact, facts.RecordingClosed) and fact.citizen_bytes > 0


def _first(moments: list[Moment], kind: type[_Fact]) -> tuple[datetime, _Fact] | None:
    return next(((at, fact) for at, fact in moments if isinstance(fact, kind)), None)


def _between(start: datetime | None, end: datetime | None) -> float | None:
    """Seconds, never below zero: clocks of two processes may disagree by some milliseconds."""
    return max(round((end - start).total_seconds(), 3), 0.0) if start and end else None
