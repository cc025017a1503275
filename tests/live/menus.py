"""Citizens who press keys in a menu, followed by their call's journal: each of its facts is a few plain words.

at line main            he came to the menu `main`         key main 3      he answered it (`-`: silence)
said greeting           it was said to its end             said … cut      a key cut it short
at welcomed enterprise  a human for this topic             over finished   the visit is over
"""

import asyncio
import socket
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from app.line_book import LineBook
from app.line_judging import judge_line
from app.serve_agi import serve_by
from app.settings import Settings
from hotline.call_facts import Arrived, CallFact, CheckpointPassed, FlowFailed, KeysPressed, MessageBegan, Said, VisitEnded
from hotline.ports import Clock
from records.journal import decode
from tests.live.asking import running
from tests.live.carrier import Call, Carrier
from tests.live.cell import Cell
from tests.live.switch import until

PROJECT = Path(__file__).parents[2]
SHIPPED = (PROJECT / "config" / "line.toml").read_text(encoding="utf-8")
ENOUGH_S = 25.0

Story = Sequence[tuple[str, str]]
"""(words of the journal, key): as soon as these words stand there, he presses the key; an empty key only waits for the words."""


def publish(cell: Cell, text: str, version: str, since: datetime) -> None:
    """Publish a text, which must be fit for it."""
    verdict = judge_line(text, cell.settings)
    assert verdict.plan is not None, verdict.findings
    book = LineBook(cell.places.line)
    book.keep(version, text)
    book.publish(version, since=since, by="test", now=since)


def without_rehearsals(text: str) -> str:
    """A changed menu no longer keeps what the shipped one promises."""
    return text.partition("# ── 预演")[0]


@contextmanager
def agi_by(clock: Clock, settings: Settings, cell: Cell) -> Iterator[None]:
    """The agi process of this cell by another clock: the same server, in a thread."""
    ready = threading.Event()
    ending: list[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = []

    async def serve() -> None:
        stop = asyncio.Event()
        ending.append((asyncio.get_running_loop(), stop))
        ready.set()
        await serve_by(clock, settings, cell.var, stop)

    thread = threading.Thread(target=lambda: asyncio.run(serve()), name="agi")
    thread.start()
    try:
        assert ready.wait(10)
        until(lambda: _listens(settings.agi.port), within_s=10, what="the agi server listens")
        yield
    finally:
        loop, stop = ending[0]
        loop.call_soon_threadsafe(stop.set)
        thread.join(20)


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


class Caller:
    """One citizen: his call, and what its journal says of it."""

    def __init__(self, cell: Cell, carrier: Carrier, number: str) -> None:
        self._cell = cell
        self._journals = cell.var / "journal" / "open"
        self._carrier = carrier
        self._number = number
        self._call: Call | None = None
        self._file: Path | None = None

    def dial(self, called: str = "12345") -> "Caller":
        """Call, and return when the flow has begun."""
        self._call = self._carrier.call(called, caller=self._number).answered(within_s=15)
        until(lambda: self.track, within_s=10, what=f"the call of {self._number} is written down")
        return self

    def live(self, story: Story) -> list[str]:
        """Press the keys in their time and return what the journal says when the last words stood there."""
        assert self._call is not None
        seen = 0
        for words, key in story:
            seen = self._until(words, seen) + 1
            if key:
                until(lambda: running(self._cell.ami, "", self._number), within_s=10, what="a command that hears a key")
                self._call.press(key)
        return self.track

    def hang_up(self) -> None:
        """It is over."""
        assert self._call is not None
        self._call.hang_up()

    def has_come_to_a_menu(self) -> bool:
        """Whether he was greeted and met a menu."""
        return any(words.startswith("at line ") for words in self.track)

    @property
    def track(self) -> list[str]:
        """The journal in words."""
        if self._file is None:
            self._file = next(
                (path for path in self._journals.glob("*.jsonl") if f'"{self._number}"' in path.read_text(encoding="utf-8")), None
            )
        lines = decode(self._file.read_bytes()).lines if self._file else ()
        return [words for line in lines if line.fact and (words := _words(line.fact))]

    @property
    def plans(self) -> set[str]:
        """The versions that his checkpoints name."""
        lines = decode(self._file.read_bytes()).lines if self._file else ()
        values = [line.fact.values for line in lines if isinstance(line.fact, CheckpointPassed)]
        return {pair.removeprefix("plan=") for value in values for pair in value.split("&") if pair.startswith("plan=")}

    def _until(self, words: str, seen: int) -> int:
        """The place of the first such words from `seen` on."""

        def found() -> list[int]:
            track = self.track
            return [at for at in range(seen, len(track)) if track[at] == words]

        try:
            until(found, within_s=ENOUGH_S, what=words)
        except AssertionError as error:
            raise AssertionError(f"{self._number} waited for {words!r} after {seen}: {self.track}") from error
        return found()[0]


def _words(fact: CallFact) -> str:
    match fact:
        case Arrived():
            return "arrived"
        case CheckpointPassed(name=name, values=values):
            told = dict(pair.split("=", 1) for pair in values.split("&") if "=" in pair)
            return " ".join(["at", name, *(told[key] for key in ("menu", "topic", "language", "grade") if key in told)])
        case Said(prompts=prompts, interrupted=cut):
            return " ".join(["said", *prompts, *(["cut"] if cut else [])])
        case KeysPressed(question=question, digits=digits):
            return f"key {question} {digits or '-'}"
        case MessageBegan(box=box):
            return f"message {box}"
        case VisitEnded(outcome=outcome):
            return f"over {outcome}"
        case FlowFailed(error=error):
            return f"broke {error}"
        case _:
            return ""
