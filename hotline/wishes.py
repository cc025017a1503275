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


def known_wishes() -> dict[str, type[Wish]]:
    """Class name → class, of every wish that is defined by now."""
    return {cls.__name__: cls for cls in Wish.__subclasses__()}
