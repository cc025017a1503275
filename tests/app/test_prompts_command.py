"""`scripts/prompts`: what is missing or unfit is named with its remedy, and a studio's recording is put in its place."""

import math
import os
import stat
import wave
from array import array
from pathlib import Path

import pytest

from app.places import PROJECT
from app.prompts_command import check, install, read_recording, said, script
from app.settings import Line, Prompts, Settings
from hotline.errors import BadSettings, MalformedInput
from ivr.loudness import active_level

CATALOGUE = """
[zh_CN.greeting]
text = "您好，这里是12345。"
file = "zh_CN/greeting.wav"
[zh_CN.goodbye]
text = "再见。"
file = "zh_CN/goodbye.wav"
[en.greeting]
text = "Hello."
file = "en/greeting.wav"
"""


HAKKA = """version = "1"
[number.12345]
name = "试验热线"
start = "language:hakka"
[language.hakka]
label = "客家话"
tag = "hak_CN"
skill = "hakka"
then = "human"
"""


def save(path: Path, *, rate: int = 8000, width: int = 2, channels: int = 1, loud: float = 0.178, seconds: float = 0.5) -> Path:
    """A tone as a WAV file; at 0.178 it has the level of the line."""
    path.parent.mkdir(parents=True, exist_ok=True)
    full, bias = 256**width // 2 - 1, 128 if width == 1 else 0
    tone = [round(loud * full * math.sin(2 * math.pi * 500 * place / rate)) + bias for place in range(round(rate * seconds))]
    with wave.open(str(path), "wb") as sound:
        sound.setparams((channels, width, rate, 0, "NONE", ""))
        sound.writeframes(b"".join(sample.to_bytes(width, "little", signed=width > 1) * channels for sample in tone))
    return path


@pytest.fixture
def prompts(tmp_path: Path) -> Path:
    """A catalogue whose free pack is complete, but for English."""
    folder = tmp_path / "prompts"
    save(folder / "packs" / "free" / "zh_CN" / "greeting.wav")
    save(folder / "packs" / "free" / "zh_CN" / "goodbye.wav")
    (folder / "catalogue.toml").write_text(CATALOGUE, encoding="utf-8")
    return folder


def save_menu(project: Path, text: str) -> None:
    (project / "config").mkdir()
    (project / "config" / "line.toml").write_text(text, encoding="utf-8")


def wrong_with(prompts: Path, settings: Settings | None = None) -> str:
    """Without the flows of the house."""
    return "\n".join(check(settings or lines(), prompts, prompts)[1])


def lines(greeting: str = "greeting", notice: str = "goodbye") -> Settings:
    return Settings(lines=(Line(number="12345", name="", greeting=greeting, recording_notice=notice),))


def test_what_we_ship_is_all_right() -> None:
    told, wrong = check(Settings())
    assert wrong == []
    assert "zh_CN.greeting                 demo" in told[1]
    assert "数字片段 parts of numbers: 149 / 149" in told


def test_a_production_line_is_all_right_without_the_demonstration_voice() -> None:
    told, wrong = check(Settings(profile="production"))
    assert wrong == []
    assert not [line for line in told if " demo " in line]


def test_a_sound_that_no_pack_has_is_named(prompts: Path) -> None:
    assert wrong_with(prompts).splitlines() == [
        "en/greeting.wav: 没有录音 in no pack: record it (scripts/prompts install greeting FILE) or run scripts/make-prompts",
        "数字片段 149 parts of numbers (number-0, number-1, number-2, …): 没有录音 in no pack: run scripts/make-prompts",
    ]


def test_a_key_that_a_line_says_and_nobody_wrote_is_named(prompts: Path) -> None:
    assert "welcome-home: 目录里没有" in wrong_with(prompts, lines("welcome-home"))


def test_the_flows_of_the_house_are_asked_what_they_say() -> None:
    assert said(lines(), PROJECT) >= {"still-waiting", "agent-lost"}


def test_the_menu_of_the_staff_is_asked_what_it_says(prompts: Path, tmp_path: Path) -> None:
    save_menu(tmp_path, 'version = "1"\n[number.12345]\nname = "试验热线"\ngreeting = ["greeting", "good-evening"]\n')
    wrong = check(lines(), prompts, tmp_path)[1]
    assert [fault for fault in wrong if "目录里没有" in fault] == [
        f"{key}: 目录里没有 not in prompts/catalogue.toml: add its text" for key in ("good-evening", "recording-notice")
    ]


def test_a_menu_that_cannot_be_read_is_named_with_its_line(prompts: Path, tmp_path: Path) -> None:
    save_menu(tmp_path, 'version = "1"\n[number.12345]\nname = 12345\n')
    assert [fault for fault in check(lines(), prompts, tmp_path)[1] if fault.startswith("config/line.toml: 第 3 行")]


def test_a_language_that_only_the_menu_knows_is_told_to_be_missing(prompts: Path, tmp_path: Path) -> None:
    save_menu(tmp_path, HAKKA)
    told = "\n".join(check(lines(), prompts, tmp_path)[0])
    assert "hak_CN 客家话: 缺 2 条，数字 and all numbers，播放普通话 missing, said in Mandarin: greeting, goodbye" in told


def test_a_part_of_a_sentence_may_be_short_and_a_pause_must_be_silent(prompts: Path) -> None:
    free = prompts / "packs" / "free" / "zh_CN"
    save(free / "number-2.wav", seconds=0.2)
    save(free / "pause.wav", seconds=0.2)
    found = wrong_with(prompts)
    assert "number-2.wav" not in found
    assert "packs/free/zh_CN/pause.wav: 停顿里有声音" in found


@pytest.mark.parametrize(
    ("sound", "fault"),
    [
        ({"rate": 16_000}, "packs/free/zh_CN/greeting.wav: 16000 Hz, 1 声道 channels, 16 bit"),
        ({"loud": 0.05}, "-29.0 dBFS: 应为 must be -18 ± 2"),
        ({"seconds": 0.1}, "0.1 s: 应为 must be 0.4 to 30 s"),
    ],
)
def test_a_sound_that_does_not_fit_the_telephone_is_named(prompts: Path, sound: dict[str, float], fault: str) -> None:
    save(prompts / "packs" / "free" / "zh_CN" / "greeting.wav", **sound)  # type: ignore[arg-type]
    assert fault in wrong_with(prompts)


def test_a_file_that_is_no_sound_is_named(prompts: Path) -> None:
    (prompts / "packs" / "free" / "zh_CN" / "greeting.wav").write_bytes(b"MP3?")
    assert "greeting.wav: 不是 PCM WAV 文件" in wrong_with(prompts)


def test_a_text_that_changed_after_it_was_recorded_is_named(prompts: Path, tmp_path: Path) -> None:
    install("goodbye", save(tmp_path / "take.wav"), prompts)
    (prompts / "catalogue.toml").write_text(CATALOGUE.replace("再见", "回头见"), encoding="utf-8")
    assert "packs/studio/zh_CN/goodbye.wav: 文字已改，录音还是旧的 still says: 再见。" in wrong_with(prompts)
    install("goodbye", save(tmp_path / "take.wav"), prompts)
    assert "still says" not in wrong_with(prompts)


def test_languages_tell_what_they_lack_and_are_no_fault(prompts: Path) -> None:
    told, _ = check(lines(), prompts, prompts)
    assert "nan_CN 潮汕话: 缺 2 条，数字 and all numbers，播放普通话 missing, said in Mandarin: greeting, goodbye" in told
    assert "en English: 缺 1 条，数字 and all numbers，播放普通话 missing, said in Mandarin: goodbye" in told


def test_a_pack_that_is_not_there_is_refused_with_those_that_are(prompts: Path) -> None:
    with pytest.raises(BadSettings, match=r"prompts\.packs: .*no folder choir.*there are: free"):
        check(Settings(prompts=Prompts(packs=("choir",))), prompts, prompts)


def test_the_studio_is_told_what_it_has_not_recorded_yet(prompts: Path) -> None:
    wanted = script(lines(), prompts)
    assert wanted[:2] == ["greeting\t您好，这里是幺二三四五。\tzh_CN/greeting.wav", "goodbye\t再见。\tzh_CN/goodbye.wav"]
    save(prompts / "packs" / "studio" / "zh_CN" / "greeting.wav")
    assert script(lines(), prompts) == wanted[1:]
    assert script(lines(), prompts, everything=True) == wanted


def test_the_studio_records_the_parts_of_numbers_and_no_pause(prompts: Path) -> None:
    wanted = script(lines(), prompts)
    assert "number-12\t十二\tzh_CN/number-12.wav" in wanted
    assert len(wanted) == 2 + 149 - 1


def test_a_part_of_a_number_is_put_in_with_hardly_any_rest(prompts: Path, tmp_path: Path) -> None:
    install("number-12", save(tmp_path / "take.wav"), prompts)
    recording = read_recording(prompts / "packs" / "studio" / "zh_CN" / "number-12.wav")
    assert len(recording.samples) / 8000 == pytest.approx(0.545, abs=0.01)


@pytest.mark.parametrize(("rate", "width", "channels"), [(48_000, 3, 1), (48_000, 2, 2), (16_000, 4, 1), (8000, 1, 1)])
def test_a_recording_of_any_shape_becomes_a_telephone_sound(prompts: Path, tmp_path: Path, rate: int, width: int, channels: int) -> None:
    told = install("goodbye", save(tmp_path / "take1.wav", rate=rate, width=width, channels=channels, loud=0.05), prompts)
    recording = read_recording(prompts / "packs" / "studio" / "zh_CN" / "goodbye.wav")
    assert recording.is_for_telephones
    assert active_level(recording.samples) == pytest.approx(-18, abs=0.2)
    assert len(recording.samples) / 8000 == pytest.approx(0.73, abs=0.02)
    assert "-29." in told[0]
    assert "再见。" in told[1]
    assert "free" not in "".join(line for line in check(lines(), prompts, prompts)[0] if "goodbye  " in line)


def test_whoever_runs_the_line_may_read_a_recording_that_another_put_in(prompts: Path, tmp_path: Path) -> None:
    before = os.umask(0o077)
    try:
        install("goodbye", save(tmp_path / "take.wav"), prompts)
    finally:
        os.umask(before)
    studio = prompts / "packs" / "studio"
    modes = [stat.S_IMODE((studio / name).stat().st_mode) for name in ("zh_CN", "zh_CN/goodbye.wav", "words.json")]
    assert modes == [0o755, 0o644, 0o644]


def test_a_place_that_cannot_be_written_is_named(prompts: Path, tmp_path: Path) -> None:
    (prompts / "packs" / "studio").touch()
    with pytest.raises(MalformedInput, match="cannot be written"):
        install("goodbye", save(tmp_path / "take.wav"), prompts)


def test_24_bit_as_studios_write_it_is_understood(tmp_path: Path) -> None:
    content = bytearray(save(tmp_path / "plain.wav", width=3).read_bytes())
    extension = b"\x16\x00\x18\x00\x04\x00\x00\x00\x01\x00" + b"\x00\x00\x00\x00\x10\x00\x80\x00\x00\xaa\x00\x38\x9b\x71"
    content[4:8] = (len(content) - 8 + len(extension)).to_bytes(4, "little")
    content[16:20] = (40).to_bytes(4, "little")
    content[20:22] = b"\xfe\xff"
    content[36:36] = extension
    (tmp_path / "studio.wav").write_bytes(content)
    assert read_recording(tmp_path / "studio.wav") == read_recording(tmp_path / "plain.wav")


@pytest.mark.parametrize(
    ("take", "remedy"),
    [({"loud": 0.001}, "too quiet"), ({"seconds": 0.05}, r"0\.3 s: 应为"), ({"rate": 6000}, "record at 8000 Hz or more")],
)
def test_a_recording_that_cannot_be_mended_is_refused(prompts: Path, tmp_path: Path, take: dict[str, float], remedy: str) -> None:
    with pytest.raises(MalformedInput, match=remedy):
        install("goodbye", save(tmp_path / "take.wav", **take), prompts)  # type: ignore[arg-type]
    assert not (prompts / "packs" / "studio").exists()


def test_a_clipped_recording_is_refused(prompts: Path, tmp_path: Path) -> None:
    with wave.open(str(tmp_path / "take.wav"), "wb") as sound:
        sound.setparams((1, 2, 8000, 0, "NONE", ""))
        sound.writeframes(array("h", [32_767] * 8000).tobytes())
    with pytest.raises(MalformedInput, match="lower level"):
        install("goodbye", tmp_path / "take.wav", prompts)


def test_a_recording_of_nothing_we_say_is_refused(prompts: Path, tmp_path: Path) -> None:
    with pytest.raises(MalformedInput, match=r"zh_CN\.good-bye: 目录里没有"):
        install("good-bye", tmp_path / "take.wav", prompts)
    with pytest.raises(MalformedInput, match="cannot be read"):
        install("goodbye", tmp_path / "take.wav", prompts)
