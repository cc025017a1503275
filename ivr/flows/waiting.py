"""等候: the short visit between two pieces of music: one sentence, then back to the place in line. Any key brings the music back at once,
but for that of the callback (value `callback`, there if he may be called back): it leads to the question.

The visit is told what routing knew of his place some seconds ago (values `ahead`, `least`, `most`, `at`: agi/variables.py PLACE). What is
older than `STALE_S`, or not known, is not said; numbers are said in Mandarin only.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Final

from hotline.surge import KINDS
from ivr.facts import CallArrived
from ivr.numbers_zh import count
from ivr.orders import AskCallback, AskSms, BackToWaiting, Flow, LastOrder, Say
from ivr.prompts import MANDARIN

LANGUAGE_TAG = "tag"
"""Value of a checkpoint: the language that he chose, as the catalogue's tag; not there = Mandarin."""
CALLBACK: Final = "callback"
"""Value that the dialplan gives to the visit: the key that asks for a callback."""
NOTICE: Final = "notice"
"""… the kind of the notice that is on and that he has not heard yet (hotline/surge.py)."""
SMS: Final = "sms"
"""… the key by which he asks to be told by SMS."""
STALE_S: Final = 45
"""Routing lays a place down every 15 s; in a very long line it takes up to three times as long."""
MOST_AHEAD: Final = 99
"""A larger number comforts nobody."""


def waiting(arrival: CallArrived) -> Flow:
    """Tell him that he was not forgotten, in his language where it was recorded; and how far he has come, where that is known."""
    language = str(arrival.values.get(LANGUAGE_TAG, ""))
    told = _told(arrival.values, arrival.now) if language in ("", MANDARIN) else None
    said = _with_notice(_place(*told) if told else Say(prompts=("still-waiting",), language=language), arrival.values)
    played = yield _offering(said, arrival.values)
    yield _led_to(played.interrupted_by, arrival.values)


def _led_to(pressed: str, values: Mapping[str, str]) -> LastOrder:
    for key, order in ((values.get(SMS, ""), AskSms()), (values.get(CALLBACK, ""), AskCallback())):
        if key and key in pressed:
            return order
    return BackToWaiting()


def _with_notice(said: Say, values: Mapping[str, str]) -> Say:
    """What has happened is said first (突发公告, in Mandarin), with the key by which he is told by SMS; then his place."""
    notice, key = values.get(NOTICE, ""), values.get(SMS, "")
    if notice not in KINDS or said.language not in ("", MANDARIN):
        return said
    offer = ("pause", "sms-offer", f"number-{key}") if len(key) == 1 and key.isdecimal() else ()
    return replace(said, prompts=(f"surge-{notice}", *offer, "pause", *said.prompts))


def _offering(said: Say, values: Mapping[str, str]) -> Say:
    """The same, with the key behind it by which he is called back: in Mandarin, and where the key is a digit."""
    key = values.get(CALLBACK, "")
    if said.language not in ("", MANDARIN) or not (len(key) == 1 and key.isdecimal()):
        return said
    return replace(said, prompts=(*said.prompts, "pause", "callback-offer", f"number-{key}"))


def _told(values: Mapping[str, str], now: datetime | None) -> tuple[int, int, int] | None:
    """Ahead of him, and the minutes: at least, at most; None when that is not known or too old."""
    told = {key: int(values[key]) for key in ("ahead", "least", "most", "at") if values.get(key, "").isdecimal()}
    if now is None or len(told) < 4 or not -1 <= now.timestamp() - told["at"] <= STALE_S or told["ahead"] > MOST_AHEAD:
        return None
    return told["ahead"], told["least"], told["most"]


def _place(ahead: int, least: int, most: int) -> Say:
    if not ahead:
        return Say(prompts=("next-in-line",))
    people, minutes = count(ahead, "unit-person"), count(most, "unit-minute")
    if not most:
        return Say(prompts=("ahead-of-you", *people, "pause", "hold-the-line"))
    if not least:
        return Say(prompts=("ahead-of-you", *people, "pause", "wait-about", "less-than", *minutes, "pause", "hold-the-line"))
    several = count(least, "range-to")
    return Say(prompts=("ahead-of-you", *people, "pause", "wait-about", *several, *minutes, "pause", "hold-the-line"))
