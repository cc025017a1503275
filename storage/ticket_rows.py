"""What stands in the tables for a ticket, as rows: pure, the same for the door that writes one and for a bench that fills a database."""

import json
import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final

from hotline.errors import MalformedInput
from storage.tables import written
from tickets.moments import WITH_UNIT, Moment
from tickets.snapshot import entry_to_json, to_json
from tickets.terms import Due, Step
from tickets.ticket import Entry, Ticket

Row = dict[str, Any]

_NUMBER: Final = re.compile(r"20\d{12}")
_PER_DAY: Final = 10**6


def id_of(number: str) -> int:
    """受理编号 as the tables have it. Raises `MalformedInput` for what `number_of` never gives."""
    if not _NUMBER.fullmatch(number):
        raise MalformedInput("受理编号应为14位数字 a ticket's number has 14 digits: YYYYMMDD and six more")
    return int(number)


def number_of(day: date, count: int) -> str:
    """受理编号: the day, and the how manieth of it. Raises `MalformedInput` past the 999,999th."""
    if not 0 < count < _PER_DAY:
        raise MalformedInput(f"{day}的受理编号已用完 no number is left on that day: {count}")
    return f"{day:%Y%m%d}{count:06d}"


def first_id(day: date) -> int:
    """No number of this day or later is smaller."""
    return int(f"{day:%Y%m%d}") * _PER_DAY


def owed(ticket: Ticket) -> Due | None:
    """By when its unit owes the citizen the answer, while it does."""
    return ticket.dues.get(Step.ANSWER) if ticket.state in WITH_UNIT else None


def ticket_row(ticket: Ticket) -> Row:
    """Of the table `tickets`."""
    due = owed(ticket)
    return {
        "id": id_of(ticket.number),
        "version": ticket.version,
        "key": ticket.key or None,
        "state": ticket.state.value,
        "appeal": ticket.appeal.value,
        "code": ticket.code,
        "place": ticket.place,
        "filed": written(ticket.filed_at),
        "due": written(due.until) if due else None,
        "provisional": int(any(each.provisional for each in ticket.dues.values())),
        "secrecy": int(ticket.secrecy),
        "phone": ticket.citizen.phone or None,
        "published": int(ticket.published),
    }


def snapshot_of(ticket: Ticket) -> str:
    """Of the table `ticket_snapshots`: the same ticket is the same text."""
    return json.dumps(to_json(ticket), ensure_ascii=False, separators=(",", ":"))


def entry_row(entry: Entry) -> Row:
    """Of the table `ticket_entries`."""
    said = entry_to_json(entry)
    return {
        "id": id_of(entry.number),
        "seq": entry.seq,
        "at": written(entry.at),
        "what": said["what"],
        "by": entry.by,
        "role": said["role"],
        "details": json.dumps(said["values"], ensure_ascii=False, separators=(",", ":")),
    }


def entry_said(row: Mapping[str, Any], number: str) -> Row:
    """A row of `ticket_entries` as the plain JSON that `tickets.snapshot.entry_of_json` reads."""
    kept = {name: row[name] for name in ("seq", "at", "by", "role", "what")}
    return {"number": number, **kept, "values": json.loads(row["details"])}


def unit_rows(ticket: Ticket, kept_from: frozenset[str]) -> list[Row]:
    """Of the table `ticket_units`: who has it, and may know that it exists (article 10)."""
    return [{"unit": unit, "id": id_of(ticket.number), "state": ticket.state.value} for unit in sorted(ticket.units - kept_from)]


def moment_rows(number: str, moments: tuple[Moment, ...]) -> list[Row]:
    """Of the table `ticket_moments`; of several for one thing the first."""
    first: dict[str, datetime] = {}
    for moment in sorted(moments, key=lambda each: each.at):
        first.setdefault(moment.what.value, moment.at)
    return [{"id": id_of(number), "what": what, "at": written(at)} for what, at in sorted(first.items())]


def call_rows(ticket: Ticket) -> list[Row]:
    """Of the table `ticket_calls`."""
    return [{"call_id": call, "id": id_of(ticket.number)} for call in dict.fromkeys(ticket.calls)]
