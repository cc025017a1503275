"""《催办通知书》 as PDF: one page A4 after GB/T 9704 (党政机关公文格式: 3 cm and more of margin, body in 三号), with a font of its own."""

from functools import cache
from pathlib import Path
from typing import Final

from fpdf import FPDF
from fpdf.fonts import TTFFont

from hotline.errors import OurMistake
from notify.line_breaking import lines
from notify.urging_notice import OFFICE, TITLE, UrgingNotice, day_in_words

FONT: Final = Path(__file__).parent / "fonts" / "NotoSerifSC-GB2312.otf"
MISSING: Final = "〓"
_LEFT_MM, _TOP_MM, _RIGHT_MM, _BOTTOM_MM = 28.0, 24.0, 26.0, 15.0
_TABLE_PT, _TITLE_PT, _HEAD_PT, _SMALL_PT = 12.0, 22.0, 26.0, 12.0
_ROW_MM: Final = 6.6
_SIZES: Final = ((16.0, 8.6), (15.0, 7.6), (14.0, 6.8))
"""三号; a document that would need a second page is set a little smaller. Points and millimetres."""
_NAME_MM = 36.0
_CELL_MM = 3.0
"""What a table's cell keeps free at its sides, and a little."""
_RED: Final = (200, 16, 30)


def urging_pdf(notice: UrgingNotice, *, copy_to_leader: bool = False) -> bytes:
    """The document, always the same bytes for the same notice. `copy_to_leader`: the copy that goes to 分管领导."""
    document = b""
    for size in _SIZES:
        document, pages = _drawn_in(notice, copy_to_leader, size)
        if pages == 1:
            break
    return document


def _drawn_in(notice: UrgingNotice, copy_to_leader: bool, size: tuple[float, float]) -> tuple[bytes, int]:
    page = _Page(size)
    page.head(notice, copy_to_leader)
    page.paragraph(f"{notice.unit}：", indent=False)
    page.paragraph(notice.opening)
    page.table(notice.rows)
    page.paragraph(notice.demand)
    page.paragraph(notice.warning)
    page.signature(day_in_words(notice.issued_at.date()))
    page.copies(f"抄送：{notice.unit}分管领导。")
    page.pdf.set_title("".join(TITLE))
    page.pdf.set_creation_date(notice.issued_at)
    document = bytes(page.pdf.output())
    _shut(page.pdf)
    return document, page.pdf.pages_count


class _Page:
    """One sheet, from top to bottom."""

    def __init__(self, size: tuple[float, float]) -> None:
        self._size, self._height = size
        self.pdf = FPDF(format="A4")
        self.pdf.set_margins(_LEFT_MM, _TOP_MM, _RIGHT_MM)
        self.pdf.set_auto_page_break(auto=True, margin=_BOTTOM_MM)
        self.pdf.add_font("serif", "", str(FONT))
        self.pdf.set_lang("zh-CN")
        self.pdf.add_page()

    def head(self, notice: UrgingNotice, copy_to_leader: bool) -> None:
        pdf = self.pdf
        if copy_to_leader:
            self._line("（抄送件）", size=_SMALL_PT, align="R")
        pdf.set_text_color(*_RED)
        self._line(OFFICE, size=_HEAD_PT, height=16)
        pdf.set_text_color(0, 0, 0)
        self._line(f"催办〔{notice.issued_at.year}〕{notice.number}号", size=_SMALL_PT, height=8)
        pdf.set_draw_color(*_RED)
        pdf.set_line_width(0.7)
        pdf.line(_LEFT_MM, pdf.get_y() + 1, pdf.w - _RIGHT_MM, pdf.get_y() + 1)
        pdf.set_draw_color(0, 0, 0)
        pdf.ln(7)
        for line in TITLE:
            self._line(line, size=_TITLE_PT, height=11)
        pdf.ln(3)

    def paragraph(self, text: str, *, indent: bool = True) -> None:
        """Two characters in, as Chinese paragraphs are."""
        self.pdf.set_font("serif", size=self._size)
        for line in self._broken(("　　" if indent else "") + text, self.pdf.epw):
            self.pdf.cell(0, self._height, line, new_x="LMARGIN", new_y="NEXT")

    def table(self, rows: tuple[tuple[str, str], ...]) -> None:
        pdf = self.pdf
        pdf.ln(2)
        pdf.set_font("serif", size=_TABLE_PT)
        pdf.set_line_width(0.2)
        width = pdf.epw - _NAME_MM
        with pdf.table(
            col_widths=(_NAME_MM, width), line_height=_ROW_MM, text_align=("CENTER", "LEFT"), first_row_as_headings=False
        ) as table:
            for name, text in rows:
                row = table.row()
                row.cell(name)
                row.cell("\n".join(self._broken(text, width - _CELL_MM)))
        pdf.ln(2)

    def signature(self, day: str) -> None:
        self.pdf.ln(4)
        self.pdf.set_font("serif", size=self._size)
        for line in (OFFICE, day):
            self.pdf.cell(0, self._height, line, align="R", new_x="LMARGIN", new_y="NEXT")

    def copies(self, text: str) -> None:
        pdf = self.pdf
        pdf.ln(4)
        pdf.line(_LEFT_MM, pdf.get_y(), pdf.w - _RIGHT_MM, pdf.get_y())
        self._line(text, size=_SMALL_PT, height=9, align="L")
        pdf.line(_LEFT_MM, pdf.get_y(), pdf.w - _RIGHT_MM, pdf.get_y())

    def _broken(self, text: str, width: float) -> list[str]:
        """Lines of the font that is set now."""
        return lines(printable(text), width, self.pdf.get_string_width)

    def _line(self, text: str, *, size: float, height: float = 8, align: str = "C") -> None:
        self.pdf.set_font("serif", size=size)
        self.pdf.cell(0, height, printable(text), align=align, new_x="LMARGIN", new_y="NEXT")


def printable(text: str) -> str:
    """The text with 〓 for each character that the font lacks, so that nothing vanishes from a document without a trace."""
    return "".join(char if ord(char) in _drawn() else MISSING for char in text)


@cache
def _drawn() -> frozenset[int]:
    pdf = FPDF()
    pdf.add_font("serif", "", str(FONT))
    drawn = frozenset(_font(pdf).cmap)
    _shut(pdf)
    return drawn


def _font(pdf: FPDF) -> TTFFont:
    font = pdf.fonts["serif"]
    if not isinstance(font, TTFFont):
        raise OurMistake(f"{FONT.name} 不是可用的字体 is no font that can be drawn with; make it again (its README)")
    return font


def _shut(pdf: FPDF) -> None:
    """The library leaves the font's file open."""
    _font(pdf).ttfont.close()
