"""Reconciliation, 核对: every citizen's call that the switch knows has exactly one record, whoever of us was dead.

The switch's event log (`storage.cel_files`, `records.cel`) is held against the journals. A call of which nobody wrote gets its journal from
the log; one whose journal nobody closed is closed; a step that nobody told is added, as late facts are. The files alone are the truth
about what was done: whatever is repeated after a crash finds it there and adds nothing.
"""

import logging
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from hotline.call_facts import CallEnded
from hotline.identity import CallId
from records.cel import ARRIVED, BORN, UNREACHED, CelLine, Told, arrived, encoded, ended, facts_of, missing
from records.journal import decode
from records.policy import CUT_OFF
from storage.alarm_files import clear_alarm, raise_alarm
from storage.cel_files import CelFiles, Place, china_day
from storage.journal_files import calls_in
from storage.journal_rescue import JournalRescue
from storage.journal_sweep import JournalSweep
from storage.layout import Layout

log = logging.getLogger(__name__)

SETTLE = timedelta(seconds=8)
"""So long after a call's end its own processes may still be at it: routing closes journals, and one that was killed is back by then."""

AT_ONCE = 200
"""Calls that one round brings to an end: a day's backlog must not hold up the other rounds."""

LONGEST = timedelta(hours=24)
"""A call that is said to begin and never to end is given up after so long."""

STANDS = timedelta(hours=1)
"""An alarm about something that is over stays so long after the last time, for somebody to see it."""

GAP, REBUILT, NO_CENTRE = "cel-gap", "calls-rebuilt", "emergency-unreached"
_GAP_WORDS = (
    "交换机事件日志不完整（{}）：故障期间的通话可能无法补记；请检查 asterisk/log/cel-custom 的磁盘和权限 "
    "the switch's event log has a gap: look at the disk and the rights of that folder"
)
_REBUILT_WORDS = (
    "有通话无人记录，已按交换机事件日志补记（记录标为 reconciled 或 cut_off）；请看 log/agi.log 和 log/routing.log 当时为何中断 "
    "calls were rebuilt from the switch's event log: see why agi and routing were away"
)
_NO_CENTRE_WORDS = (
    "紧急求助{} 没有接通应急中心，市民已转值班坐席、排在最前：请立即确认有人接听，并用 scripts/emergency try 检查线路；"
    "处理后 scripts/alarms --clear emergency-unreached an emergency reached no centre, a duty agent takes it, first in line: "
    "see that somebody does, test the ways to the centre, then clear this"
)


@dataclass(kw_only=True)
class _Known:
    """What the log said of a call so far, and where that begins."""

    begins: Place
    lines: list[CelLine] = field(default_factory=list)


class CelSweep:
    """The worker's, in its one thread of rounds."""

    def __init__(self, layout: Layout, told: Told, *, born: datetime) -> None:
        """`told`: of `agi.told`. `born`: now. What ended before may have been seen by an earlier worker, and is not missed in the log."""
        self._layout = layout
        self._told = told
        self._born = born
        self._files = CelFiles(layout.cel, layout.cel_read)
        self._journals = JournalSweep(layout)
        self._rescue = JournalRescue(layout)
        self._switch = SwitchLife(layout.switch_pid)
        self._calls: dict[CallId, _Known] = {}
        self._seen: dict[CallId, datetime] = {}
        self._expected: set[CallId] = set()
        self._unseen: dict[CallId, datetime] = {}
        self._stands = dict.fromkeys((GAP, REBUILT), born)

    def expect(self, call: CallId) -> None:
        """Somebody of us has told of this call, so the switch's log must know it as well."""
        if call.born >= self._born.timestamp():
            self._expected.add(call)

    def round(self, wall: datetime) -> None:
        """About once a second. Raises `OSError`: what could not be done is done in the next round."""
        if not self._layout.cel_expected.exists():
            self._expected.clear()
            return
        more = self._take(wall)
        self._switch.look(wall)
        if not more:
            self._miss(wall)
        self._end(wall)
        self._end_what_the_switch_left(wall)
        for name in [name for name, last in self._stands.items() if wall - last > STANDS]:
            clear_alarm(self._layout.var, name)
            del self._stands[name]
        # Calls are known in the order in which the log names them: the first one left begins before all others.
        self._files.keep(next((known.begins for known in self._calls.values()), self._files.place))
        self._files.turn_over(china_day(wall))

    def close(self) -> None:
        """At the end of the worker."""
        self._files.close()

    def _take(self, wall: datetime) -> bool:
        reading = self._files.read()
        for place, line in reading.lines:
            if line.call:
                self._know(place, line)
                if line.event == ARRIVED:
                    self._seen[CallId(line.call)] = wall
                elif line.event == UNREACHED:
                    self._tell_unreached(line.extra.get("Service", ""), wall)
        for trouble in reading.troubles:
            self._alarm(GAP, _GAP_WORDS.format(trouble), wall)
        return reading.more

    def _know(self, place: Place, line: CelLine) -> None:
        """A call begins with its own channel. What comes without that is the rest of one that was brought to its end (an agent's leg may
        outlive its citizen), and must not be waited for: the next worker would read the log again from there, for a day."""
        call = CallId(line.call)
        if line.unique == call and line.event in (BORN, ARRIVED):
            self._calls.setdefault(call, _Known(begins=place))
        if call in self._calls:
            self._calls[call].lines.append(line)

    def _end(self, wall: datetime) -> None:
        """Calls that are over for so long that whoever should write of them has."""
        due = [call for call, known in self._calls.items() if self._is_due(known, wall)]
        for call in due[:AT_ONCE]:
            known = self._calls[call]
            if arrived(known.lines):
                self._settle(call, known.lines, wall)
                self._seen[call] = wall
            del self._calls[call]

    def _is_due(self, known: _Known, wall: datetime) -> bool:
        since = ended(known.lines[0].call, known.lines) or self._switch.died_after(known.lines[0].at.timestamp())
        return wall - since >= SETTLE if since else wall - known.lines[-1].at > LONGEST

    def _settle(self, call: CallId, lines: list[CelLine], wall: datetime) -> None:
        cut = ended(call, lines) is None and self._switch.died_after(lines[0].at.timestamp()) is not None
        found = facts_of(call, lines, self._told, cut_off=cut)
        opened = self._rescue.read_open(call)
        if opened is not None:
            self._rescue.end_open(call, encoded(call, missing(found, decode(opened), call)))
        elif self._rescue.is_over(call):
            added = missing(found, self._journals.read(call), call)
            if added:
                log.warning("补记 call %s: %s added from the switch's event log", call, ", ".join(fact.kind for _, fact in added))
                self._rescue.add_late(call, encoded(call, added))
            return
        else:
            self._rescue.begin_closed(call, encoded(call, found))
        self._alarm(REBUILT, _REBUILT_WORDS, wall)

    def _end_what_the_switch_left(self, wall: datetime) -> None:
        """Journals that are open though their switch is gone: routing ends them, unless it is dead, too. Their CEL may be lost as well."""
        for call in calls_in(self._layout.journal_open):
            # An id knows its second only: one that was born in the second of the start belongs to the new switch.
            since = None if call in self._calls else self._switch.died_after(call.born + 1)
            if since and wall - since >= SETTLE:
                self._rescue.end_open(call, encoded(call, [(wall, CallEnded(by="us", how=CUT_OFF))]))
                self._alarm(REBUILT, _REBUILT_WORDS, wall)

    def _miss(self, wall: datetime) -> None:
        """Calls that were written about by us and not by the switch."""
        self._unseen |= dict.fromkeys(self._expected - self._seen.keys(), wall)
        self._expected.clear()
        for call, since in list(self._unseen.items()):
            if call in self._seen or wall - since >= SETTLE:
                del self._unseen[call]
            if call not in self._seen and wall - since >= SETTLE:
                self._alarm(GAP, _GAP_WORDS.format(f"没有通话 {call} it does not know this call"), wall)
        self._seen = {call: last for call, last in self._seen.items() if call in self._calls or wall - last < STANDS}

    def _tell_unreached(self, service: str, wall: datetime) -> None:
        """From the log and not from AMI: whoever of us was dead or cut off, a person learns of it, and nobody else takes it away."""
        raise_alarm(self._layout.var, NO_CENTRE, _NO_CENTRE_WORDS.format(f" {service}" if service else "（未选服务）"), now=wall)

    def _alarm(self, name: str, words: str, wall: datetime) -> None:
        self._stands[name] = wall
        raise_alarm(self._layout.var, name, words, now=wall)


class SwitchLife:
    """Which life of the switch it is: begun when its pid file was written, over when that process is gone."""

    def __init__(self, pid_file: Path) -> None:
        """The file need not be there."""
        self._pid_file = pid_file
        self._began = 0.0
        self._gone: datetime | None = None

    def look(self, wall: datetime) -> None:
        """Is it still the same one?"""
        try:
            began, pid = self._pid_file.stat().st_mtime, int(self._pid_file.read_text().strip() or 0)
        except (OSError, ValueError):
            return
        self._began = began
        self._gone = None if Path(f"/proc/{pid}").exists() else self._gone or wall

    def died_after(self, moment: float) -> datetime | None:
        """When the switch that lived at this moment (Unix seconds) died, as late as it can have been; None: it lives."""
        if moment < self._began:
            return datetime.fromtimestamp(self._began, tz=UTC)
        return self._gone
