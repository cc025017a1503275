"""单位清单: a file is taken whole, or its line is named."""

from pathlib import Path

import pytest

from app.cli import main
from app.unit_list import read_units
from hotline.accounts import OrgUnit
from hotline.errors import MalformedInput

LIST = "id,name,tier,place,above,duties\nu1-1,劳动监察科,3,,u1,受理劳动监察事项\nu1,市人社局,,,,\nrc,榕城区人民政府,2,445202,,\n"


def written(folder: Path, text: str) -> Path:
    (folder / "units.csv").write_text(text, encoding="utf-8")
    return folder / "units.csv"


def test_units_are_read_with_their_tier_and_place(tmp_path: Path) -> None:
    assert read_units(written(tmp_path, LIST)) == (
        OrgUnit(id="u1-1", name="劳动监察科", tier=3, above="u1", duties="受理劳动监察事项"),
        OrgUnit(id="u1", name="市人社局"),
        OrgUnit(id="rc", name="榕城区人民政府", place="445202"),
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("id,name\nu1,甲局\nu1,乙局\n", "u1: 重复"),
        ("id,name,tier\nu1,甲局,4\n", "units.csv:2"),
        ("id,name\nu1,甲局,x\n", "units.csv:2"),
        ("id,name,above\nu1,甲局,u2\n", "units.csv:2"),
        ("id,wrong\n", "wrong: 列名应为"),
        ("id\nu1\n", "name: 列名应为"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(MalformedInput, match=said):
        read_units(written(tmp_path, text))


def test_a_file_that_is_not_there_is_said_to_be_not_there(tmp_path: Path) -> None:
    with pytest.raises(MalformedInput, match="读不到"):
        read_units(tmp_path / "units.csv")


def test_a_list_is_brought_by_one_command(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOTLINE_CALLED_FROM", str(tmp_path))
    written(tmp_path, LIST)
    var = ["--var", str(tmp_path / "var")]
    assert main(["accounts", "import-units", "units.csv", *var]) == 0
    capsys.readouterr()
    assert main(["accounts", "units", *var]) == 0
    said = capsys.readouterr().out
    assert said == "rc  榕城区人民政府  2级  445202  approved\nu1  市人社局  2级  approved\nu1-1  劳动监察科  3级  u1  approved\n"
