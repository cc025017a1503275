"""What was published."""

from storage.assessment_tables import bulletins


def test_a_bulletin_names_its_period_its_definitions_and_who_published_it() -> None:
    assert {"begin", "end", "definitions", "published", "by"} <= {column.name for column in bulletins.columns}
