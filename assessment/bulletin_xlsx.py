"""通报 as XLSX: the table, what each figure means, and the tickets behind every one of them."""

from io import BytesIO
from typing import Final

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from assessment.bulletin import Bulletin, detail, heading, meaning
from assessment.model import Figure
from hotline.workdays import CHINA

SHEETS: Final = ("通报", "指标定义", "逐件明细")
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def bulletin_xlsx(bulletin: Bulletin) -> bytes:
    """The workbook. Rates are numbers with a format, so that they can be reckoned with."""
    book = Workbook()
    for name in book.sheetnames:
        del book[name]
    for name, fill in zip(SHEETS, (_table, _meanings, _details), strict=True):
        fill(book.create_sheet(name), bulletin)
    book.properties.created = book.properties.modified = bulletin.reckoned_at.astimezone(CHINA).replace(tzinfo=None)
    written = BytesIO()
    book.save(written)
    return written.getvalue()


def _table(sheet: Worksheet, bulletin: Bulletin) -> None:
    sheet.append([heading(bulletin)])
    sheet.cell(row=1, column=1).font = Font(bold=True, size=14)
    at = bulletin.reckoned_at.astimezone(CHINA)
    sheet.append(
        [f"按《{bulletin.definitions.title}》{bulletin.definitions.name}（{bulletin.definitions.document}）计算，截至{at:%Y-%m-%d %H:%M}"]
    )
    sheet.append(["单位", *(measure.name for measure in bulletin.definitions.measures)])
    for unit, figures in bulletin.rows():
        sheet.append([safe(bulletin.name_of(unit)), *(_value(figure) for figure in figures)])
        for column, figure in enumerate(figures, start=2):
            if figure is not None and figure.is_rate:
                sheet.cell(row=sheet.max_row, column=column).number_format = "0.0%"
    _dress(sheet, row=3, widths=[32, *(12 for _ in bulletin.definitions.measures)])


def _meanings(sheet: Worksheet, bulletin: Bulletin) -> None:
    sheet.append(["指标", "条款", "含义"])
    for measure in bulletin.definitions.measures:
        sheet.append([measure.name, f"第{measure.article}条" if measure.article else "", meaning(measure)])
    _dress(sheet, row=1, widths=[18, 18, 100])


def _details(sheet: Worksheet, bulletin: Bulletin) -> None:
    sheet.append(["指标", "单位", "业务单（通话）编号", "计入"])
    for measure, unit, number, counted in detail(bulletin):
        sheet.append([measure, safe(unit), number, "是" if counted else "否"])
    _dress(sheet, row=1, widths=[18, 32, 26, 8])


def safe(text: str) -> str:
    """No text becomes a formula in somebody's spreadsheet."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def _value(figure: Figure | None) -> float | int | str:
    if figure is None or figure.value is None:
        return "—"
    return figure.value if figure.is_rate else figure.hits


def _dress(sheet: Worksheet, *, row: int, widths: list[int]) -> None:
    for column in range(1, len(widths) + 1):
        head = sheet.cell(row=row, column=column)
        head.font = Font(bold=True)
        head.alignment = Alignment(wrap_text=True, vertical="center")
    for column, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(column)].width = width
    sheet.freeze_panes = f"B{row + 1}"
