"""From the spool to the shelf: what happens to a call's audio after the call."""

import logging
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from hotline.errors import MalformedInput
from hotline.identity import CallId
from recordings.gaps import AudioGap, gaps_of, moved
from recordings.model import KeptAudio, message_file, spool_name, stored_file, volumes
from recordings.stereo import alone, join, sha256_of
from recordings.wav import RATE, Side, read_side

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Spooled:
    """A call's two sides as the journal names them, relative to the spool; how long they ought to be (0 = not known)."""

    call: CallId
    citizen_file: str
    heard_file: str
    expected_seconds: float


def keep_audio(spooled: Spooled, *, spool: Path, var: Path, second: bool = False) -> KeptAudio:
    """Join the two sides into their final place, hash, read back. The spool is left as it is, so that this may be repeated.

    `second`: the place is on the second volume. Raises `OSError` (try again later) and `MalformedInput` (the journal names files outside
    the spool).
    """
    citizen, heard = (_look(path) for path in _paths(spooled, spool))
    if citizen is None and heard is None:
        return _already_kept(spooled, var)
    file = volumes(stored_file(spooled.call))[second]
    stereo = join(citizen, heard, var / file)
    if sha256_of(var / file) != stereo.sha256:
        raise OSError(f"{file.name}: what was written cannot be read back; the spool is kept")
    repaired = any(side.repaired for side in (citizen, heard) if side)
    lengths = [side.seconds if side else None for side in (citizen, heard)]
    gaps = gaps_of(lengths[0], lengths[1], spooled.expected_seconds)
    return _kept(spooled, file, frames=stereo.frames, sha256=stereo.sha256, repaired=repaired, gaps=gaps)


def judged(audio: KeptAudio, expected_seconds: float) -> KeptAudio:
    """A recording that was kept before, when it has turned out since how long the call really was."""
    expected = round(expected_seconds, 3)
    if expected == audio.expected_seconds:
        return audio
    gaps = moved(audio.gaps, seconds=audio.seconds, before=audio.expected_seconds, expected=expected)
    state = audio.state if audio.state == "missing" else "short" if gaps else "complete"
    return replace(audio, expected_seconds=expected, gaps=gaps, state=state)


def keep_message(call: CallId, name: str, *, spool: Path, var: Path, second: bool = False) -> KeptAudio:
    """Bring a message to its final place with a true header, hash, read back. The spool is left as it is. As `keep_audio`."""
    side = _look(spool / spool_name(name))
    if side is None:
        return _message_kept_before(call, var)
    file = volumes(message_file(call))[second]
    written = alone(side, var / file)
    if sha256_of(var / file) != written.sha256:
        raise OSError(f"{file.name}: what was written cannot be read back; the spool is kept")
    return _message(file, frames=written.frames, sha256=written.sha256, repaired=side.repaired)


def clear_message(file: str, *, spool: Path) -> None:
    """Remove a message from the spool: only after what became of it is written down."""
    (spool / spool_name(file)).unlink(missing_ok=True)


def clear_spool(spooled: Spooled, *, spool: Path) -> None:
    """Remove the two sides: only after what became of them is written down."""
    for path in _paths(spooled, spool):
        path.unlink(missing_ok=True)


def _paths(spooled: Spooled, spool: Path) -> list[Path]:
    return [spool / spool_name(name) for name in (spooled.citizen_file, spooled.heard_file)]


def _look(path: Path) -> Side | None:
    try:
        return read_side(path)
    except FileNotFoundError:
        return None
    except MalformedInput as error:
        log.warning("录音文件无法读取，已按静音处理 recording side unusable, taken as silence: %s", error)
        path.replace(path.with_name(path.name + ".unusable"))
        return None


def _already_kept(spooled: Spooled, var: Path) -> KeptAudio:
    """No side is in the spool: either an earlier run got that far, or there never was any sound."""
    for file in volumes(stored_file(spooled.call)):
        if (var / file).exists():
            frames = ((var / file).stat().st_size - 44) // 4
            gaps = gaps_of(frames / RATE, frames / RATE, spooled.expected_seconds)
            return _kept(spooled, file, frames=frames, sha256=sha256_of(var / file), repaired=False, gaps=gaps)
    log.error("录音缺失 no recording was found for call %s", spooled.call)
    gaps = gaps_of(None, None, spooled.expected_seconds)
    return KeptAudio(file="", state="missing", expected_seconds=round(spooled.expected_seconds, 3), gaps=gaps)


def _message_kept_before(call: CallId, var: Path) -> KeptAudio:
    for file in volumes(message_file(call)):
        if (var / file).exists():
            return _message(file, frames=((var / file).stat().st_size - 44) // 2, sha256=sha256_of(var / file), repaired=False)
    log.error("留言缺失 no message was found for call %s", call)
    return KeptAudio(file="", state="missing")


def _message(file: PurePosixPath, *, frames: int, sha256: str, repaired: bool) -> KeptAudio:
    return KeptAudio(file=str(file), state="complete", sha256=sha256, seconds=round(frames / RATE, 3), channels=1, repaired=repaired)


def _kept(spooled: Spooled, file: PurePosixPath, *, frames: int, sha256: str, repaired: bool, gaps: tuple[AudioGap, ...]) -> KeptAudio:
    seconds = round(frames / RATE, 3)
    if gaps:
        log.warning("录音不完整 recording of call %s: %.1f s of %.1f s", spooled.call, seconds, spooled.expected_seconds)
    return KeptAudio(
        file=str(file),
        state="short" if gaps else "complete",
        sha256=sha256,
        seconds=seconds,
        expected_seconds=round(spooled.expected_seconds, 3),
        channels=2,
        repaired=repaired,
        gaps=gaps,
    )
