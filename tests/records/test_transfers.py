from datetime import UTC, datetime, timedelta

from hotline.call_facts import (
    CallFact,
    ConsultBegan,
    ConsultEnded,
    OutCallAnswered,
    OutCallBegan,
    OutCallOver,
    SmsAsked,
    TransferAsked,
    TransferEnded,
)
from records.model import Placed, SmsWanted, Transfer
from records.transfers import placed, sms_wanted, transfers

NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)


def told(*facts: CallFact) -> tuple[Transfer, ...]:
    return transfers([(NOON + timedelta(seconds=second), fact) for second, fact in enumerate(facts)])


def asked(how: str = "attended", to: str = "agent:1002") -> TransferAsked:
    return TransferAsked(agent="1001", leg="leg-1", how=how, to=to)


def test_a_consultation_is_told_with_its_times_and_that_it_was_not_recorded() -> None:
    [one] = told(asked(), ConsultBegan(agent="1001", other="1002", leg="leg-2"), ConsultEnded(leg="leg-2"), TransferEnded(outcome="joined"))
    assert (one.agent, one.how, one.to, one.outcome) == ("1001", "attended", "agent:1002", "joined")
    assert (one.consulted_with, one.consult_began, one.consult_ended) == ("1002", NOON + timedelta(seconds=1), NOON + timedelta(seconds=2))
    assert one.consultation_recorded is False


def test_a_transfer_that_came_back_keeps_why_it_did() -> None:
    one, two = told(asked("blind"), TransferEnded(outcome="no_answer"), TransferEnded(outcome="failed"), asked("blind", "queue"))
    assert (one.outcome, one.ended, one.consulted_with) == ("no_answer", NOON + timedelta(seconds=1), "")
    assert (two.to, two.outcome, two.ended) == ("queue", "", None)


def test_a_consultation_whose_end_nobody_told_ends_with_its_transfer() -> None:
    [one] = told(asked(), ConsultBegan(agent="1001", other="00", leg="leg-2"), TransferEnded(outcome="citizen_gone"))
    assert one.consult_ended == one.ended


def test_what_is_told_without_a_beginning_makes_no_transfer() -> None:
    assert told(TransferEnded(outcome="joined"), ConsultEnded(leg="leg-2")) == ()


def test_a_call_of_ours_is_told_with_its_agent_its_ticket_and_its_end() -> None:
    facts = (OutCallBegan(agent="1001", how="clicked", ticket="T-1"), OutCallAnswered(trunk="telecom"), OutCallOver(outcome="talked"))
    one = placed([(NOON + timedelta(seconds=second), fact) for second, fact in enumerate(facts)])
    assert one == Placed(agent="1001", how="clicked", ticket="T-1", answered=NOON + timedelta(seconds=1), outcome="talked")


def test_a_citizens_call_was_placed_by_nobody() -> None:
    assert placed([(NOON, asked()), (NOON, OutCallOver(outcome="talked"))]) is None


def test_who_asks_twice_for_an_sms_about_the_same_is_told_once() -> None:
    storm, water = SmsAsked(about="typhoon-1764000000"), SmsAsked(about="water-1764000090")
    later = NOON + timedelta(seconds=30)
    wanted = sms_wanted([(NOON, storm), (later, storm), (later, water)])
    assert wanted == (SmsWanted(at=NOON, about=storm.about), SmsWanted(at=later, about=water.about))
