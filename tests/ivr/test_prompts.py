"""The prompts: the catalogue that we ship is complete, and a wrong one says what to do."""

import math
import wave
from array import array
from pathlib import Path

import pytest

from hotline.errors import MalformedInput
from ivr.prompts import Catalogue, Prompt, missing_files, read_catalogue, studio_script, unknown_keys, unused_files

FOLDER = Path(__file__).resolve().parents[2] / "prompts"
SHIPPED = read_catalogue((FOLDER / "catalogue.toml").read_text(encoding="utf-8"))
PRESENT = sorted(str(path.relative_to(FOLDER)) for path in FOLDER.glob("*_*/*.wav"))
SMALL = """
[zh_CN.greeting]
text = "您好。"
file = "zh_CN/greeting.wav"
[zh_CN.goodbye]
text = "再见。"
file = "zh_CN/goodbye.wav"
[en.greeting]
text = "Hello."
file = "en/greeting.wav"
"""


def small() -> Catalogue:
    return read_catalogue(SMALL)


def test_a_prompt_has_a_text_and_a_sound() -> None:
    prompt = small().find("greeting")
    assert prompt == Prompt(key="greeting", language="zh_CN", text="您好。", file="zh_CN/greeting.wav")
    assert prompt.sound == "zh_CN/greeting"


def test_another_language_falls_back_to_mandarin() -> None:
    english = small().find("greeting", "en")
    assert english is not None
    assert english.text == "Hello."
    assert small().find("goodbye", "en") == small().find("goodbye")
    assert small().find("never-said") is None


def test_keys_that_no_prompt_has_are_found() -> None:
    assert unknown_keys(small(), ["greeting", "welcome", "bye", "bye"]) == ("bye", "welcome")
    assert unknown_keys(small(), ["greeting", "goodbye"]) == ()


def test_missing_and_unused_files_are_found() -> None:
    assert missing_files(small(), ["zh_CN/greeting.wav", "zh_CN/old.wav"]) == ("en/greeting.wav", "zh_CN/goodbye.wav")
    assert unused_files(small(), ["zh_CN/greeting.wav", "zh_CN/old.wav"]) == ("zh_CN/old.wav",)


def test_the_studio_gets_a_line_for_each_file() -> None:
    assert studio_script(small()) == "zh_CN/greeting.wav\t您好。\nzh_CN/goodbye.wav\t再见。"
    assert studio_script(small(), "fr") == ""


@pytest.mark.parametrize(
    ("text", "remedy"),
    [
        ("zh_CN = ", "not TOML"),
        ("zh_CN = 1", "zh_CN is no table"),
        ("[zh_CN]\ngreeting = 'hello'", "zh_CN.greeting is no table"),
        ("[zh_CN.greeting]\ntext = 'x'", "give it text and file"),
        ("[zh_CN.greeting]\ntext = 'x'\nfile = 1", "give it text and file"),
        ("[zh_CN.greeting]\ntext = 'x'\nfile = 'a/b.wav'\nvoice = 'c'", "nothing else"),
        ("[zh_CN.greeting]\ntext = ' '\nfile = 'a/b.wav'", "write what is said"),
        ("[zh_CN.greeting]\ntext = 'x'\nfile = '../b.wav'", "folder/name.wav"),
        ("[zh_CN.greeting]\ntext = 'x'\nfile = '/etc/b.wav'", "folder/name.wav"),
        ("[zh_CN.greeting]\ntext = 'x'\nfile = 'a/b.mp3'", "folder/name.wav"),
        ("[zh_CN.Greeting]\ntext = 'x'\nfile = 'a/b.wav'", "key-of-the-prompt"),
        ("[Chinese.greeting]\ntext = 'x'\nfile = 'a/b.wav'", "key-of-the-prompt"),
    ],
)
def test_a_wrong_catalogue_is_refused_with_the_remedy(text: str, remedy: str) -> None:
    with pytest.raises(MalformedInput, match=remedy):
        read_catalogue(text)


# ── what we ship ─────────────────────────────────────────────────────────────────────────────────


def test_every_prompt_has_its_file_and_every_file_its_prompt() -> None:
    assert missing_files(SHIPPED, PRESENT) == ()
    assert unused_files(SHIPPED, PRESENT) == ()


def test_the_line_greets_as_the_city_wrote_it() -> None:
    greeting = SHIPPED.find("greeting")
    assert greeting is not None
    assert greeting.text == "您好，这里是揭阳市12345市民服务热线。"


def loudness(path: Path) -> tuple[float, float]:
    """Seconds and dBFS (RMS) of a telephone sound."""
    with wave.open(str(path)) as sound:
        assert (sound.getframerate(), sound.getnchannels(), sound.getsampwidth()) == (8000, 1, 2), path.name
        samples = array("h", sound.readframes(sound.getnframes()))
    some = samples[::7]  # enough for a level
    return len(samples) / 8000, 10 * math.log10(sum(sample * sample for sample in some) / len(some) / 32768**2)


@pytest.mark.parametrize("name", PRESENT)
def test_a_sound_is_made_for_the_telephone_and_neither_loud_nor_long(name: str) -> None:
    seconds, level = loudness(FOLDER / name)
    assert 1 < seconds < 12
    assert -20 < level < -16
    assert (FOLDER / name).stat().st_size < 200_000


def test_the_music_is_calm_and_lasts() -> None:
    seconds, level = loudness(FOLDER / "moh" / "calm.wav")
    assert 29 < seconds < 61
    assert -26 < level < -22
