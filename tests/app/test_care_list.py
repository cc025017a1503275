"""长者直通: who is on the list goes straight to a human."""

import logging
from pathlib import Path

import pytest

from app.care_list import FILE, MOST_BYTES, CareList


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / FILE


def listed(path: Path, text: str) -> CareList:
    path.write_text(text, encoding="utf-8")
    return CareList(path, area_code="0663")


@pytest.mark.parametrize("written", ["19900001234", "+86 199-0000-1234", "199 0000 1234  # 手机", "\ufeff8619900001234"])
def test_a_number_counts_however_it_is_written(path: Path, written: str) -> None:
    care = listed(path, f"{written}\n")
    assert care("19900001234")
    assert not care("19900001235")


def test_a_landline_without_its_area_code_is_a_local_one(path: Path) -> None:
    assert listed(path, "8200001\n")("06638200001")


def test_who_withholds_his_number_is_on_no_list(path: Path) -> None:
    assert not listed(path, "\n# nobody\n")("")


def test_without_a_file_nobody_is_on_it(path: Path) -> None:
    assert not CareList(path, area_code="0663")("19900001234")


def test_a_changed_file_counts_at_once_and_a_removed_one_no_more(path: Path) -> None:
    care = listed(path, "19900001234\n")
    assert care("19900001234")
    path.write_text("19900005678\n19900001111\n", encoding="utf-8")
    assert (care("19900001234"), care("19900005678")) == (False, True)
    path.unlink()
    assert not care("19900005678")


@pytest.mark.parametrize("broken", [b"\xff\xfe\x00", b"1" * (MOST_BYTES + 1)])
def test_a_file_that_broke_leaves_the_former_list(path: Path, broken: bytes) -> None:
    care = listed(path, "19900001234\n")
    assert care("19900001234")
    path.write_bytes(broken)
    assert care("19900001234")


def test_no_log_has_a_number_of_the_list(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        listed(path, "19900001234\nnobody 12 knows\n")("19900001234")
    assert "line 2" in caplog.text
    assert "1234" not in caplog.text


def test_each_list_is_called_by_its_own_name_in_the_log(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path.write_text("nobody\n", encoding="utf-8")
    CareList(path, area_code="0663", named="断线优先名单")("19900001234")
    assert f"断线优先名单有读不懂的行 {path.name}" in caplog.text
