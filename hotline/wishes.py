"""What people want of the switchboard (坐席、班长的请求): from a feature code dialled on a phone, or from a desk over the API.

A wish is frozen, keyword-only and flat (str, int, float, bool, tuple of str), so that it travels as plain JSON. Each is answered: done, or
refused with a reason in words, Chinese first. A wish that nobody took in time is never obeyed later.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

PHONE_PREFIX: Final = "phone:"
"""A wish whose id begins so was dialled: the rest is the channel on which the answer is heard."""


@dataclass(frozen=True, kw_only=True)
class Wish:
    """Base of all wishes. `id`: whoever waits for the answer, empty = nobody. `by`: who wants it, when that is not the agent himself."""

    id: str = ""
    by: str = ""


@dataclass(frozen=True, kw_only=True)
class WishAnswer:
    """What became of a wish. `words`: Chinese first. `prompt`: what a telephone plays (prompts/catalogue.toml), empty = done or not."""

    done: bool
    words: str = ""
    prompt: str = ""


class Wanted(StrEnum):
    """What an agent may want to be."""

    LOGGED_ON = "logged_on"
    LOGGED_OFF = "logged_off"
    PAUSED = "paused"
    READY = "ready"
    LONGER = "longer"
    """More time after the call (延长话后处理)."""


@dataclass(frozen=True, kw_only=True)
class AgentWants(Wish):
    """签入、签出、示忙、示闲、延长话后: `what` is a word of `Wanted`, `reason` one of the settings' pause reasons."""

    agent: str
    what: str
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class ForcePresence(Wish):
    """强制示忙、示闲、签出: a supervisor (`by`) does it to an agent. `why` is for the audit and must not be empty."""

    agent: str
    what: str
    why: str
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class Transfer(Wish):
    """转接: `to`: agent:工号, skill:NAME, unit:NUMBER, queue, survey, or digits alone. `how`: blind, attended (he asks them first)."""

    agent: str
    to: str
    how: str = "blind"


@dataclass(frozen=True, kw_only=True)
class TransferStep(Wish):
    """What becomes of his attended transfer. `step`: complete, cancel (the citizen back), conference (all three)."""

    agent: str
    step: str


@dataclass(frozen=True, kw_only=True)
class CallOut(Wish):
    """呼出: ring the agent's own phone, then call this number. `ticket`: the ticket that it is about."""

    agent: str
    number: str
    ticket: str = ""


@dataclass(frozen=True, kw_only=True)
class Supervise(Wish):
    """监听、耳语、强插、接管: `by` wants to be at the talk of `agent`. `mode`: a word of `hotline.supervision.Mode`."""

    agent: str
    mode: str


@dataclass(frozen=True, kw_only=True)
class MoveCaller(Wish):
    """调整排队: `by` moves a waiting caller to the front; with `skills` to those who have them, with `agent` to him, at once."""

    call: str
    skills: tuple[str, ...] = ()
    agent: str = ""
    why: str = ""


def known_wishes() -> dict[str, type[Wish]]:
    """Class name → class, of every wish that is defined by now."""
    return {cls.__name__: cls for cls in Wish.__subclasses__()}
