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
