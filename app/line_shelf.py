"""The plans at the agi process's hand: the published one, and older ones as long as their calls run. Publishing needs no restart.

Nothing here may ever raise towards a call: a version that cannot be used is told to the log (CRITICAL: somebody must look), and the
one before it stays; with none at all there is the plain plan of hotline.toml.
"""

import logging
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from app.line_book import DRAFT, LineBook, Publication, in_force
from hotline.errors import HotlineError
from hotline.ports import Clock
from ivr.line_acceptance import Verdict
from ivr.line_plan import StaffPlan

log = logging.getLogger(__name__)

LOOK_EVERY_S: Final = 0.5
_Stamp = tuple[int, int, int] | None


class LineShelf:
    """`plan(called, version)` is the `Plans` of ivr/flows/line.py; `watch` looks for news, for ever."""

    def __init__(self, book: LineBook, *, plain: StaffPlan, judge: Callable[[str], Verdict], clock: Clock) -> None:
        self._book = book
        self._plain = plain
        self._judge = judge
        self._clock = clock
        self._stamp: _Stamp = None
        self._plans: dict[str, StaffPlan | None] = {plain.version: plain}  # None: it cannot be used, and that was told
        self._publications: tuple[Publication, ...] = ()

    async def watch(self) -> None:
        """Look for a new publication twice a second: one stat. Cancelled by its owner."""
        while True:
            self.look()
            await self._clock.sleep(LOOK_EVERY_S)

    def look(self) -> None:
        """Take up what was published since; what is to come is read and judged now, and counts from its moment on."""
        stamp = self._stamp_now()
        if stamp == self._stamp:
            return
        self._stamp = stamp
        try:
            publications = self._book.publications()
        except HotlineError as error:
            log.critical("ALARM: the list of menus is broken, the present menu stays: %s", error)
            return
        now = self._clock.now()
        begun = in_force(publications, now)
        for each in publications:
            if each.since > now or each == begun:
                self._read(each.version)
        self._publications = publications
        log.info("menu in force: version=%s", self._published().version)

    def plan(self, _called: str, version: str) -> StaffPlan:
        """The plan of this version; the published one when none is named, or when that one is no longer there."""
        if version:
            plan = self._plans[version] if version in self._plans else self._read(version)
            if plan is not None:
                return plan
        return self._published()

    def _published(self) -> StaffPlan:
        """Of those that can be used, the one that counts at this moment."""
        usable = list(self._publications)
        while begun := in_force(usable, self._clock.now()):
            plan = self._plans[begun.version] if begun.version in self._plans else self._read(begun.version)
            if plan is not None:
                return plan
            usable.remove(begun)
        return self._plain

    def _read(self, version: str) -> StaffPlan | None:
        plan = self._judged(version)
        if plan is None:
            log.critical("ALARM: menu version %s cannot be used, the one before it stays; see scripts/line versions", version[:40])
        self._plans[version] = plan
        return plan

    def _judged(self, version: str) -> StaffPlan | None:
        text = self._book.text_of(version)
        if text is None:
            return None
        try:
            plan = self._judge(text).plan
        except Exception:  # whatever it is: a menu must never keep the line from answering
            log.exception("menu version %s", version)
            return None
        return renamed(plan, version) if plan else None

    def _stamp_now(self) -> _Stamp:
        try:
            there = self._book.published.stat()
        except OSError:
            return None
        return there.st_mtime_ns, there.st_size, there.st_ino


def renamed(plan: StaffPlan, version: str) -> StaffPlan:
    """A call on a draft records the draft's own name, so that nobody takes it for the published version."""
    return replace(plan, version=version) if version.startswith(DRAFT) else plan
