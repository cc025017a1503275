"""The worker's side of the journals: what waits in `closed/` and `late/`, and where it rests in the end.

A call's first journal is part 1, `CALL.jsonl`; facts that came after it was closed become part 2 and so on, `CALL.2.jsonl`. A part that is
in `closed/` and not yet in `kept/` still has to be done: this, and no database, is the truth about the worker's work.
"""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from hotline.identity import CallId
from records.journal import Journal, decode, merge
from storage.layout import Layout

QUIET_S = 0.3
"""A late file is taken once nobody has written to it for so long: several late facts make one part."""

Seen = tuple[tuple[str, int], ...]

_CALL = r"[A-Za-z0-9]{1,16}-[0-9]{1,12}\.[0-9]{1,10}"
_PART = re.compile(rf"({_CALL})(?:\.([0-9]{{1,6}}))?\.jsonl")
_LATE = re.compile(rf"({_CALL})\.[a-z].*\.jsonl")


@dataclass(frozen=True, kw_only=True, order=True)
class Part:
    """One journal file that was handed over."""

    call: CallId
    number: int

    @property
    def name(self) -> str:
        """Its file name."""
        return f"{self.call}.jsonl" if self.number == 1 else f"{self.call}.{self.number}.jsonl"


class JournalSweep:
    """For one worker at a time: nobody else renames in `closed/`, `late/` and `kept/`."""

    def __init__(self, layout: Layout) -> None:
        """The folders must exist."""
        self._layout = layout

    def closed(self) -> list[Part]:
        """What has to be done, in the order of calls and parts."""
        return sorted(parts_in(self._layout.journal_closed), key=lambda part: (part.call, part.number))

    def waits(self, part: Part) -> bool:
        """It still has to be done."""
        return (self._layout.journal_closed / part.name).exists()

    def age_s(self, part: Part, now_s: float) -> float:
        """Seconds since the last line was written; 0 when it is gone."""
        try:
            return now_s - (self._layout.journal_closed / part.name).stat().st_mtime
        except FileNotFoundError:
            return 0.0

    def take_late(self, now_s: float) -> int:
        """Turn late files into parts, one per call at a time, after its earlier parts are done. Returns how many."""
        taken = 0
        for entry in sorted(os.scandir(self._layout.journal_late), key=lambda entry: entry.name):
            found = _LATE.fullmatch(entry.name)
            if found and now_s - entry.stat().st_mtime >= QUIET_S:
                taken += self._take(CallId(found[1]), Path(entry.path))
        return taken

    def read(self, call: CallId) -> Journal:
        """Everything that was handed over for this call so far, kept parts included."""
        return merge(decode(path.read_bytes()) for path, _ in self._known(call))

    def seen(self, call: CallId) -> Seen:
        """What `read` would read now: another answer means that there is something new."""
        return tuple((path.name, path.stat().st_size) for path, _ in self._known(call))

    def put_away(self, part: Part) -> None:
        """The part is done. Doing it twice is fine."""
        kept = self._layout.journal_kept(part.call)
        kept.mkdir(parents=True, exist_ok=True)
        source = self._layout.journal_closed / part.name
        if source.exists():
            source.rename(kept / part.name)

    def _take(self, call: CallId, late: Path) -> bool:
        known = list(self._known(call))
        if (self._layout.journal_open / f"{call}.jsonl").exists() or not all(done for _, done in known):
            return False
        late.rename(self._layout.journal_closed / Part(call=call, number=len(known) + 1).name)
        return True

    def _known(self, call: CallId) -> Iterator[tuple[Path, bool]]:
        """The call's parts, 1 and up without a gap, and whether each is put away. By name: a day's folder holds many thousand files."""
        for number in count(1):
            name = Part(call=call, number=number).name
            waiting, kept = self._layout.journal_closed / name, self._layout.journal_kept(call) / name
            if waiting.exists():
                yield waiting, False
            elif kept.exists():
                yield kept, True
            else:
                return


def parts_in(folder: Path) -> Iterator[Part]:
    """The journal files of a folder, in no order; what is named otherwise is none of ours."""
    for entry in os.scandir(folder):
        found = _PART.fullmatch(entry.name)
        if found:
            yield Part(call=CallId(found[1]), number=int(found[2] or 1))
