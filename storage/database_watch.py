"""The worker's look at its two databases, every few seconds and beside all work: what is wrong is an alarm, what was replaced a new start.

A database that is locked, read-only or gone stops no call: journals wait in `closed/`, and the work goes on when it is usable again. A
file that was replaced while we had it open (a backup was restored, the workflows' database was removed) is another database: then the
worker ends, is started again, and finds all its work where the truth is, in `closed/` and in the outbox.
"""

import sqlite3
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

from storage.alarm_files import clear_alarm, raise_alarm
from storage.engine import inode_of
from storage.layout import Layout

PATIENCE_S = 1.0
"""A write lock that is held longer than this, at two looks in a row, is worth an alarm; our own transactions take milliseconds."""

LOCKED = "被占用"


class DatabaseWatch:
    """For one worker. `look` belongs to one thread, `opened` is called once, by any."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._opened: dict[Path, int] = {}
        self._locked: set[Path] = set()

    def opened(self) -> None:
        """The worker has both databases open now: these files, and no others of the same name."""
        self._opened = {path: inode for path in self._both if (inode := inode_of(path)) is not None}

    def look(self) -> bool:
        """Raise or clear the alarm `database`. False when a file is not the one that this worker opened: it must begin anew."""
        found = {path: trouble for path in self._both if (trouble := trouble_of(path)) and not self._is_to_come(path)}
        locked_before, self._locked = self._locked, {path for path, trouble in found.items() if LOCKED in trouble}
        troubles = [f"{path.name} {trouble}" for path, trouble in found.items() if path not in self._locked - locked_before]
        if troubles:
            raise_alarm(
                self._layout.var,
                "database",
                f"数据库不可用（{'；'.join(troubles)}）：通话不受影响，记录暂存，恢复后自动入库；请检查该文件、磁盘和占用它的程序 "
                "a database is not usable: calls go on, records wait and arrive later; look at the file, its disk and who holds it",
            )
        elif not found:
            clear_alarm(self._layout.var, "database")
        return not any(self._is_another(path) for path in self._both)

    @property
    def _both(self) -> tuple[Path, Path]:
        return self._layout.ledger, self._layout.workflows

    def _is_to_come(self, path: Path) -> bool:
        """The workflows' database holds no truth: it is made when it is not there."""
        return path == self._layout.workflows and path not in self._opened and not path.exists()

    def _is_another(self, path: Path) -> bool:
        opened, inode = self._opened.get(path), inode_of(path)
        if opened is None or inode == opened:
            return False
        return inode is not None or path == self._layout.workflows  # a ledger that is gone is waited for


def trouble_of(path: Path) -> str:
    """What keeps a database from being written, Chinese first; empty when nothing does. Waits up to `PATIENCE_S`, changes nothing."""
    if not path.exists():
        return "不见了 is gone"
    try:
        with closing(sqlite3.connect(f"file:{quote(str(path.absolute()))}?mode=rw", uri=True, timeout=PATIENCE_S)) as connection:
            connection.isolation_level = None
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("ROLLBACK")
    except sqlite3.Error as error:
        words = str(error)
        if "locked" in words:
            return f"{LOCKED} is locked"
        return "只读 is read-only" if "readonly" in words else f"出错 {words}"
    return ""
