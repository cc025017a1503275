"""The call driver: the only loop that does I/O for a flow. One visit = one task; between two orders there is no await.

A step costs two AGI commands: one `EXEC MSet` with all that is to be set (checkpoint, dead-man re-armed), one that plays or asks.
The dead-man is the step's own length + 5 s: when we hang, Asterisk takes the citizen out of the visit by itself (asterisk.md §1).
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import ceil
from pathlib import Path
from typing import Final, Protocol

from agi import message
from agi.arrival import arrival_of, recording_of
from agi.sounds import Sounds
from agi.variables import (
    CHECKPOINT,
    DEAD_MAN,
    DONE,
    OFFER_EMERGENCY_FLOW,
    PARTED_FLOW,
    PRIORITY,
    PROBE_FLOW,
    SKILLS,
    TO_CALLBACK,
    TO_GOOD_BYE,
    TO_SMS,
    TO_WAITING,
    VALUES,
    WAITING_FLOW,
    WELCOME_FLOW,
    emergency_context,
    pack_skills,
    plain,
)
from agi.wire import CHANNEL_STATUS, EXEC, GET_DATA, OK, STREAM_FILE, WAIT_FOR_DIGIT, Head, Reply, command
from hotline.call_facts import Arrived, CallFact, CheckpointPassed, FlowFailed, KeysPressed, Said, VisitBegan, VisitEnded
from hotline.emergency import KeyPlan
from hotline.errors import LineFault, MalformedInput, OurMistake, Refused
from hotline.ports import Clock, Journal
from ivr.checkpoint import encode
from ivr.facts import CallArrived, CheckpointKept, Fact, Keyed, PromptsPlayed, Recorded, Silence, WaitOver
from ivr.orders import (
    AskCallback,
    AskSms,
    BackToWaiting,
    CallOrder,
    Checkpoint,
    Collect,
    FindAgent,
    FlowFunction,
    HangUp,
    LastOrder,
    LeaveTo,
    Record,
    Say,
    Wait,
)
from ivr.session import KEYS, Session

log = logging.getLogger(__name__)

SPARE_S: Final = 5.0
"""What Asterisk gets beyond the expected length of a step, and of a command."""

_ANY_KEY = "0123456789*#"
_ALIVE = command(CHANNEL_STATUS)

_DIALPLAN_GOES_ON = {
    (WELCOME_FLOW, FindAgent): TO_WAITING,
    (WELCOME_FLOW, BackToWaiting): TO_WAITING,
    (WAITING_FLOW, BackToWaiting): TO_WAITING,
    (OFFER_EMERGENCY_FLOW, BackToWaiting): TO_WAITING,
    (PARTED_FLOW, HangUp): TO_GOOD_BYE,
}
"""Where the dialplan leads the channel by itself after a visit. `FindAgent` from `waiting` is not there: new skills must be announced."""

_WAYS = {HangUp: TO_GOOD_BYE, AskCallback: TO_CALLBACK, AskSms: TO_SMS}
_IN_LINE = (WAITING_FLOW, OFFER_EMERGENCY_FLOW)
"""Visits during the wait: who is in them has his place already."""

_FINISHED = "finished"
_HUNG_UP = "hung_up"
_LEFT = "left"
_FAILED = "failed"
_TO_THE_LINE = "handed_over:waiting"
_TO_THE_DIALPLAN = "handed_over:dialplan"
_TO_THE_EMERGENCY = "handed_over:emergency"


class Channel(Protocol):
    """The citizen's channel (agi.server.Line): `ask` sends a command and returns its reply, or None when he is gone."""

    closed_by_us: bool

    async def ask(self, command: bytes, seconds: float) -> Reply | None:
        """Raises `LineFault` when no reply comes in time."""


class Driver:
    """Serves visits: `visit` is what agi.server.Server calls for each head. Without a clock no flow learns what time it is.

    `spool`: where messages are recorded, absolute; without it none is. `keys`: the emergency key works in all that these visits do.
    """

    def __init__(
        self,
        *,
        flows: Mapping[str, FlowFunction],
        sounds: Sounds,
        journal: Journal,
        clock: Clock | None = None,
        spool: Path | None = None,
        keys: KeyPlan = KEYS,
    ) -> None:
        self._flows = flows
        self._clock = clock
        self._around = _Around(sounds=sounds, journal=journal, spool=spool, keys=keys)

    async def visit(self, head: Head, channel: Channel) -> None:
        """One visit from its head to its last order. A head that names no call or no flow is refused: the dialplan goes on."""
        if head.flow == PROBE_FLOW:
            return
        flow = self._flows.get(head.flow)
        if flow is None:
            log.warning("visit refused: no flow is named %r", head.flow[:40])
            return
        try:
            arrival = replace(arrival_of(head), now=self._clock.now() if self._clock else None)
        except MalformedInput as error:
            log.warning("visit refused: flow=%s: %s", head.flow, error)
            return
        await _Visit(head.flow, Session(flow, arrival, self._around.keys), arrival, channel, self._around).run()


class _Gone(Exception):
    """The citizen left, or the line was closed: ends the visit in good order, caught in `_Visit.run`."""


@dataclass(frozen=True, kw_only=True)
class _Around:
    """What all visits share."""

    sounds: Sounds
    journal: Journal
    spool: Path | None
    keys: KeyPlan


class _Visit:
    """One flow, one citizen."""

    __slots__ = ("_arrival", "_channel", "_emergency_key", "_flow", "_journal", "_session", "_sounds", "_spool", "_unset")

    def __init__(self, flow: str, session: Session, arrival: CallArrived, channel: Channel, around: _Around) -> None:
        self._flow = flow
        self._session = session
        self._arrival = arrival
        self._channel = channel
        self._sounds, self._journal, self._spool, self._emergency_key = around.sounds, around.journal, around.spool, around.keys.key
        self._unset: dict[str, str] = {}  # variables that the next MSet takes along

    async def run(self) -> None:
        """Drive the flow to its end and tell the journal. A line that breaks its protocol ends the visit: the dialplan goes on."""
        if self._flow == WELCOME_FLOW:
            self._tell(Arrived(called=self._arrival.called, caller=self._arrival.caller, trunk=self._arrival.trunk))
            self._tell(recording_of(self._arrival.call))
        self._tell(VisitBegan(flow=self._flow))
        outcome = _FAILED
        try:
            outcome = await self._serve()
        except _Gone:
            outcome = self._let_go(_TO_THE_DIALPLAN if self._channel.closed_by_us else _LEFT if self._flow in _IN_LINE else _HUNG_UP)
        except LineFault as error:
            log.error("visit broken off: call=%s flow=%s: %s", self._arrival.call, self._flow, error)
            outcome = self._let_go(_FAILED)
        finally:
            self._tell_what_broke()
            self._tell(VisitEnded(flow=self._flow, outcome=outcome))

    async def _serve(self) -> str:
        session = self._session
        order = session.start()
        while not session.over:
            order = session.receive(await self._carry_out(order))
            for question, digits in session.take_answers():
                self._tell(KeysPressed(question=question, digits=digits))
        return await self._leave(order)

    def _let_go(self, outcome: str) -> str:
        try:
            self._session.hang_up()
        except OurMistake as error:
            log.error("call=%s flow=%s: %s", self._arrival.call, self._flow, error)
        return outcome

    def _tell_what_broke(self) -> None:
        broke = self._session.broke
        if broke is not None:
            log.error("flow %s broke: %s at %s call=%s", broke.flow, broke.error, broke.at, self._arrival.call)
            self._tell(FlowFailed(flow=broke.flow, error=broke.error))

    def _tell(self, fact: CallFact) -> None:
        self._journal.write(self._arrival.call, fact)

    # ── orders ──────────────────────────────────────────────────────────────────────────────────

    async def _carry_out(self, order: CallOrder | LastOrder) -> Fact:
        match order:
            case Say():
                return await self._say(order)
            case Collect():
                return await self._collect(order)
            case Checkpoint():
                return self._keep(order)
            case Record():
                return await self._record(order)
            case Wait():
                await self._set_and_arm(order.seconds)
                return WaitOver(interrupted_by=await self._one_key(order.seconds))
        raise OurMistake(f"no way to carry out {type(order).__name__}")

    async def _say(self, order: Say) -> PromptsPlayed:
        sounds, seconds = self._sounds.of(order.prompts, order.language)
        key = ""
        if sounds:
            await self._set_and_arm(seconds)
            key = await self._play(sounds, _ANY_KEY if order.until_key else self._emergency_key)
        self._tell(Said(prompts=order.prompts, interrupted=bool(key)))
        return PromptsPlayed(interrupted_by=key)

    async def _collect(self, order: Collect) -> Keyed | Silence:
        sounds, seconds = self._sounds.of(order.prompts, order.language)
        await self._set_and_arm(seconds + order.timeout_s * order.most)
        if order.end != "#" or order.most > 1:  # GET DATA knows no other end key, and would sit on an emergency key until its time is over
            digits = await self._keys_one_by_one(order, await self._play(sounds, _ANY_KEY))
        else:
            digits = await self._play(sounds[:-1], _ANY_KEY)
            if digits == order.end:
                return Silence()
            if not digits:
                digits = await self._get_data(sounds[-1] if sounds else ("", 0.0), order)
        return Keyed(digits=digits) if digits else Silence()

    async def _record(self, order: Record) -> Recorded:
        """A tone, then his message. It is told of before and after: what he said before a hang-up, or our death, is kept."""
        if self._spool is None:
            return Recorded(seconds=0.0, how="failed")
        order = replace(order, end_keys="".join(dict.fromkeys(order.end_keys + self._emergency_key)))
        file = message.began(self._arrival.call, order)
        await self._set_and_arm(order.most_seconds)
        self._tell(file)
        await self._ask(command(EXEC, "PlayTones", message.TONE), 0.0)
        line = message.record(self._spool, file, order)
        reply = await self._channel.ask(line, order.most_seconds + SPARE_S)
        if not self._channel.closed_by_us:  # then he may still be speaking
            self._tell(message.left(file, order, reply))
        kept = message.recorded(order, await self._judge(line, reply))
        await self._ask(command(EXEC, "StopPlayTones"), 0.0)
        return kept

    def _keep(self, order: Checkpoint) -> CheckpointKept:
        values = encode(order.values)
        self._unset[CHECKPOINT] = order.name
        self._unset[VALUES] = values
        self._tell(CheckpointPassed(name=order.name, values=values))
        return CheckpointKept()

    async def _leave(self, order: CallOrder | LastOrder) -> str:
        """Where the dialplan goes on by itself it finds the done-flag; elsewhere he is sent, and nobody looks for one there."""
        broke = self._session.broke is not None
        if isinstance(order, LeaveTo):
            # Nothing is set before it: Asterisk drops the keys that come between two commands, and the service's key may follow at once.
            # And the checkpoint on the channel remains the one to which he may come back.
            await self._ask(command(EXEC, "Goto", f"{emergency_context(order.service)},s,1"), 0.0)
            return _TO_THE_EMERGENCY
        if broke and self._flow in _IN_LINE:
            order = BackToWaiting()  # he stands in line already; his skills are kept
        elif isinstance(order, FindAgent):
            self._unset[SKILLS] = pack_skills(order.skills)
            if order.priority:
                self._unset[PRIORITY] = str(order.priority)
        way = _WAYS.get(type(order), TO_WAITING)
        if _DIALPLAN_GOES_ON.get((self._flow, type(order))) == way:
            await self._set({DONE: "1", DEAD_MAN: "0"})
        else:
            if self._unset:
                await self._set({})
            await self._ask(command(EXEC, "Goto", way), 0.0)
        if broke:
            return _FAILED
        return _TO_THE_LINE if isinstance(order, FindAgent) else _FINISHED

    # ── commands ────────────────────────────────────────────────────────────────────────────────

    async def _play(self, sounds: tuple[tuple[str, float], ...], keys: str) -> str:
        """The key that stopped them, or empty."""
        for path, seconds in sounds:
            reply = await self._ask(command(STREAM_FILE, path, keys), seconds)
            if reply.result not in ("0", "-1"):
                return _key(reply.result)
        return ""

    async def _get_data(self, sound: tuple[str, float], order: Collect) -> str:
        path, seconds = sound
        reply = await self._ask(command(GET_DATA, path, _milliseconds(order.timeout_s), "1"), seconds + order.timeout_s)
        return "" if reply.result == "-1" else reply.result

    async def _keys_one_by_one(self, order: Collect, digits: str) -> str:
        """What he presses, up to the end key or the emergency key. Between two commands of ours Asterisk drops what comes: a round trip."""
        if order.end and digits == order.end != self._emergency_key:
            return ""
        while len(digits) < order.most and self._emergency_key not in digits:
            key = await self._one_key(order.timeout_s)
            if not key or key == order.end != self._emergency_key:
                break
            digits += key
        return digits

    async def _one_key(self, seconds: float) -> str:
        reply = await self._ask(command(WAIT_FOR_DIGIT, _milliseconds(seconds)), seconds)
        return "" if reply.result in ("0", "-1") else _key(reply.result)

    async def _set_and_arm(self, seconds: float) -> None:
        await self._set({DEAD_MAN: str(ceil(seconds + SPARE_S))})

    async def _set(self, more: dict[str, str]) -> None:
        settings = ",".join([f"{name}={plain(value)}" for name, value in (self._unset | more).items()])
        self._unset.clear()
        reply = await self._ask(command(EXEC, "MSet", settings), 0.0)
        if reply.result != "0":
            raise Refused("MSet")

    async def _ask(self, line: bytes, seconds: float) -> Reply:
        """One command. Raises `_Gone` when the citizen is; `-1` from a channel that is still there means that the command failed."""
        return await self._judge(line, await self._channel.ask(line, seconds + SPARE_S))

    async def _judge(self, line: bytes, reply: Reply | None) -> Reply:
        if reply is None or (reply.result == "-1" and await self._channel.ask(_ALIVE, SPARE_S) is None):
            raise _Gone
        if reply.code != OK:
            raise Refused(f"{reply.code} {reply.text[:80]}")
        if reply.result in ("-1", "-2"):
            log.error("Asterisk could not carry out: %s call=%s", _without_values(line), self._arrival.call)
        return reply


def _key(result: str) -> str:
    """The key of STREAM FILE and WAIT FOR DIGIT, which answer with its character's number."""
    key = chr(int(result)) if result.isdecimal() and len(result) < 4 else ""
    if key not in _ANY_KEY or not key:
        raise LineFault(f"Asterisk told of a key that does not exist: {result[:10]!r}")
    return key


def _without_values(line: bytes) -> str:
    """A command for the log: of `EXEC` the application only, since its values may hold keys that the citizen pressed."""
    told = line.decode("utf-8", "replace").strip()
    return " ".join(told.split(" ")[:2]) if told.startswith(EXEC) else told[:200]


def _milliseconds(seconds: float) -> str:
    return str(max(1, round(seconds * 1000)))
