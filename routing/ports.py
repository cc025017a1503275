"""Doors that only this room speaks."""

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from typing import Protocol

from hotline.audit import Act
from hotline.call_facts import CallFact
from hotline.callbacks import Owed
from hotline.identity import CallId
from hotline.staff import Employee
from hotline.wishes import Wish, WishAnswer
from routing.board import BoardView
from routing.turn import PresenceMoved


class Board(Protocol):
    """The live state for wall boards and announcements (大屏). It is a luxury: no call depends on it."""

    async def publish(self, view: BoardView) -> None:
        """Show this from now on, for a few seconds. Never raises and never takes long: an outage is logged once."""

    async def latest(self) -> BoardView | None:
        """What was published last, or None: nothing yet, nothing fresh, or the board is out of order."""


class Journals(Protocol):
    """The call journals as the process sees them that closes them (`hotline.ports.Journal`, and one look over all of them)."""

    def write(self, call: CallId, fact: CallFact) -> None:
        """As `hotline.ports.Journal.write`."""

    def close(self, call: CallId) -> None:
        """As `hotline.ports.Journal.close`."""

    def orphans(self, known: Collection[str]) -> list[CallId]:
        """Calls whose journal is open though they are not among the `known` ones."""


class Leadership(Protocol):
    """Who decides (主持分配): of all routing processes at most one, for a numbered term. The number only grows; it is in every command."""

    async def claim(self) -> int | None:
        """Take the office, or keep it: the number of the term (epoch); None = another leads. Ask several times a second. Never raises.

        Who led before without a break keeps his number. Who stops asking loses the office after at most `hold_s` seconds.
        """

    def holds(self, epoch: int) -> bool:
        """True as long as nobody else can hold the office: asked before everything that this process does, so it waits for nothing."""

    def free_in(self) -> float:
        """Seconds after which whoever leads loses the office unless he keeps it, as the last claim was told; without end: not known."""

    async def resign(self) -> None:
        """Give the office up, so that another need not wait. Never raises."""


class Roster(Protocol):
    """What Asterisk does not show and a new leader must know (值班名册): presence, pauses, who knows whom. Nothing personal in it."""

    async def recall(self, epoch: int) -> Mapping[str, str]:
        """Everything that was kept. From now on no older term can keep anything. Raises `DoorClosed`."""

    async def keep(self, epoch: int, words: Mapping[str, str | None]) -> bool:
        """Keep these; None forgets one. False: they are kept, but what was kept before is lost, so keep everything again.

        Raises `Deposed` for an older term, and `DoorClosed` when nobody knows.
        """


class Wishes(Protocol):
    """What people at a desk want of the switchboard (hotline/wishes.py), and what became of it. Feature codes come as facts of the line."""

    async def ask(self, wish: Wish) -> WishAnswer:
        """Wish it and wait for the answer; its id is given here. Raises `DoorClosed`: nobody leads, or what became of it is unknown."""

    def wishes(self) -> AsyncIterator[Wish]:
        """Whatever is wished, in order, for ever; for the leader. A wish for whose answer nobody waits any more is left out.

        One that a leader took and did not answer comes again to the next: an answered one never does.
        """

    async def answer(self, wish: str, answer: WishAnswer) -> None:
        """Tell whoever waits for the wish with this id. Never raises."""


class Audit(Protocol):
    """审计: what people with power over others did."""

    async def keep(self, act: Act) -> None:
        """Write it down; it counts when this returns. Raises `DoorClosed`: then it must not be done."""


class Days(Protocol):
    """坐席轨迹: how each agent stood, and from when, for occupancy and for whoever asks. A new leader begins with a line for each."""

    def write(self, lines: Sequence[PresenceMoved]) -> None:
        """Append these. Never raises: an outage is logged once, and no call waits for it."""


class Debtors(Protocol):
    """回拨任务: to whom the ledger owes a call. The worker writes it down for routing, which opens no database."""

    def news(self) -> tuple[Owed, ...] | None:
        """All who may be tried, the foremost first, when that has changed since the last time; None = not, or nobody knows.

        Never raises.
        """


class Staff(Protocol):
    """坐席名册: who works here, as the operator changes it while calls are on. The settings' agents are the first ones."""

    def news(self) -> tuple[Employee, ...] | None:
        """All who work here, when that has changed since the last time; None = it has not, or nobody knows. Never raises."""
