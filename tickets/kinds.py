"""What an entry of a ticket's history may say: the events that move it (tickets/moves.py), and what happens beside its way."""

from enum import StrEnum
from typing import Final

from tickets.moves import TicketEvent


class EntryKind(StrEnum):
    """The first ones are `TicketEvent`s by the same names; `MOVING` tells them apart."""

    FILED = "filed"
    ANSWERED_AT_ONCE = "answered_at_once"
    DECLINED = "declined"
    LEFT_TO_OFFICE = "left_to_office"
    DISPATCHED = "dispatched"
    DESIGNATED = "designated"
    RECEIVED = "received"
    CONTACTED = "contacted"
    RETURN_ASKED = "return_asked"
    RETURN_REFUSED = "return_refused"
    DISPATCHED_AGAIN = "dispatched_again"
    WITHDRAWN = "withdrawn"
    REPLIED = "replied"
    DEEMED_ANSWERED = "deemed_answered"
    REPORTED_CLOSED = "reported_closed"
    CALLED_BACK = "called_back"
    COMPLAINED_OF = "complained_of"
    JUDGED_UNITS_FAULT = "judged_units_fault"
    JUDGED_NO_FAULT = "judged_no_fault"
    CONFIRMED = "confirmed"
    ARCHIVED = "archived"
    MERGED = "merged"
    SEPARATED = "separated"
    ANSWERED_WITH_MAIN = "answered_with_main"

    AMENDED = "amended"
    CALL_NOTED = "call_noted"
    SECRECY_RAISED = "secrecy_raised"
    ACCUSED_MARKED = "accused_marked"
    SPLIT_OFF = "split_off"
    LINKED = "linked"
    TOOK_IN = "took_in"
    """并单: another ticket hangs on this one now."""
    LET_GO = "let_go"
    SUB_DISPATCHED = "sub_dispatched"
    SUB_REPORTED = "sub_reported"
    ASSISTING_REPLIED = "assisting_replied"
    ATTEMPTED = "attempted"
    WRITTEN_ASKED = "written_asked"
    WRITTEN_GIVEN = "written_given"
    CALLBACK_TRIED = "callback_tried"
    EXTENSION_ASKED = "extension_asked"
    EXTENSION_DECIDED = "extension_decided"
    EXTENSION_TOLD = "extension_told"
    EXPLAINED = "explained"
    URGED = "urged"
    NOTICED = "noticed"
    HANDED_OVER = "handed_over"
    DUE_RECKONED = "due_reckoned"
    HELD = "held"
    RELEASED = "released"
    PUBLISHED = "published"
    UNPUBLISHED = "unpublished"
    OUTSIDE_TOLD = "outside_told"


MOVING: Final = frozenset(EntryKind(event.value) for event in TicketEvent)
"""These move the ticket from state to state; the others leave it where it is."""
