"""Live ears: follows a recording that is still being written and says what begins in it, sentence by sentence."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from phones.hearing import QUIET, Sound, find, read_sound

OPENING_SECONDS = 1.5
MUSIC_SECONDS = 1.0


@dataclass(frozen=True, kw_only=True)
class Noticed:
    """`what` (a name the listener was given) begins at so many seconds of the recording."""

    what: str
    at: float


class Listener:
    """Knows sentences by their first second and a half, music by any second of it. `look` as often as you like."""

    def __init__(self, recording: Path, sentences: Mapping[str, Sound], music: Mapping[str, Sound] | None = None) -> None:
        self._recording = recording
        self._openings = {name: _opening(sound) for name, sound in sentences.items()}
        self._lengths = {name: sound.seconds for name, sound in sentences.items()}
        self._music = dict(music or {})
        self._last: dict[str, float] = {}
        self._heard_until = 0.0
        self._talk_until = 0.0

    def look(self) -> list[Noticed]:
        """What began since the last look, in order. Nothing as long as there is no recording."""
        try:
            sound = read_sound(self._recording)
        except (OSError, ValueError):
            return []
        if sound.seconds < self._heard_until + 0.2:
            return []
        since = max(0.0, self._heard_until - OPENING_SECONDS - 0.2)
        noticed = self._sentences(sound, since) + self._tunes(sound)
        self._heard_until = sound.seconds
        return sorted(noticed, key=lambda one: one.at)

    def _sentences(self, sound: Sound, since: float) -> list[Noticed]:
        window = sound.part(since)
        noticed = []
        for name, (skipped, opening) in self._openings.items():
            heard = find(opening, window)
            at = since + heard.at
            if heard and at > self._last.get(name, -1e9) + min(1.0, self._lengths[name]):
                self._last[name] = at
                self._talk_until = at - skipped + self._lengths[name]
                noticed.append(Noticed(what=name, at=max(0.0, at - skipped)))
        return noticed

    def _tunes(self, sound: Sound) -> list[Noticed]:
        begin = sound.seconds - MUSIC_SECONDS
        window = sound.part(begin)
        if begin < self._talk_until or window.is_silent:
            return []
        noticed = []
        for name, tune in self._music.items():
            if find(window, tune):
                if begin > self._last.get(name, -1e9) + 2 * MUSIC_SECONDS:
                    noticed.append(Noticed(what=name, at=begin))
                self._last[name] = begin
        return noticed


def _opening(sound: Sound) -> tuple[float, Sound]:
    """The first sound in it, and how much silence stands before."""
    step = 0.02
    begin = 0.0
    while begin < sound.seconds and sound.part(begin, begin + step).level < QUIET:
        begin += step
    return begin, sound.part(begin, begin + OPENING_SECONDS)
