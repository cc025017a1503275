"""Who is owed a call back (回拨), and who got through by himself. Pure; asked with the record as plain JSON."""

from collections.abc import Mapping
from typing import Any, Final

from hotline.callbacks import ASKED, EMERGENCY, MISSED, TALKED
from hotline.line import Priority
from records.policy import CUT_OFF

NO_CITIZENS: Final = frozenset({"self-check", "phones"})
"""Trunks over which nobody calls who is owed anything: ourselves, and agents who try the line."""

PRIORITY: Final[Mapping[str, int]] = {CUT_OFF: int(Priority.CUT_OFF), EMERGENCY: int(Priority.SPOTTED)}
"""Reason of a task → how far in front it stands; who asked keeps his own, who was missed has none. A live emergency goes before all."""

UNANSWERED: Final = frozenset({"queue", "ringing", "emergency"})
"""漏接: stages of giving up in which somebody had asked for a human. Who hung up in the announcements may have heard what he wanted."""


def owed_for(record: Mapping[str, Any]) -> str:
    """Why he is owed a call, empty when he is not: the switch died under his call, he asked for it, he waited for nothing, or nobody
    answered his emergency."""
    if not record["caller"] or record["trunk"] in NO_CITIZENS or record.get("placed"):
        return ""
    if record["completeness"] == CUT_OFF:
        return EMERGENCY if _urgent(record) and not _heard(record) else CUT_OFF
    if asked := record.get("callback_asked"):
        return "" if any(each["began"] > asked["at"] for each in record["joined"]) else ASKED
    if got_through(record):
        return ""
    if _urgent(record):
        return EMERGENCY if record.get("ended") else ""
    if record.get("message"):
        return ""
    lost = record.get("abandon_stage", "") in UNANSWERED or (bool(record.get("lifeline")) and bool(record.get("ended")))
    return MISSED if lost else ""


def got_through(record: Mapping[str, Any]) -> bool:
    """Whether he heard a human in this call and it was not cut off: then he is owed no call for an earlier one."""
    return _heard(record) and record["completeness"] != CUT_OFF


def _urgent(record: Mapping[str, Any]) -> bool:
    """He named a service, or waited for a duty agent; who only touched the emergency key did neither."""
    asked = record.get("emergency", ())
    return any(each["service"] for each in asked) or (bool(asked) and bool(record.get("wait_began")))


def _heard(record: Mapping[str, Any]) -> bool:
    answers = [*record.get("lifeline", ()), *(attempt for each in record.get("emergency", ()) for attempt in each["attempts"])]
    return bool(record["joined"]) or any(each["answered"] for each in answers)


def reached(record: Mapping[str, Any]) -> str:
    """The number of the citizen who talked with somebody in this call, whoever had called; empty when nobody did."""
    if placed := record.get("placed"):
        return str(record["called"]) if placed["outcome"] == TALKED else ""
    return str(record["caller"]) if got_through(record) else ""
