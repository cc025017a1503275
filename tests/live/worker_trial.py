"""A worker on trial: real processes on a data folder of their own. Needs no Asterisk: journals and sound files are written as the switch
and the other processes would have left them."""

import signal
import subprocess
import sys
import time
from array import array
from collections.abc import Callable
from pathlib import Path
from threading import Event
from typing import Any

from hotline import call_facts as facts
from hotline.identity import CallId
from recordings.wav import header
from storage.journal_files import JournalFiles, new_writer
from storage.layout import Layout
from storage.ledger import Ledger, open_ledger
from storage.migrate import migrate
from tests.storage.ticket_backend import Backend

PROJECT = Path(__file__).parents[2]
PATIENCE_S = 60.0


class Trial:
    """One data folder, its backend, and the workers that were started on it."""

    def __init__(self, var: Path, backend: Backend) -> None:
        self.layout = Layout(var=var)
        self.layout.make()
        self.backend = backend
        self.workers: list[subprocess.Popen[bytes]] = []
        migrate(self.layout.ledger)
        self.ledger: Ledger = open_ledger(self.layout.ledger)
        self.journals = JournalFiles(var, writer=new_writer("routing"))

    def start(self, *die_at: str, version: str = "one", project: Path = PROJECT) -> subprocess.Popen[bytes]:
        """A worker; with a step and a moment, one that dies there."""
        argv = [sys.executable, "-m", "tests.live.worker_on_trial", str(self.layout.var), self.backend.url, version, *die_at]
        worker = subprocess.Popen(argv, cwd=project, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        self.workers.append(worker)
        return worker

    def call(self, number: int, *, recorded: bool = True) -> CallId:
        """A call that has just ended, with one second of sound on each side."""
        call = CallId(f"hl1-1764000001.{number}")
        self.journals.write(call, facts.Arrived(called="12345", caller="19900000001", trunk="t"))
        if recorded:
            sides = [f"{call}-citizen.wav", f"{call}-heard.wav"]
            for name in sides:
                (self.layout.spool / name).write_bytes(header(8000, 1) + array("h", [number] * 8000).tobytes())
            self.journals.write(call, facts.RecordingStarted(citizen_file=sides[0], heard_file=sides[1]))
        self.journals.write(call, facts.CallEnded(by="citizen", cause=16))
        self.journals.close(call)
        self.journals.settle()
        return call

    def until(self, true: Callable[[], object], what: str) -> None:
        """Wait for it, not longer than a minute."""
        deadline = time.monotonic() + PATIENCE_S
        while not true():
            assert time.monotonic() < deadline, f"waited in vain for: {what}\n{self.log()}"
            Event().wait(0.02)

    def until_dead(self, worker: subprocess.Popen[bytes]) -> None:
        assert worker.wait(PATIENCE_S) == -signal.SIGKILL, self.log()

    def until_done(self, *calls: CallId) -> None:
        """Until every call's journal rests and its newest revision was delivered."""
        self.until(lambda: all(self.is_done(call) for call in calls), f"{calls} done")

    def is_done(self, call: CallId) -> bool:
        push = self.ledger.push_of(call)
        return (self.layout.journal_kept(call) / f"{call}.jsonl").exists() and push is not None and push["state"] == "delivered"

    def record(self, call: CallId) -> dict[str, Any]:
        record = self.ledger.record_of(call)
        assert record is not None
        return record

    def pushes(self, call: CallId) -> list[str]:
        """The idempotency keys that the backend was given for this call."""
        return [each["key"] for each in self.backend.requests if each["key"].startswith(f"{call}/")]

    def log(self) -> str:
        path = self.layout.var / "worker.log"
        return path.read_text(encoding="utf-8") if path.exists() else ""

    def steps(self) -> str:
        """Every step of every worker so far."""
        path = self.layout.var / "steps.log"
        return path.read_text(encoding="utf-8") if path.exists() else ""

    def shut(self) -> None:
        """Nothing of it is left. How a worker ends in good order is another test's matter, and takes seconds."""
        self.journals.shut()
        for worker in self.workers:
            if worker.poll() is None:
                worker.kill()
            worker.wait()
            if worker.stderr:
                worker.stderr.close()


def assert_arrived_once(trial: Trial, call: CallId) -> None:
    """Record, recording, draft and journal stand where they belong, and nothing is left over."""
    record = trial.record(call)
    assert record["completeness"] == "complete"
    assert record["recording"]["state"] == "complete"
    assert (trial.layout.var / record["recording"]["file"]).stat().st_size == 44 + 8000 * 4
    assert trial.backend.drafts[call]["record"] == record
    assert record["revision"] <= 2
    assert not list(trial.layout.spool.glob(f"{call}*"))
    assert not list(trial.layout.journal_closed.glob(f"{call}*"))
