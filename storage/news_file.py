"""A list that one process writes down whole and another reads when it is new: a JSON file of rows."""

import json
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any, Generic, TypeVar

from hotline.errors import HotlineError

log = logging.getLogger(__name__)

Row = TypeVar("Row")


class NewsFile(Generic[Row]):
    """The reader's side. `words`: what is said, with the file's name and the error, when it cannot be read."""

    def __init__(self, path: Path, read: Callable[[dict[str, Any]], Row], words: str) -> None:
        """Nothing is read yet."""
        self._path = path
        self._read = read
        self._words = words
        self._seen: tuple[int, int] | None = None

    def news(self) -> tuple[Row, ...] | None:
        """All rows when the file is another one than before, else None: one look at its date costs nothing. Never raises."""
        try:
            there = self._path.stat()
            seen = (there.st_mtime_ns, there.st_ino)
            if seen == self._seen:
                return None
            self._seen = seen
            return tuple(self._read(row) for row in json.loads(self._path.read_text(encoding="utf-8")))
        except FileNotFoundError:
            return None
        except (OSError, ValueError, TypeError, KeyError, HotlineError) as error:
            log.error(self._words, self._path.name, type(error).__name__)
            return None
