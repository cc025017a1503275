"""知识条目: an answer for which a unit answers (揭府办〔2015〕4号 chapter five). Values only; times carry a zone."""

import re
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from hotline.errors import MalformedInput
from knowledge.moves import KnowledgeState

MOST_ANSWER: Final = 8000
MOST_TITLE: Final = 100
OPEN: Final = frozenset({KnowledgeState.DRAFT, KnowledgeState.IN_REVIEW})
_PERSONAL: Final = re.compile(r"(?<![0-9])(?:1[3-9][0-9]{9}|[1-9][0-9]{16}[0-9Xx])(?![0-9])")
"""手机号码, 身份证号码. Landlines are of offices, and belong into answers."""


class Purpose(StrEnum):
    """What knowledge is used for. `ANSWERING` is what the regulation keeps it for; all else wants two consents (article 10-3)."""

    ANSWERING = "解答市民"
    PUBLISHING = "对外公开"
    SHARING = "提供其他单位"
    TRAINING = "训练模型"


@dataclass(frozen=True, kw_only=True)
class Consent:
    """Who agreed to one purpose: somebody of the owner, and somebody of 市政管办. Empty: not (yet)."""

    purpose: Purpose
    by_owner: str = ""
    by_office: str = ""


@dataclass(frozen=True, kw_only=True)
class Words:
    """What an entry says. No mobile number and no identity number may stand in it: `MalformedInput`."""

    title: str
    answer: str
    question: str = ""
    keywords: tuple[str, ...] = ()
    code: str = ""
    """事项 of the dispatch catalogue."""

    def __post_init__(self) -> None:
        if not 2 <= len(self.title) <= MOST_TITLE:
            raise MalformedInput(f"标题应为2至{MOST_TITLE}字 a title has 2 to {MOST_TITLE} characters")
        if not self.answer.strip() or len(self.answer) > MOST_ANSWER:
            raise MalformedInput(f"答案不能为空，最多{MOST_ANSWER}字 an answer has 1 to {MOST_ANSWER} characters")
        if _PERSONAL.search(self.text):
            raise MalformedInput("知识条目不得含手机号码或身份证号码 a mobile or identity number stands in it; take it out")

    @property
    def text(self) -> str:
        """All of it, for searching."""
        return "\n".join((self.title, self.question, *self.keywords, self.answer))


@dataclass(frozen=True, kw_only=True)
class Version:
    """One version of an entry. `valid_until` is its last day; `note`: why it was sent back or withdrawn."""

    number: int
    state: KnowledgeState
    words: Words
    written_by: str
    written_at: datetime
    review_due: datetime | None = None
    reviewed_by: str = ""
    reviewed_at: datetime | None = None
    valid_until: date | None = None
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Item:
    """知识条目 with all its versions, the first one first. `owner`: the unit's id. `source`: the ticket whose answer it comes from."""

    id: str
    owner: str
    versions: tuple[Version, ...]
    source: str = ""
    consents: tuple[Consent, ...] = ()
    revision: int = 0
    """How often it was stored: two who change it at once do not both get through."""

    @property
    def valid(self) -> Version | None:
        """The one that is answered from."""
        return next((version for version in self.versions if version.state is KnowledgeState.VALID), None)

    @property
    def open(self) -> Version | None:
        """The one that is being written or reviewed."""
        return next((version for version in self.versions if version.state in OPEN), None)

    @property
    def newest(self) -> Version:
        """The last one."""
        return self.versions[-1]


@dataclass(frozen=True, kw_only=True)
class Given:
    """An answer that was given from it: which version, when, to which ticket or call, and by whom. Kept for ever (article 24: 追究责任)."""

    item: str
    version: int
    at: datetime
    by: str
    ticket: str


def without_numbers(text: str) -> str:
    """A text with its mobile and identity numbers blackened: for drafts that a machine makes of a unit's answer."""
    return _PERSONAL.sub("＊＊＊", text)
