"""One visit of a citizen: runs a flow, keeps the flows it visits, and never leaves him without a next order.

    session = Session(flow_function, arrival)
    order = session.start()
    while not session.over:                  # over: the order is a LastOrder, nothing answers it
        order = session.receive(carry_out(order))
    session.broke, session.take_answers()    # for the journal; answers may be taken after every step

Keys that interrupt a `Say` go to the next `Collect`: it is answered here without the driver when they are the whole answer, else
the driver gets a `Collect` without prompts for the keys that are left. So the journal learns every answer from `take_answers`.

The emergency key (hotline.emergency.KeyPlan) belongs to no flow: wherever it stands among the keys that come, every flow is closed and
`ivr/flows/emergency.py` follows, with the service that the keys after it name. So no flow can forget it.

A hang-up is `session.hang_up()` instead of `receive`. No I/O, no clock; one session belongs to one task.

What becomes of a flow that misbehaves (a human is the default, GB/T 33358):

| the flow …                                   | the citizen …                | we …                              |
|----------------------------------------------|------------------------------|-----------------------------------|
| ends without a last order                    | is led to a human            |                                   |
| raises, yields nonsense or never asks again  | is led to a human            | read the reason in `session.broke` |
| asks for long numbers, emergency key a digit | is led to a human            | read the reason in `session.broke` |
| yields after a hang-up                       | is gone                      | get `OurMistake`                  |
"""

from collections.abc import Generator
from dataclasses import dataclass, replace
from typing import Any, Final

from hotline.emergency import SERVICES, KeyPlan
from hotline.errors import OurMistake
from ivr.checkpoint import check, check_skills
from ivr.facts import CallArrived, CheckpointKept, Fact, HungUp, Keyed, PromptsPlayed, Recorded, Silence, WaitOver
from ivr.flows.emergency import emergency
from ivr.orders import (
    AskCallback,
    AskSms,
    BackToWaiting,
    CallOrder,
    Checkpoint,
    Collect,
    FindAgent,
    FlowFunction,
    HandOver,
    HangUp,
    LastOrder,
    LeaveTo,
    Order,
    Record,
    Say,
    Visit,
    Wait,
)

_ANSWERS: dict[type, tuple[type, ...]] = {
    Say: (PromptsPlayed,),
    Collect: (Keyed, Silence),
    Wait: (WaitOver,),
    Record: (Recorded,),
    Checkpoint: (CheckpointKept,),
}
_LAST_ORDERS = (FindAgent, BackToWaiting, AskCallback, AskSms, HangUp, LeaveTo)
_A_HUMAN = FindAgent()
KEYS: Final = KeyPlan()
_MOST_TURNS = 100  # visits and hand-overs between two orders: more is a circle, and a circle would stop every other call too

_MOST_DEEP = 32  # visits inside visits

_Running = Generator[Order, Any, object]


@dataclass(frozen=True, kw_only=True)
class FlowBroke:
    """A flow of ours broke. `error` is the type's name and `at` file, line and function: never a word or key of the citizen."""

    flow: str
    error: str
    at: str = ""


class Session:
    """Runs one flow for one visit. `broke` is set when a flow of ours broke; the citizen goes to a human all the same."""

    __slots__ = ("_answers", "_arrival", "_first", "_flows", "_head", "_keys", "_pending", "_typed", "broke", "over")

    def __init__(self, flow: FlowFunction, arrival: CallArrived, keys: KeyPlan = KEYS) -> None:
        """`keys`: the emergency key and what may follow it."""
        self._arrival = arrival
        self._keys = keys
        self._first: FlowFunction | None = flow
        self._flows: list[_Running] = []
        self._pending: CallOrder | LastOrder | None = None
        self._typed = ""  # keys pressed while prompts played: they belong to the next question
        self._head = ""  # of these, what the pending question has already got
        self._answers: tuple[tuple[str, str], ...] = ()
        self.broke: FlowBroke | None = None
        self.over = False

    def start(self) -> CallOrder | LastOrder:
        """The flow's first order. Raises `OurMistake` the second time."""
        flow, self._first = self._first, None
        if flow is None:
            raise OurMistake("this visit has already begun")
        return self._next_order(self._enter(flow))

    def receive(self, fact: Fact) -> CallOrder | LastOrder:
        """The order that follows. Raises `OurMistake`, and changes nothing, when the fact does not answer the pending order."""
        pending = self._pending
        if self.over or type(fact) not in _ANSWERS.get(type(pending), ()):
            raise OurMistake(f"{type(fact).__name__} does not answer {self._standing()}")
        service = self._keys.service_of(_keys_of(fact))
        if service is not None:
            return self._to_emergency(service, fact)
        if isinstance(fact, PromptsPlayed | WaitOver):
            self._typed += fact.interrupted_by
        elif isinstance(pending, Collect):
            return self._next_order(self._step(self._whole_answer(pending.question, fact)))
        return self._next_order(self._step(fact))

    def take_answers(self) -> tuple[tuple[str, str], ...]:
        """(question, keys) of every question answered since the last time, in order; no keys = silence."""
        answers, self._answers = self._answers, ()
        return answers

    def hang_up(self) -> None:
        """The citizen is gone: every flow gets `HungUp`, innermost first, and may only tidy up. When all was over, nothing happens.

        Raises `OurMistake` when a flow yields an order after it, once all flows are closed.
        """
        self._first, self._pending, self.over = None, None, True
        talkers = []
        while self._flows:
            flow = self._flows.pop()
            if self._yields_after_hang_up(flow):
                talkers.append(_name(flow))
        if talkers:
            raise OurMistake(f"an order after the hang-up: {', '.join(talkers)}")

    # ── from a flow's words to the next order ───────────────────────────────────────────────────

    def _next_order(self, order: Order) -> CallOrder | LastOrder:
        for _ in range(_MOST_TURNS):
            if isinstance(order, Visit):
                order = self._enter(order.flow)
            elif isinstance(order, HandOver):
                self._close_all()
                order = self._enter(order.flow)
            elif isinstance(order, Collect) and self._typed:
                rest = self._spend_typed(order)
                if isinstance(rest, Collect):
                    return self._hand_out(rest)
                order = self._step(self._whole_answer(order.question, rest))
            else:
                return self._hand_out(order)
        return self._hand_out(self._break("EndlessTurns"))

    def _to_emergency(self, service: str, fact: Fact) -> CallOrder | LastOrder:
        if isinstance(self._pending, Collect):
            self._whole_answer(self._pending.question, fact)  # the journal shows where he pressed it
        self._typed = ""
        self._close_all()
        return self._next_order(self._enter(emergency(service)))

    def _hand_out(self, order: CallOrder | LastOrder) -> CallOrder | LastOrder:
        if isinstance(order, (Checkpoint, FindAgent)):
            try:
                check_skills(order.skills) if isinstance(order, FindAgent) else check(order)
            except Exception as error:  # noqa: BLE001 - also a value that is no text at all
                order = self._break(type(error).__name__, _place(error))
        elif isinstance(order, Collect) and order.most > 1 and self._keys.key.isdigit():
            order = self._break("KeyCollision")  # the number that he would have to press has the emergency key in it
        elif isinstance(order, LeaveTo) and order.service not in ("", *SERVICES):
            self._note(_name(self._flows[-1]) if self._flows else "?", "NoSuchService", "")
            order = LeaveTo()
        elif type(order) not in _ANSWERS and type(order) not in _LAST_ORDERS:
            order = self._break("NotAnOrder")
        if type(order) in _LAST_ORDERS:
            self._close_all()
            self.over = True
        self._pending = order
        return order

    def _spend_typed(self, question: Collect) -> Keyed | Collect:
        """What the citizen typed ahead, if it is the whole answer; otherwise the question that is left to ask."""
        typed = self._typed.lstrip(question.end) if question.end else self._typed  # the end key alone only skips an announcement
        before, end, after = typed.partition(question.end) if question.end else (typed, "", "")
        answer = before[: question.most]
        self._typed = before[question.most :] + (end + after if len(before) > question.most else after)
        if end or len(answer) >= question.most:
            return Keyed(digits=answer)
        self._head = answer
        return replace(question, prompts=(), most=question.most - len(answer)) if answer else question

    def _whole_answer(self, question: str, fact: Fact) -> Fact:
        digits = fact.digits if isinstance(fact, Keyed) else ""
        if self._head:
            digits, self._head = self._head + digits, ""
            fact = Keyed(digits=digits)
        self._answers += ((question, digits),)
        return fact

    # ── the stack of flows ──────────────────────────────────────────────────────────────────────

    def _enter(self, flow: FlowFunction) -> Order:
        if len(self._flows) >= _MOST_DEEP:
            return self._break("VisitsTooDeep")
        try:
            self._flows.append(flow(self._arrival))
        except Exception as error:  # noqa: BLE001 - whatever a flow raises, the citizen goes to a human
            return self._break(type(error).__name__, _place(error), getattr(flow, "__name__", "?"))
        return self._step(None)

    def _step(self, answer: object) -> Order:
        """Let the innermost flow go on; a flow that ends answers the one that visited it."""
        flows = self._flows
        while flows:
            try:
                return flows[-1].send(answer)
            except StopIteration as end:
                flows.pop()
                answer = end.value
            except (Exception, HungUp) as error:  # noqa: BLE001 - as above; HungUp is ours to throw, not the flow's
                return self._break(type(error).__name__, _place(error))
        return _A_HUMAN

    def _break(self, error: str, at: str = "", flow: str = "") -> FindAgent:
        self._note(flow or (_name(self._flows[-1]) if self._flows else "?"), error, at)
        self._close_all()
        return _A_HUMAN

    def _note(self, flow: str, error: str, at: str) -> None:
        if self.broke is None:  # the first reason is the one to mend
            self.broke = FlowBroke(flow=flow, error=error, at=at)

    def _close_all(self) -> None:
        while self._flows:
            self._close(self._flows.pop())

    def _close(self, flow: _Running) -> None:
        try:
            flow.close()
        except Exception as error:  # noqa: BLE001 - its `finally` broke, or yields: the visit goes on without it
            self._note(_name(flow), type(error).__name__, _place(error))

    def _yields_after_hang_up(self, flow: _Running) -> bool:
        try:
            flow.throw(HungUp())
        except (HungUp, StopIteration):
            return False
        except Exception as error:  # noqa: BLE001 - the others must still be told
            self._note(_name(flow), type(error).__name__, _place(error))
            return False
        self._close(flow)
        return True

    def _standing(self) -> str:
        if self.over:
            return "a visit that is over"
        return type(self._pending).__name__ if self._pending else "a visit that has not begun"


def _keys_of(fact: Fact) -> str:
    """The keys that a fact brings, in the order in which they were pressed."""
    match fact:
        case PromptsPlayed(interrupted_by=keys) | WaitOver(interrupted_by=keys) | Keyed(digits=keys) | Recorded(key=keys):
            return keys
    return ""


def _name(flow: _Running) -> str:
    return getattr(flow, "__name__", type(flow).__name__)


def _place(error: BaseException) -> str:
    """Where it was raised, without reading a source file: `welcome.py:31 in welcome`."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return ""
    code = trace.tb_frame.f_code
    return f"{code.co_filename.rpartition('/')[2]}:{trace.tb_lineno} in {code.co_name}"
