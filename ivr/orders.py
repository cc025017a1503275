"""Orders: what a flow asks for. A flow yields one, and is sent the fact that answers it (ivr/facts.py).

| order      | answered by                  |
|------------|------------------------------|
| Say        | PromptsPlayed                |
| Collect    | Keyed or Silence             |
| Wait       | WaitOver                     |
| Record     | Recorded                     |
| Checkpoint | CheckpointKept               |
| FindAgent, BackToWaiting, AskCallback, AskSms, HangUp, LeaveTo | none: the visit is over, the driver sends the channel on and ends it |

Visit and HandOver are answered inside the session and never reach the driver.
"""

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ivr.facts import CallArrived


@dataclass(frozen=True, kw_only=True)
class Say:
    """Play prompts by key, in order; with `until_key` a key press stops them (barge-in) and is handed to the next Collect.

    `language`: tag of the catalogue, empty = Mandarin; a prompt that has no recording in it is played in Mandarin.
    """

    prompts: tuple[str, ...]
    until_key: bool = True
    language: str = ""


@dataclass(frozen=True, kw_only=True)
class Collect:
    """Ask a question by key and read up to `most` keys; `end` finishes early. Keys pressed during the prompt count (barge-in).

    `language` as in `Say`.
    """

    question: str
    prompts: tuple[str, ...]
    most: int = 1
    timeout_s: float = 5.0
    end: str = "#"
    language: str = ""


@dataclass(frozen=True, kw_only=True)
class Wait:
    """Stay silent for so many seconds. A key ends it early and is handed to the next Collect."""

    seconds: float


@dataclass(frozen=True, kw_only=True)
class Checkpoint:
    """A point to which a later visit may return: kept in the journal and in two channel variables. Values: short plain text."""

    name: str
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Record:
    """留言: a tone, then what the citizen says is kept as his message until silence, one of `end_keys` or the emergency key, or the time
    is over.

    `name`: the message box. A hang-up ends it, too, and what he said until then stays kept. Asked again in the same call, it replaces
    the former message: do that only with one that says nothing.
    """

    name: str
    most_seconds: int = 120
    silence_seconds: int = 6
    end_keys: str = "#0"


@dataclass(frozen=True, kw_only=True)
class FindAgent:
    """Put the citizen in line for a human with these skills; the visit ends here, the line does the waiting.

    `priority`: hotline.line.Priority when he goes before the longer wait; 0 leaves it as it is.
    """

    skills: tuple[str, ...] = ()
    priority: int = 0


@dataclass(frozen=True, kw_only=True)
class BackToWaiting:
    """A short visit during the wait is over: back to the music, the place in line is kept."""


@dataclass(frozen=True, kw_only=True)
class AskCallback:
    """回拨: from the wait to the question whether he wants to be called back (context `callback`); a no leads back to his place."""


@dataclass(frozen=True, kw_only=True)
class AskSms:
    """突发公告: he wants to be told by SMS, which is written down; he goes on waiting at his place (context `waiting`)."""


@dataclass(frozen=True, kw_only=True)
class HangUp:
    """End the call politely."""


@dataclass(frozen=True, kw_only=True)
class LeaveTo:
    """To 110, 120, 119 or 122 at once; without a service the dialplan asks which. The emergency key itself needs no flow (session.py)."""

    service: str = ""


@dataclass(frozen=True, kw_only=True)
class Visit:
    """Run another flow and come back with its return value."""

    flow: "FlowFunction"


@dataclass(frozen=True, kw_only=True)
class HandOver:
    """Run another flow instead of this one, for good."""

    flow: "FlowFunction"


CallOrder = Say | Collect | Wait | Checkpoint | Record
LastOrder = FindAgent | BackToWaiting | AskCallback | AskSms | HangUp | LeaveTo
Order = CallOrder | LastOrder | Visit | HandOver
Flow = Generator[Order, Any, Any]  # sent: the answering fact, after a Visit its return value
FlowFunction = Callable[[CallArrived], Flow]
