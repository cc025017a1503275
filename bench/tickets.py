"""`scripts/bench tickets`: what a list, a search and a move take at 10,000, 100,000 and a million tickets, on SQLite and on PostgreSQL.

The database grows from size to size; its rows are those that the door writes (bench/ticket_seed.py). Everything is measured through the
doors that the product uses: a list and a search through `StoredTickets.search`, a move through `TicketDesk.do` (load, decide, keep).
Samples take turns, so that a busy moment of the machine meets all of them alike. Both sync to the disk, as they do in service.
"""

import random
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from sqlalchemy import Engine

from app.places import PROJECT
from app.term_tables import shipped
from bench.own_postgres import USER, own_postgres
from bench.record import percentile
from bench.report import Bar, Figure, Report, measured_commit
from bench.ticket_fill import fill_postgres, fill_sqlite
from bench.ticket_seed import COMMON, LARGEST, UNITS, Pattern, Rows, patterns, seeded
from hotline.access import Actor, Role
from hotline.errors import MalformedInput
from hotline.national_days import national
from runtime.postgres import find_postgres
from runtime.progress import Progress
from storage.engine import open_for_reading, open_for_writing, open_postgres
from storage.migrate import migrate, migrate_server
from storage.tickets import StoredTickets
from tickets.commands import Receive
from tickets.desk import TicketDesk
from tickets.dispatch import Catalogue, Unit
from tickets.moves import TicketState
from tickets.ports import Asked
from tickets.rules import Rules

MOST_MS, MOST_TIMES, MOST_SEED_S = 50.0, 2.0, 180.0
SEED: Final = 12345
OFFICE: Final = Actor(id="p-0001", roles=frozenset({Role.OFFICE}))
HANDLER: Final = Actor(id="p-2001", roles=frozenset({Role.HANDLER}), unit=LARGEST)
SENT: Final = frozenset({TicketState.SENT})
WITH_UNIT: Final = frozenset({TicketState.SENT, TicketState.RECEIVED, TicketState.IN_HAND})
WORDS: Final = ("路灯", "拖欠", "学校", "扰民")
"""Of two characters, each in 3 to 20 % of the tickets."""


@dataclass(frozen=True, kw_only=True)
class Size:
    """`sizes`: tickets, growing. `samples` of each kind at each size; `different` texts."""

    sizes: tuple[int, ...] = (10_000, 100_000, 1_000_000)
    samples: int = 120
    different: int = 1_500


@dataclass(kw_only=True)
class Measured:
    """Of one database: how long each took, in ms, by size; and the filling, in s."""

    ms: dict[int, dict[str, list[float]]] = field(default_factory=dict)
    seeding_s: float = 0.0

    def p95(self, size: int, kind: str) -> float:
        """In ms."""
        return percentile(self.ms[size][kind], 95)

    def times(self, kind: str) -> float:
        """How many times as long at the last size as at the first one, by the median: a pause of the machine is no growth."""
        sizes = sorted(self.ms)
        return percentile(self.ms[sizes[-1]][kind], 50) / percentile(self.ms[sizes[0]][kind], 50)


FULL = Size()
QUICK = Size(sizes=(1_000, 5_000), samples=20, different=100)

Fill = Callable[[Iterator[Rows]], None]
Open = Callable[[], tuple[Engine, Engine]]


async def measure(size: Size, progress: Progress) -> Report:
    """Both databases, one after the other. Raises `MalformedInput` where there is no PostgreSQL."""
    texts = patterns(size.different, random.Random(SEED))
    measured = {}
    with tempfile.TemporaryDirectory(prefix="hl-bench-") as folder, _sqlite(Path(folder)) as (fill, engines):
        measured["sqlite"] = await _growing("sqlite", size, texts, fill, engines, progress)
    with _postgres() as (fill, engines):
        measured["postgresql"] = await _growing("postgresql", size, texts, fill, engines, progress)
    return report_of(measured)


def report_of(measured: dict[str, Measured]) -> Report:
    """Figures and bars."""
    figures, bars = [], []
    for name, found in measured.items():
        last = max(found.ms)
        for kind in found.ms[last]:
            figures += [Figure(name=f"{name}_{kind}_{size}_p95", value=found.p95(size, kind), unit="ms") for size in sorted(found.ms)]
            bars.append(
                Bar(what=f"{name} {kind}, p95, ms, any size", value=max(found.p95(size, kind) for size in found.ms), op="<=", bound=MOST_MS)
            )
            bars.append(Bar(what=f"{name} {kind}, last/first size", value=found.times(kind), op="<=", bound=MOST_TIMES))
        bars.append(Bar(what=f"{name} filled with {last}, s", value=found.seeding_s, op="<=", bound=MOST_SEED_S))
    return Report(name="tickets", figures=tuple(figures), bars=tuple(bars), commit=measured_commit())


async def _growing(name: str, size: Size, texts: list[Pattern], fill: Fill, engines: Open, progress: Progress) -> Measured:
    found, there = Measured(), 0
    for many in size.sizes:
        with progress.step(f"{name}: {many} 张业务单 tickets"):
            began = time.monotonic()
            fill(seeded(texts, there, many))
            found.seeding_s += time.monotonic() - began
        there = many
        writing, reading = engines()
        with progress.step(f"{name}: {many} 张业务单的列表、检索、办理 lists, searches, moves"):
            found.ms[many] = await _sampled(StoredTickets(writing, reading=reading), size.samples)
        writing.dispose()
        reading.dispose()
    return found


async def _sampled(door: StoredTickets, samples: int) -> dict[str, list[float]]:
    """One of each in turn; the first of each is not counted."""
    desk = TicketDesk(door, rules())
    page = await door.search(Asked(states=SENT, limit=200), OFFICE)
    sent = [(ticket.number, ticket.lead, ticket.filed_at + timedelta(hours=1)) for ticket in page.tickets]
    middle = (await door.search(Asked(limit=200), OFFICE)).next
    ms: dict[str, list[float]] = {}
    for turn in range(samples + 1):
        number, lead, at = sent[turn]
        handler = Actor(id="p-2002", roles=frozenset({Role.HANDLER}), unit=lead)
        word = WORDS[turn % len(WORDS)]
        rare = page.tickets[turn].address[3:5]
        kinds: dict[str, Callable[[], Awaitable[object]]] = {
            "list": lambda: door.search(Asked(), OFFICE),
            "list_deep": lambda: door.search(Asked(after=middle), OFFICE),
            "list_of_unit": lambda: door.search(Asked(states=WITH_UNIT), HANDLER),
            "search": lambda word=word: door.search(Asked(words=(word,)), OFFICE),  # type: ignore[misc]
            "search_rare": lambda rare=rare: door.search(Asked(words=(rare,)), OFFICE),  # type: ignore[misc]
            "search_tenth": lambda: door.search(Asked(words=(COMMON,)), OFFICE),
            "search_tenth_of_unit": lambda: door.search(Asked(words=(COMMON,)), HANDLER),
            "search_long": lambda: door.search(Asked(words=("拖欠工资",)), OFFICE),
            "search_two_words": lambda: door.search(Asked(words=(COMMON, "学校")), OFFICE),
            "move": lambda number=number, handler=handler, at=at: desk.do(number, Receive(), handler, at),  # type: ignore[misc]
        }
        for kind, do in kinds.items():
            began = time.perf_counter()
            await do()
            ms.setdefault(kind, []).append((time.perf_counter() - began) * 1000)
    return {kind: each[1:] for kind, each in ms.items()}


def rules() -> Rules:
    """Of a city with these units."""
    units = {unit: Unit(id=unit, name=unit) for unit in UNITS}
    catalogue = Catalogue(version="bench", since=date(2020, 1, 1), units=units, entries=())
    return Rules(follow=(shipped("jieyang-2015"),), calendar=national(), catalogue=catalogue)


@contextmanager
def _sqlite(folder: Path) -> Iterator[tuple[Fill, Open]]:
    path = folder / "ledger.sqlite"
    migrate(path)
    yield lambda rows: fill_sqlite(path, rows), lambda: (open_for_writing(path), open_for_reading(path))


@contextmanager
def _postgres() -> Iterator[tuple[Fill, Open]]:
    home = find_postgres(PROJECT / "var")
    if home is None:
        raise MalformedInput("没有 PostgreSQL there is no PostgreSQL: python3 -m runtime ensure --test brings one")
    with own_postgres(home, fsync="on", shared_buffers="512MB", max_wal_size="8GB", work_mem="16MB") as cluster:
        engine = open_postgres(cluster.make("tickets"))
        migrate_server(engine)
        engine.dispose()

        def opened() -> tuple[Engine, Engine]:
            writing = open_postgres(cluster.url("tickets"))
            return writing, writing

        yield lambda rows: fill_postgres(cluster.folder, USER, "tickets", rows), opened
