"""突发公告 by SMS, sent as notices are: each file of `var/sms/wanted/` becomes a row of the notices' outbox, which is patient for two days.

The row holds no number, the file stays the only place of it. When the row says "sent" the file is moved: who dies in between finds both and
moves it then. Where no gateway is set up nothing went out: the row says "kept", and the file stays for a person.
"""

import logging
import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import islice
from typing import Final

from hotline.notices import CITIZEN, SURGE, Notice, NoticeOutcome, Sent
from storage.notices import Notices
from storage.sms_outbox import SmsOutbox

log = logging.getLogger(__name__)

MOST_NEW: Final = 100
"""Files made rows in one look: a storm of wishes holds no other notice up."""
REST: Final = timedelta(minutes=1)
"""After the folder could not be read or written it is left alone for so long."""
BY_HAND: Final = "by-hand"
_NAME: Final = re.compile(r"(?P<call>[A-Za-z0-9]{1,16}-[0-9]{1,12}\.[0-9]{1,10})-(?P<about>[a-z]{1,16}-[0-9]{1,12})", re.ASCII)


class SurgeSms:
    """The notices' outbox (`Waiting` in notify/ports.py) with the wishes of callers in it.

    One sender: its `take` is alone, the others may run in several threads about different notices.
    """

    def __init__(self, notices: Notices, outbox: SmsOutbox) -> None:
        self._notices = notices
        self._outbox = outbox
        self._known: set[str] = set()
        self._rest_until: datetime | None = None

    def take(self, now: datetime, *, most: int = 50) -> Sequence[Notice]:
        """As `Notices.take`. What a person has moved to `sent/` by hand is not sent again."""
        if self._rest_until is None or now >= self._rest_until:
            self._look(now)
        return [notice for notice in self._notices.take(now, most=most) if not self._moved_by_hand(notice, now)]

    def sent(self, key: str, sent: Sent, now: datetime, *, kept: bool = False) -> None:
        """As `Notices.sent`; then the file is moved."""
        self._notices.sent(key, sent, now, kept=kept)
        if not kept and _NAME.fullmatch(key):
            self._known.discard(key)  # should it lie there again, or still, it is looked at anew
            try:
                self._outbox.done(key)
            except OSError as error:
                self._rest(error, now)

    def refused(self, key: str, error: str) -> None:
        """As `Notices.refused`."""
        self._notices.refused(key, error)

    def no_way(self, key: str) -> None:
        """As `Notices.no_way`."""
        self._notices.no_way(key)

    def failed(self, key: str, error: str, now: datetime) -> NoticeOutcome:
        """As `Notices.failed`."""
        return self._notices.failed(key, error, now)

    def _look(self, now: datetime) -> None:
        try:
            there = self._outbox.waiting()
            self._known.intersection_update(there)
            fresh = list(islice((name for name in there if name not in self._known), MOST_NEW))
            for name in fresh:
                self._enter(name, now)
        except OSError as error:
            self._rest(error, now)

    def _enter(self, name: str, now: datetime) -> None:
        parts = _NAME.fullmatch(name)
        if parts is None:
            log.error("公告短信文件名不对，未发送 a file in var/sms/wanted is not named CALL-NOTICE.json, and is not sent")
        elif not self._notices.add(_notice(parts), now) and self._notices.state(name) is NoticeOutcome.SENT:
            self._outbox.done(name)
            return
        self._known.add(name)

    def _moved_by_hand(self, notice: Notice, now: datetime) -> bool:
        try:
            if notice.kind != SURGE or not self._outbox.is_sent(notice.key):
                return False
        except OSError:
            return False  # what lies in sent/ only cannot be read in wanted/ either: nothing goes out twice
        self._notices.sent(notice.key, Sent(reference=BY_HAND), now)
        return True

    def _rest(self, error: OSError, now: datetime) -> None:
        self._rest_until = now + REST
        log.error("公告短信文件夹读写失败，稍后重试 var/sms cannot be read or written, tries again in a minute: %s", error.strerror)


def _notice(parts: re.Match[str]) -> Notice:
    return Notice(kind=SURGE, to=CITIZEN, ticket=parts["call"], seq=0, values={"about": parts["about"]})
