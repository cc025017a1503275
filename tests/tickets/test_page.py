"""The page for staff is the tables, word for word."""

import os
from pathlib import Path

from tickets.clauses import CLAUSES
from tickets.commands import COMMANDS
from tickets.page import page

PAGE = Path(__file__).resolve().parents[2] / "docs" / "staff" / "tickets.md"


def test_the_page_for_staff_is_not_stale() -> None:
    if os.environ.get("HOTLINE_DRAW"):
        PAGE.write_text(page(), encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == page(), "draw it again: HOTLINE_DRAW=1 scripts/test tests/tickets/test_page.py"


def test_every_command_and_every_clause_is_a_line_of_it() -> None:
    assert all(f"| `{address}` |" in page() for address in COMMANDS)
    assert all(f"| {clause} |" in page() for clause in CLAUSES)
