"""Two hundred records through the worst backend, the pusher killed: once in effect each. And a judge who sees whatever went wrong."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from bench.push import Run, Size, push_all, report_of, tally_of
from storage.push_reconciliation import Pushed
from tests.storage.city_backend import BEHAVIOURS, CityBackend

SIZE = Size(records=2, least_kills=1)
SUITE = Size(records=200, lives_s=(1.0, 4.0), least_kills=1)
NEWEST = {"c1": 1, "c2": 2}
OURS = [
    Pushed(call="c1", revision=1, state="delivered", delivered=1, reference="city/1"),
    Pushed(call="c2", revision=2, state="delivered", delivered=2, reference="city/2"),
]


def ticket(call: str, reference: str, revision: int) -> dict[str, Any]:
    return {"reference": reference, "draft": {"key": call, "revision": revision}}


TICKETS = [ticket("c1", "city/1", 1), ticket("c2", "city/2", 2)]


def missed(
    ours: list[Pushed], tickets: list[dict[str, Any]], *, size: Size = SIZE, kills: int = 1, troubles: tuple[str, ...] = BEHAVIOURS
) -> list[str]:
    backend = CityBackend(tickets=tickets)
    backend.did.update(troubles)
    report = report_of(size, [Run(name="keys", backend=backend, kills=kills, ours=ours, newest=NEWEST)])
    return [bar.what.removeprefix("keys: ") for bar in report.bars if not bar.ok]


def test_each_record_once_in_its_newest_revision_keeps_every_bar() -> None:
    assert missed(OURS, TICKETS) == []


def test_whatever_went_wrong_is_seen() -> None:
    assert missed(OURS, TICKETS[1:]) == ["lost"]
    assert missed(OURS, [*TICKETS[::-1], TICKETS[0]]) == ["doubled"]
    assert missed(OURS, [TICKETS[0], ticket("c2", "city/2", 1)]) == ["older than ours"]
    assert missed([OURS[0], replace(OURS[1], delivered=1)], TICKETS) == ["without receipt", "wrong receipts"]
    assert missed([OURS[0], replace(OURS[1], reference="city/1")], TICKETS) == ["wrong receipts"]
    assert missed(OURS, [*TICKETS, ticket("c3", "city/3", 1)]) == ["strangers"]


def test_a_run_in_which_nothing_went_wrong_proves_nothing() -> None:
    assert missed(OURS, TICKETS, kills=0) == ["kills"]
    assert missed(OURS, TICKETS, troubles=BEHAVIOURS[1:]) == ["kinds of trouble that did not happen"]
    assert "both revisions delivered" in missed(OURS, TICKETS, size=Size(records=30, least_kills=1))


@pytest.mark.slow
@pytest.mark.parametrize("knows_keys", [True, False], ids=["keys", "no-keys"])
def test_two_hundred_records_arrive_once_each_whatever_the_backend_does_and_whenever_we_die(knows_keys: bool) -> None:
    run = asyncio.run(push_all(SUITE, name="suite", knows_keys=knows_keys))
    tally = tally_of(run.ours, run.newest, run.backend.tickets)
    assert (tally.lost, tally.doubled, tally.stale, tally.open, tally.wrong_receipts, tally.strangers) == (0, 0, 0, 0, 0, 0)
    assert len(run.newest) == SUITE.records
    assert run.both > 0, "no second revision ever met a delivered first one"
    assert sum(run.backend.did[each] for each in BEHAVIOURS) > 10, "nothing went wrong in this run"
