"""短信待发箱: who wants an SMS about a notice: one file per call and notice in `var/sms/wanted/`, for the owner only (0600).

The worker lays them down with the call's record. Whoever sends one moves its file to `var/sms/sent/` (storage/surge_sms.py, or a person);
it is never made again as long as it stands in either.
"""

import json
import logging
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hotline.errors import DoorClosed, MalformedInput
from hotline.notices import NoticeRefused
from hotline.surge import has_sms
from storage.surge_files import SurgeFiles

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True, repr=False)
class Wish:
    """Who is to be told what. `repr` shows neither."""

    number: str
    text: str


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

    def waiting(self) -> list[str]:
        """The names (without `.json`) of what lies there to be sent, the oldest call first. Raises `OSError`."""
        return sorted(path.stem for path in self.wanted.glob("[!.]*.json"))

    def is_sent(self, name: str) -> bool:
        """Whether it went out already, whoever sent it. Raises `OSError`."""
        return (self.sent / f"{name}.json").exists()

    def wish(self, name: str) -> Wish:
        """What stands in the file now. Raises `NoticeRefused` when nobody can send that, and `DoorClosed` when the disk does not answer."""
        try:
            words = json.loads((self.wanted / f"{name}.json").read_text(encoding="utf-8"))
            wish = Wish(number=str(words["number"]), text=str(words["text"]).strip())
        except FileNotFoundError:
            raise NoticeRefused("公告短信的登记文件不见了 its file is not in var/sms/wanted; put it back and send again") from None
        except OSError as error:
            raise DoorClosed(f"公告短信的登记文件读不出 its file does not answer ({error.strerror})") from error
        except (ValueError, KeyError, TypeError):
            raise NoticeRefused("公告短信的登记文件读不懂 its file in var/sms/wanted cannot be read; mend it and send again") from None
        if not has_sms(wish.number) or not wish.text:
            raise NoticeRefused(
                "公告没有短信内容或手机号，请补写登记文件后重发 no text or no mobile number; write it into its file and send again"
            )
        return wish

    def done(self, name: str) -> None:
        """It is out. Never deleted: the next revision of the record would lay it down anew. Repeating it is harmless. Raises `OSError`."""
        self.sent.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            (self.wanted / f"{name}.json").replace(self.sent / f"{name}.json")
        except FileNotFoundError:
            if not self.is_sent(name):
                log.warning("公告短信已发，登记文件不见了 SMS %s is out, and its file was gone", name)

    def _lay(self, name: str, text: str) -> None:
        self.wanted.mkdir(parents=True, exist_ok=True, mode=0o700)
        fresh = self.wanted / f".{name}.new"
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self.wanted / name)
