"""短信待发箱: who wants an SMS about a notice: one file per call and notice in `var/sms/wanted/`, for the owner only (0600).

The worker lays them down with the call's record. Whoever sends one moves its file to `var/sms/sent/`; it is never made again as long as
it stands in either.
"""

import json
import logging
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from hotline.errors import MalformedInput
from hotline.surge import has_sms
from storage.surge_files import SurgeFiles

log = logging.getLogger(__name__)


class SmsOutbox:
    """`wanted` and `sent`: its two folders; `notices`: what is to be told."""

    def __init__(self, folder: Path, notices: SurgeFiles) -> None:
        self.wanted, self.sent = folder / "wanted", folder / "sent"
        self._notices = notices

    def take(self, record: Mapping[str, Any]) -> int:
        """Lay down what this record asks for and does not lie there yet. Returns how many. Repeating it adds nothing. Raises `OSError`."""
        laid = 0
        for each in record.get("sms", ()):
            name = f"{record['call']}-{each['about']}.json"
            if not has_sms(record["caller"]) or (self.wanted / name).exists() or (self.sent / name).exists():
                continue
            try:
                text = self._notices.named(each["about"]).text
            except MalformedInput as error:
                log.error("公告短信无法登记 call %s wants an SMS about an unknown notice: %s", record["call"], error)
                continue
            words = {"call": record["call"], "number": record["caller"], "about": each["about"], "text": text, "at": each["at"]}
            self._lay(name, json.dumps(words, ensure_ascii=False))
            laid += 1
        return laid

    def _lay(self, name: str, text: str) -> None:
        self.wanted.mkdir(parents=True, exist_ok=True, mode=0o700)
        fresh = self.wanted / f".{name}.new"
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self.wanted / name)
