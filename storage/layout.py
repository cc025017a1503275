"""Where things lie under the data folder (design.md §1)."""

from dataclasses import dataclass
from pathlib import Path

from hotline.identity import CallId


@dataclass(frozen=True, kw_only=True)
class Layout:
    """Paths of one data folder. Nothing is made here."""

    var: Path

    @property
    def journal_open(self) -> Path:
        """Journals of calls that are going on."""
        return self.var / "journal" / "open"

    @property
    def journal_closed(self) -> Path:
        """Journals handed over to the worker."""
        return self.var / "journal" / "closed"

    @property
    def journal_late(self) -> Path:
        """Facts that came after the journal was closed."""
        return self.var / "journal" / "late"

    def journal_kept(self, call: CallId) -> Path:
        """The folder in which a call's journal rests in the end."""
        return self.var / "journal" / "kept" / call.day.strftime("%Y%m%d")

    @property
    def spool(self) -> Path:
        """Where the recorder writes."""
        return self.var / "spool" / "recording"

    @property
    def cel(self) -> Path:
        """The switch's own event log: calls.csv, and those of earlier days (storage/cel_files.py)."""
        return self.var / "asterisk" / "log" / "cel-custom"

    @property
    def cel_read(self) -> Path:
        """How far the worker has read it."""
        return self.var / "journal" / "cel-read.json"

    @property
    def cel_expected(self) -> Path:
        """There is a switch that was told to write it."""
        return self.var / "asterisk" / "etc" / "cel_custom.conf"

    @property
    def switch_pid(self) -> Path:
        """Written by the switch when it starts."""
        return self.var / "asterisk" / "run" / "asterisk.pid"

    @property
    def first_in_line(self) -> Path:
        """Numbers of citizens who were cut off: who calls again is first in line (storage/callbacks.py writes, agi reads)."""
        return self.var / "first-in-line.txt"

    @property
    def callback_list(self) -> Path:
        """To whom calls are owed (storage/callback_list.py: the worker writes, routing reads)."""
        return self.var / "callbacks.json"

    @property
    def surge(self) -> Path:
        """The notice that is said in the wait (storage/surge_files.py)."""
        return self.var / "surge"

    @property
    def sms(self) -> Path:
        """Who wants to be told by SMS, and who was (storage/sms_outbox.py)."""
        return self.var / "sms"

    @property
    def agent_list(self) -> Path:
        """Who is employed (storage/agent_list.py: scripts/agents and scripts/up write, routing reads)."""
        return self.var / "agents.json"

    @property
    def second(self) -> Path:
        """A link to the second volume, when the settings name one. Everything that lies there has a path below `var` by it."""
        return self.var / "second"

    @property
    def second_spool(self) -> Path:
        """Where the recorder writes while the first volume is nearly full."""
        return self.second / "spool" / "recording"

    @property
    def spools(self) -> tuple[Path, Path]:
        """Where a recording may be looked for."""
        return self.spool, self.second_spool

    def spool_with(self, *names: str) -> Path:
        """The spool in which one of these files lies; the first one when none does. Says nothing about where else a name may lead."""
        return next((spool for spool in self.spools if any((spool / name).exists() for name in names)), self.spool)

    @property
    def first_is_short(self) -> bool:
        """Whether what is new belongs on the second volume: the first one is nearly full, and the second is not."""
        return not self.first_room.exists() and self.second_room.exists()

    @property
    def first_room(self) -> Path:
        """This marker stands as long as the first volume has room for recordings; the dialplan looks for it."""
        return self.var / "spool" / "room"

    @property
    def second_room(self) -> Path:
        """The same for the second volume."""
        return self.second / "spool" / "room"

    @property
    def ledger(self) -> Path:
        """The ledger's database."""
        return self.var / "db" / "ledger.sqlite"

    @property
    def workflows(self) -> Path:
        """The durable workflows' own database."""
        return self.var / "db" / "workflows.sqlite"

    @property
    def worker_lock(self) -> Path:
        """Held by the one worker for as long as it lives."""
        return self.var / "run" / "worker.lock"

    def make(self) -> None:
        """Make every folder; those that are there stay as they are."""
        folders = (self.journal_open, self.journal_closed, self.journal_late, self.var / "journal" / "kept")
        for folder in (*folders, self.spool, self.var / "recordings", self.var / "db", self.var / "run"):
            folder.mkdir(parents=True, exist_ok=True)
