"""docs/regulation.md: every clause that is enforced stands in it, what is software has a test, what is not has a reason."""

import re
from pathlib import Path

import pytest

from tickets.clauses import CLAUSES

ROOT = Path(__file__).resolve().parents[2]
TABLE = [
    [cell.strip() for cell in line.strip("|\n").split("|")]
    for line in (ROOT / "docs" / "regulation.md").read_text(encoding="utf-8").splitlines()
    if re.match(r"\| \d", line)
]
ROWS = {row[0]: row for row in TABLE}
GUARDED = {
    clause: path
    for path in Path(__file__).parent.glob("test_article_*.py")
    for clause in re.findall(r'guards\("([^"]+)"\)', path.read_text(encoding="utf-8"))
}


def test_every_clause_that_is_enforced_stands_in_the_table_and_has_a_test() -> None:
    assert set(CLAUSES) <= set(ROWS)
    assert set(CLAUSES) == set(GUARDED)
    assert len(ROWS) == len(TABLE)


def test_no_article_from_5_to_28_is_left_out() -> None:
    assert {clause.split("-")[0] for clause in ROWS} == {str(article) for article in range(5, 29)}


@pytest.mark.parametrize("row", TABLE, ids=[row[0] for row in TABLE])
def test_a_line_names_a_place_and_a_test_or_a_reason(row: list[str]) -> None:
    clause, words, who, where, test = row
    assert words
    assert who in ("软件", "组织")
    if who == "组织":
        assert len(where) > 8
        assert clause not in CLAUSES
        return
    for name in re.findall(r"`([^`]+)`", f"{where} {test}"):
        assert (ROOT / name).is_file(), name
    assert not GUARDED.get(clause) or f"`tests/regulation/{GUARDED[clause].name}`" == test
    assert CLAUSES.get(clause, words) == words
