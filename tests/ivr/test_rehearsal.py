"""The rehearsal itself: it passes what is right, and says readably what is wrong."""

import sys
from collections.abc import Callable

import pytest

from ivr.facts import CallArrived, HungUp, Keyed
from ivr.orders import BackToWaiting, Checkpoint, Collect, FindAgent, Flow, HangUp, Say, Wait
from ivr.rehearsal import Rehearsal, RehearsalMismatch, UnfinishedRehearsal, rehearse


def survey(arrival: CallArrived) -> Flow:
    yield Say(prompts=("greeting",))
    yield Say(prompts=("notice",), until_key=False)
    answer = yield Collect(question="satisfied", prompts=("are-you-satisfied",))
    if isinstance(answer, Keyed):
        yield Checkpoint(name="answered", values={"satisfied": answer.digits})
        yield Wait(seconds=0.5)
    yield HangUp()


def ask_twice(arrival: CallArrived) -> Flow:
    yield Collect(question="q", prompts=("question",))
    yield Collect(question="q", prompts=("question",))


def asked() -> Rehearsal:
    return rehearse(survey).hears("greeting").hears("notice").hears("are-you-satisfied")


# ── calls that go as said ────────────────────────────────────────────────────────────────────────


def test_a_whole_call_is_rehearsed_in_the_order_in_which_it_is_heard() -> None:
    asked().keys("1").keeps("answered", satisfied="1").waits(0.5).asks(HangUp()).ends()


def test_the_citizen_may_stay_silent() -> None:
    asked().silent().asks(HangUp()).ends()


def test_a_key_in_the_prompts_answers_the_question() -> None:
    rehearse(survey).hears("greeting").keys("2").hears("notice").keeps("answered", satisfied="2").waits(0.5).asks(HangUp()).ends()


def test_the_rest_of_an_answer_is_pressed_without_prompts() -> None:
    def flow(arrival: CallArrived) -> Flow:
        yield Say(prompts=("greeting",))
        digits = yield Collect(question="number", prompts=("number",), most=3)
        yield Checkpoint(name="got", values={"digits": digits.digits})

    rehearse(flow).hears("greeting").keys("1").keys("23").keeps("got", digits="123").asks(FindAgent()).ends()


def test_the_citizen_may_hang_up_anywhere() -> None:
    rehearse(survey).hangs_up().ends()
    rehearse(survey).hears("greeting").hangs_up().ends()
    asked().hangs_up().ends()


def test_the_arrival_can_be_chosen() -> None:
    def flow(arrival: CallArrived) -> Flow:
        seen = {"called": arrival.called, "caller": arrival.caller, "at": arrival.checkpoint, "lost": arrival.values["lost"]}
        yield Checkpoint(name="seen", values={**seen, "trunk": arrival.trunk})

    call = rehearse(flow, called="12320", caller="19900000009", trunk="telecom", checkpoint="welcomed", values={"lost": "1"})
    call.keeps("seen", called="12320", caller="19900000009", at="welcomed", lost="1", trunk="telecom").asks(FindAgent()).ends()


def test_a_flow_that_is_meant_to_break_can_be_rehearsed() -> None:
    rehearse(breaks).hears("greeting").breaks("LookupError").asks(FindAgent()).ends()


def breaks(arrival: CallArrived) -> Flow:
    yield Say(prompts=("greeting",))
    raise LookupError


def breaks_when_tidying_up(arrival: CallArrived) -> Flow:
    try:
        yield Say(prompts=("greeting",))
    finally:
        raise LookupError


def talks_after_the_hang_up(arrival: CallArrived) -> Flow:
    try:
        yield Say(prompts=("greeting",))
    except HungUp:
        yield Say(prompts=("goodbye",))


# ── calls that go another way ────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("wrong", "said", "happened"),
    [
        (lambda: rehearse(survey).hears("goodbye"), "<< Say('goodbye')", "<< Say('greeting')"),
        (lambda: rehearse(survey).hears("greeting", "notice"), "<< Say('greeting', 'notice')", "<< Say('greeting')"),
        (lambda: rehearse(survey).waits(1), "<< Wait(1)", "<< Say('greeting')"),
        (lambda: rehearse(survey).hears("greeting").asks(HangUp()), "<< HangUp()", "<< Say('notice', until_key=False)"),
        (lambda: rehearse(survey).keys("1"), ">> Keyed('1')", "<< Say('greeting')"),
        (
            lambda: rehearse(survey).hears("greeting").hears("notice").keys("1"),
            ">> Keyed('1')",
            "<< Collect('satisfied', 'are-you-satisfied')",
        ),
        (lambda: rehearse(survey).hears("greeting").silent(), ">> Silence()", "<< Say('notice', until_key=False)"),
        (lambda: asked().hears("are-you-satisfied"), "<< Collect('satisfied', 'are-you-satisfied')", "<< Collect("),
        (lambda: rehearse(ask_twice).hears("other"), "<< Collect('q', 'other')", "<< Collect('q', 'question')"),
        (lambda: asked().keys("1").keeps("answered"), "<< Checkpoint('answered')", "<< Checkpoint('answered', values={'satisfied': '1'})"),
        (lambda: asked().keys("1").keeps("answered", satisfied="1").waits(2), "<< Wait(2)", "<< Wait(0.5)"),
        (lambda: asked().silent().asks(FindAgent()), "<< FindAgent()", "<< HangUp()"),
        (lambda: asked().silent().asks(BackToWaiting()), "<< BackToWaiting()", "<< HangUp()"),
        (lambda: rehearse(survey).asks(Say(prompts=("greeting",))), "(a last order)", "<< Say('greeting')"),  # type: ignore[arg-type]
        (lambda: asked().ends(), "(the visit is over)", "<< Collect("),
        (lambda: asked().silent().ends(), "(the visit is over)", "<< HangUp()"),
        (lambda: asked().silent().hangs_up(), ">> HungUp()", "<< HangUp()"),
        (lambda: asked().silent().asks(HangUp()).hears("goodbye"), "<< Say('goodbye')", "(the visit is over)"),
        (lambda: asked().silent().asks(HangUp()).asks(HangUp()), "<< HangUp()", "(the visit is over)"),
        (lambda: rehearse(survey).hangs_up().hears("greeting"), "<< Say('greeting')", "(the visit is over)"),
        (lambda: rehearse(survey).hangs_up().hangs_up(), ">> HungUp()", "(the visit is over)"),
        (lambda: rehearse(survey).breaks("KeyError"), "!! the flow breaks: KeyError", "<< Say('greeting')"),
        (
            lambda: rehearse(breaks).hears("greeting").asks(FindAgent()),
            "a flow that does not break",
            "!! the flow breaks breaks: LookupError at test_reh",
        ),
        (
            lambda: rehearse(breaks).hears("greeting").breaks("KeyError"),
            "!! the flow breaks: KeyError",
            "!! the flow breaks breaks: LookupError at test_reh",
        ),
        (
            lambda: rehearse(breaks_when_tidying_up).hangs_up().ends(),
            "a flow that does not break",
            "!! the flow breaks_when_tidying_up breaks: Look",
        ),
        (
            lambda: rehearse(talks_after_the_hang_up).hangs_up(),
            "(he is gone: only `finally` runs)",
            "!! an order after the hang-up: talks_after",
        ),
    ],
)
def test_a_call_that_goes_another_way_is_shown_as_a_diff(wrong: Callable[[], object], said: str, happened: str) -> None:
    with pytest.raises(RehearsalMismatch) as caught:
        wrong()
    diff = str(caught.value).splitlines()
    assert any(line.startswith(f"- {said}") for line in diff), diff
    assert any(line.startswith(f"+ {happened}") for line in diff), diff


def test_the_diff_shows_the_call_so_far() -> None:
    with pytest.raises(RehearsalMismatch) as caught:
        asked().keys("1").asks(HangUp())
    assert (
        str(caught.value)
        == """\
the call went another way (- as rehearsed, + as the flow has it):
  << Say('greeting')
  >> PromptsPlayed()
  << Say('notice', until_key=False)
  >> PromptsPlayed()
  << Collect('satisfied', 'are-you-satisfied')
  >> Keyed('1')
- << HangUp()
+ << Checkpoint('answered', values={'satisfied': '1'})"""
    )


# ── rehearsals that are forgotten ────────────────────────────────────────────────────────────────


def complaints(forget: Callable[[], None], monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What Python reports as 'exception ignored', which pytest makes a warning and we an error."""
    heard: list[str] = []
    monkeypatch.setattr(sys, "unraisablehook", lambda report: heard.append(f"{report.exc_type.__name__}: {report.exc_value}"))
    forget()
    return heard


def test_a_rehearsal_without_ends_is_reported_with_what_was_not_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    def forget() -> None:
        rehearse(survey).hears("greeting").hears("notice")

    (complaint,) = complaints(forget, monkeypatch)
    assert complaint.startswith("UnfinishedRehearsal: this rehearsal has no ends():\n<< Say('greeting')")
    assert complaint.endswith("<< Say('notice', until_key=False)")


def test_a_rehearsal_that_was_only_begun_is_reported_too(monkeypatch: pytest.MonkeyPatch) -> None:
    def forget() -> None:
        rehearse(survey)

    assert len(complaints(forget, monkeypatch)) == 1


def test_a_mismatch_is_not_reported_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    def mismatch() -> None:
        with pytest.raises(RehearsalMismatch):
            rehearse(survey).hears("goodbye")

    assert complaints(mismatch, monkeypatch) == []


def test_the_report_is_an_assertion_like_any_other() -> None:
    call = rehearse(survey)
    with pytest.raises(UnfinishedRehearsal):
        call.__del__()
    call.hangs_up().ends()
