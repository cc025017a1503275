"""应急记录员: the lifeline's note-taker. Asterisk starts it beside a call while no process of ours writes journals (context `note-taker`).

It begins the journal with what the dialplan knows, so that the call has one before its end; if it fails, or is never started, the record is
rebuilt from the switch's own event log. It runs on a Local channel and under a time limit: a citizen can never wait for it.

pyst2 speaks the protocol (asterisk.md §2): its constructor must run in the main thread, it writes every line to standard error (which goes
nowhere: numbers stand there), and it takes the end of its input for a ValueError. Only constant names are asked for.
"""

import io
import logging
import signal
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final, Protocol, TextIO

from asterisk.agi import AGI, AGIException

from agi.arrival import arrival_of, recording_of
from agi.variables import CALL, CALLED, CALLER, TRUNK
from agi.wire import Head
from app.logging import to_file
from app.places import Places
from hotline.call_facts import Arrived, CallFact, LifelineEntered
from hotline.errors import HotlineError
from hotline.identity import CallId
from storage.journal_files import JournalFiles, new_writer
from storage.layout import Layout

log = logging.getLogger(__name__)

WHY: Final = "HL_WHY"
REASONS: Final = frozenset({"refused", "died", "frozen", "no_router"})
ASKED: Final = (CALL, CALLED, CALLER, TRUNK, WHY)
PATIENCE_S: Final = 6
"""Ends us by SIGALRM, before Asterisk and `timeout` would: who waits for a switch that says nothing is of no use."""


class Variables(Protocol):
    """The Local channel's variables."""

    def get_variable(self, name: str) -> str:
        """The value, empty when it is not set."""


def facts_of(told: Mapping[str, str], *, known: bool) -> tuple[CallId, tuple[CallFact, ...]]:
    """The call and what its journal begins with; if it has one, only why he came here. Raises `MalformedInput` without a call id."""
    arguments = tuple(told.get(name, "") for name in (CALL, CALLED, CALLER, TRUNK))
    arrival = arrival_of(Head(flow="", arguments=arguments))
    why = told.get(WHY, "")
    entered = LifelineEntered(why=why if why in REASONS else "no_router")
    if known:
        return arrival.call, (entered,)
    began = Arrived(called=arrival.called, caller=arrival.caller, trunk=arrival.trunk)
    return arrival.call, (began, recording_of(arrival.call), entered)


def take_note(channel: Variables, var: Path) -> CallId:
    """Write it down, synced to disk. Raises `MalformedInput` when the channel names no call; pyst2's errors pass through."""
    told = {name: channel.get_variable(name) for name in ASKED}
    journal = JournalFiles(var, writer=new_writer("note"))
    try:
        open_file = Layout(var=var).journal_open / f"{CallId(told[CALL])}.jsonl"
        call, facts = facts_of(told, known=open_file.exists())
        for fact in facts:
            journal.write(call, fact)
    finally:
        journal.shut()
    return call


def main(var: Path, *, stdin: TextIO, stdout: TextIO) -> int:
    """Take the note of the call on the other end. Returns the exit code; nothing is printed: that would go to Asterisk."""
    try:
        take_note(AGI(stdin=stdin, stdout=stdout, stderr=io.StringIO()), var)
    except (AGIException, HotlineError, ValueError, OSError) as error:
        log.error("应急记录失败，通话记录将由交换机事件补记 no note taken, the switch's events must do: %s", type(error).__name__)
        return 1
    return 0


def _run(places: Places) -> int:
    signal.alarm(PATIENCE_S)
    places.make()
    to_file(places.log / "note-taker.log")
    return main(places.var, stdin=sys.stdin, stdout=sys.stdout)


if __name__ == "__main__":
    sys.exit(_run(Places(var=Path(sys.argv[1]))))
