"""The assessment wired: whoever is not cleared gets figures without 涉密专渠."""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import Engine

from app.assessing import FRESH, Assessing
from app.assessment_definitions import all_definitions
from assessment.policy import month_of
from hotline.access import MOST_SECRET
from hotline.workdays import CHINA
from storage.assessment import AssessmentFacts
from storage.bulletins import Bulletins
from storage.tickets import StoredTickets
from tests.storage.conftest import engine as engine
from tests.storage.conftest import layout as layout
from tests.tickets.cases import RULES, Life, called_back, sent
from tickets.moments import moments
from tickets.ports import Change
from tickets.ticket import Secrecy

MARCH = month_of(2026, 3)
NOW = datetime(2026, 4, 1, 9, tzinfo=CHINA)


def keep(engine: Engine, life: Life, number: str, *, secrecy: Secrecy = Secrecy.OPEN) -> None:
    ticket = replace(life.ticket, number=number, secrecy=secrecy)
    entries = tuple(replace(entry, number=number) for entry in life.history)
    asyncio.run(StoredTickets(engine).append([Change(ticket=ticket, was=0, entries=entries, moments=moments(ticket, RULES))]))


def assessing(engine: Engine) -> Assessing:
    return Assessing(
        facts=AssessmentFacts(engine), definitions=all_definitions(), units=lambda: {"tax": "市税务局"}, kept=Bulletins(engine)
    )


def test_what_is_secret_stands_in_no_figure_of_who_is_not_cleared(engine: Engine) -> None:
    keep(engine, called_back(), "20260302000001")
    keep(engine, sent(), "20260302000002", secrecy=Secrecy.REPORT)
    keep(engine, sent(), "20260302000003", secrecy=Secrecy.SECRET)
    found = {cleared: assessing(engine).bulletin(MARCH, cleared=cleared, now=NOW).figure("dispatched", "tax") for cleared in (0, 3)}
    assert [each.counted for each in found.values() if each] == [
        ("20260302000001", "20260302000002"),
        ("20260302000001", "20260302000002", "20260302000003"),
    ]


def test_figures_that_were_reckoned_a_moment_ago_are_shown_once_more_and_published_ones_are_always_new(engine: Engine) -> None:
    mine = assessing(engine)
    first = mine.bulletin(MARCH, cleared=0, now=NOW)
    keep(engine, called_back(), "20260302000001")
    soon, later = NOW + FRESH - timedelta(seconds=1), NOW + FRESH
    assert mine.bulletin(MARCH, cleared=0, now=soon) is first
    assert mine.bulletin(MARCH, cleared=MOST_SECRET, now=soon).figure("dispatched", "tax")
    assert mine.bulletin(MARCH, cleared=0, now=later).figure("dispatched", "tax")
    assert mine.bulletin(month_of(2026, 2), cleared=0, now=later).period != MARCH
    done = mine.publish(MARCH, by="p-3001", now=soon)
    assert [each["hits"] for each in done["figures"] if (each["measure"], each["unit"]) == ("dispatched", "tax")] == [1]


def test_what_is_published_holds_nothing_of_it_whoever_publishes(engine: Engine) -> None:
    keep(engine, called_back(), "20260302000001")
    keep(engine, sent(), "20260302000003", secrecy=Secrecy.SECRET)
    done = assessing(engine).publish(MARCH, by="p-3001", now=NOW)
    one = next(each for each in done["figures"] if (each["measure"], each["unit"]) == ("dispatched", "tax"))
    assert (one["hits"], one["unit_name"]) == (1, "市税务局")
    assert assessing(engine).publication(done["id"]) == done
    assert [each["id"] for each in assessing(engine).published()] == [done["id"]]
