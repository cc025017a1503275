"""Names and keeping periods of recordings, 录音."""

import re
from dataclasses import dataclass
from datetime import date
from pathlib import PurePosixPath

from hotline.errors import MalformedInput
from hotline.identity import CallId
from recordings.gaps import AudioGap

KEEP_YEARS = 2
"""揭府办〔2015〕4号 article 5: archives are kept for two years at least; no text names a shorter or longer term for audio."""

SECOND = PurePosixPath("second")
"""The link to the second volume, in the data folder."""

_SPOOL_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,120}\.wav")


@dataclass(frozen=True, kw_only=True)
class KeptAudio:
    """What became of a call's audio. `file` is relative to the data folder.

    `state`: complete, short (more than 2 s are missing), missing (no side was found).
    """

    file: str
    state: str
    sha256: str = ""
    seconds: float = 0.0
    expected_seconds: float = 0.0
    channels: int = 0
    repaired: bool = False
    gaps: tuple[AudioGap, ...] = ()


def stored_file(call: CallId) -> PurePosixPath:
    """Where a call's finished recording lies, relative to the data folder: by the day in China, then by the call's id."""
    return PurePosixPath("recordings") / call.day.strftime("%Y/%m/%d") / f"{call}.wav"


def volumes(file: PurePosixPath) -> tuple[PurePosixPath, PurePosixPath]:
    """Where a finished file may lie, relative to the data folder: on the first volume or, when that was nearly full, on the second."""
    return file, SECOND / file


def message_file(call: CallId) -> PurePosixPath:
    """Where the message that he left in a call lies: beside the call's recording."""
    return stored_file(call).with_name(f"{call}-message.wav")


def spool_name(name: str) -> str:
    """A name in the spool, checked: it comes from a journal, and must not lead out of the spool. Raises `MalformedInput`."""
    if not _SPOOL_NAME.fullmatch(name):
        raise MalformedInput(f"not the name of a recording in the spool: {name[:80]!r}")
    return name


def kept_until(day: date) -> date:
    """The first day on which a recording of `day` may be deleted."""
    try:
        return day.replace(year=day.year + KEEP_YEARS)
    except ValueError:  # 29 February
        return day.replace(year=day.year + KEEP_YEARS, month=3, day=1)
