"""The demonstration's own choices. The whole show runs in tests/live/test_demo.py."""

from pathlib import Path

import pytest

pytest.importorskip("pjsua2")

from app.demo_call import Wish, demo_call, sentence_of
from app.places import PROJECT, Places
from hotline.errors import BadSettings


def test_every_sentence_of_the_manifest_can_be_said() -> None:
    for number in range(1, 21):
        sentence = sentence_of(f"d{number:02d}")
        assert sentence.wav.is_file()
        assert sentence.text


def test_an_unknown_sentence_is_refused_with_all_that_there_are() -> None:
    with pytest.raises(BadSettings, match="d01, d02"):
        sentence_of("d99")


def test_a_line_that_does_not_run_is_said_in_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert demo_call(Wish(), config=PROJECT / "config" / "hotline.toml", places=Places(var=tmp_path)) == 1
    assert "scripts/up" in capsys.readouterr().err
