"""The notice that is on, as files."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from hotline.errors import MalformedInput
from hotline.surge import SurgeNotice
from storage.surge_files import SurgeFiles

NOW = datetime.fromtimestamp(1764000000, UTC)
TYPHOON = SurgeNotice(id="typhoon-1764000000", text="停课停工，请勿外出。")


def test_a_notice_is_on_until_it_is_ended(tmp_path: Path) -> None:
    files = SurgeFiles(tmp_path / "surge")
    assert files.now() is None
    assert files.begin("typhoon", TYPHOON.text, NOW) == TYPHOON
    assert files.now() == TYPHOON
    assert (tmp_path / "surge" / "now").read_text(encoding="utf-8") == TYPHOON.id, "one word for the dialplan"
    assert files.end()
    assert files.now() is None
    assert not files.end()


def test_the_text_of_a_former_notice_is_still_known(tmp_path: Path) -> None:
    files = SurgeFiles(tmp_path)
    files.begin("typhoon", TYPHOON.text, NOW)
    files.begin("water", "", datetime.fromtimestamp(1764000060, UTC))
    assert files.now() == SurgeNotice(id="water-1764000060")
    assert files.named(TYPHOON.id) == TYPHOON
    assert files.named("power-5") == SurgeNotice(id="power-5")


def test_what_a_hand_has_spoilt_is_said(tmp_path: Path) -> None:
    files = SurgeFiles(tmp_path)
    files.begin("typhoon", TYPHOON.text, NOW)
    (tmp_path / f"{TYPHOON.id}.json").write_text("{", encoding="utf-8")
    with pytest.raises(MalformedInput, match="读不懂"):
        files.now()
    (tmp_path / "now").write_text("whatever", encoding="utf-8")
    with pytest.raises(MalformedInput, match="公告类型"):
        files.now()


def test_nothing_unknown_is_switched_on(tmp_path: Path) -> None:
    with pytest.raises(MalformedInput):
        SurgeFiles(tmp_path).begin("earthquake", "", NOW)
    assert not (tmp_path / "now").exists()
