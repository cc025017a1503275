"""回拨: who asked for it keeps his place in line without a channel; who was missed is called when it is quiet. The agent comes first.

A callback is an outgoing call of the house (routing/out_calls.py) that routing begins: an agent is reserved and rung, and only when he has
picked up is the citizen called. So nobody is called for whom nobody is there, and there are never more of them than free agents.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from hotline.call_facts import CallbackAsked, CallbackBegan, CallFact, OutCallOver
from hotline.callbacks import ASKED, EMERGENCY, IN_LINE, NO_TRY, TALKED, CallBack, Owed
from hotline.identity import AgentId, CallId, LegId
from hotline.line import CallTold, WaitingCitizen
from routing.moves import PresenceEvent
from routing.owing import Debts, Flight
from routing.policy import Choice, choices, keeping
from routing.presence import missed
from routing.turn import Turn

BREATH_S: Final = 60.0
"""An agent hung up before the citizen could answer: so long later the next one may be asked."""
MISSED_TRUNK: Final = "callback"
"""On a place in line that no channel holds."""


@dataclass(frozen=True, kw_only=True)
class CallsOwed:
    """The worker tells to whom calls are owed: all of them, or as many as may be tried next."""

    owed: tuple[Owed, ...]


# ── what becomes known ───────────────────────────────────────────────────────────────────────────


def calls_owed(turn: Turn, happening: CallsOwed) -> Turn:
    """Who is not on the list any more got through, or was tried often enough: his place is given up."""
    turn = _keep(turn, turn.board.callbacks.told(happening.owed, turn.now.timestamp()))
    return stand(_without_places(turn, lambda call: call not in turn.board.callbacks.owed))


def callback_told(turn: Turn, told: CallTold) -> Turn:
    """What the dialplan tells of callbacks, beside writing it down."""
    call, fact = told.call, told.fact
    if isinstance(fact, CallbackAsked):
        return _asked(turn, told, fact)
    if isinstance(fact, CallbackBegan):
        return _began(turn, call, fact)
    return _over(turn, call, fact) if isinstance(fact, OutCallOver) else turn


def got_through(turn: Turn, call: CallId) -> Turn:
    """He talks with an agent: whatever was owed to his number is not any more. To be asked while he still stands in line."""
    citizen = turn.board.waiting.get(call)
    owed = turn.board.callbacks.of_number(citizen.caller) if citizen else ()
    return _settle(turn, *(each.call for each in owed if each.call not in turn.board.callbacks.flights)) if owed else turn


def calls_himself(turn: Turn, citizen: WaitingCitizen) -> tuple[Turn, WaitingCitizen]:
    """Who calls again though he has a place gets it himself; it is held by nobody meanwhile."""
    places = [each for each in turn.board.callbacks.of_number(citizen.caller) if each.reason in IN_LINE]
    if not places or citizen.call in turn.board.callbacks.owed:
        return turn, citizen
    turn = _without_places(turn, lambda call: call == places[0].call)
    return turn, replace(citizen, since=min(citizen.since, places[0].since))


def unrung(turn: Turn, leg: LegId, outcome: str) -> Turn:
    """The agent did not take it: he has missed a call like any other, and somebody else is asked at once."""
    flight = next((each for each in turn.board.callbacks.flights.values() if each.leg == leg and each.call is None), None)
    if flight is None:
        return turn
    return stand(missed(_keep(turn, turn.board.callbacks.land(flight.task)), flight.agent, outcome))


def not_rung(turn: Turn, leg: LegId) -> Turn:
    """The switch would not ring him, or takes no new calls: nobody's fault. Not with the next agent at once: after a breath."""
    flight = next((each for each in turn.board.callbacks.flights.values() if each.leg == leg and each.call is None), None)
    if flight is None:
        return turn
    debts, owed = turn.board.callbacks.land(flight.task), turn.board.callbacks.owed.get(flight.task)
    if owed is not None:
        debts = debts.again(owed.call, owed.attempts, turn.now.timestamp() + BREATH_S)
    return _keep(turn, debts).presence(flight.agent, PresenceEvent.RELEASED)


def _asked(turn: Turn, told: CallTold, fact: CallbackAsked) -> Turn:
    """He still hears that it is so; his place is taken up when he has hung up."""
    if told.arrived is None or not told.arrived.caller:
        return turn
    owed = Owed(
        call=told.call,
        number=told.arrived.caller,
        called=told.arrived.called,
        reason=ASKED,
        since=fact.since,
        skills=fact.skills,
        priority=fact.priority,
    )
    return _keep(turn, turn.board.callbacks.asked(owed))


def _began(turn: Turn, call: CallId, fact: CallbackBegan) -> Turn:
    """The agent has picked up. A leader who did not order it learns of it here."""
    task = CallId(fact.task)
    known = turn.board.callbacks.flights.get(task)
    agent = turn.board.calling_out.get(call)
    if known is None and agent is None:
        return turn
    flight = known or Flight(task=task, agent=agent or AgentId("00"), leg=LegId(f"leg-{task}-0"), since=turn.now.timestamp())
    return _keep(turn.leave(task), turn.board.callbacks.fly(replace(flight, call=call)))


def _over(turn: Turn, call: CallId, fact: CallFact) -> Turn:
    flight = next((each for each in turn.board.callbacks.flights.values() if each.call == call), None)
    return _landed(turn, flight, fact.outcome) if flight and isinstance(fact, OutCallOver) else turn


def _landed(turn: Turn, flight: Flight, outcome: str) -> Turn:
    """Joined, or when to try again; the worker finds the same in the record (storage/callbacks.py)."""
    debts = turn.board.callbacks.land(flight.task)
    turn = _keep(turn, debts)
    owed, patience = debts.owed.get(flight.task), turn.board.rules.callbacks.patience
    if owed is None:
        return turn
    if outcome in NO_TRY:
        return _keep(turn, debts.again(owed.call, owed.attempts, turn.now.timestamp() + BREATH_S))
    attempts = owed.attempts + 1
    if outcome == TALKED or patience.over(attempts, outcome):
        return _settle(turn, owed.call)
    return _keep(turn, debts.again(owed.call, attempts, patience.after(attempts, turn.now).timestamp()))


# ── places in line ───────────────────────────────────────────────────────────────────────────────


def stand(turn: Turn) -> Turn:
    """Each who asked, has hung up and is due stands in line at his old place. Who is on the phone with us himself does not."""
    for owed in turn.board.callbacks.owed.values():
        if owed.reason in IN_LINE and owed.call not in turn.board.waiting and _may_stand(turn, owed):
            turn = turn.wait(_place(owed))
    return turn


def call_back(turn: Turn, choice: Choice) -> Turn:
    """It is his turn: this agent is reserved for him and rung."""
    owed = turn.board.callbacks.owed[choice.call]
    turn, leg = turn.new_leg(owed.call)
    flight = Flight(task=owed.call, agent=choice.agent, leg=leg, since=turn.now.timestamp())
    turn = _keep(turn.leave(owed.call).presence(choice.agent, PresenceEvent.OFFERED), turn.board.callbacks.fly(flight))
    why = f"{owed.reason} {choice.why}".strip()
    return turn.order(
        CallBack(
            agent=choice.agent,
            leg=leg,
            task=owed.call,
            number=owed.number,
            attempt=owed.attempts + 1,
            why=re.sub(r"[^A-Za-z0-9._=-]+", "&", why),
            ring_seconds=turn.board.rules.ring_s,
        )
    )


def tend_callbacks(turn: Turn) -> Turn:
    """Once a second: what nobody told us the end of, places that are due, and, when it is quiet, one of those who were missed."""
    turn = stand(_lost(turn))
    return _quietly(turn) if turn.board.linked and not turn.board.waiting else turn


def _lost(turn: Turn) -> Turn:
    rules, now = turn.board.rules, turn.now.timestamp()
    for flight in turn.board.callbacks.flights.values():
        if flight.call is not None and flight.call in turn.board.gone:
            turn = _landed(turn, flight, "failed")
        elif flight.call is None and now - flight.since >= rules.ring_s + rules.grace.total_seconds():
            turn = unrung(turn, flight.leg, "no_answer")
    return turn


def _may_stand(turn: Turn, owed: Owed) -> bool:
    board, now = turn.board, turn.now
    if owed.call in board.callbacks.flights or owed.call in board.calls or owed.due > now.timestamp():
        return False
    if owed.attempts and owed.reason != EMERGENCY and not board.rules.callbacks.patience.open_at(now):
        return False
    return not any(each.caller == owed.number and each.channel for each in board.waiting.values())


def _quietly(turn: Turn) -> Turn:
    """漏接回拨: who was cut off before who was missed, and of these who was missed first. One at a time, while agents are left over."""
    board, rules = turn.board, turn.board.rules.callbacks
    if sum(agent.available for agent in board.agents.values()) < max(rules.ready, 1) or not rules.patience.open_at(turn.now):
        return turn
    due = [each for each in board.callbacks.owed.values() if each.reason not in IN_LINE and _may_stand(turn, each)]
    if not due:
        return turn
    first = min(due, key=lambda each: (-each.priority, each.since, each.call))
    trial = turn.wait(_place(first))
    trial = replace(trial, board=keeping(trial.board))
    chosen = [choice for choice in choices(trial.board, turn.now) if choice.call == first.call]
    return call_back(trial, chosen[0]) if chosen else turn


def _place(owed: Owed) -> WaitingCitizen:
    return WaitingCitizen(
        call=owed.call,
        channel="",
        called=owed.called,
        caller=owed.number,
        trunk=MISSED_TRUNK,
        since=owed.since,
        skills=owed.skills,
        priority=owed.priority,
    )


def _settle(turn: Turn, *calls: CallId) -> Turn:
    turn = _keep(turn, turn.board.callbacks.settle(calls))
    return _without_places(turn, lambda call: call in calls)


def _without_places(turn: Turn, those: Callable[[CallId], bool]) -> Turn:
    for call in [each.call for each in turn.board.waiting.values() if not each.channel and those(each.call)]:
        turn = turn.leave(call)
    return turn


def _keep(turn: Turn, debts: Debts) -> Turn:
    return replace(turn, board=replace(turn.board, callbacks=debts)) if debts is not turn.board.callbacks else turn
