"""通报 as a workbook that a spreadsheet opens."""

from dataclasses import replace
from io import BytesIO

import pytest
from openpyxl import load_workbook

from assessment.bulletin_xlsx import SHEETS, bulletin_xlsx, safe
from tests.assessment.test_bulletin import BULLETIN, LATE
from tests.assessment.test_policy import DEFINITIONS


def test_its_sheets_hold_the_table_the_definitions_and_the_tickets() -> None:
    book = load_workbook(BytesIO(bulletin_xlsx(BULLETIN)))
    assert tuple(book.sheetnames) == SHEETS
    table = [list(row) for row in book["通报"].iter_rows(values_only=True)]
    assert table[2] == ["单位", *(measure.name for measure in DEFINITIONS.measures)]
    assert [row[0] for row in table[3:]] == ["某县人民政府", "某局", "全部"]
    at = table[2].index("按时办结率")
    assert [row[at] for row in table[3:]] == [0, 1, 0.5]
    assert book["通报"].cell(row=6, column=at + 1).number_format == "0.0%"
    assert book["指标定义"].max_row == len(DEFINITIONS.measures) + 1
    assert ("按时办结率", "某县人民政府", LATE.ticket, "否") in list(book["逐件明细"].iter_rows(values_only=True))


@pytest.mark.parametrize("name", ["=cmd()", "+1", "-1", "@x", "\tx"])
def test_no_unit_s_name_becomes_a_formula(name: str) -> None:
    assert safe(name).startswith("'")
    book = load_workbook(BytesIO(bulletin_xlsx(replace(BULLETIN, units={"u1": name, "u2": "某县"}))))
    kinds = {cell.data_type for row in book["通报"].iter_rows() for cell in row}
    assert "f" not in kinds
