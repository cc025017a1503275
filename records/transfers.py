"""The record's transfers and outgoing calls (转接、呼出): who handed the citizen to whom or called him, and what became of it. Pure."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime

from hotline import call_facts as facts
from hotline.call_facts import CallFact
from records.model import Asked, Placed, SmsWanted, Transfer

Moment = tuple[datetime, CallFact]


def transfers(moments: Iterable[Moment]) -> tuple[Transfer, ...]:
    """Each time that an agent transferred him, in order. What is told without its beginning (a lost line) is left out."""
    found: list[Transfer] = []
    for at, fact in moments:
        match fact:
            case facts.TransferAsked(agent=agent, how=how, to=to):
                found.append(Transfer(agent=agent, how=how, to=to, asked=at))
            case facts.ConsultBegan(other=other) if found:
                found[-1] = replace(found[-1], consulted_with=other, consult_began=at)
            case facts.ConsultEnded() if found and found[-1].consult_ended is None:
                found[-1] = replace(found[-1], consult_ended=at)
            case facts.TransferEnded(outcome=outcome) if found:
                found[-1] = _ended(found[-1], at, outcome)
            case _:
                pass
    return tuple(found)


def placed(moments: Iterable[Moment]) -> Placed | None:
    """The outgoing call, if this is one. Several sources tell of it, and one that was slow may name the begin after all else."""
    moments = list(moments)
    began = next((fact for _, fact in moments if isinstance(fact, facts.OutCallBegan)), None)
    if began is None:
        return None
    found = Placed(agent=began.agent, how=began.how, ticket=began.ticket)
    for at, fact in moments:
        match fact:
            case facts.CallbackBegan(task=task, attempt=attempt, why=why):
                found = replace(found, task=task, attempt=attempt, why=why)
            case facts.OutCallAnswered() if found.answered is None:
                found = replace(found, answered=at)
            case facts.OutCallOver(outcome=outcome):
                found = replace(found, outcome=outcome)
            case _:
                pass
    return found


def callback_asked(moments: Iterable[Moment]) -> Asked | None:
    """The place in line that he keeps, if he asked to be called back."""
    asked = [(at, fact) for at, fact in moments if isinstance(fact, facts.CallbackAsked)]
    if not asked:
        return None
    at, fact = asked[-1]
    return Asked(at=at, since=datetime.fromtimestamp(fact.since, UTC), skills=fact.skills, priority=fact.priority)


def sms_wanted(moments: Iterable[Moment]) -> tuple[SmsWanted, ...]:
    """Each notice about which he wants a message, once."""
    found: dict[str, SmsWanted] = {}
    for at, fact in moments:
        if isinstance(fact, facts.SmsAsked):
            found.setdefault(fact.about, SmsWanted(at=at, about=fact.about))
    return tuple(found.values())


def _ended(transfer: Transfer, at: datetime, outcome: str) -> Transfer:
    """The first end counts: one that came back may end once more. A consultation ends with its transfer at the latest."""
    if transfer.ended is not None:
        return transfer
    over = transfer.consult_ended or (at if transfer.consult_began else None)
    return replace(transfer, ended=at, outcome=outcome, consult_ended=over)
