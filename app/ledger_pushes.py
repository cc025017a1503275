"""`scripts/ledger reconcile-pushes` and `replay`: our drafts held against what the city's ticket system has (docs/operators/backend.md)."""

import argparse
import asyncio
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime

from app.places import Places
from app.settings import Settings, read_secrets, read_settings
from hotline.errors import HotlineError
from hotline.workdays import CHINA
from storage.backend_http import Backend, CannotList, Held
from storage.engine import open_for_reading, open_for_writing
from storage.layout import Layout
from storage.outbox import Outbox
from storage.push_reconciliation import MENDED_BY_PUSHING, Finding, PushBook, What, by_number, compare

Run = Callable[[argparse.Namespace, Places], int]


def reconcile(asked: argparse.Namespace, places: Places) -> int:
    """One line for each record that is not as it should be. Exit status 1 when anything is left for a person or was not requeued."""
    settings = read_settings(asked.config)
    if settings.tickets.sink != "http":
        sys.stdout.write("业务单在本机，无需对账 drafts stay in this house: nothing to reconcile\n")
        return 0
    day = _day(asked.day)
    findings, ours = asyncio.run(_found(settings, places, day))
    for each in findings:
        sys.stdout.write(f"{each.call}/{each.revision}  {each.what}  {each.words}\n")
    mended = [each for each in findings if each.what in MENDED_BY_PUSHING]
    requeued = _again(places, ((each.call, each.revision) for each in mended)) if asked.requeue else 0
    sys.stdout.write(_summary(day, ours, findings, requeued))
    return 0 if len(findings) == (len(mended) if asked.requeue else 0) else 1


def replay(asked: argparse.Namespace, places: Places) -> int:
    """Push the newest revision of a day or of one call once more, for a backend that lost what it had."""
    if bool(asked.day) == bool(asked.call):
        raise HotlineError("请给出 --day 或 --call 其中之一 give either --day or --call")
    engine = open_for_reading(Layout(var=places.var).ledger)
    try:
        book = PushBook(engine)
        one = book.of_call(asked.call) if asked.call else None
        wanted = book.of_day(_day(asked.day)) if asked.day else [one] if one else []
    finally:
        engine.dispose()
    if asked.call and not wanted:
        raise HotlineError(f"没有这次通话的业务单 no draft of this call: {asked.call}")
    number = _again(places, ((each.call, each.revision) for each in wanted))
    sys.stdout.write(f"{number} 份业务单重新推送 drafts are pushed again\n")
    return 0


async def _found(settings: Settings, places: Places, day: date) -> tuple[list[Finding], int]:
    """All findings of a day, and how many calls of it have a draft."""
    secrets = read_secrets(places.secrets)
    engine = open_for_reading(Layout(var=places.var).ledger)
    backend = Backend(settings.tickets.url, secrets.ticket_token.get_secret_value(), secrets.ticket_secret.get_secret_value())
    try:
        book = PushBook(engine)
        pushed = book.of_day(day)
        known = {each.call for each in pushed}
        held = await _held(backend, day, sorted(known))
        findings = compare(pushed, held)
        # The two sides may put a call of midnight into different days: nobody is called missing who was not asked for by number.
        missing = [each.call for each in findings if each.what is What.MISSING]
        held |= by_number([record for call in missing for record in await backend.by_number(call)])
        strangers = sorted(number for number in held if number not in known and not book.knows(number))
        return [*compare(pushed, held), *(_stranger(number, held[number]) for number in strangers)], len(pushed)
    finally:
        await backend.close()
        engine.dispose()


async def _held(backend: Backend, day: date, numbers: Sequence[str]) -> dict[str, list[Held]]:
    """By our number: from its list of the day, or asked one by one when it has none."""
    try:
        return dict(by_number(await backend.received(day)))
    except CannotList:
        return dict(by_number([record for number in numbers for record in await backend.by_number(number)]))


def _stranger(number: str, held: Sequence[Held]) -> Finding:
    return Finding(
        call=number, revision=max(each.revision for each in held), what=What.UNKNOWN, words="、".join(each.reference for each in held)
    )


def _again(places: Places, wanted: Iterable[tuple[str, int]]) -> int:
    engine = open_for_writing(Layout(var=places.var).ledger)
    try:
        return Outbox(engine).again(wanted, datetime.now(UTC))
    finally:
        engine.dispose()


def _summary(day: date, ours: int, findings: Sequence[Finding], requeued: int) -> str:
    counts = Counter(each.what for each in findings)
    told = "；".join(f"{what} {count}" for what, count in counts.items()) or "两边一致 both sides agree"
    again = f"；重新推送 pushed again {requeued}" if requeued else ""
    return f"{day}：{ours} 次通话 calls：{told}{again}\n"


def _day(text: str) -> date:
    """Yesterday, when nothing is said: a day that is over."""
    if not text:
        return date.fromordinal(datetime.now(CHINA).date().toordinal() - 1)
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise HotlineError(f"--day: {text}: 日期写作 2026-11-23 write a date like this") from None
