"""The durable workflows of the worker, on DBOS. Nothing else in the house knows DBOS, and only the worker launches it.

    after_call/CALL/PART        record → ledger, its push is begun, audio, record with audio → ledger, its push is begun, journal → kept/
    push/CALL/REVISION/WHEN     one attempt to deliver a draft

Rules, each paid for by a trial: a fixed executor id of our own, since with the default one a second process ran a step twice; an explicit
application version, since the default one (a hash of source and library) strands workflows silently when a line changes; a JSON
serializer; ids only as arguments. A workflow that another version left behind is not replayed: it is deleted and its work is found again
where the truth is, in `closed/` and in the outbox. Every step has the effect of once, so starting over is safe.
"""

import json
import logging
import sqlite3
from collections.abc import Callable
from typing import Any, TypeVar

from dbos import DBOS, DBOSClient, DBOSConfig, Serializer, SetWorkflowID

from storage.after_call import AfterCall
from storage.journal_sweep import Part
from storage.layout import Layout

log = logging.getLogger(__name__)

AFTER_CALL = "after_call_1"
"""A changed order of steps gets a new name, and the old one stays for one release."""
PUSH = "push_1"

QUEUE = "worker"
"""For other processes, which may only enqueue (`DBOSClient`). The worker itself starts workflows directly: a queue is polled, which cost
8 % of a core at ten times a second and a tenth of a second per call."""

QUEUE_POLL_S = 1.0
QUEUE_AT_ONCE = 4

FORGOTTEN_AT_ONCE = 500
FIRST_REVISIONS = range(1, 5)
"""What a call is pushed as by its own workflow; a later revision that is not begun at once is found in the outbox a minute later."""

UNFINISHED = ("PENDING", "ENQUEUED", "DELAYED")
_Result = TypeVar("_Result")
Notice = Callable[[str, str], None]


class JsonSerializer(Serializer):
    """Plain JSON in the database: readable by people and by the next release. An error becomes its type and text."""

    def serialize(self, data: Any) -> str:  # noqa: ANN401 - DBOS's signature
        """To JSON."""
        return json.dumps(data, ensure_ascii=False, default=_error_text)

    def deserialize(self, serialized_data: str) -> Any:  # noqa: ANN401 - DBOS's signature
        """From JSON; an error comes back as an error."""
        found = json.loads(serialized_data)
        return RuntimeError(found["error"]) if isinstance(found, dict) and set(found) == {"error"} else found

    def name(self) -> str:
        """How rows say that they were written by this."""
        return "hotline_json"


class Workflows:
    """DBOS, launched. One per process, in the worker only."""

    def __init__(self, steps: AfterCall, *, notice: Notice) -> None:
        """`notice` hears of every step: its name, and `begins` or `ended`."""
        self._steps = steps
        self._notice = notice

        @DBOS.workflow(name=AFTER_CALL)
        def after_call(call: str, number: int) -> None:
            self._run_after_call(call, number)

        @DBOS.workflow(name=PUSH)
        def push(call: str, revision: int) -> str:
            return self._step("push", steps.push_draft, call, revision)

        self._after_call, self._push = after_call, push

    def launch(self, layout: Layout, *, node: str, version: str) -> None:
        """Open the database, take up what this version left unfinished, and begin to work."""
        _prefer_wal(layout)
        if not logging.getLogger("dbos").handlers:
            logging.getLogger("dbos").addHandler(logging.NullHandler())  # else DBOS prints to the console, past our log
        config: DBOSConfig = {
            "name": "hotline",
            "system_database_url": f"sqlite:///{layout.workflows}",
            "executor_id": f"hotline-worker-{node}",
            "application_version": version,
            "serializer": JsonSerializer(),
            "db_engine_kwargs": {"hide_parameters": True},
            "log_level": "WARNING",
            "enable_otlp": False,
        }
        try:
            DBOS(config=config)
            DBOS.launch()
            DBOS.register_queue(QUEUE, worker_concurrency=QUEUE_AT_ONCE, polling_interval_sec=QUEUE_POLL_S, on_conflict="always_update")
        except BaseException:
            DBOS.destroy()
            raise

    def stop(self, seconds: int = 5) -> None:
        """Finish what is being done, for so long; what is left is taken up by the next worker."""
        DBOS.destroy(workflow_completion_timeout_sec=seconds)

    def begin_after_call(self, part: Part) -> None:
        """Start the workflow of a part, or do nothing if there is one."""
        with SetWorkflowID(workflow_id(part)):
            DBOS.start_workflow(self._after_call, str(part.call), part.number)

    def begin_push(self, call: str, revision: int, when: str) -> None:
        """Start an attempt to deliver a draft. The same `when` twice is one attempt."""
        with SetWorkflowID(f"push/{call}/{revision}/{when}"):
            DBOS.start_workflow(self._push, call, revision)

    def is_over(self, part: Part) -> str:
        """How the part's workflow ended, with the error's first line; empty if it is still to be waited for."""
        status = DBOS.get_workflow_status(workflow_id(part))
        if status is None:
            return "unknown"
        if status.status in UNFINISHED:
            return ""
        reason = str(status.error).splitlines()[0] if status.error else ""
        return f"{status.status} ({reason})" if reason else status.status

    def forget(self, part: Part) -> None:
        """So that the part can be begun anew."""
        DBOS.delete_workflow(workflow_id(part))

    def drop_stranded(self, *, node: str, version: str) -> list[str]:
        """Delete what another version or executor left unfinished; returns the ids, whose work must be begun anew.

        To be asked once at start, while the worker's lock says that nobody else is alive.
        """
        found = DBOS.list_workflows(status=list(UNFINISHED), name=[AFTER_CALL, PUSH], load_input=False, load_output=False)
        mine = (None, f"hotline-worker-{node}")
        stranded = [each.workflow_id for each in found if each.app_version != version or each.executor_id not in mine]
        if stranded:
            log.warning("接手旧版本未完成的任务 %d workflows of another version are begun anew", len(stranded))
            DBOS.delete_workflows(stranded)
        return stranded

    def sweep_finished(self, before: str) -> int:
        """Delete finished workflows that began before an ISO 8601 moment, some hundred at a time; returns how many."""
        found = DBOS.list_workflows(status="SUCCESS", end_time=before, limit=500, load_input=False, load_output=False)
        if found:
            DBOS.delete_workflows([each.workflow_id for each in found])
        return len(found)

    def _run_after_call(self, call: str, number: int) -> None:
        revision = self._step("record", self._steps.keep_record, call)
        self.begin_push(call, revision, "first")
        self._step("audio", self._steps.keep_audio, call)
        final = self._step("record with audio", self._steps.keep_record, call)
        if final != revision:
            self.begin_push(call, final, "first")
        self._step("put away", self._steps.put_away, call, number)

    def _step(self, name: str, do: Callable[..., _Result], *ids: str | int) -> _Result:
        def noticed() -> _Result:
            self._notice(name, "begins")
            result = do(*ids)
            self._notice(name, "ended")
            return result

        return DBOS.run_step({"name": name}, noticed)


def workflow_id(part: Part) -> str:
    """The id by which a part's workflow is known, to other processes too."""
    return f"after_call/{part.call}/{part.number}"


def forget_in(layout: Layout, parts: list[Part]) -> None:
    """From another process: so that these parts can be begun anew, and what they push be pushed again. Without the database: nothing."""
    if not layout.workflows.exists():
        return
    client = DBOSClient(system_database_url=f"sqlite:///{layout.workflows}", serializer=JsonSerializer())
    try:
        known = [workflow_id(part) for part in parts]
        pushed = [f"push/{call}/{revision}/first" for call in {part.call for part in parts} for revision in FIRST_REVISIONS]
        for begin in range(0, len(known + pushed), FORGOTTEN_AT_ONCE):
            client.delete_workflows((known + pushed)[begin : begin + FORGOTTEN_AT_ONCE])
    finally:
        client.destroy()


def _prefer_wal(layout: Layout) -> None:
    """DBOS leaves the journal mode as it finds it; WAL lets readers and the writer pass each other, and it stays set."""
    connection = sqlite3.connect(layout.workflows, timeout=5)
    try:
        connection.execute("PRAGMA journal_mode = WAL")
    finally:
        connection.close()


def _error_text(value: object) -> object:
    if isinstance(value, BaseException):
        return {"error": f"{type(value).__name__}: {value}"}
    raise TypeError(f"{type(value).__name__} has no place in a workflow: ids only")
