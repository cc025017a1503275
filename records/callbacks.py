"""Who is owed a call back (回拨), and who got through by himself. Pure; asked with the record as plain JSON."""

from collections.abc import Mapping
from typing import Any, Final

from hotline.line import Priority
from records.policy import CUT_OFF

NO_CITIZENS: Final = frozenset({"self-check", "phones"})
"""Trunks over which nobody calls who is owed anything: ourselves, and agents who try the line."""

PRIORITY: Final[Mapping[str, int]] = {CUT_OFF: int(Priority.CUT_OFF)}
"""Reason of a task → how far in front it stands."""


def owed_for(record: Mapping[str, Any]) -> str:
    """Why he is owed a call, empty when he is not: the switch died under his call, and his number is known."""
    return CUT_OFF if record["completeness"] == CUT_OFF and record["caller"] and record["trunk"] not in NO_CITIZENS else ""


def got_through(record: Mapping[str, Any]) -> bool:
    """Whether he heard a human in this call and it was not cut off: then he is owed no call for an earlier one."""
    answers = [*record.get("lifeline", ()), *(attempt for each in record.get("emergency", ()) for attempt in each["attempts"])]
    heard = bool(record["joined"]) or any(each["answered"] for each in answers)
    return heard and record["completeness"] != CUT_OFF
