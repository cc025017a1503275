"""Golden dialogues: what Asterisk 22.10.1 and we really said to each other, one line per line of the wire.

    << agi_network: yes          from Asterisk, head first
    >> EXEC "MSet" "…"           from us
    ## the citizen presses 1     a note; nothing on the wire

`SOUNDS` stands for the folder of the prompts. `tests/golden/agi/README.md` says how they were taken.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ivr.facts import CallArrived, Keyed
from ivr.orders import Checkpoint, Collect, FindAgent, Flow, FlowFunction, HangUp, Say, Wait

GOLDEN = Path(__file__).resolve().parent.parent / "golden" / "agi"
SOUNDS = "/sounds"
PROMPTS = {"short": 0.2, "middle": 1.0, "long": 3.0}
"""Prompt key → seconds."""


@dataclass(frozen=True, kw_only=True)
class Dialogue:
    """One file: bytes from Asterisk before each command of ours, and these commands."""

    name: str
    heard: bytes
    said: tuple[str, ...]


def read(path: Path) -> Dialogue:
    """Read one golden file."""
    lines = [(line[:2], line[3:]) for line in path.read_text(encoding="utf-8").split("\n")]
    heard = "".join(f"{text}\n" for mark, text in lines if mark == "<<")
    return Dialogue(name=path.stem, heard=heard.encode(), said=tuple(text for mark, text in lines if mark == ">>"))


def dialogues(kind: str) -> list[Dialogue]:
    """All golden files of a kind: `visit-*` with the driver, `wire-*` with commands by hand."""
    return [read(path) for path in sorted(GOLDEN.glob(f"{kind}-*.txt"))]


# ── the flows of the visits ──────────────────────────────────────────────────────────────────────


def two_questions(arrival: CallArrived) -> Flow:
    """The menu of scripts/bench ivr."""
    yield Say(prompts=("short",))
    answer = yield Collect(question="first", prompts=("short",), timeout_s=1.0)
    yield Checkpoint(name="first", values={"key": answer.digits if isinstance(answer, Keyed) else "none"})
    yield Collect(question="second", prompts=("short",), timeout_s=1.0)
    yield FindAgent(skills=("jobs", "housing"))


def many_keys(arrival: CallArrived) -> Flow:
    """Barge-in over several prompts, an end key that GET DATA does not know, a pause, a prompt that is not there."""
    yield Collect(question="number", prompts=("middle", "middle"), most=3, timeout_s=0.6)
    yield Collect(question="fived", prompts=("middle",), most=4, timeout_s=0.6, end="5")
    yield Wait(seconds=0.25)
    yield Say(prompts=("absent", "short"), until_key=False)
    yield HangUp()


def identity_card(arrival: CallArrived) -> Flow:
    """Somebody presses the emergency key in the middle of a long number."""
    yield Checkpoint(name="asked")
    yield Collect(question="identity", prompts=("middle",), most=18, timeout_s=5.0)
    yield HangUp()


def long_story(arrival: CallArrived) -> Flow:
    """Somebody hangs up in here."""
    yield Say(prompts=("long",))
    yield FindAgent()


FLOWS: Mapping[str, FlowFunction] = {
    "welcome": two_questions,
    "many-keys": many_keys,
    "long-story": long_story,
    "identity-card": identity_card,
}
