"""The session: one flow after the other, and a citizen who always has a next order."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hotline.emergency import KeyPlan
from hotline.errors import OurMistake
from hotline.identity import CallId
from ivr.facts import CallArrived, CheckpointKept, Fact, HungUp, Keyed, PromptsPlayed, Recorded, Silence, WaitOver
from ivr.orders import (
    BackToWaiting,
    Checkpoint,
    Collect,
    FindAgent,
    Flow,
    FlowFunction,
    HandOver,
    HangUp,
    LeaveTo,
    Order,
    Record,
    Say,
    Visit,
    Wait,
)
from ivr.session import FlowBroke, Session

ARRIVAL = CallArrived(call=CallId("hl1-1.1"), called="12345", caller="19900000001", trunk="phones")
HELLO = Say(prompts=("greeting",))
ONE_KEY = Collect(question="topic", prompts=("main-menu",))
SIX_KEYS = Collect(question="number", prompts=("your-number",), most=6)
PLAYED = PromptsPlayed()
LAST = (FindAgent, BackToWaiting, HangUp, LeaveTo)


def says(*orders: Order, log: list[Any] | None = None, returns: object = None) -> FlowFunction:
    """A flow that yields these orders and notes what it is sent."""

    def flow(arrival: CallArrived) -> Flow:
        for order in orders:
            fact = yield order
            if log is not None:
                log.append(fact)
        return returns

    return flow


def session(flow: FlowFunction) -> Session:
    return Session(flow, ARRIVAL)


# ── one flow ─────────────────────────────────────────────────────────────────────────────────────


def test_a_flow_is_driven_by_the_facts_that_answer_its_orders() -> None:
    log: list[Fact] = []
    visit = session(says(HELLO, ONE_KEY, Wait(seconds=1), Checkpoint(name="here"), HangUp(), log=log))
    assert visit.start() == HELLO
    assert visit.receive(PLAYED) == ONE_KEY
    assert visit.receive(Silence()) == Wait(seconds=1)
    assert visit.receive(WaitOver()) == Checkpoint(name="here")
    assert not visit.over
    assert visit.receive(CheckpointKept()) == HangUp()
    assert visit.over
    assert visit.broke is None
    assert log == [PLAYED, Silence(), WaitOver(), CheckpointKept()]


def test_a_flow_that_ends_without_a_last_order_leads_to_a_human() -> None:
    visit = session(says(HELLO))
    visit.start()
    assert visit.receive(PLAYED) == FindAgent()
    assert visit.over
    assert visit.broke is None


def test_the_flow_is_told_who_arrived() -> None:
    seen = []

    def flow(arrival: CallArrived) -> Flow:
        seen.append(arrival)
        yield HangUp()

    session(flow).start()
    assert seen == [ARRIVAL]


def test_finally_runs_when_the_last_order_is_given() -> None:
    log = []

    def flow(arrival: CallArrived) -> Flow:
        try:
            yield HangUp()
        finally:
            log.append("tidied up")

    visit = session(flow)
    visit.start()
    assert log == ["tidied up"]


# ── mistakes of the driver ───────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("order", "fact"),
    [
        (HELLO, Keyed(digits="1")),
        (HELLO, WaitOver()),
        (ONE_KEY, PLAYED),
        (Wait(seconds=1), Silence()),
        (Checkpoint(name="here"), PLAYED),
        (HangUp(), PLAYED),
    ],
)
def test_a_fact_that_does_not_answer_the_order_is_refused_and_changes_nothing(order: Order, fact: Fact) -> None:
    log: list[Fact] = []
    visit = session(says(order, HangUp(), log=log))
    pending, over = visit.start(), visit.over
    with pytest.raises(OurMistake, match="does not answer"):
        visit.receive(fact)
    assert (log, visit.over, visit.broke, visit.take_answers()) == ([], over, None, ())
    if pending == HELLO:
        assert visit.receive(PLAYED) == HangUp()


def test_the_refusal_names_types_and_never_the_keys() -> None:
    visit = session(says(HELLO))
    visit.start()
    with pytest.raises(OurMistake, match=r"^Keyed does not answer Say$"):
        visit.receive(Keyed(digits="110101"))


def test_a_visit_begins_once_and_a_fact_before_it_is_refused() -> None:
    visit = session(says(HELLO))
    with pytest.raises(OurMistake, match="a visit that has not begun"):
        visit.receive(PLAYED)
    visit.start()
    with pytest.raises(OurMistake, match="already begun"):
        visit.start()


# ── flows that break ─────────────────────────────────────────────────────────────────────────────


def test_a_flow_that_raises_leads_to_a_human_and_says_where() -> None:
    def stumbles(arrival: CallArrived) -> Flow:
        yield HELLO
        raise ValueError("13 characters of the citizen")

    visit = session(stumbles)
    visit.start()
    assert visit.receive(PLAYED) == FindAgent()
    assert visit.over
    assert visit.broke is not None
    assert (visit.broke.flow, visit.broke.error) == ("stumbles", "ValueError")
    assert visit.broke.at.startswith("test_session.py:")
    assert visit.broke.at.endswith("in stumbles")
    assert "citizen" not in repr(visit.broke)


def breaks_before_it_begins(arrival: CallArrived) -> Flow:
    raise KeyError(arrival.called)


def is_no_generator(arrival: CallArrived) -> Flow:
    return None  # type: ignore[return-value]


def goes_in_circles(arrival: CallArrived) -> Flow:
    yield HandOver(flow=goes_in_circles)


def visits_for_ever(arrival: CallArrived) -> Flow:
    yield Visit(flow=visits_for_ever)


def keeps_a_word(arrival: CallArrived) -> Flow:
    yield Checkpoint(name="here", values={"street": "中山路"})


def keeps_a_number(arrival: CallArrived) -> Flow:
    yield Checkpoint(name="here", values={"tries": 3})  # type: ignore[dict-item]


def asks_for_an_odd_skill(arrival: CallArrived) -> Flow:
    yield FindAgent(skills=("a,b",))


def yields_nonsense(arrival: CallArrived) -> Flow:
    yield "hello"  # type: ignore[misc]


def throws_the_hang_up_itself(arrival: CallArrived) -> Flow:
    yield from ()
    raise HungUp


@pytest.mark.parametrize(
    ("flow", "error"),
    [
        (breaks_before_it_begins, "KeyError"),
        (is_no_generator, "AttributeError"),
        (goes_in_circles, "EndlessTurns"),
        (visits_for_ever, "VisitsTooDeep"),
        (keeps_a_word, "OurMistake"),
        (keeps_a_number, "TypeError"),
        (asks_for_an_odd_skill, "OurMistake"),
        (yields_nonsense, "NotAnOrder"),
        (throws_the_hang_up_itself, "HungUp"),
    ],
)
def test_whatever_a_flow_does_the_citizen_is_led_to_a_human(flow: FlowFunction, error: str) -> None:
    visit = session(flow)
    assert visit.start() == FindAgent()
    assert visit.over
    assert visit.broke is not None
    assert visit.broke.error == error


def test_a_tidying_up_that_breaks_is_reported_and_the_order_stands() -> None:
    def flow(arrival: CallArrived) -> Flow:
        try:
            yield HangUp()
        finally:
            raise OSError

    visit = session(flow)
    assert visit.start() == HangUp()
    assert visit.broke is not None
    assert visit.broke.error == "OSError"


def test_the_first_reason_is_the_one_that_is_reported() -> None:
    def flow(arrival: CallArrived) -> Flow:
        try:
            yield Visit(flow=says("nonsense"))  # type: ignore[arg-type]
        finally:
            raise OSError

    visit = session(flow)
    visit.start()
    assert visit.broke == FlowBroke(flow="flow", error="NotAnOrder")


# ── keys that come early ─────────────────────────────────────────────────────────────────────────


def test_a_key_in_the_prompts_answers_the_next_question_without_the_driver() -> None:
    log: list[Fact] = []
    visit = session(says(HELLO, Checkpoint(name="here"), ONE_KEY, HangUp(), log=log))
    visit.start()
    assert visit.receive(PromptsPlayed(interrupted_by="1")) == Checkpoint(name="here")
    assert visit.receive(CheckpointKept()) == HangUp()
    assert log[-1] == Keyed(digits="1")
    assert visit.take_answers() == (("topic", "1"),)
    assert visit.take_answers() == ()


def test_the_beginning_of_a_longer_answer_is_kept_and_the_rest_is_asked_without_prompts() -> None:
    log: list[Fact] = []
    visit = session(says(HELLO, SIX_KEYS, HangUp(), log=log))
    visit.start()
    assert visit.receive(PromptsPlayed(interrupted_by="5")) == Collect(question="number", prompts=(), most=5)
    assert visit.receive(Keyed(digits="1500")) == HangUp()
    assert log[-1] == Keyed(digits="51500")
    assert visit.take_answers() == (("number", "51500"),)


def test_silence_after_the_first_key_is_an_answer_of_one_key() -> None:
    log: list[Fact] = []
    visit = session(says(HELLO, SIX_KEYS, HangUp(), log=log))
    visit.start()
    visit.receive(PromptsPlayed(interrupted_by="5"))
    visit.receive(Silence())
    assert log[-1] == Keyed(digits="5")


@pytest.mark.parametrize(
    ("typed", "questions", "answers"),
    [
        ("12", (ONE_KEY, ONE_KEY), ["1", "2"]),
        ("51#2", (SIX_KEYS, ONE_KEY), ["51", "2"]),
        ("1234567", (SIX_KEYS, ONE_KEY), ["123456", "7"]),
        ("1#2#", (ONE_KEY, SIX_KEYS), ["1", "2"]),
        ("51", (Collect(question="q", prompts=(), most=2, end=""),), ["51"]),
    ],
)
def test_what_was_typed_ahead_is_shared_out_among_the_questions(typed: str, questions: tuple[Collect, ...], answers: list[str]) -> None:
    log: list[Any] = []
    visit = session(says(HELLO, *questions, HangUp(), log=log))
    visit.start()
    assert visit.receive(PromptsPlayed(interrupted_by=typed)) == HangUp()
    assert [fact.digits for fact in log[1:]] == answers


def test_the_end_key_in_the_prompts_only_skips_them() -> None:
    visit = session(says(HELLO, ONE_KEY))
    visit.start()
    assert visit.receive(PromptsPlayed(interrupted_by="#")) == ONE_KEY


def test_ordinary_answers_and_silence_are_told_to_the_journal_too() -> None:
    visit = session(says(ONE_KEY, SIX_KEYS, HangUp()))
    visit.start()
    visit.receive(Keyed(digits="2"))
    visit.receive(Silence())
    assert visit.take_answers() == (("topic", "2"), ("number", ""))


# ── the emergency key ────────────────────────────────────────────────────────────────────────────


def led_away(visit: Session, fact: Fact) -> Order:
    """The last order after this fact, the checkpoint for the journal in between."""
    kept = visit.receive(fact)
    assert isinstance(kept, Checkpoint)
    assert kept.name == "emergency-key"
    return visit.receive(CheckpointKept())


@pytest.mark.parametrize(
    ("order", "fact"),
    [
        (HELLO, PromptsPlayed(interrupted_by="*")),
        (ONE_KEY, Keyed(digits="*")),
        (SIX_KEYS, Keyed(digits="44*")),
        (Wait(seconds=3), WaitOver(interrupted_by="*")),
        (Record(name="night"), Recorded(seconds=3, how="key", key="*")),
    ],
)
def test_the_emergency_key_leads_away_from_every_order_and_the_flow_is_not_asked(order: Order, fact: Fact) -> None:
    log: list[Fact] = []
    visit = session(says(Visit(flow=says(order, log=log)), HangUp(), log=log))
    visit.start()
    assert led_away(visit, fact) == LeaveTo()
    assert (log, visit.over, visit.broke) == ([], True, None)


@pytest.mark.parametrize(
    ("pressed", "service"),
    [("*", ""), ("*1", "110"), ("*2", "120"), ("*3", "119"), ("*4", "122"), ("*9", ""), ("12*3", "119"), ("*1*2", "120"), ("*1*", "")],
)
def test_keys_that_follow_at_once_name_the_service(pressed: str, service: str) -> None:
    visit = session(says(SIX_KEYS))
    visit.start()
    kept = visit.receive(Keyed(digits=pressed))
    assert kept == Checkpoint(name="emergency-key", values={"service": service} if service else {})
    assert visit.receive(CheckpointKept()) == LeaveTo(service=service)
    assert visit.take_answers() == (("number", pressed),)


def test_the_key_plan_is_a_setting() -> None:
    keys = KeyPlan(key="9", services={"5": "120"})
    visit = Session(says(HELLO), ARRIVAL, keys)
    visit.start()
    assert led_away(visit, PromptsPlayed(interrupted_by="95")) == LeaveTo(service="120")
    other = Session(says(ONE_KEY, HangUp()), ARRIVAL, keys)
    other.start()
    assert other.receive(Keyed(digits="*")) == HangUp()


def test_an_emergency_tidies_every_flow_up_and_no_broken_one_stops_it() -> None:
    tidied = []

    def host(arrival: CallArrived) -> Flow:
        try:
            yield HELLO
        finally:
            tidied.append("host")
            raise OSError

    visit = session(host)
    visit.start()
    assert led_away(visit, PromptsPlayed(interrupted_by="*")) == LeaveTo()
    assert tidied == ["host"]
    assert visit.broke is not None


def test_a_service_that_does_not_exist_is_asked_for_again_by_the_dialplan() -> None:
    visit = session(says(LeaveTo(service="911")))
    assert visit.start() == LeaveTo()
    assert visit.broke is not None
    assert visit.broke.error == "NoSuchService"
    assert session(says(LeaveTo(service="119"))).start() == LeaveTo(service="119")


def test_a_long_number_is_not_asked_for_when_the_emergency_key_is_a_digit() -> None:
    visit = Session(says(SIX_KEYS), ARRIVAL, KeyPlan(key="9"))
    assert visit.start() == FindAgent()
    assert visit.broke is not None
    assert visit.broke.error == "KeyCollision"


def test_a_key_in_a_pause_ends_it_and_answers_the_next_question() -> None:
    log: list[Any] = []
    visit = session(says(Wait(seconds=3), ONE_KEY, HangUp(), log=log))
    visit.start()
    assert visit.receive(WaitOver(interrupted_by="4")) == HangUp()
    assert log[1] == Keyed(digits="4")


# ── flows in flows ───────────────────────────────────────────────────────────────────────────────


def test_a_visited_flow_comes_back_with_its_return_value() -> None:
    log: list[Any] = []
    inner = says(HELLO, returns="water")
    middle = says(Visit(flow=inner), Wait(seconds=1), log=log, returns=7)
    visit = session(says(Visit(flow=middle), HangUp(), log=log))
    assert visit.start() == HELLO
    assert visit.receive(PLAYED) == Wait(seconds=1)
    assert visit.receive(WaitOver()) == HangUp()
    assert log == ["water", WaitOver(), 7]


def test_a_visited_flow_may_end_the_whole_visit() -> None:
    tidied = []

    def host(arrival: CallArrived) -> Flow:
        try:
            yield Visit(flow=says(BackToWaiting()))
        finally:
            tidied.append("host")

    visit = session(host)
    assert visit.start() == BackToWaiting()
    assert visit.over
    assert tidied == ["host"]


def test_a_hand_over_is_for_good_even_from_within_a_visit() -> None:
    log: list[Any] = []
    visit = session(says(Visit(flow=says(HandOver(flow=says(HELLO, returns="lost")))), HangUp(), log=log))
    assert visit.start() == HELLO
    assert visit.receive(PLAYED) == FindAgent()
    assert log == []


def test_a_flow_that_breaks_within_a_visit_does_not_come_back() -> None:
    log: list[Any] = []
    visit = session(says(Visit(flow=breaks_before_it_begins), HangUp(), log=log))
    assert visit.start() == FindAgent()
    assert visit.broke is not None
    assert visit.broke.flow == "breaks_before_it_begins"
    assert log == []


# ── hang-up ──────────────────────────────────────────────────────────────────────────────────────


def hung_up_in(flow: FlowFunction) -> Session:
    visit = session(flow)
    visit.start()
    visit.hang_up()
    return visit


def test_a_hang_up_runs_finally_in_every_flow_innermost_first() -> None:
    log = []

    def tidying(name: str, order: Order) -> FlowFunction:
        def flow(arrival: CallArrived) -> Flow:
            try:
                yield order
            finally:
                log.append(name)

        return flow

    visit = hung_up_in(tidying("outer", Visit(flow=tidying("inner", HELLO))))
    assert log == ["inner", "outer"]
    assert visit.over
    assert visit.broke is None


def test_except_exception_cannot_swallow_a_hang_up() -> None:
    log = []

    def careless(arrival: CallArrived) -> Flow:
        try:
            yield HELLO
        except Exception:  # noqa: BLE001 - what we prove
            log.append("swallowed")
            yield HELLO

    assert hung_up_in(careless).over
    assert log == []


def test_an_order_after_the_hang_up_is_our_mistake_but_every_flow_is_closed_first() -> None:
    log = []

    def talks_on(arrival: CallArrived) -> Flow:
        try:
            yield HELLO
        finally:
            yield HELLO

    def host(arrival: CallArrived) -> Flow:
        try:
            yield Visit(flow=talks_on)
        finally:
            log.append("host")

    visit = session(host)
    visit.start()
    with pytest.raises(OurMistake, match="talks_on"):
        visit.hang_up()
    assert log == ["host"]
    assert visit.over


def test_a_flow_that_breaks_while_it_tidies_up_is_reported() -> None:
    def flow(arrival: CallArrived) -> Flow:
        try:
            yield HELLO
        finally:
            raise ZeroDivisionError

    visit = hung_up_in(flow)
    assert visit.broke is not None
    assert visit.broke.error == "ZeroDivisionError"


def test_a_flow_may_note_the_hang_up_and_return() -> None:
    def flow(arrival: CallArrived) -> Flow:
        try:
            yield HELLO
        except HungUp:
            return

    assert hung_up_in(flow).broke is None


@pytest.mark.parametrize("begin", [True, False])
def test_nothing_follows_a_hang_up_and_a_second_one_is_harmless(begin: bool) -> None:
    visit = session(says(HELLO))
    if begin:
        visit.start()
    visit.hang_up()
    visit.hang_up()
    with pytest.raises(OurMistake, match="over"):
        visit.receive(PLAYED)
    with pytest.raises(OurMistake):
        visit.start()


def test_a_hang_up_after_the_last_order_is_harmless() -> None:
    visit = session(says(FindAgent()))
    visit.start()
    visit.hang_up()
    assert visit.over


# ── whatever happens ─────────────────────────────────────────────────────────────────────────────

KEYS = st.text("0123456789*#", max_size=4)
QUESTIONS = st.builds(
    Collect, question=st.just("q"), prompts=st.just(("a",)), most=st.integers(1, 6), timeout_s=st.just(1.0), end=st.sampled_from(["", "#"])
)
ORDERS: st.SearchStrategy[Any] = st.deferred(
    lambda: st.one_of(
        st.builds(Say, prompts=st.just(("a",)), until_key=st.booleans()),
        QUESTIONS,
        st.builds(Wait, seconds=st.just(1.0)),
        st.builds(Checkpoint, name=st.sampled_from(["here", "No Name"]), values=st.just({})),
        st.sampled_from([FindAgent(), BackToWaiting(), HangUp(), "nonsense", None, RuntimeError]),
        st.builds(Visit, flow=FLOWS),
        st.builds(HandOver, flow=FLOWS),
    )
)


def scripted(orders: list[Any]) -> Callable[[CallArrived], Flow]:
    def flow(arrival: CallArrived) -> Flow:
        for order in orders:
            if order is RuntimeError:
                raise RuntimeError
            yield order

    return flow


FLOWS: st.SearchStrategy[FlowFunction] = st.lists(ORDERS, max_size=4).map(scripted)
FACTS = st.one_of(
    st.builds(PromptsPlayed, interrupted_by=KEYS), st.builds(Keyed, digits=KEYS), st.sampled_from([Silence(), WaitOver(), CheckpointKept()])
)


@settings(max_examples=60, deadline=None)
@given(flow=FLOWS, facts=st.lists(FACTS, max_size=12))
def test_no_flow_and_no_facts_leave_the_citizen_without_a_next_order(flow: FlowFunction, facts: list[Fact]) -> None:
    visit = session(flow)
    order = visit.start()
    for fact in facts:
        assert isinstance(order, (*LAST, Say, Collect, Wait, Checkpoint))
        assert visit.over == isinstance(order, LAST)
        try:
            order = visit.receive(fact)
        except OurMistake:
            continue  # refused: the order still stands
    visit.hang_up()
    assert visit.over


@settings(max_examples=60, deadline=None)
@given(typed=st.text("0123456789", max_size=8), sizes=st.lists(st.integers(1, 4), min_size=1, max_size=4))
def test_no_key_is_lost_or_invented_when_keys_come_early(typed: str, sizes: list[int]) -> None:
    log: list[Any] = []
    questions = [Collect(question="q", prompts=("p",), most=most) for most in sizes]
    visit = session(says(HELLO, *questions, log=log))
    visit.start()
    order = visit.receive(PromptsPlayed(interrupted_by=typed))
    while not visit.over:
        assert isinstance(order, Collect)
        order = visit.receive(Keyed(digits="9" * order.most))
    answers = [fact.digits for fact in log[1:]]
    assert [len(digits) for digits in answers] == sizes
    assert "".join(answers).startswith(typed[: sum(sizes)])


def test_a_session_is_small() -> None:
    assert not hasattr(session(says()), "__dict__")
