"""What each kind of entry changes of a ticket, besides its state (tickets/evolving.py). Pure: everything stands in the entry itself."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime
from types import MappingProxyType
from typing import Any, Final

from hotline.errors import OurMistake
from tickets.contact import Attempt
from tickets.declining import DeclineReason
from tickets.kinds import EntryKind
from tickets.snapshot import read
from tickets.terms import Appeal, Due, Step
from tickets.ticket import (
    Callback,
    Citizen,
    Declined,
    Entry,
    Extension,
    Fault,
    Inspection,
    Link,
    LinkKind,
    Reply,
    ReturnAsked,
    Satisfaction,
    Secrecy,
    Ticket,
)
from tickets.urging import Reminder

Changes = dict[str, Any]
_K = EntryKind


def _nothing(ticket: Ticket, entry: Entry) -> Changes:
    return {}


def _amended(ticket: Ticket, entry: Entry) -> Changes:
    readers: Mapping[str, Callable[[Any], Any]] = {
        "appeal": Appeal,
        "happened_at": datetime.fromisoformat,
        "citizen": lambda value: read(Citizen, value),
        "secrecy": Secrecy,
    }
    changes = {name: readers[name](value) if name in readers else value for name, value in entry.values.items()}
    reported = changes.get("appeal") is Appeal.REPORT
    return {**changes, **_guarded(ticket, changes.get("secrecy", ticket.secrecy), reported=reported)}


def _guarded(ticket: Ticket, secrecy: Secrecy, *, reported: bool = False) -> Changes:
    """举报按案件管理 (article 5): what becomes a report is held from then on; and what is secret is not public."""
    becomes = reported or (secrecy >= Secrecy.REPORT > ticket.secrecy)
    public = ticket.published and secrecy is Secrecy.OPEN and not reported
    return {"secrecy": secrecy, "hold": ticket.hold or becomes, "published": public}


def _ended(ticket: Ticket, entry: Entry) -> Changes:
    """When the archive's time begins to run (article 5)."""
    kept = entry.values.get("kept_until")
    return {"closed_at": entry.at, "kept_until": date.fromisoformat(kept) if kept else None}


def _answered_at_once(ticket: Ticket, entry: Entry) -> Changes:
    reply = Reply(at=entry.at, by_unit="", text=entry.values["answer"])
    return {"basis": entry.values["basis"], "reply": reply, "replied_at": entry.at, **_ended(ticket, entry)}


def _declined(ticket: Ticket, entry: Entry) -> Changes:
    declined = Declined(reason=DeclineReason(entry.values["reason"]), where=entry.values["where"])
    return {"declined": declined, **_ended(ticket, entry)}


_GIVEN_BACK: Final[Mapping[str, Any]] = MappingProxyType(
    {
        "below": (),
        "sub_reported": frozenset(),
        "assisted": frozenset(),
        "received_at": None,
        "contacted_at": None,
        "replied_at": None,
        "extension": None,
        "returning": None,
        "returns_refused": 0,
        "attempts": (),
        "reply": None,
        "deemed": False,
    }
)
"""What the former unit did stays in the history; the next one begins anew."""
_TERMS_ANEW: Final[Mapping[str, Any]] = MappingProxyType(
    {"late": frozenset(), "explained": False, "reminders": frozenset(), "noticed_at": None}
)


def _sent(ticket: Ticket, entry: Entry) -> Changes:
    values = entry.values
    anew = _TERMS_ANEW if values.get("anew", True) else {}
    return {
        **_GIVEN_BACK,
        **anew,
        "lead": values["lead"],
        "assisting": tuple(values["assisting"]),
        "at_once": tuple(values["at_once"]),
        "dispatch_why": values["why"],
        "staff": frozenset(values.get("staff", ())),
        **_guarded(ticket, Secrecy(values["secrecy"])),
        "dispatched_at": entry.at if values.get("anew", True) else ticket.dispatched_at,
        "dues": dues_of(values["dues"]),
    }


def _withdrawn(ticket: Ticket, entry: Entry) -> Changes:
    return {**_GIVEN_BACK, **_TERMS_ANEW, "lead": "", "assisting": (), "at_once": (), "staff": frozenset(), "dues": {}}


def dues_of(written: Mapping[str, Any]) -> dict[Step, Due]:
    """The terms that an entry keeps."""
    return {Step(step): read(Due, due) for step, due in written.items()}


def _late(ticket: Ticket, entry: Entry) -> frozenset[Step]:
    return ticket.late | {Step(step) for step in entry.values.get("late", ())}


def _received(ticket: Ticket, entry: Entry) -> Changes:
    return {"received_at": entry.at}


def _contacted(ticket: Ticket, entry: Entry) -> Changes:
    return {"contacted_at": ticket.contacted_at or entry.at, "late": _late(ticket, entry)}


def _attempted(ticket: Ticket, entry: Entry) -> Changes:
    attempt = Attempt(at=datetime.fromisoformat(entry.values["at"]), reached=entry.values["reached"])
    return {"attempts": (*ticket.attempts, attempt)}


def _return_asked(ticket: Ticket, entry: Entry) -> Changes:
    values = entry.values
    asked = ReturnAsked(at=entry.at, facts=values["facts"], legal_basis=values["legal_basis"], proposed=values["proposed"])
    return {"returning": asked, "received_at": ticket.received_at or entry.at}


def _return_refused(ticket: Ticket, entry: Entry) -> Changes:
    return {"returning": None, "returns_refused": ticket.returns_refused + 1}


def _replied(ticket: Ticket, entry: Entry) -> Changes:
    values = entry.values
    satisfied = values["satisfied"]
    reply = Reply(
        at=entry.at,
        by_unit=values["by_unit"],
        text=values["text"],
        satisfied=Satisfaction(satisfied) if satisfied else None,
        written_asked=values["written_asked"],
        flags=tuple(values["flags"]),
    )
    dues = {**ticket.dues, **dues_of(values["dues"])}
    return {"reply": reply, "replied_at": entry.at, "dues": dues, "late": _late(ticket, entry), "returning": None}


def _deemed(ticket: Ticket, entry: Entry) -> Changes:
    dues = {**ticket.dues, **dues_of(entry.values["dues"])}
    return {"deemed": True, "replied_at": entry.at, "dues": dues, "returning": None}


def _written_asked(ticket: Ticket, entry: Entry) -> Changes:
    return {"reply": replace(ticket.reply, written_asked=True)} if ticket.reply else {}


def _written_given(ticket: Ticket, entry: Entry) -> Changes:
    return {"reply": replace(ticket.reply, written=entry.values["document"])} if ticket.reply else {}


def _reported_closed(ticket: Ticket, entry: Entry) -> Changes:
    reply = ticket.reply or Reply(at=ticket.replied_at or entry.at, by_unit=ticket.lead, text=entry.values["result"])
    dues = {**ticket.dues, **dues_of(entry.values["dues"])}
    return {"reply": reply, "dues": dues, "late": _late(ticket, entry), **_ended(ticket, entry)}


def _answered_with_main(ticket: Ticket, entry: Entry) -> Changes:
    reply = Reply(at=entry.at, by_unit="", text=entry.values["text"])
    dues = {**ticket.dues, **dues_of(entry.values["dues"])}
    return {"reply": reply, "replied_at": entry.at, "dues": dues, **_ended(ticket, entry)}


def _callback(ticket: Ticket, entry: Entry) -> Changes:
    values = entry.values
    satisfied = Satisfaction(values["satisfied"]) if values.get("satisfied") else None
    made = Callback(
        at=entry.at,
        reached=values["reached"],
        channel=values["channel"],
        satisfied=satisfied,
        timely=values.get("timely"),
        sound=values.get("sound"),
    )
    return {"callbacks": (*ticket.callbacks, made), "satisfied": satisfied or ticket.satisfied, "late": _late(ticket, entry)}


def _complained(ticket: Ticket, entry: Entry) -> Changes:
    return {"complaint": entry.values["words"], "satisfied": Satisfaction.NOT}


def _judged(ticket: Ticket, entry: Entry) -> Changes:
    changes: Changes = {"fault": Fault(entry.values["fault"])}
    if redo := entry.values.get("redo"):
        changes["links"] = (*ticket.links, Link(to=redo, how=LinkKind.REDO))
    return changes


def _confirmed(ticket: Ticket, entry: Entry) -> Changes:
    return {"confirmed_at": entry.at, "final": entry.values["final"]}


def _extension_asked(ticket: Ticket, entry: Entry) -> Changes:
    values = entry.values
    until = datetime.fromisoformat(values["until"])
    asked = Extension(asked_at=entry.at, until=until, legal_term=values["legal_term"], basis=values["basis"], why=values["why"])
    return {"extension": asked}


def _extension_decided(ticket: Ticket, entry: Entry) -> Changes:
    if ticket.extension is None:
        raise OurMistake(f"{entry.number}: an extension is decided that nobody asked for")
    changes: Changes = {"extension": replace(ticket.extension, granted=entry.values["granted"])}
    if entry.values["granted"]:
        changes |= {"dues": {**ticket.dues, **dues_of(entry.values["dues"])}, **_TERMS_ANEW, "late": ticket.late - {Step.ANSWER}}
    return changes


def _extension_told(ticket: Ticket, entry: Entry) -> Changes:
    return {"extension": replace(ticket.extension, told_at=entry.at)} if ticket.extension else {}


def _reminded(reminder: Reminder) -> "Changer":
    def changer(ticket: Ticket, entry: Entry) -> Changes:
        if entry.values.get("early"):
            return {}
        noticed_at = entry.at if reminder is Reminder.NOTICED else ticket.noticed_at
        return {"reminders": ticket.reminders | {reminder}, "noticed_at": noticed_at, "late": _late(ticket, entry)}

    return changer


def _handed_over(ticket: Ticket, entry: Entry) -> Changes:
    values = entry.values
    made = Inspection(at=entry.at, clause=values["clause"], evidence=tuple(values["evidence"]))
    reminders = ticket.reminders | ({Reminder.HANDED_OVER} if values["clause"] == "19-3" else frozenset())
    return {"inspections": (*ticket.inspections, made), "reminders": reminders}


def _reckoned(ticket: Ticket, entry: Entry) -> Changes:
    return {"dues": {**ticket.dues, **dues_of(entry.values["dues"])}}


def _secrecy(ticket: Ticket, entry: Entry) -> Changes:
    return _guarded(ticket, Secrecy(entry.values["to"]))


def _accused(ticket: Ticket, entry: Entry) -> Changes:
    gone = set(entry.values["gone"])
    return {
        "accused": ticket.accused | set(entry.values["units"]),
        "assisting": tuple(unit for unit in ticket.assisting if unit not in gone),
        "at_once": tuple(unit for unit in ticket.at_once if unit not in gone),
        "below": tuple(unit for unit in ticket.below if unit not in gone),
    }


def _split_off(ticket: Ticket, entry: Entry) -> Changes:
    return {
        "content": entry.values["left"],
        "title": entry.values["title"],
        "links": (*ticket.links, Link(to=entry.values["to"], how=LinkKind.SPLIT)),
    }


def _linked(ticket: Ticket, entry: Entry) -> Changes:
    return {"links": (*ticket.links, Link(to=entry.values["to"], how=LinkKind(entry.values["how"])))}


def _merged(ticket: Ticket, entry: Entry) -> Changes:
    into = entry.values["into"]
    return {**_withdrawn(ticket, entry), "merged_into": into, "dues": dues_of(entry.values["dues"])}


def _separated(ticket: Ticket, entry: Entry) -> Changes:
    return {"merged_into": "", "dues": {}}


CHANGES_BY: "Final[Mapping[EntryKind, Changer]]" = MappingProxyType(
    {
        _K.AMENDED: _amended,
        _K.CALL_NOTED: lambda ticket, entry: {"calls": (*ticket.calls, entry.values["call"])},
        _K.ANSWERED_AT_ONCE: _answered_at_once,
        _K.DECLINED: _declined,
        _K.LEFT_TO_OFFICE: _nothing,
        _K.DISPATCHED: _sent,
        _K.DESIGNATED: _sent,
        _K.DISPATCHED_AGAIN: _sent,
        _K.WITHDRAWN: _withdrawn,
        _K.RECEIVED: _received,
        _K.CONTACTED: _contacted,
        _K.ATTEMPTED: _attempted,
        _K.RETURN_ASKED: _return_asked,
        _K.RETURN_REFUSED: _return_refused,
        _K.SUB_DISPATCHED: lambda ticket, entry: {"below": (*ticket.below, entry.values["to"])},
        _K.SUB_REPORTED: lambda ticket, entry: {"sub_reported": ticket.sub_reported | {entry.values["unit"]}},
        _K.ASSISTING_REPLIED: lambda ticket, entry: {"assisted": ticket.assisted | {entry.values["unit"]}},
        _K.REPLIED: _replied,
        _K.DEEMED_ANSWERED: _deemed,
        _K.WRITTEN_ASKED: _written_asked,
        _K.WRITTEN_GIVEN: _written_given,
        _K.REPORTED_CLOSED: _reported_closed,
        _K.ANSWERED_WITH_MAIN: _answered_with_main,
        _K.CALLED_BACK: _callback,
        _K.CALLBACK_TRIED: _callback,
        _K.COMPLAINED_OF: _complained,
        _K.JUDGED_UNITS_FAULT: _judged,
        _K.JUDGED_NO_FAULT: _judged,
        _K.CONFIRMED: _confirmed,
        _K.ARCHIVED: _nothing,
        _K.EXTENSION_ASKED: _extension_asked,
        _K.EXTENSION_DECIDED: _extension_decided,
        _K.EXTENSION_TOLD: _extension_told,
        _K.EXPLAINED: lambda ticket, entry: {"explained": True},
        _K.URGED: _reminded(Reminder.URGED),
        _K.NOTICED: _reminded(Reminder.NOTICED),
        _K.HANDED_OVER: _handed_over,
        _K.DUE_RECKONED: _reckoned,
        _K.SECRECY_RAISED: _secrecy,
        _K.ACCUSED_MARKED: _accused,
        _K.SPLIT_OFF: _split_off,
        _K.LINKED: _linked,
        _K.MERGED: _merged,
        _K.SEPARATED: _separated,
        _K.TOOK_IN: lambda ticket, entry: {"merged": (*ticket.merged, entry.values["number"])},
        _K.LET_GO: lambda ticket, entry: {"merged": tuple(each for each in ticket.merged if each != entry.values["number"])},
        _K.HELD: lambda ticket, entry: {"hold": True},
        _K.RELEASED: lambda ticket, entry: {"hold": False},
        _K.PUBLISHED: lambda ticket, entry: {
            "published": True,
            "public_title": entry.values["title"],
            "public_words": entry.values["words"],
        },
        _K.UNPUBLISHED: lambda ticket, entry: {"published": False},
        _K.OUTSIDE_TOLD: lambda ticket, entry: {"outside_events": (*ticket.outside_events, entry.values["event"])},
    }
)
"""Every kind but the first: `FILED` makes the ticket."""

Changer = Callable[[Ticket, Entry], Changes]
