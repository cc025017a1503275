"""What the worker does after a call, step by step. Every step may be repeated after a crash and has the effect of once.

The steps take ids only and look everything else up: in the journal files, the recordings and the ledger.
"""

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import BoundedSemaphore
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from hotline.errors import DoorClosed, MalformedInput
from hotline.identity import CallId
from hotline.messages import Receipt, TicketDraft
from recordings.handlers import Spooled, clear_message, clear_spool, judged, keep_audio, keep_message
from recordings.model import KeptAudio
from records.journal import Journal
from records.model import Gap, Message, Recording, to_json
from records.policy import CUT_OFF, build, expected_seconds, message_file, spool_files, unnoted_message_file
from storage.alarm_files import raise_alarm
from storage.callbacks import Callbacks
from storage.journal_sweep import JournalSweep, Part, Seen
from storage.layout import Layout
from storage.ledger import LedgerBook
from storage.outbox import Outbox
from storage.sms_outbox import SmsOutbox
from storage.surge_files import SurgeFiles
from tickets.model import DraftRefused, InDoubt
from tickets.policy import draft_of

log = logging.getLogger(__name__)

REST_S = 5.0
"""After the ticket backend did not answer, pushes wait in the outbox for so long without asking it: a dead backend delays nobody."""

PUSHES_AT_ONCE = 8
"""A backend that hangs holds so many threads and no more."""


ON_THE_WAY = timedelta(seconds=30)
"""Between "it is begun" in the outbox and the last byte sent: the question by number, and a slow line."""


class _AnotherUnderway(Exception):
    """Another revision of the call may still be on its way to a backend that knows no keys."""


def _utc_now() -> datetime:
    return datetime.now(UTC)


class AfterCall:
    """The steps, with their doors. Used from several threads at once, for different calls."""

    def __init__(
        self,
        layout: Layout,
        engine: Engine,
        push: Callable[[TicketDraft], Receipt],
        *,
        now: Callable[[], datetime] = _utc_now,
        callbacks: Callbacks | None = None,
        settle: timedelta | None = None,
    ) -> None:
        """`engine`: of `storage.engine.open_for_writing`. `push` delivers a draft and raises what a `TicketSink` raises.

        `settle`: the backend knows no keys, and what was sent without an answer is left alone for so long before it is asked about it.
        """
        self._layout = layout
        self._sweep = JournalSweep(layout)
        self._read = _JournalsRead(self._sweep)
        self._book = LedgerBook(engine)
        self._outbox = Outbox(engine)
        self._callbacks = callbacks or Callbacks(engine)
        self._sms = SmsOutbox(layout.sms, SurgeFiles(layout.surge))
        self._push = push
        self._now = now
        self._settle = settle
        self._resting_until: datetime | None = None
        self._asking = BoundedSemaphore(PUSHES_AT_ONCE)

    def keep_record(self, call: str) -> int:
        """Step: the record as it is known now goes into the ledger. Returns its revision, which is only new if something is.

        With it goes what it means for call-backs: its own, and those that it settles, whose records say so from now on (the sweep of the
        outbox pushes these).
        """
        record = self._record(CallId(call))
        self._sms.take(record)
        changed = self._callbacks.take(record, self._now())
        for other in sorted(changed - {call}):
            self._book.keep_record(self._record(CallId(other)), now=self._now())
            self._read.forget(CallId(other))
        if call in changed:
            record = self._record(CallId(call))
        return self._book.keep_record(record, now=self._now())

    def keep_record_with_audio(self, call: str) -> int:
        """Step: the same once more, right after `keep_audio`. Only a message that was found with it can change who is owed a call."""
        record = self._record(CallId(call))
        return self.keep_record(call) if record["message"] else self._book.keep_record(record, now=self._now())

    def push_draft(self, call: str, revision: int) -> str:
        """Step: one attempt to deliver the draft of a revision. Returns what became of it, an `storage.outbox.Outcome`."""
        if not self._outbox.is_waiting(call, revision):
            return "done before"
        record = self._book.revision_of(call, revision)
        try:
            receipt = self._ask(draft_of(record))
        except DraftRefused as error:
            self._outbox.refused(call, revision, str(error))
            self._ask_a_person()
            log.critical("业务单推送被拒，需人工处理 draft %s/%d: push failed, needs a person: %s", call, revision, error)
            return "person"
        except _AnotherUnderway:
            return "waiting"
        except DoorClosed as error:
            return self._not_delivered(call, revision, error)
        except SQLAlchemyError:
            raise  # our own database: the step is begun anew, and no attempt is counted
        except Exception as error:
            log.exception("业务单推送出错 draft %s/%d: an error that no door announces", call, revision)
            return self._attempted(call, revision, type(error).__name__)
        self._outbox.delivered(call, revision, receipt)
        return "delivered"

    def keep_audio(self, call: str) -> str:
        """Step: the two recorded sides become one file, its hash is written down, the spool is cleared; the same for a message that he
        left. Returns the recording's state."""
        journal = self._read.journal(CallId(call))
        kept, message = self._book.kept_of(call)
        record = build(call, journal, recording=_recording(kept) if kept else None)
        self._keep_message(CallId(call), journal, message)
        names = spool_files(call, journal.lines)
        if names is None:
            return "none"
        citizen, heard = names
        spooled = Spooled(call=CallId(call), citizen_file=citizen, heard_file=heard, expected_seconds=expected_seconds(record))
        try:
            spool = self._layout.spool_with(*names)
            audio = kept or keep_audio(spooled, spool=spool, var=self._layout.var, second=self._layout.first_is_short)
            # Of a call that was cut off the recording itself may be the last that is known.
            least = audio.seconds if record.completeness == CUT_OFF else 0.0
            audio = judged(audio, max(spooled.expected_seconds, least))
            self._book.keep_audio(CallId(call), audio, now=self._now())
            clear_spool(spooled, spool=spool)
        except MalformedInput as error:
            log.critical("录音文件名不可信，未处理 recording of call %s left alone: %s", call, error)
            return "none"
        return audio.state

    def _keep_message(self, call: CallId, journal: Journal, audio: KeptAudio | None) -> None:
        noted, unnoted = message_file(call, journal.lines), unnoted_message_file(call)
        spool = self._layout.spool_with(noted or unnoted)
        file = noted or (unnoted if (spool / unnoted).exists() else "")
        if not file:
            return
        try:
            if audio is None or audio.state == "missing":
                audio = keep_message(call, file, spool=spool, var=self._layout.var, second=self._layout.first_is_short)
            self._book.keep_message(call, audio, now=self._now())
            clear_message(file, spool=spool)
        except MalformedInput as error:
            log.critical("留言文件名不可信，未处理 message of call %s left alone: %s", call, error)

    def put_away(self, call: str, number: int) -> None:
        """Step, the last one: the journal goes to rest."""
        journal = self._read.journal(CallId(call))
        self._book.keep_journal(call, number, lines=len(journal.lines), unreadable=journal.unreadable, now=self._now())
        self._sweep.put_away(Part(call=CallId(call), number=number))
        self._read.forget(CallId(call))

    def _record(self, call: CallId) -> dict[str, Any]:
        journal = self._read.journal(call)
        audio, message = self._book.kept_of(call)
        kept, left = _recording(audio) if audio else None, _message(message) if message else None
        record = build(call, journal, recording=kept, message=left, callback=self._callbacks.of(call))
        if audio and audio.gaps:
            record = replace(record, recording=replace(record.recording, gaps=_gaps(audio, record.answered)))
        return to_json(record)

    def _ask(self, draft: TicketDraft) -> Receipt:
        if self._resting_until and self._now() < self._resting_until:
            raise DoorClosed("ticket backend: did not answer a moment ago, not asked again so soon")
        if not self._asking.acquire(blocking=False):
            raise DoorClosed("ticket backend: slow, enough drafts are on their way to it")
        try:
            if self._settle and not self._outbox.begin(draft.key, draft.revision, self._now(), self._settle + ON_THE_WAY):
                raise _AnotherUnderway
            receipt = self._push(draft)
        finally:
            self._asking.release()
        self._resting_until = None
        return receipt

    def _not_delivered(self, call: str, revision: int, error: DoorClosed) -> str:
        now = self._now()
        if self._resting_until is None or now >= self._resting_until:
            self._resting_until = now + timedelta(seconds=REST_S)
            log.error("业务单系统无应答，稍后重试 drafts wait in the outbox: %s", error)
        return self._attempted(call, revision, str(error), in_doubt=isinstance(error, InDoubt))

    def _attempted(self, call: str, revision: int, why: str, *, in_doubt: bool = True) -> str:
        """It counts as an attempt whatever went wrong, so that in the end a person looks."""
        least = self._settle if in_doubt and self._settle else timedelta()
        state = self._outbox.failed(call, revision, why, self._now(), least=least)
        if state == "person":
            self._ask_a_person()
            log.critical("业务单多次推送失败，需人工处理 draft %s/%d: push failed, needs a person", call, revision)
        return state

    def _ask_a_person(self) -> None:
        raise_alarm(
            self._layout.var,
            "drafts-person",
            "有业务单推送不成功，需人工处理：scripts/ledger drafts 查看原因，处理后 scripts/ledger push-again 重新推送 "
            "drafts could not be delivered: look by scripts/ledger drafts, then try again by scripts/ledger push-again",
        )


class _JournalsRead:
    """Each step asks for the call's journal, and nothing is written into it any more: it is read again only when a part has come."""

    def __init__(self, sweep: JournalSweep) -> None:
        self._sweep = sweep
        self._known: dict[CallId, tuple[Seen, Journal]] = {}

    def journal(self, call: CallId) -> Journal:
        seen = self._sweep.seen(call)
        known = self._known.get(call)
        if known is None or known[0] != seen:
            known = self._known[call] = (seen, self._sweep.read(call))
        return known[1]

    def forget(self, call: CallId) -> None:
        self._known.pop(call, None)


def _recording(kept: KeptAudio) -> Recording:
    return Recording(
        state=kept.state,
        file=kept.file,
        sha256=kept.sha256,
        seconds=kept.seconds,
        expected_seconds=kept.expected_seconds,
        channels=kept.channels,
        repaired=kept.repaired,
    )


def _gaps(kept: KeptAudio, answered: datetime | None) -> tuple[Gap, ...]:
    """Seconds after the answer become times of day."""
    starts = [None if gap.begins is None or answered is None else answered + timedelta(seconds=gap.begins) for gap in kept.gaps]
    return tuple(
        Gap(side=gap.side, seconds=gap.seconds, began=start, ended=start and start + timedelta(seconds=gap.seconds))
        for gap, start in zip(kept.gaps, starts, strict=True)
    )


def _message(kept: KeptAudio) -> Message:
    return Message(state=kept.state, file=kept.file, sha256=kept.sha256, seconds=kept.seconds, repaired=kept.repaired)
