"""Tells the person in front of the terminal what is being done, in Chinese and English, and how long it took."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TextIO

_NOTE_EVERY_S = 10.0


class Step:
    """One step under way. `note` adds how far it has come."""

    def __init__(self, out: TextIO, clock: Callable[[], float]) -> None:
        self._out = out
        self._clock = clock
        self._started = self._noted = clock()
        self._note = ""

    def note(self, text: str) -> None:
        """Remember how far the step is, e.g. `34/83 MB`; shown at most every ten seconds, and at the end."""
        self._note = text
        if self._clock() - self._noted >= _NOTE_EVERY_S:
            self._noted = self._clock()
            self._write(f" {text} …")

    def finish(self, word: str = "") -> None:
        """End the line: the last note, the seconds it took, and `word` if the step went wrong."""
        seconds = f"{self._clock() - self._started:.1f} s"
        self._write(" " + ", ".join(part for part in (self._note, seconds, word) if part) + "\n")

    def _write(self, text: str) -> None:
        self._out.write(text)
        self._out.flush()


class Progress:
    """Writes one line per step to `out` (standard error unless told otherwise)."""

    def __init__(self, out: TextIO | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        self._out = out if out is not None else sys.stderr
        self._clock = clock

    @contextmanager
    def step(self, text: str) -> Iterator[Step]:
        """Show `text …` now and the elapsed seconds when the block ends; a block that raises is marked as failed."""
        self._out.write(f"{text} …")
        self._out.flush()
        step = Step(self._out, self._clock)
        try:
            yield step
        except BaseException:
            step.finish("失败 / failed")
            raise
        step.finish()

    def say(self, text: str) -> None:
        """Show one line that is no step."""
        self._out.write(f"{text}\n")
        self._out.flush()
