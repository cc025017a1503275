"""The page for staff is the gate's table, word for word."""

import os
from pathlib import Path

from hotline.gate import GRANTS, Act
from hotline.gate_page import page

PAGE = Path(__file__).resolve().parents[2] / "docs" / "staff" / "roles.md"


def test_the_page_for_staff_is_not_stale() -> None:
    if os.environ.get("HOTLINE_DRAW"):
        PAGE.write_text(page(), encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == page(), "draw it again: HOTLINE_DRAW=1 scripts/test tests/hotline/test_gate_page.py"


def test_every_act_is_a_line_of_it() -> None:
    assert all(f"| `{act}` | {GRANTS[act].words} |" in page() for act in Act)
