"""A list that is read when it is new."""

import os
from pathlib import Path

import pytest

from storage.news_file import NewsFile


def test_it_is_told_once_until_it_is_written_anew(tmp_path: Path) -> None:
    path = tmp_path / "rows.json"
    file = NewsFile(path, lambda row: str(row["name"]), "%s: %s")
    assert file.news() is None
    path.write_text('[{"name": "one"}]', encoding="utf-8")
    assert file.news() == ("one",)
    assert file.news() is None
    path.write_text("[]", encoding="utf-8")
    os.utime(path, (1, 1))
    assert file.news() == ()


def test_what_cannot_be_read_is_said_and_is_no_news(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "rows.json"
    path.write_text('[{"other": 1}]', encoding="utf-8")
    assert NewsFile(path, lambda row: str(row["name"]), "cannot read %s: %s").news() is None
    assert "cannot read rows.json: KeyError" in caplog.text
