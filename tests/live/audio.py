"""What was heard, by content: assertions for recordings of calls. The ears themselves are phones/hearing.py."""

from pathlib import Path

from phones.hearing import SURE, Heard, Sound, find, read_sound
from tests.live.cell import Cell
from tests.live.stage import SPEECH


def prompt(cell: Cell, name: str) -> Sound:
    """A prompt as this cell's Asterisk has it, whoever's voice was chosen."""
    return read_sound(cell.var / "asterisk" / "sounds" / "zh_CN" / f"{name}.wav")


def music(cell: Cell) -> Sound:
    """The music of the wait."""
    return read_sound(next((cell.var / "asterisk" / "moh").glob("*.wav")))


def sentence(name: str) -> Sound:
    """A sentence of the demo, d01 to d20."""
    return read_sound(SPEECH / f"{name}.wav")


def assert_heard(wav: Path, sound: Sound, what: str, *, channel: int = 0, after: float = -1.0) -> float:
    """`sound` is in the recording; returns the second at which it begins. `after`: not before that second."""
    heard = find(sound, read_sound(wav, channel))
    assert heard, _why(heard, what, wav, channel)
    assert heard.at > after, f"{what} begins at {heard.at:.1f} s of {wav.name}, not after {after:.1f} s"
    return heard.at


def assert_not_heard(wav: Path, sound: Sound, what: str, *, channel: int = 0) -> None:
    """`sound` is nowhere in the recording."""
    heard = find(sound, read_sound(wav, channel))
    assert not heard, _why(heard, what, wav, channel)


def assert_music(cell: Cell, wav: Path, begin: float, end: float) -> None:
    """Between two seconds of the recording the music of the wait played: any second of it is known."""
    piece = read_sound(wav).part(begin, end)
    heard = find(piece, music(cell))
    assert heard, _why(heard, f"music from {begin:.1f} to {end:.1f} s (level {piece.level:.0f})", wav, 0)


def _why(heard: Heard, what: str, wav: Path, channel: int) -> str:
    length = read_sound(wav, channel).seconds
    return f"{what}: score {heard.score:.2f} (sure from {SURE}) at {heard.at:.1f} s of {length:.1f} s in {wav.name}, channel {channel}"
