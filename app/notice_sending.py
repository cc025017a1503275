"""通知 wired: the outbox of the ledger's database, the telephones of units and citizens, and the gateway or the folder of kept letters."""

import asyncio
import json
import logging
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Engine, inspect, select
from sqlalchemy.exc import SQLAlchemyError

from app.notice_settings import Notices as NoticeSettings
from app.notice_texts import shipped
from app.settings import Secrets, Settings
from hotline.errors import BadSettings, DoorClosed
from hotline.notices import CITIZEN, INSPECTION, OFFICE, SURGE, Notice, unit_of
from hotline.ports import Clock, Notifier
from notify.kept import KeptLetters
from notify.rounds import AT_ONCE, NoticeRounds
from notify.sms_gateway import SmsGateway
from notify.templates import TextCatalogue
from storage.alarm_files import raise_alarm
from storage.engine import open_for_writing
from storage.layout import Layout
from storage.notices import Notices
from storage.sms_outbox import SmsOutbox
from storage.surge_files import SurgeFiles
from storage.surge_sms import SurgeSms
from storage.ticket_rows import id_of
from storage.ticket_tables import ticket_snapshots
from storage.units import Units

log = logging.getLogger(__name__)

EVERY_S: Final = 1.0
TROUBLE_S: Final = 5.0
ALARM: Final = "notices-person"
TEXTS_ALARM: Final = "notices-texts"
_MOBILE: Final = re.compile(r"1[3-9][0-9]{9}")
"""A citizen's landline takes no SMS. Units register the number that does."""


@dataclass(frozen=True, kw_only=True)
class PhoneBook:
    """The `Numbers` door (notify/ports.py): looked up at the moment of sending, kept nowhere."""

    engine: Engine
    units: Units
    settings: NoticeSettings
    sms: SmsOutbox

    def words_of(self, notice: Notice) -> str:
        """突发公告 as it was worded when it began; empty for every other notice. Raises as `number_of`."""
        return self.sms.wish(notice.key).text if notice.kind == SURGE else ""

    def number_of(self, notice: Notice) -> str:
        """The telephone of this recipient; empty when none is known, or a citizen's takes no SMS. Raises `DoorClosed`, `NoticeRefused`."""
        if notice.kind == SURGE:
            return self.sms.wish(notice.key).number
        fixed = {OFFICE: self.settings.office_phone, INSPECTION: self.settings.inspection_phone}
        if notice.to in fixed:
            return fixed[notice.to]
        try:
            return self._of_citizen(notice.ticket) if notice.to == CITIZEN else self._of_unit(notice.to)
        except SQLAlchemyError as error:
            raise DoorClosed(f"通讯录暂不可用 the database does not answer ({type(error).__name__})") from error

    def _of_unit(self, to: str) -> str:
        unit = self.units.unit(unit_of(to))
        if unit is None:
            return ""
        return "".join(char for char in (unit.leader_phone if to.startswith("leader:") else unit.staff_phone) if char.isdigit())

    def _of_citizen(self, number: str) -> str:
        query = select(ticket_snapshots.c.snapshot).where(ticket_snapshots.c.id == id_of(number))
        with self.engine.connect() as connection:
            snapshot = connection.execute(query).scalar()
        phone = "" if snapshot is None else str(json.loads(snapshot).get("citizen", {}).get("phone", ""))
        return phone if _MOBILE.fullmatch(phone) else ""


async def tell_for_ever(settings: Settings, secrets: Secrets, layout: Layout, clock: Clock) -> None:
    """Send what must be told, as it comes. Cancelled by its owner; whatever goes wrong is told to the log and tried again.

    With texts that cannot be used nothing is sent, and that is an alarm: the worker has other work.
    """
    try:
        texts = shipped(settings.notices.texts)
    except BadSettings as error:
        log.critical("短信模板不能用，不发通知，请改正后重启 notices are not sent: %s", error)
        raise_alarm(layout.var, TEXTS_ALARM, f"短信模板不能用，不发通知，请改正后重启 notices are not sent: {error}")
        return
    engine = open_for_writing(layout.ledger)
    try:
        while not await asyncio.to_thread(_is_there, engine, layout):
            await clock.sleep(EVERY_S)
        async with _notifier(settings, secrets, layout, clock) as notifier:
            rounds = _rounds(settings.notices, layout, engine, notifier, texts)
            while True:
                await clock.sleep(await one_round(rounds, clock))
    finally:
        engine.dispose()


def _rounds(settings: NoticeSettings, layout: Layout, engine: Engine, notifier: Notifier, texts: TextCatalogue) -> NoticeRounds:
    """What tickets tell, and what callers asked for by a key (突发公告)."""
    sms = SmsOutbox(layout.sms, SurgeFiles(layout.surge))
    book = PhoneBook(engine=engine, units=Units(engine, engine), settings=settings, sms=sms)
    waiting = SurgeSms(Notices(engine), sms)
    return NoticeRounds(waiting, book, notifier, texts, kept=not settings.url, person=_alarm(layout), own_words=book.words_of)


async def one_round(rounds: NoticeRounds, clock: Clock) -> float:
    """One round; returns how many seconds to wait for the next one."""
    wait = TROUBLE_S
    try:
        wait = 0.0 if await rounds.round(clock.now()) >= AT_ONCE else EVERY_S
    except* (SQLAlchemyError, OSError) as errors:
        log.error("通知暂时发不出去，稍后重试 notices wait: %s", "; ".join(type(error).__name__ for error in errors.exceptions))
    except* Exception:  # whatever it is: the worker's records are more important than a notice
        log.exception("通知发送出错，稍后重试 the sender of notices failed, and tries again")
    return wait


def _is_there(engine: Engine, layout: Layout) -> bool:
    """The ledger is made and migrated by the worker itself, beside us."""
    try:
        return layout.ledger.exists() and inspect(engine).has_table("notices")
    except SQLAlchemyError:
        return False


def _alarm(layout: Layout) -> Callable[[str], None]:
    def person(key: str) -> None:
        raise_alarm(layout.var, ALARM, f"有通知须人工处理，最近一条 {key} a notice needs a person; look at it in the console")

    return person


@asynccontextmanager
async def _notifier(settings: Settings, secrets: Secrets, layout: Layout, clock: Clock) -> AsyncIterator[Notifier]:
    """The gateway that the settings name, or the folder."""
    if not settings.notices.url:
        yield KeptLetters(layout.var / "notices", clock)
        return
    async with SmsGateway(settings.notices.url, secrets.sms_secret.get_secret_value(), asks=settings.notices.asks) as gateway:
        yield gateway
