"""What of an entry goes over the wire."""

import pytest

from console.knowledge_bodies import WordsBody, possible, shown
from hotline.errors import MalformedInput
from knowledge.policy import revised
from tests.knowledge.values import AGENT, AT, HANDLER, LEADER, MONITOR, OTHER, REVIEW_DUE, STRANGER, draft, in_review, valid


def test_another_unit_is_shown_no_source_and_no_buttons() -> None:
    theirs = shown(revised(valid(), OTHER, by=HANDLER, at=AT), STRANGER, now=AT)
    assert (theirs["source"], theirs["possible"], len(theirs["versions"])) == ("", [], 1)


def test_buttons_are_what_somebody_of_his_role_may_do_now() -> None:
    assert possible(in_review(), LEADER) == ["confirmed", "sent_back", "withdrawn"]
    assert possible(draft(), AGENT) == ["revised", "submitted"]
    assert possible(valid(), MONITOR) == []
    assert possible(valid(), HANDLER) == ["withdrawn", "replaced"]


def test_a_review_is_overdue_when_its_term_is_over() -> None:
    assert [shown(in_review(), LEADER, now=now)["versions"][0]["overdue"] for now in (AT, REVIEW_DUE)] == [False, True]


def test_a_number_of_a_person_in_the_words_is_refused() -> None:
    with pytest.raises(MalformedInput, match="手机号码"):
        WordsBody(title="居住证", answer="找19900000001").words()
