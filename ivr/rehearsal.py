"""`rehearse(flow)`: play a call against a flow and say what must happen. For the tests of this room and of everybody's own flows.

    rehearse(my_flow).hears("greeting").hears("main-menu").keys("1").keeps("topic", topic="water").asks(FindAgent()).ends()

It reads like the call; what happened otherwise is shown as a diff. A rehearsal that does not come to `ends()` fails, too, and so does
one whose flow broke, unless `breaks(...)` says that it should.
"""

import difflib
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import NoReturn, Self

from hotline.emergency import KeyPlan
from hotline.errors import OurMistake
from hotline.identity import CallId
from ivr import trace
from ivr.facts import CallArrived, CheckpointKept, Fact, HungUp, Keyed, PromptsPlayed, Recorded, Silence, WaitOver
from ivr.orders import CallOrder, Checkpoint, Collect, FlowFunction, LastOrder, Record, Say, Wait
from ivr.session import KEYS, Session

_END = "(the visit is over)"


class RehearsalMismatch(AssertionError):
    """The call went another way than was said: the message is a diff of the two."""


class UnfinishedRehearsal(AssertionError):
    """Nobody said `ends()`: what came after the last step was never looked at."""


def rehearse(
    flow: FlowFunction,
    *,
    called: str = "12345",
    caller: str = "19900000001",
    trunk: str = "rehearsal",
    checkpoint: str = "",
    values: Mapping[str, str] | None = None,
    now: datetime | None = None,
    keys: KeyPlan = KEYS,
) -> "Rehearsal":
    """A citizen calls, and the flow begins. The arguments are those of `CallArrived`; `keys`: the emergency key."""
    arrival = CallArrived(
        call=CallId("rehearsal-1.1"), called=called, caller=caller, trunk=trunk, checkpoint=checkpoint, values=values or {}, now=now
    )
    return Rehearsal(flow, arrival, keys)


class Rehearsal:
    """One rehearsed call. Every step checks at once and raises `RehearsalMismatch`."""

    def __init__(self, flow: FlowFunction, arrival: CallArrived, keys: KeyPlan = KEYS) -> None:
        self._judged = True  # until the flow stands at its first order
        self._script: list[str] = []  # what happened, as trace lines, and was right
        self._session = Session(flow, arrival, keys)
        self._heard = False  # the pending Say was checked and waits for what the citizen does
        self._breaks = False
        self._order: CallOrder | LastOrder | None = self._session.start()
        self._judged = False

    def __del__(self) -> None:
        """Python cannot raise from here, pytest can: as a warning, which `filterwarnings = ["error"]` turns into a failure."""
        if not self._judged:
            raise UnfinishedRehearsal("\n".join(["this rehearsal has no ends():", *self._script, self._pending()]))

    # ── what the citizen meets ──────────────────────────────────────────────────────────────────

    def hears(self, *prompts: str) -> Self:
        """He is played exactly these prompts, by a `Say` or by the question that waits for his keys."""
        order = self._go_on()
        if isinstance(order, Collect):
            if order.prompts != prompts or self._heard:
                self._mismatch(trace.line(replace(order, prompts=prompts)) + (", a second time" if self._heard else ""))
        elif not isinstance(order, Say) or order.prompts != prompts:
            self._mismatch(trace.line(Say(prompts=prompts)))
        self._heard = True
        return self

    def waits(self, seconds: float) -> Self:
        """There is silence for so many seconds."""
        return self._expect(Wait(seconds=seconds), WaitOver())

    def keeps(self, name: str, **values: str) -> Self:
        """The flow passes this checkpoint with exactly these values."""
        return self._expect(Checkpoint(name=name, values=values), CheckpointKept())

    def asks(self, order: LastOrder) -> Self:
        """The flow's last order is exactly this one."""
        if self._go_on() != order:
            self._mismatch(trace.line(order))
        if not self._session.over:
            self._mismatch("(a last order)")
        self._script.append(trace.line(order))
        self._order = None
        return self

    def breaks(self, error: str) -> Self:
        """The flow breaks with an error of this type; the citizen is led to a human all the same."""
        self._breaks = True
        self._go_on()
        broke = self._session.broke
        if broke is None or broke.error != error:
            self._mismatch(f"!! the flow breaks: {error}", self._why_broken())
        self._script.append(self._why_broken())
        return self

    # ── what the citizen does ───────────────────────────────────────────────────────────────────

    def keys(self, digits: str) -> Self:
        """He presses these keys: as an answer, or in the middle of prompts that a key may stop."""
        order = self._order
        if isinstance(order, Say) and self._heard and order.until_key:
            return self._answer(PromptsPlayed(interrupted_by=digits))
        self._check_asked(Keyed(digits=digits))
        return self._answer(Keyed(digits=digits))

    def silent(self) -> Self:
        """He presses nothing in time."""
        self._check_asked(Silence())
        return self._answer(Silence())

    def speaks(self, seconds: float, *, how: str = "silence", key: str = "") -> Self:
        """After the tone he leaves a message of so many seconds; `how` and `key` as in `Recorded`."""
        fact = Recorded(seconds=seconds, how=how, key=key)
        if not isinstance(self._go_on(), Record):
            self._mismatch(trace.line(fact))
        return self._answer(fact)

    def hangs_up(self) -> Self:
        """He hangs up, here and now; only `ends()` can follow."""
        if self._order is None or self._session.over:
            self._mismatch(trace.line(HungUp()))
        self._note_order()
        self._script.append(trace.line(HungUp()))
        self._order = None
        try:
            self._session.hang_up()
        except OurMistake as mistake:
            self._mismatch("(he is gone: only `finally` runs)", f"!! {mistake}")
        return self

    def ends(self) -> None:
        """That was all: the last order was seen, or the citizen hung up."""
        if self._order is not None:
            self._go_on()
            self._mismatch(_END)
        self._check_unbroken()
        self._judged = True

    # ── inside ──────────────────────────────────────────────────────────────────────────────────

    def _expect(self, order: CallOrder, answer: Fact) -> Self:
        if self._go_on() != order:
            self._mismatch(trace.line(order))
        return self._answer(answer)

    def _go_on(self) -> CallOrder | LastOrder | None:
        """The order that is to be looked at now: prompts that were heard to their end are answered first."""
        if self._heard and isinstance(self._order, Say):
            self._answer(PromptsPlayed())
        self._check_unbroken()
        return self._order

    def _check_asked(self, fact: Fact) -> None:
        order = self._go_on()
        if not isinstance(order, Collect) or (order.prompts and not self._heard):
            self._mismatch(trace.line(fact))

    def _answer(self, fact: Fact) -> Self:
        self._note_order()
        self._script.append(trace.line(fact))
        self._heard = False
        self._order = self._session.receive(fact)
        return self

    def _note_order(self) -> None:
        if self._order is not None:
            self._script.append(trace.line(self._order))

    def _check_unbroken(self) -> None:
        if self._session.broke and not self._breaks:
            self._mismatch("a flow that does not break", self._why_broken())

    def _why_broken(self) -> str:
        broke = self._session.broke
        return f"!! the flow {broke.flow} breaks: {broke.error} at {broke.at or '?'}" if broke else self._pending()

    def _pending(self) -> str:
        return _END if self._order is None else trace.line(self._order)

    def _mismatch(self, wanted: str, found: str = "") -> NoReturn:
        self._judged = True
        said, happened = [*self._script, wanted], [*self._script, found or self._pending()]
        diff = [line for line in difflib.ndiff(said, happened) if not line.startswith("?")]
        raise RehearsalMismatch("\n".join(["the call went another way (- as rehearsed, + as the flow has it):", *diff]))
