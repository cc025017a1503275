"""A new switchboard knows its agents and nothing of the line."""

from datetime import timedelta

from hotline.identity import CallId
from routing.model import Rules, fresh_switchboard
from routing.moves import OfferState
from tests.fakes.fake_clock import NOON
from tests.routing.words import A1, RULES, at


def test_a_new_switchboard_offers_nothing_before_its_first_survey() -> None:
    board = fresh_switchboard({A1: frozenset({"water"})}, RULES, NOON)
    assert not board.linked
    assert not board.agents[A1].available
    assert board.agents[A1].skills == {"water"}
    assert board.offer_for(CallId("hl1-1.1"), *OfferState) is None


def test_a_later_process_never_gives_the_number_of_a_leg_twice() -> None:
    assert fresh_switchboard({}, RULES, at(1)).next_leg - fresh_switchboard({}, RULES, NOON).next_leg == 1000


def test_a_missed_offer_is_followed_by_a_rest_even_if_the_operator_asks_for_none() -> None:
    assert Rules(rest=timedelta(0)).rest == timedelta(seconds=1)
    assert Rules(rest=timedelta(seconds=30)).rest == timedelta(seconds=30)
