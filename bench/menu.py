"""The two-question menu as a flow of ours: what bench/menu.conf.j2 calls `native`, with our checkpoints."""

from ivr.facts import CallArrived, Fact, Keyed
from ivr.orders import Checkpoint, Collect, Flow, HangUp, Say

FIRST, SECOND, BYE = "bench/first", "bench/second", "bench/bye"


def menu(arrival: CallArrived) -> Flow:
    """Two questions of one key each, a checkpoint after each, good-bye."""
    first = yield Collect(question="first", prompts=(FIRST,))
    yield Checkpoint(name="first", values={"key": _key(first)})
    second = yield Collect(question="second", prompts=(SECOND,))
    yield Checkpoint(name="second", values={"key": _key(second)})
    yield Say(prompts=(BYE,), until_key=False)
    yield HangUp()


def menu_without_checkpoints(arrival: CallArrived) -> Flow:
    """The same without a point to return to."""
    yield Collect(question="first", prompts=(FIRST,))
    yield Collect(question="second", prompts=(SECOND,))
    yield Say(prompts=(BYE,), until_key=False)
    yield HangUp()


FLOWS = {"menu": menu, "menu-without-checkpoints": menu_without_checkpoints}


def _key(answer: Fact) -> str:
    return answer.digits if isinstance(answer, Keyed) else "none"
