"""Sounds that are known by their content, and ears for them: one pitch for each prompt that matters, for the music and for every person."""

import struct
import wave
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from phones.tones import tone, write_wav

RATE: Final = 8000
PIECE: Final = 400
"""50 ms: pitches that are 20 Hz apart are told apart."""
PROMPT_S: Final = 1.2
LOUD: Final = 0.2
"""Share of a piece's energy that one pitch must have: two people at once have half each."""
SILENT: Final = 60.0**2

OTHER: Final = "other"
CITIZEN, AGENT, FIRST_CENTRE, SECOND_CENTRE, MUSIC = "citizen", "agent", "first-centre", "second-centre", "music"
CENTRES: Final = (FIRST_CENTRE, SECOND_CENTRE)
CONNECTING: Final = "emergency-connecting"

PITCHES: Final[Mapping[str, int]] = MappingProxyType(
    {
        MUSIC: 360,
        "greeting": 500,
        "recording-notice": 600,
        "main-menu": 700,
        "insurance-menu": 800,
        "connecting-to-agent": 900,
        "survey-service": 1000,
        "survey-thanks": 1100,
        "goodbye": 1200,
        "emergency-menu": 1300,
        CONNECTING: 1400,
        "emergency-duty": 1500,
        "lifeline-keys": 1600,
        "lifeline-message": 1700,
        CITIZEN: 1900,
        OTHER: 2100,
        AGENT: 2300,
        FIRST_CENTRE: 2500,
        SECOND_CENTRE: 2700,
    }
)
"""Name → Hz. Every prompt that is not named here has the pitch of `other`."""


def lay_sounds(prompts: Path) -> None:
    """Make every prompt of this prompts folder a pitch; raises OSError when there is none."""
    pitches = {hz: tone((hz,), PROMPT_S) for hz in PITCHES.values()}
    for path in (prompts / "packs").rglob("*.wav"):
        write_wav(path, pitches[PITCHES.get("greeting" if path.stem.startswith("greeting") else path.stem, PITCHES[OTHER])])
    for path in (prompts / "moh").glob("*.wav"):
        path.unlink()
    write_wav(prompts / "moh" / "music.wav", tone((PITCHES[MUSIC],), 3.0))


def lay_voice(path: Path, name: str, seconds: float = 120.0) -> Path:
    """A person's voice, long enough for any talk."""
    write_wav(path, tone((PITCHES[name],), seconds))
    return path


@dataclass(frozen=True, kw_only=True)
class Run:
    """The same sound without a break, in seconds of the recording."""

    name: str
    begin: float
    end: float


_NAMES: Final = tuple(PITCHES)
_TURNS: Final[NDArray[np.complex128]] = np.exp(
    -2j * np.pi * np.outer(np.array([PITCHES[name] for name in _NAMES]), np.arange(PIECE)) / RATE
)


class Ears:
    """Follows a recording of 8 kHz, 16 bit that may still grow (its header is not believed). Knows what was heard when."""

    def __init__(self, wav: Path, *, channel: int = 0, channels: int = 1) -> None:
        self._wav, self._channel, self._channels = wav, channel, channels
        self.pieces: list[frozenset[str]] = []

    def listen(self) -> "Ears":
        """Take in what was written since."""
        size = 2 * PIECE * self._channels
        try:
            with self._wav.open("rb") as file:
                file.seek(44 + len(self.pieces) * size)
                raw = file.read()
        except OSError:
            return self
        whole = np.frombuffer(raw[: len(raw) // size * size], dtype="<i2").reshape(-1, PIECE, self._channels)
        self.pieces += [_names_in(piece) for piece in whole[:, :, self._channel].astype(np.float64)]
        return self

    @property
    def seconds(self) -> float:
        """So much was listened to."""
        return len(self.pieces) * PIECE / RATE

    def total(self, name: str, since: float = 0.0) -> float:
        """Seconds of this sound from there on."""
        return sum(name in piece for piece in self.pieces[round(since * RATE / PIECE) :]) * PIECE / RATE

    def first(self, names: Iterable[str], since: float = 0.0, *, least: float = 0.15) -> float | None:
        """When one of these sounds first lasted so long; None = not yet."""
        wanted, run = frozenset(names), 0
        for number in range(round(since * RATE / PIECE), len(self.pieces)):
            run = run + 1 if wanted & self.pieces[number] else 0
            if run * PIECE / RATE >= least - 1e-9:
                return (number + 1 - run) * PIECE / RATE
        return None

    def hears_now(self, name: str, within: float = 0.3) -> bool:
        """It was heard in the last moment."""
        return self.total(name, max(0.0, self.seconds - within)) > 0

    def story(self) -> str:
        """What was heard, for a human: `0.0 greeting 1.2 recording-notice …`; breaks shorter than 0.2 s are left out."""
        runs: list[Run] = []
        for number, piece in enumerate(self.pieces):
            name = "+".join(sorted(piece)) or "silence"
            at = number * PIECE / RATE
            if runs and runs[-1].name == name:
                runs[-1] = Run(name=name, begin=runs[-1].begin, end=at + PIECE / RATE)
            else:
                runs.append(Run(name=name, begin=at, end=at + PIECE / RATE))
        return " ".join(f"{run.begin:.1f} {run.name}" for run in runs if run.end - run.begin >= 0.2)


def _names_in(piece: NDArray[np.float64]) -> frozenset[str]:
    energy = float(np.dot(piece, piece))
    if energy < SILENT * PIECE:
        return frozenset()
    shares: NDArray[Any] = 2 * np.abs(_TURNS @ piece) ** 2 / (PIECE * energy)
    return frozenset(name for name, share in zip(_NAMES, shares, strict=True) if share > LOUD)


def wav_seconds(path: Path) -> float:
    """The length of a finished wav by its header; 0 when it is none."""
    try:
        with wave.open(str(path), "rb") as file:
            return file.getnframes() / file.getframerate()
    except (OSError, EOFError, wave.Error, struct.error):
        return 0.0
