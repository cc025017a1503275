"""The durable workflows of the worker, on DBOS. Nothing else in the house knows DBOS, and only the worker launches it.

    after_call/CALL/PART        record → ledger, its push is begun, audio, record with audio → ledger, its push is begun, journal → kept/

All of it is one step: each part has the effect of once, so what a worker that died has done already is found and not done again, and a
checkpoint between two parts would cost more than most of them do (decision 0005).

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
from storage.pushing import Pushing

log = logging.getLogger(__name__)

AFTER_CALL = "after_call_2"
"""A changed order of steps gets a new name, together with another version: then the old ones are begun anew."""
EARLIER = ("after_call_1", "push_1")
"""What former releases may have left unfinished."""

QUEUE = "worker"
"""For other processes, which may only enqueue (`DBOSClient`). The worker itself starts workflows directly: a queue is polled, which cost
8 % of a core at ten times a second and a tenth of a second per call."""

QUEUE_POLL_S = 1.0
QUEUE_AT_ONCE = 4

FORGOTTEN_AT_ONCE = 500
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
        """`notice` hears of every part of the work: its name, and `begins` or `ended`."""
        self._steps = steps
        self._notice = notice
        self._pushing = Pushing(lambda call, revision: self._noticed("push", steps.push_draft, call, revision))

        @DBOS.workflow(name=AFTER_CALL)
        def after_call(call: str, number: int) -> None:
            DBOS.run_step({"name": "after call"}, self._work, call, number)

        self._after_call = after_call

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
            "db_engine_kwargs": {"hide_parameters": True, "connect_args": {"factory": _Connection}},
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
        self._pushing.stop(seconds)

    def begin_after_call(self, part: Part) -> None:
        """Start the workflow of a part, or do nothing if there is one."""
        with SetWorkflowID(workflow_id(part)):
            DBOS.start_workflow(self._after_call, str(part.call), part.number)

    def begin_push(self, call: str, revision: int) -> None:
        """Start an attempt to deliver a draft, unless one is under way."""
        self._pushing.begin(call, revision)

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
        found = DBOS.list_workflows(status=list(UNFINISHED), name=[AFTER_CALL, *EARLIER], load_input=False, load_output=False)
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

    def _work(self, call: str, number: int) -> None:
        revision = self._noticed("record", self._steps.keep_record, call)
        self.begin_push(call, revision)
        self._noticed("audio", self._steps.keep_audio, call)
        final = self._noticed("record with audio", self._steps.keep_record_with_audio, call)
        if final != revision:
            self.begin_push(call, final)
        self._noticed("put away", self._steps.put_away, call, number)

    def _noticed(self, name: str, do: Callable[..., _Result], *ids: str | int) -> _Result:
        self._notice(name, "begins")
        result = do(*ids)
        self._notice(name, "ended")
        return result


def workflow_id(part: Part) -> str:
    """The id by which a part's workflow is known, to other processes too."""
    return f"after_call/{part.call}/{part.number}"


def forget_in(layout: Layout, parts: list[Part]) -> None:
    """From another process: so that these parts can be begun anew. Without the database: nothing."""
    if not layout.workflows.exists():
        return
    client = DBOSClient(system_database_url=f"sqlite:///{layout.workflows}", serializer=JsonSerializer())
    try:
        known = [workflow_id(part) for part in parts]
        for begin in range(0, len(known), FORGOTTEN_AT_ONCE):
            client.delete_workflows(known[begin : begin + FORGOTTEN_AT_ONCE])
    finally:
        client.destroy()


class _Connection(sqlite3.Connection):
    """DBOS's. It need not wait for the disk: after a power failure the last workflows are begun anew from `closed/`."""

    def __init__(self, *words: Any, **more: Any) -> None:  # noqa: ANN401 - what sqlite3.connect is given
        super().__init__(*words, **more)
        self.execute("PRAGMA synchronous = NORMAL")


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
