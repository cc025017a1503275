"""Checkpoints: what a later visit must know, as one flat string `k=v&k=v` for a channel variable and an AGI argument.

Writing is strict (a flow that keeps a citizen's words here is broken: `OurMistake`), reading is tolerant: what comes back from
the line may be cut or stale, and must never stop a call.
"""

import re
from collections.abc import Mapping

from hotline.errors import OurMistake
from ivr.facts import CallArrived
from ivr.orders import Checkpoint, FindAgent, Flow, FlowFunction, HandOver

MOST_VALUES = 12
MOST_CHARACTERS = 400
_NAME = re.compile(r"[a-z][a-z0-9-]{0,31}")
_KEY = re.compile(r"[a-z][a-z0-9_]{0,19}")
_VALUE = re.compile(r"[A-Za-z0-9_.-]{1,40}")


def check(checkpoint: Checkpoint) -> None:
    """Raises `OurMistake` unless name and values may stand in a channel variable. The message names keys, never values."""
    if not _NAME.fullmatch(checkpoint.name):
        raise OurMistake("a checkpoint's name is lower case letters, digits and '-', at most 32")
    encode(checkpoint.values)


def check_skills(skills: tuple[str, ...]) -> None:
    """Raises `OurMistake` unless each skill is a plain name: they, too, become a channel variable."""
    if not all(_VALUE.fullmatch(skill) for skill in skills):
        raise OurMistake("a skill is 1 to 40 of A-Z a-z 0-9 _ . -")


def encode(values: Mapping[str, str]) -> str:
    """`k=v&k=v` in the order given. Raises `OurMistake` on anything but short plain keys and values."""
    if len(values) > MOST_VALUES:
        raise OurMistake(f"a checkpoint keeps at most {MOST_VALUES} values")
    for key, value in values.items():
        if not _KEY.fullmatch(key):
            raise OurMistake("a checkpoint's key is lower case letters, digits and '_', at most 20")
        if not _VALUE.fullmatch(value):
            raise OurMistake(f"the value of {key} is not 1 to 40 of A-Z a-z 0-9 _ . -")
    packed = "&".join([f"{key}={value}" for key, value in values.items()])
    if len(packed) > MOST_CHARACTERS:
        raise OurMistake(f"a checkpoint's values take at most {MOST_CHARACTERS} characters")
    return packed


def decode(text: str) -> dict[str, str]:
    """What can be read of `text`; the rest is left out. Never raises."""
    values: dict[str, str] = {}
    for pair in text[:MOST_CHARACTERS].split("&", MOST_VALUES)[:MOST_VALUES]:
        key, _, value = pair.partition("=")
        if _KEY.fullmatch(key) and _VALUE.fullmatch(value):
            values[key] = value
    return values


def resume(points: Mapping[str, FlowFunction]) -> FlowFunction:
    """A flow that goes on at the citizen's checkpoint; one that nobody knows (any more) leads to a human."""

    def resume_at(arrival: CallArrived) -> Flow:
        flow = points.get(arrival.checkpoint)
        yield HandOver(flow=flow) if flow else FindAgent()

    return resume_at
