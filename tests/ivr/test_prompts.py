"""The prompts: the catalogue that we ship is complete, and a wrong one says what to do."""

import wave
from array import array
from pathlib import Path

import pytest

from hotline.errors import MalformedInput
from ivr.loudness import FULL, MUSIC_DBFS, SPEECH_DBFS, active_level, faults_of_pause, mean_level, samples_of
from ivr.numbers_zh import FRAGMENTS
from ivr.prompts import (
    Catalogue,
    Prompt,
    choose,
    default_packs,
    keys_in_source,
    missing_files,
    read_aloud,
    read_catalogue,
    read_words,
    studio_script,
    unknown_keys,
    untranslated,
    unused_files,
    with_fragments,
    with_words,
)

FOLDER = Path(__file__).resolve().parents[2] / "prompts"
SHIPPED = with_fragments(read_catalogue((FOLDER / "catalogue.toml").read_text(encoding="utf-8")))
PACKS = {
    pack: sorted(path.relative_to(FOLDER / "packs" / pack).as_posix() for path in (FOLDER / "packs" / pack).rglob("*.wav"))
    for pack in ("demo", "free")
}
SOUNDS = [f"packs/{pack}/{file}" for pack, files in PACKS.items() for file in files]
WRITTEN = {prompt.file: prompt for prompts in SHIPPED.languages.values() for prompt in prompts.values()}
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


def test_a_text_without_an_end_is_said_together_with_others() -> None:
    assert not [key for key, prompt in small().languages["zh_CN"].items() if prompt.joined]
    assert Prompt(key="ahead-of-you", language="zh_CN", text="您前面还有", file="zh_CN/a.wav").joined


def test_the_parts_of_numbers_belong_to_the_catalogue() -> None:
    whole = with_fragments(small())
    assert whole.find("number-12") == Prompt(key="number-12", language="zh_CN", text="十二", file="zh_CN/number-12.wav")
    assert whole.find("greeting", "en") == small().find("greeting", "en")
    assert unknown_keys(whole, FRAGMENTS) == ()
    assert [key for key, prompt in whole.languages["zh_CN"].items() if prompt.silent] == ["pause"]


def test_a_part_of_numbers_is_not_written_twice() -> None:
    with pytest.raises(MalformedInput, match=r"number-12 are parts of numbers"):
        with_fragments(read_catalogue(SMALL + '[zh_CN.number-12]\ntext = "十二"\nfile = "zh_CN/number-12.wav"\n'))


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


def test_the_first_pack_that_has_a_sound_says_it() -> None:
    present = {"studio": ["zh_CN/greeting.wav"], "free": ["zh_CN/greeting.wav", "zh_CN/goodbye.wav"], "demo": ["zh_CN/old.wav"]}
    assert choose(["studio", "free"], present) == {"zh_CN/greeting.wav": "studio", "zh_CN/goodbye.wav": "free"}
    assert choose(["free", "studio"], present)["zh_CN/greeting.wav"] == "free"
    assert choose(["studio", "nowhere"], {}) == {}


def test_the_demonstration_voice_speaks_in_a_demonstration_only() -> None:
    assert default_packs("demo") == ("studio", "demo", "free")
    assert default_packs("production") == ("studio", "free")


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("揭阳市12345市民服务热线", "揭阳市幺二三四五市民服务热线"),
        ("请拨打110、119、120", "请拨打幺幺零、幺幺九、幺二零"),
        ("转人工请按0", "转人工请按零"),
        ("满意请按1，不满意请按3。", "满意请按一，不满意请按三。"),
        ("请按110", "请按幺幺零"),
        ("最多等待10分钟", "最多等待10分钟"),
    ],
)
def test_a_telephone_number_is_said_digit_by_digit_and_a_key_as_a_number(written: str, spoken: str) -> None:
    assert read_aloud(written) == spoken


def test_a_pack_remembers_the_words_that_were_spoken() -> None:
    greeting, goodbye = (small().languages["zh_CN"][key] for key in ("greeting", "goodbye"))
    words = with_words(with_words("", greeting), goodbye)
    assert read_words(words) == {"zh_CN/greeting.wav": "您好。", "zh_CN/goodbye.wav": "再见。"}
    assert with_words(words, greeting) == words
    assert "您好" in words


@pytest.mark.parametrize("text", ["{", "[]"])
def test_words_that_cannot_be_read_are_refused_with_the_remedy(text: str) -> None:
    with pytest.raises(MalformedInput, match="delete it"):
        read_words(text)


def test_a_language_lacks_what_is_said_in_mandarin_instead() -> None:
    assert untranslated(small()) == {"nan_CN": ("greeting", "goodbye"), "en": ("goodbye",)}
    assert untranslated(small(), ["yue", "en"])["yue"] == ("greeting", "goodbye")


def test_the_keys_of_a_flow_are_read_off_its_source() -> None:
    source = """
class Menu:
    no_such_choice: tuple[str, ...] = ("no-such-choice",)
    gave_up: tuple[str, ...]
def flow():
    yield Say(prompts=("greeting", "good-bye" if late else "goodbye"), until_key=False)
    yield Collect(question="topic", prompts=(plan.greeting, *more))
"""
    assert keys_in_source(source) == {"no-such-choice", "greeting", "good-bye", "goodbye"}


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
    assert missing_files(SHIPPED, PACKS["free"]) == ()
    assert {file for file in missing_files(SHIPPED, PACKS["demo"]) if not file.startswith("en/")} == set()
    assert [unused_files(SHIPPED, files) for files in PACKS.values()] == [(), ()]


def test_the_sounds_are_no_burden() -> None:
    assert sum((FOLDER / name).stat().st_size for name in SOUNDS) < 19e6


def test_the_line_greets_as_the_city_wrote_it() -> None:
    greeting = SHIPPED.find("greeting")
    assert greeting is not None
    assert greeting.text == "您好，这里是揭阳市12345市民服务热线。紧急求助请按星号键。"


def telephone_sound(name: str) -> "array[int]":
    with wave.open(str(FOLDER / name)) as sound:
        assert (sound.getframerate(), sound.getnchannels(), sound.getsampwidth()) == (8000, 1, 2), name
        return samples_of(sound.readframes(sound.getnframes()))


@pytest.mark.parametrize("name", SOUNDS)
def test_a_sound_is_made_for_the_telephone_and_neither_loud_nor_long(name: str) -> None:
    samples, prompt = telephone_sound(name), WRITTEN[name.split("/", 2)[2]]
    if prompt.silent:
        assert faults_of_pause(samples) == ()
        return
    assert (0.15 if prompt.joined else 1.0) < len(samples) / 8000 < (3 if prompt.joined else 30)
    assert active_level(samples) == pytest.approx(SPEECH_DBFS, abs=0.5)
    assert max(samples) < 0.81 * FULL


def test_the_music_is_calm_and_lasts() -> None:
    samples = telephone_sound("moh/calm.wav")
    assert 29 < len(samples) / 8000 < 61
    assert mean_level(samples[::7]) == pytest.approx(MUSIC_DBFS, abs=2)
