"""The record's side of supervision (班长监听): who was at a talk, how, and whether the recording has him. Pure.

A whisper is heard by the agent alone and is on no recording, so the record says that there was one.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from hotline import call_facts as facts
from hotline.call_facts import CallFact
from records.model import Supervised

ON_THE_RECORDING = frozenset({"barge"})


def supervised(moments: Iterable[tuple[datetime, CallFact]], *, ended: datetime | None) -> tuple[Supervised, ...]:
    """Each stretch in one mode. Another mode, his leaving and the end of the call end it, whichever is first."""
    found: list[Supervised] = []
    for at, fact in moments:
        if isinstance(fact, facts.SupervisorJoined):
            found = [*_left(found, fact.supervisor, at), _joined(fact, at)]
        elif isinstance(fact, facts.SupervisorLeft):
            found = _left(found, fact.supervisor, at)
    return tuple(replace(each, ended=ended) if ended and (each.ended is None or each.ended > ended) else each for each in found)


def _joined(fact: facts.SupervisorJoined, at: datetime) -> Supervised:
    return Supervised(supervisor=fact.supervisor, agent=fact.agent, mode=fact.mode, began=at, recorded=fact.mode in ON_THE_RECORDING)


def _left(found: list[Supervised], supervisor: str, at: datetime) -> list[Supervised]:
    return [replace(each, ended=at) if each.supervisor == supervisor and each.ended is None else each for each in found]
