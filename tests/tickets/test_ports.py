"""The doors' values. What stands behind them passes tests/checks/check_tickets.py."""

from hotline.errors import HotlineError
from tickets.ports import Asked, KeyTaken, NoSuchTicket, Page, VersionConflict


def test_refusals_of_the_doors_are_ours() -> None:
    assert all(issubclass(each, HotlineError) for each in (KeyTaken, NoSuchTicket, VersionConflict))


def test_who_asks_for_nothing_gets_a_first_page_of_everything() -> None:
    assert (Asked().limit, Asked().after, Page(tickets=()).next) == (50, "", "")
