"""Prompts are found by key and never by a path that somebody else thought of."""

from pathlib import Path

import pytest

from agi.sounds import Sounds


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "digits").mkdir()
    (tmp_path / "greeting.alaw").write_bytes(b"\xd5" * 16_000)
    (tmp_path / "digits" / "1.wav").write_bytes(b"\0" * 8_000)
    (tmp_path / "notes.txt").write_bytes(b"nothing to hear")
    return tmp_path


def test_a_sound_is_named_without_its_ending_and_has_a_length(folder: Path) -> None:
    assert Sounds(folder).of(("greeting", "digits/1")) == (((f"{folder}/greeting", 2.0), (f"{folder}/digits/1", 0.5)), 2.5)


@pytest.mark.parametrize("key", ["../greeting", "/etc/passwd", "notes", "", "a" * 500, 'x" HANGUP', "揭阳"])
def test_what_is_no_prompt_is_left_out_and_told_once(key: str, folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    sounds = Sounds(folder)
    assert [sounds.of((key, "greeting")), sounds.of((key,))] == [(((f"{folder}/greeting", 2.0),), 2.0), ((), 0)]
    assert len(caplog.records) == 1


def test_a_prompt_that_is_recorded_later_is_found_without_a_restart(folder: Path) -> None:
    sounds = Sounds(folder)
    assert sounds.of(("notice",))[1] == 0
    (folder / "notice.alaw").write_bytes(b"\xd5" * 8_000)
    assert sounds.of(("notice",))[1] == 1.0


def test_without_a_folder_there_are_no_sounds(tmp_path: Path) -> None:
    assert Sounds(tmp_path / "absent").of(("greeting",)) == ((), 0)


def test_another_language_is_spoken_where_it_was_recorded_and_mandarin_where_not(tmp_path: Path) -> None:
    for name in ("zh_CN/greeting", "zh_CN/notice", "en/greeting"):
        path = tmp_path / f"{name}.wav"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"\0" * 16_000)
    sounds = Sounds(tmp_path / "zh_CN")
    there = [path for path, _ in sounds.of(("greeting", "notice"), "en")[0]]
    assert there == [f"{tmp_path}/en/greeting", f"{tmp_path}/zh_CN/notice"]
    for language in ("", "zh_CN", "nan_CN", "../en", "EN"):
        assert [path for path, _ in sounds.of(("greeting",), language)[0]] == [f"{tmp_path}/zh_CN/greeting"]
