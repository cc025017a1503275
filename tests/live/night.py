"""The night part of the shipped menu at any hour: message box, languages and survey are one key away."""

from datetime import UTC, datetime

from app.line_book import LineBook
from app.line_judging import judge_line, refused
from app.places import PROJECT
from tests.live.cell import Cell

VERSION = "night.1"
_ALWAYS_NIGHT = {'start = "menu:main"': 'start = "menu:night"', 'hours = "day"': "", 'outside = "menu:night"': ""}
_BY_HOURS = '\n[number.12350]\nname = "分中心"\ngreeting = ["still-there"]\nstart = "menu:main"\nhours = "day"\noutside = "menu:night"\n'
"""The cell's second number keeps what the first one lost: a plan must not have parts to which nobody comes."""


def night_menu() -> str:
    """config/line.toml with the night at every hour and without its rehearsals."""
    text = (PROJECT / "config" / "line.toml").read_text(encoding="utf-8").partition("[[rehearsal]]")[0]
    for line, other in {'version = "2026.1"': f'version = "{VERSION}"', **_ALWAYS_NIGHT}.items():
        assert line in text, f"the shipped menu no longer says {line}"
        text = text.replace(line, other, 1)
    return text + _BY_HOURS


def let_it_be_night(cell: Cell) -> None:
    """Publish it in this cell from now on. Fails with the findings when it is refused."""
    text = night_menu()
    verdict = judge_line(text, cell.settings)
    assert verdict.plan is not None, "\n".join(map(str, refused(verdict)))
    book, now = LineBook(cell.places.line), datetime.now(UTC)
    book.keep(VERSION, text)
    book.publish(VERSION, since=now, by="test", now=now)
