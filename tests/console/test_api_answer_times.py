"""How soon written messages were answered is shown to those who judge it."""

import asyncio
from datetime import timedelta

from hotline.answer_times import Answered
from tests.console.ticket_house import TicketHouse

PATH = "/api/v1/intake/answer-times"


def test_figures_are_by_channel_and_lead_to_what_was_late() -> None:
    house = TicketHouse()
    for key, seconds in (("sms:gw/1", 5), ("sms:gw/2", 200)):
        sent = house.now - timedelta(minutes=10)
        asyncio.run(
            house.book.keep(Answered(key=key, channel="短信", number="1", sent_at=sent, answered_at=sent + timedelta(seconds=seconds)))
        )
    answer = house.get(PATH, "supervisor")
    assert answer.json() == {"channels": [{"channel": "短信", "count": 2, "within": 1, "longest_s": 200.0, "late": ["sms:gw/2"]}]}


def test_who_judges_nothing_is_shown_nothing() -> None:
    house = TicketHouse()
    assert (house.get(PATH, "archivist").status_code, house.get(PATH).status_code) == (403, 401)
