"""Live ears say what begins in a recording that is still growing."""

from pathlib import Path

import numpy as np

from phones.hearing import RATE, Samples, Sound, write_sound
from phones.listening import Listener
from tests.phones.test_hearing import NOTHING, voice

GREETING, NOTICE, MUSIC = voice(11, 2.0), voice(12, 2.0), voice(13, 6.0)


def follow(path: Path, *parts: Samples) -> list[tuple[str, float]]:
    """What a listener says who looks after every half second."""
    whole = np.concatenate(parts)
    listener = Listener(path, {"greeting": Sound(GREETING), "notice": Sound(NOTICE)}, {"music": Sound(MUSIC)})
    said = []
    for end in range(RATE // 2, len(whole) + 1, RATE // 2):
        write_sound(path, Sound(whole[:end]))
        said += [(one.what, round(one.at, 1)) for one in listener.look()]
    return said


def test_each_sentence_is_noticed_once_when_it_begins(tmp_path: Path) -> None:
    assert follow(tmp_path / "x.wav", NOTHING, GREETING, NOTICE, NOTHING) == [("greeting", 1.0), ("notice", 3.0)]


def test_music_is_noticed_once_however_long_it_lasts_and_wherever_it_begins(tmp_path: Path) -> None:
    said = follow(tmp_path / "x.wav", GREETING, MUSIC[RATE:])
    assert [what for what, _ in said] == ["greeting", "music"]


def test_a_sentence_that_comes_again_is_noticed_again(tmp_path: Path) -> None:
    assert [what for what, _ in follow(tmp_path / "x.wav", NOTICE, NOTHING, NOTICE)] == ["notice", "notice"]


def test_no_recording_yet_is_nothing_heard(tmp_path: Path) -> None:
    assert Listener(tmp_path / "none.wav", {}).look() == []
