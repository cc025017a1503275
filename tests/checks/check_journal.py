"""What every `Journal` door promises. Run on the fake and on the real one.

A stage shows what the worker would see: `facts(call)`, in order and each once, and whether the call was `closed`.
"""

from collections.abc import Callable, Sequence
from typing import Protocol

from hotline.call_facts import AgentJoined, Arrived, CallEnded, CallFact, KeysPressed, Said
from hotline.identity import CallId
from hotline.ports import Journal

CALL = CallId("hl1-1764000000.12")
OTHER = CallId("hl1-1764000000.13")
ARRIVED = Arrived(called="12345", caller="", trunk="t")
ENDED = CallEnded(by="citizen", cause=16)


class Stage(Protocol):
    """A door, and a view of what came out of it."""

    @property
    def journal(self) -> Journal: ...

    def facts(self, call: CallId) -> Sequence[CallFact]: ...

    def closed(self, call: CallId) -> bool: ...


def facts_come_in_the_order_they_were_written(stage: Stage) -> None:
    written = (ARRIVED, Said(prompts=("greeting",)), KeysPressed(question="q", digits="1"), AgentJoined(agent="1001", leg="leg-1"), ENDED)
    for fact in written:
        stage.journal.write(CALL, fact)
    stage.journal.close(CALL)
    assert tuple(stage.facts(CALL)) == written


def calls_do_not_mix(stage: Stage) -> None:
    for call in (CALL, OTHER, CALL):
        stage.journal.write(call, ARRIVED)
    assert (len(stage.facts(CALL)), len(stage.facts(OTHER))) == (2, 1)


def a_call_is_closed_only_when_it_was_closed(stage: Stage) -> None:
    stage.journal.write(CALL, ENDED)
    assert not stage.closed(CALL)
    stage.journal.close(CALL)
    assert stage.closed(CALL)


def a_fact_that_comes_after_the_close_still_arrives(stage: Stage) -> None:
    stage.journal.write(CALL, ARRIVED)
    stage.journal.close(CALL)
    assert stage.closed(CALL)
    stage.journal.write(CALL, ENDED)
    assert tuple(stage.facts(CALL)) == (ARRIVED, ENDED)


def closing_twice_or_closing_nothing_is_fine(stage: Stage) -> None:
    stage.journal.close(OTHER)
    stage.journal.write(CALL, ARRIVED)
    stage.journal.close(CALL)
    stage.journal.close(CALL)
    assert tuple(stage.facts(CALL)) == (ARRIVED,)


CHECKS: tuple[Callable[[Stage], None], ...] = (
    facts_come_in_the_order_they_were_written,
    calls_do_not_mix,
    a_call_is_closed_only_when_it_was_closed,
    a_fact_that_comes_after_the_close_still_arrives,
    closing_twice_or_closing_nothing_is_fine,
)
