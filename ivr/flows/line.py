"""热线: runs the staff's plan (ivr/line_plan.py) for a citizen: greeting, recording notice, keys as short cuts, and a human in the end.

What no plan can change (GB/T 33358, 国办发〔2022〕12号):

- every prompt may be cut short by a key; `0` is a human in every prompt and at every question (the emergency key: ivr/session.py);
- pressing nothing leads to a human, and so do three wrong keys, a circle, and anything that the plan does not know;
- a recording notice that a key cut short is owed: it is said before a human or a message box hears the citizen;
- whom an emergency centre hands over to us (`from=110`) hears the recording notice and no menu.

`plans(called, version)` gives the published plan, or the one of this version to a call that began with it: old calls finish as they began.
"""

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

from hotline.line import Priority
from hotline.workdays import CHINA
from ivr.facts import CallArrived, Keyed
from ivr.flows.parted import LOST, parted
from ivr.flows.survey import RATED, survey
from ivr.flows.waiting import LANGUAGE_TAG
from ivr.line_plan import (
    END_KEY,
    HUMAN,
    HUMAN_KEY,
    PLAIN,
    Key,
    Kind,
    LanguagePlan,
    MenuPlan,
    MessagePlan,
    NumberPlan,
    StaffPlan,
    Target,
    greeting_of,
    surge_of,
)
from ivr.orders import Checkpoint, Collect, FindAgent, Flow, FlowFunction, HandOver, HangUp, Order, Say, Visit

ON_THE_LINE: Final = "line"
"""Checkpoint of a citizen in a menu: a later visit goes on there."""
WELCOMED: Final = "welcomed"
"""Checkpoint of a citizen who was greeted: whoever comes back goes on to a human. A released name stays, or its citizens are lost."""
HANDED_IN: Final = "from"
"""Value: the service that handed him in. It goes along with every checkpoint, so that he meets no menu when he comes back either."""
_CASE: Final = "case"
PROMPT_CUT: Final = "prompt"
"""Question to which the journal books a 0 that was pressed in the middle of a prompt."""
_AT_ONCE_S: Final = 0.1
MOST_STEPS: Final = 30
"""Menus and announcements in one visit: more is a citizen who is lost, or a plan that nobody checked."""
MOST_REPEATS: Final = 9
_UNPLANNED: Final = StaffPlan(version="unplanned", numbers=MappingProxyType({}))

Plans = Callable[[str, str], StaffPlan | None]
"""(called number, version; empty = the published one) → plan."""
_Walking = Generator[Order, Any, Target]


@dataclass(frozen=True, kw_only=True)
class House:
    """What surrounds the plan: the message box to be visited (flows/message.py; None = a human instead), the skills that somebody on duty
    has (None = not known, ask for any), who goes straight to a human (长者, by a list), and who goes first in line (he was cut off)."""

    message: Callable[[str, MessagePlan, str], FlowFunction] | None = None
    skills: Callable[[], frozenset[str]] | None = None
    straight: Callable[[str], bool] = lambda _caller: False
    first: Callable[[str], bool] = lambda _caller: False


def line(plans: Plans, house: House | None = None) -> FlowFunction:
    """The first visit of every call. A number without a plan is greeted all the same and led to a human.

    A try-it call (拨测) comes with the version that it shall hear; a citizen's call comes with none.
    """

    def line_visit(arrival: CallArrived) -> Flow:
        yield from _walk(plans, house, arrival).from_the_greeting()

    return line_visit


def line_again(plans: Plans, house: House | None = None) -> FlowFunction:
    """A citizen who was with us comes back (checkpoint `line`): to the same menu of the same version, without a greeting.

    Without a menu he was still being greeted: he may not have heard that he is recorded, and hears it before the menu.
    """

    def line_resumed(arrival: CallArrived) -> Flow:
        walk, menu = _walk(plans, house, arrival), arrival.values.get("menu", "")
        if menu:
            yield from walk.go(Target(kind=Kind.MENU, name=menu))
        else:
            yield from walk.from_the_notice()

    return line_resumed


def connecting_again(plans: Plans, house: House | None = None) -> FlowFunction:
    """He was on his way to a human (checkpoint `welcomed`): he still is, with what he asked for and the notice that is owed to him."""

    def connecting_resumed(arrival: CallArrived) -> Flow:
        yield from _walk(plans, house, arrival).go(Target(kind=Kind.HUMAN, name=arrival.values.get("topic", "")))

    return connecting_resumed


def after_call(plans: Plans, house: House | None = None) -> FlowFunction:
    """通话后: as flows/parted.py, and with the plan's survey when the two had finished; who graded already is not asked again."""

    def after_the_call(arrival: CallArrived) -> Flow:
        walk = _walk(plans, house, arrival)
        target = walk.number.after_call
        if arrival.values.get(LOST) == "1" or target.kind is not Kind.SURVEY or arrival.checkpoint == RATED:
            yield HandOver(flow=parted)
        yield from walk.go(target)

    return after_the_call


def _walk(plans: Plans, house: House | None, arrival: CallArrived) -> "_Walk":
    """His way as far as his checkpoint tells of it: version, language, what is owed to him."""
    values = arrival.values
    walk = _Walk(plans(arrival.called, values.get("plan", "")) or _UNPLANNED, arrival, house or House())
    walk.owes_notice = values.get("notice") == "owed"
    walk.speak(values.get("language", ""))
    return walk


class _Walk:
    """One citizen's way through one version of the plan."""

    __slots__ = ("_arrival", "_house", "_now", "_plan", "_steps", "language", "language_name", "number", "owes_notice")

    def __init__(self, plan: StaffPlan, arrival: CallArrived, house: House) -> None:
        self._plan = plan
        self._arrival = arrival
        self._house = house
        self._now = wall_clock(arrival.now)
        self._steps: Mapping[Kind, Callable[[Target], _Walking]] = {
            Kind.MENU: self._menu,
            Kind.INFO: self._info,
            Kind.LANGUAGE: self._change_language,
        }
        self.number = plan.numbers.get(arrival.called) or NumberPlan(number=arrival.called, name="")
        self.language: LanguagePlan = PLAIN
        self.language_name = ""
        self.owes_notice = False

    def speak(self, name: str) -> None:
        """Go on in this language of the plan; an unknown one changes nothing."""
        if name in self._plan.languages:
            self.language, self.language_name = self._plan.languages[name], name

    def from_the_greeting(self) -> Flow:
        """The whole call up to its human."""
        target = yield from (self._take_over() if self._arrival.values.get(HANDED_IN) else self._greet())
        yield from self.go(target)

    def from_the_notice(self) -> Flow:
        """The greeting broke off under him: the notice that is owed to him, and on as it had led."""
        self.owes_notice = True
        start = HUMAN if self._arrival.values.get(HANDED_IN) else self._start()
        if start.kind is Kind.HUMAN:  # it is said on the way to him
            yield from self.go(start)
        pressed = yield from self._say(self._owed())
        self.owes_notice = bool(pressed)
        yield from self.go(_way(pressed, start))

    def go(self, target: Target) -> Flow:
        """On from here to a last order."""
        if self._arrival.values.get(HANDED_IN) and target.kind is Kind.MENU:
            target = HUMAN
        for _ in range(MOST_STEPS):
            step = self._steps.get(target.kind)
            if step is None:
                yield from self._leave(target)
            else:
                target = yield from step(target)
        yield from self._to_human(HUMAN)

    # ── on the way ──────────────────────────────────────────────────────────────────────────────

    def _greet(self) -> _Walking:
        start = self._start()
        yield Checkpoint(name=ON_THE_LINE, values=self._values())
        self.owes_notice = True
        for prompts in (greeting_of(self.number, self._now), surge_of(self.number, self._now), self.number.recording_notice):
            pressed = yield from self._say(prompts)
            if pressed:
                return _way(pressed, start)
        self.owes_notice = False
        return start

    def _start(self) -> Target:
        return HUMAN if self._house.straight(self._arrival.caller) else self._plan.start_of(self.number, self._now)

    def _take_over(self) -> _Walking:
        """An emergency centre hands him to us: it has heard him already. The notice is owed to him and said on the way to a human."""
        self.owes_notice = True
        yield Checkpoint(name=ON_THE_LINE, values=self._values())
        return HUMAN

    def _menu(self, target: Target) -> _Walking:
        menu = self._plan.menus.get(target.name)
        if menu is None:
            return HUMAN
        yield Checkpoint(name=ON_THE_LINE, values=self._values(menu=target.name))
        answer = yield from _Asking(target.name, menu, self.language).ask()
        pressed = yield from self._say(answer.says)
        return _way(pressed, answer.to)

    def _info(self, target: Target) -> _Walking:
        info = self._plan.infos.get(target.name)
        if info is None:
            return HUMAN
        return _way((yield from self._say(info.prompts)), info.then)

    def _change_language(self, target: Target) -> _Walking:
        language = self._plan.languages.get(target.name)
        if language is None:
            return HUMAN
        self.speak(target.name)
        return _way((yield from self._say(language.prompts)), language.then)

    # ── away ────────────────────────────────────────────────────────────────────────────────────

    def _leave(self, target: Target) -> Flow:
        if target.kind is Kind.MESSAGE and target.name in self._plan.messages:
            yield from self._to_message(target.name, self._plan.messages[target.name])
        elif target.kind is Kind.SURVEY and target.name in self._plan.surveys:
            plan = self._plan.surveys[target.name]
            yield HandOver(flow=survey(target.name, plan, language=_tag(self.language)))
        elif target.kind is Kind.END:
            yield HangUp()
        else:
            yield from self._to_human(target)

    def _to_message(self, name: str, plan: MessagePlan) -> Flow:
        """The message box, when there is one: what is said before it may still lead him to a human."""
        box = self._house.message
        if not box:
            yield from self._to_human(HUMAN)
            return
        pressed = yield from self._say(self._owed() + plan.prompts)
        if pressed != HUMAN_KEY:
            yield Visit(flow=box(name, plan, _tag(self.language)))
        yield from self._to_human(HUMAN)

    def _to_human(self, target: Target) -> Flow:
        """He is led to a human. From here on no key means anything but the emergency key: a human is on the way."""
        values = self._values(topic=target.name) if target.kind is Kind.HUMAN and target.name else self._values()
        yield Checkpoint(name=WELCOMED, values=values)
        yield from self._say(self.number.connecting + self._owed())
        yield FindAgent(skills=self._skills(target), priority=self._priority())

    def _priority(self) -> int:
        """Why he goes before others, if he does. Who was handed in has his place from the dialplan."""
        caller = self._arrival.caller
        if self._house.first(caller):
            return Priority.CUT_OFF
        return Priority.ELDERLY if HANDED_IN not in self._arrival.values and self._house.straight(caller) else Priority.NORMAL

    def _skills(self, target: Target) -> tuple[str, ...]:
        """What his agent should have. A skill that nobody has is left out: waiting for nobody is worse than a general agent."""
        wanted = [target.name] if target.kind is Kind.HUMAN else []
        wanted = [skill for skill in [*wanted, self.language.skill] if skill]
        on_duty = self._house.skills() if self._house.skills else None
        return tuple(skill for skill in wanted if on_duty is None or skill in on_duty)

    def _owed(self) -> tuple[str, ...]:
        return self.number.recording_notice if self.owes_notice else ()

    def _values(self, **more: str) -> dict[str, str]:
        told = self._arrival.values
        values = {"plan": self._plan.version, **more, **{key: told[key] for key in (HANDED_IN, _CASE) if key in told}}
        if self.language_name:
            values |= {"language": self.language_name, LANGUAGE_TAG: self.language.tag}
        if self.owes_notice:
            values["notice"] = "owed"
        return values

    def _say(self, prompts: tuple[str, ...]) -> Generator[Order, Any, str]:
        """Say it; the key that cut it short, or empty."""
        if not prompts:
            return ""
        played = yield Say(prompts=prompts, language=_tag(self.language))
        pressed = str(played.interrupted_by)
        if pressed == HUMAN_KEY:  # it is spent here, and must not answer the next question as well
            yield Collect(question=PROMPT_CUT, prompts=(), timeout_s=_AT_ONCE_S)
        return pressed


class _Asking:
    """One menu and one citizen: his tries and repeats."""

    def __init__(self, name: str, menu: MenuPlan, language: LanguagePlan) -> None:
        self._name, self._menu, self._language = name, menu, language
        self._tries, self._repeats = menu.tries, 0
        self._prompts = menu.prompts

    def ask(self) -> Generator[Order, Any, Key]:
        """The key that he chose; without a choice, one that leads where the plan says."""
        before: tuple[str, ...] = ()
        while self._tries and self._repeats <= MOST_REPEATS:
            answer = yield self._question(before)
            digits = answer.digits if isinstance(answer, Keyed) else ""
            chosen = self._fixed(digits) or self._menu.keys.get(digits)
            if chosen and chosen.to.kind is not Kind.AGAIN:
                return chosen
            if not chosen and not digits and self._menu.silence.kind is not Kind.AGAIN:
                return Key(label="", to=self._menu.silence)
            before = self._once_more(digits, chosen)
        return Key(label="", to=self._menu.gave_up)

    def _once_more(self, digits: str, chosen: Key | None) -> tuple[str, ...]:
        """What is said before the question is asked again: a wish to hear it again costs no try."""
        if chosen:
            self._repeats += 1
            self._prompts = self._menu.slow or self._menu.prompts
            return chosen.says
        self._tries -= 1
        return self._menu.wrong if digits else self._menu.still_there

    def _fixed(self, digits: str) -> Key | None:
        if digits == HUMAN_KEY:
            own = self._menu.keys.get(HUMAN_KEY)
            return own if own and own.to.kind is Kind.HUMAN else Key(label="", to=HUMAN)
        return None

    def _question(self, before: tuple[str, ...]) -> Collect:
        prompts, seconds = before + self._prompts, self._menu.timeout_s
        return Collect(question=self._name, prompts=prompts, timeout_s=seconds, end=END_KEY, language=_tag(self._language))


def _way(pressed: str, otherwise: Target) -> Target:
    """Where a key in the middle of prompts leads: any other than 0 has only cut them short (and answers the next question)."""
    return HUMAN if pressed == HUMAN_KEY else otherwise


def _tag(language: LanguagePlan) -> str:
    return "" if language is PLAIN else language.tag


def wall_clock(now: datetime | None) -> datetime | None:
    """The moment as plans are written: China's wall clock, without a zone."""
    return now.astimezone(CHINA).replace(tzinfo=None) if now else None
