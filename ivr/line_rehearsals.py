"""预演: a plan carries its own rehearsals, in the staff's words, and each check plays them. Steps:

| step              | meaning                                                                    |
|-------------------|----------------------------------------------------------------------------|
| 听到 A B          | the next prompts, A then B, are among what he hears (others may come before) |
| 按 3              | he presses 3: in the prompt he just heard (barge-in), else at the question |
| 不按              | he presses nothing when he is asked                                        |
| 转人工 [技能 …]   | the end: a human, with these skills if any are named                       |
| 留言 NAME         | the end: the message box                                                   |
| 应急              | the end: the emergency plan                                                |
| 再见、挂断        | the end: we hang up; he hangs up                                           |
"""

from collections.abc import Callable, Iterator
from typing import Final

from hotline.emergency import KeyPlan
from hotline.identity import CallId
from hotline.workdays import CHINA
from ivr.facts import CallArrived, CheckpointKept, Keyed, PromptsPlayed, Silence
from ivr.flows.line import House, line
from ivr.line_findings import Flaw
from ivr.line_plan import MessagePlan, Rehearsal, StaffPlan
from ivr.orders import Checkpoint, Collect, FindAgent, Flow, FlowFunction, HangUp, LeaveTo, Order, Say
from ivr.session import KEYS, Session

_MESSAGE = "rehearsed-message"
_FIX = "改菜单，或改这一步"
_WORDS: Final = "听到、按、不按、转人工、留言、应急、再见、挂断"
_ENDS: Final = frozenset({"转人工", "留言", "应急", "再见", "挂断"})


class _Otherwise(Exception):
    """The call went another way: how, in plain Chinese."""


def rehearse_plan(plan: StaffPlan, keys: KeyPlan = KEYS) -> Iterator[Flaw]:
    """Play every rehearsal of the plan; a flaw for each that goes another way, at its step. Deterministic, no clock."""
    for count, rehearsal in enumerate(plan.rehearsals):
        call = _Call(plan, rehearsal, keys)
        for number, step in enumerate(rehearsal.steps):
            try:
                call.take(step)
            except _Otherwise as otherwise:
                what = f"预演“{rehearsal.name}”第 {number + 1} 步“{step}”：{otherwise}"
                yield Flaw(place=("rehearsal", count, "steps", number), what=what, fix=_FIX)
                break
        else:
            if rehearsal.steps[-1].split()[0] not in _ENDS:
                what = f"预演“{rehearsal.name}”没有写到结尾，实际接下去：{call.standing()}"
                yield Flaw(place=("rehearsal", count, "steps"), what=what, fix="最后一步写 转人工、留言 名字、应急、再见 或 挂断")


class _Call:
    """One rehearsed call: the pending order, and whether its prompts were just heard."""

    def __init__(self, plan: StaffPlan, rehearsal: Rehearsal, keys: KeyPlan) -> None:
        arrival = CallArrived(
            call=CallId("rehearsal-1.1"),
            called=rehearsal.number,
            caller=rehearsal.caller,
            trunk="rehearsal",
            now=rehearsal.at.replace(tzinfo=CHINA),
        )
        self._session = Session(line(lambda _called, _version: plan, House(message=_message)), arrival, keys)
        self._heard = False
        self._order: Order = self._session.start()
        self._pass_checkpoints()
        self._steps: dict[str, Callable[[list[str]], None]] = {
            "听到": self._hears,
            "按": self._presses,
            "不按": self._is_silent,
            "转人工": self._reaches_a_human,
            "留言": self._reaches_a_message_box,
            "应急": self._reaches_emergency,
            "再见": self._is_let_go,
            "挂断": lambda _words: self._session.hang_up(),
        }

    def take(self, step: str) -> None:
        """One step in the staff's words. Raises `_Otherwise`."""
        word, *words = step.split()
        if word not in self._steps:
            raise _Otherwise(f"不认识这一步，步骤以这些词开头：{_WORDS}")
        self._steps[word](words)

    def standing(self) -> str:
        """What happens at this moment, in the words of a rehearsal."""
        match self._order:
            case Say(prompts=prompts) | Collect(prompts=prompts):
                return f"听到 {' '.join(prompts)}"
            case FindAgent(skills=skills):
                return " ".join(["转人工", *skills])
            case Checkpoint(name=name, values=values) if name == _MESSAGE:
                return f"留言 {values['name']}"
            case LeaveTo():
                return "应急"
            case _:
                return "再见"

    # ── steps ───────────────────────────────────────────────────────────────────────────────────

    def _hears(self, prompts: list[str]) -> None:
        if self._heard and isinstance(self._order, Say):
            self._go_on()
        passed: list[str] = []
        while not self._says(prompts):
            if not isinstance(self._order, Say):
                raise _Otherwise(f"实际是：{'，'.join([*passed, self.standing()])}")
            passed.append(self.standing())
            self._go_on()
        self._heard = True

    def _says(self, wanted: list[str]) -> bool:
        prompts = list(self._order.prompts) if isinstance(self._order, Say | Collect) else []
        return any(prompts[start : start + len(wanted)] == wanted for start in range(len(prompts)))

    def _presses(self, words: list[str]) -> None:
        if len(words) != 1 or not set(words[0]) <= set("0123456789*#"):
            raise _Otherwise("写清按哪个键，例如 按 3")
        if isinstance(self._order, Say) and self._heard:
            self._answer(PromptsPlayed(interrupted_by=words[0]))
        else:
            self._come_to_the_question()
            self._answer(Keyed(digits=words[0]))

    def _is_silent(self, _words: list[str]) -> None:
        self._come_to_the_question()
        self._answer(Silence())

    def _reaches_a_human(self, skills: list[str]) -> None:
        self._come_to_the_end()
        if not isinstance(self._order, FindAgent) or (skills and tuple(skills) != self._order.skills):
            raise _Otherwise(f"实际是：{self.standing()}")

    def _reaches_a_message_box(self, names: list[str]) -> None:
        self._come_to_the_end()
        if self.standing() != " ".join(["留言", *names]):
            raise _Otherwise(f"实际是：{self.standing()}")

    def _reaches_emergency(self, _words: list[str]) -> None:
        self._come_to_the_end()
        if self.standing() != "应急":
            raise _Otherwise(f"实际是：{self.standing()}")

    def _is_let_go(self, _words: list[str]) -> None:
        self._come_to_the_end()
        if not isinstance(self._order, HangUp):
            raise _Otherwise(f"实际是：{self.standing()}")

    # ── the line ────────────────────────────────────────────────────────────────────────────────

    def _come_to_the_question(self) -> None:
        while isinstance(self._order, Say):
            self._go_on()
        if not isinstance(self._order, Collect):
            raise _Otherwise(f"这里不等按键，实际是：{self.standing()}")

    def _come_to_the_end(self) -> None:
        while isinstance(self._order, Say):
            self._go_on()
        if isinstance(self._order, Collect):
            raise _Otherwise(f"还在等他按键，{self.standing()}")

    def _go_on(self) -> None:
        self._answer(PromptsPlayed())

    def _answer(self, fact: PromptsPlayed | Keyed | Silence) -> None:
        self._heard = False
        self._order = self._session.receive(fact)
        self._pass_checkpoints()

    def _pass_checkpoints(self) -> None:
        while isinstance(self._order, Checkpoint) and self._order.name != _MESSAGE:
            self._order = self._session.receive(CheckpointKept())


def _message(name: str, _plan: MessagePlan, _language: str) -> FlowFunction:
    def rehearsed_message(_arrival: CallArrived) -> Flow:
        yield Checkpoint(name=_MESSAGE, values={"name": name})
        yield HangUp()

    return rehearsed_message
