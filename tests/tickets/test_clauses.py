"""Each clause is enforced somewhere: a name that no code asks for would be a rule on paper."""

import re
from pathlib import Path

import pytest

from tickets.clauses import CLAUSES

ROOM = Path(__file__).resolve().parents[2] / "tickets"
SOURCES = "\n".join(path.read_text(encoding="utf-8") for path in ROOM.glob("*.py") if path.name != "clauses.py")


@pytest.mark.parametrize("clause", CLAUSES)
def test_every_clause_is_asked_for_in_the_code(clause: str) -> None:
    assert f'"{clause}"' in SOURCES


def test_names_are_articles_with_a_number() -> None:
    assert all(re.fullmatch(r"\d{1,2}-\d[a-h]?", clause) and words for clause, words in CLAUSES.items())
