"""A menu: a question with keys for answers. Keys are short cuts (GB/T 33358): `0` is always a human, and so is pressing nothing.

    answer = yield from menu.ask()      # the name of a choice, or `operator`

In a menu's life (words after adhearsion): *choice* - a key that is offered; *no such choice* - one that is not, the menu says so and
asks again; *silence* - nothing pressed; *gave up* - no tries left. The menu counts the tries, the flow does not.
"""

import re
from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from hotline.emergency import KeyPlan
from hotline.errors import MalformedInput
from ivr.facts import Keyed
from ivr.orders import Collect, Order, Say

OPERATOR = "operator"
HUMAN_KEY = "0"
END_KEY = "#"
_KEYS = re.compile(r"[1-9][0-9]{0,3}")
_CHOICE = re.compile(r"[a-z][a-z0-9-]{0,31}")


@dataclass(frozen=True, kw_only=True)
class Menu:
    """A question by key, its prompts, and `choices`: keys → name of the choice. Valid from birth, else `MalformedInput`.

    `after_silence` empty: pressing nothing leads to `default` at once; otherwise these prompts are said and the question is asked
    again, which costs a try. `gave_up` is said when the tries are used up. Times are in seconds, per key.
    """

    question: str
    prompts: tuple[str, ...]
    choices: Mapping[str, str]
    tries: int = 3
    timeout_s: float = 5.0
    default: str = OPERATOR
    no_such_choice: tuple[str, ...] = ("no-such-choice",)
    after_silence: tuple[str, ...] = ()
    gave_up: tuple[str, ...] = ()
    _first: Collect = field(init=False, repr=False, compare=False)
    _after_no_such_choice: Collect = field(init=False, repr=False, compare=False)
    _after_silence: Collect = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        _check(self)
        for name, before in (("_first", ()), ("_after_no_such_choice", self.no_such_choice), ("_after_silence", self.after_silence)):
            object.__setattr__(self, name, self._asking(before))  # made once for all calls, not once per call

    def ask(self) -> Generator[Order, Any, str]:
        """Ask until there is a choice, and return its name; `default` when the citizen stays silent or the tries are used up."""
        order = self._first
        for _ in range(self.tries):
            answer = yield order
            if isinstance(answer, Keyed) and answer.digits:
                if answer.digits == HUMAN_KEY:
                    return OPERATOR
                if answer.digits in self.choices:
                    return self.choices[answer.digits]
                order = self._after_no_such_choice
            elif self.after_silence:
                order = self._after_silence
            else:
                return self.default
        if self.gave_up:
            yield Say(prompts=self.gave_up)
        return self.default

    def collisions(self, plan: KeyPlan) -> tuple[str, ...]:
        """The keys of this menu that hold the emergency key: nobody could ever choose them. A digit collides with all longer keys."""
        longer = plan.key.isdigit() and any(len(keys) > 1 for keys in self.choices)
        return tuple(keys for keys in self.choices if plan.key in keys or longer)

    def _asking(self, before: tuple[str, ...]) -> Collect:
        most = max(len(keys) for keys in self.choices)
        return Collect(question=self.question, prompts=before + self.prompts, most=most, timeout_s=self.timeout_s, end=END_KEY)


def _check(menu: Menu) -> None:
    problems = [*_wrong_keys(menu.choices), *_wrong_names((*menu.choices.values(), menu.default))]
    if not menu.choices:
        problems.append("no choices: leave the menu out instead")
    if not menu.prompts:
        problems.append("no prompts: the citizen would hear nothing")
    if not 1 <= menu.tries <= 9:
        problems.append("tries: 1 to 9")
    if not 0 < menu.timeout_s <= 60:
        problems.append("timeout_s: more than 0, at most 60 seconds")
    if problems:
        raise MalformedInput(f"menu {menu.question}: {'; '.join(problems)}")


def _wrong_keys(choices: Mapping[str, str]) -> Iterator[str]:
    for keys, choice in choices.items():
        if keys == HUMAN_KEY:
            if choice != OPERATOR:
                yield f"{HUMAN_KEY} is always a human: {OPERATOR}, not {choice}"
        elif not _KEYS.fullmatch(keys):
            yield f"{keys!r}: keys are 1 to 4 digits and do not begin with {HUMAN_KEY}"
        elif any(other != keys and other.startswith(keys) for other in choices):
            yield f"{keys} is the beginning of another choice: nobody could tell them apart"


def _wrong_names(names: tuple[str, ...]) -> Iterator[str]:
    return (f"{name!r} is no name of a choice: lower case letters, digits and '-'" for name in names if not _CHOICE.fullmatch(name))
