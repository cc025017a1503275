"""The page of figures is that of the definitions."""

from app.assessment_definitions import all_definitions
from app.assessment_page import assessment_page
from app.places import PROJECT

PAGE = PROJECT / "docs" / "staff" / "assessment.md"
STALE = """docs/staff/assessment.md is stale; write it anew:
.venv/bin/python -c 'from tests.app.test_assessment_page import PAGE, assessment_page, all_definitions
PAGE.write_text(assessment_page(all_definitions()), encoding="utf-8")'"""


def test_the_page_in_the_documentation_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == assessment_page(all_definitions()), STALE


def test_it_says_what_every_figure_means() -> None:
    page = assessment_page(all_definitions())
    assert "| 按时办结率 `on_time_rate` | 第20、27条 |" in page
    assert "`kept`" in page
