"""Where a prompt's sound lies and how long it plays: one folder, read once; a key that is not there is looked for again later.

Beside the folder of Mandarin lies one for each other language that has recordings: what it lacks is said in Mandarin.
"""

import logging
import re
from pathlib import Path
from typing import Final

log = logging.getLogger(__name__)

BYTES_PER_SECOND: Final = {".alaw": 8000, ".wav": 16_000}
"""What Asterisk is given (agi/provision.py): 8 kHz mono, A-law or 16-bit WAV."""

_LANGUAGE = re.compile(r"[a-z]{2,3}(_[A-Z]{2})?", re.ASCII)
_KEY = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}(/[a-z0-9][a-z0-9_-]{0,63}){0,3}", re.ASCII | re.IGNORECASE)


class Sounds:
    """Prompt key → path without ending (as Asterisk wants it) and seconds."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known: dict[str, tuple[str, float]] = {}
        self._missing: set[str] = set()
        self._languages: dict[str, Sounds] = {}
        for path in sorted(folder.rglob("*")):
            if path.suffix in BYTES_PER_SECOND:
                self._find(path.relative_to(folder).with_suffix("").as_posix())

    def of(self, prompts: tuple[str, ...], language: str = "") -> tuple[tuple[tuple[str, float], ...], float]:
        """(path, seconds) of each prompt that is there, and the seconds of all. One that is not is told to the log, once, and left out.

        `language`: a tag of the catalogue, empty = Mandarin.
        """
        known = self._known
        foreign = self._beside(language)
        found = tuple([(foreign and foreign.spoken(key)) or known.get(key) or self._find(key) for key in prompts])
        there = tuple([sound for sound in found if sound])
        return there, sum([seconds for _, seconds in there])

    def spoken(self, key: str) -> tuple[str, float] | None:
        """(path, seconds) of one prompt; nobody is told when it is not there."""
        return self._known.get(key) or self._look(key)

    def _beside(self, language: str) -> "Sounds | None":
        if not language or not _LANGUAGE.fullmatch(language) or language == self._folder.name:
            return None
        if language not in self._languages:
            self._languages[language] = Sounds(self._folder.parent / language)
        return self._languages[language]

    def _look(self, key: str) -> tuple[str, float] | None:
        if _KEY.fullmatch(key):
            for ending, rate in BYTES_PER_SECOND.items():
                path = self._folder / f"{key}{ending}"
                if path.is_file():
                    self._missing.discard(key)
                    self._known[key] = (str(path.with_suffix("")), path.stat().st_size / rate)
                    return self._known[key]
        return None

    def _find(self, key: str) -> tuple[str, float] | None:
        if sound := self._look(key):
            return sound
        if key not in self._missing and len(self._missing) < 1000:
            self._missing.add(key)
            log.error("prompt %s has no sound in %s: nothing is said; run scripts/up, or record it", key[:80], self._folder)
        return None
