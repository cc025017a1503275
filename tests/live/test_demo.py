"""The demonstration is a test that people like to watch: everything that it shows must be there."""

from pathlib import Path

import pytest

from app.provisioning import PROMPTS
from runtime.binaries import AsteriskHome
from tests.live.cell import Cell
from tests.live.stage import PROCESSES

pytest.importorskip("pjsua2")

from app.demo_call import Wish, demo_call


def test_the_demonstration_shows_a_whole_call_and_misses_nothing(asterisk_home: AsteriskHome, capsys: pytest.CaptureFixture[str]) -> None:
    with Cell(asterisk_home, prompts=PROMPTS) as cell:
        cell.start().serve(*PROCESSES)
        status = demo_call(Wish(say="d09", press="#"), config=cell.config, places=cell.places)
        told = capsys.readouterr().out
        cell.settle()
    assert status == 0, told
    in_order = ["市民  按键  #", "市民  听到  录音告知", "坐席  振铃", "坐席  听到  市民的话", "市民  听到  坐席的话", "市民  听到  再见"]
    places = [told.index(words) for words in in_order]
    assert places == sorted(places)
    assert "社保卡丢了怎么补办？" in told
    assert "19900000001" not in told


def test_a_demonstration_whose_worker_is_dead_says_what_is_missing(asterisk_home: AsteriskHome, capsys: pytest.CaptureFixture[str]) -> None:
    with Cell(asterisk_home) as cell:
        cell.start().serve(*PROCESSES)
        cell.end("worker")
        status = demo_call(Wish(say="d09", patience_s=1), config=cell.config, places=cell.places)
        cell.settle()
    assert status == 1
    assert "没有通话记录" in capsys.readouterr().out


def test_the_speech_is_part_of_the_project() -> None:
    assert len(list((Path(__file__).parents[2] / "demo" / "audio").glob("*.wav"))) == 20
