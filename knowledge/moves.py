"""知识条目 as one table: what may happen to a version of an entry, and who may do it (揭府办〔2015〕4号 articles 9-3, 22 to 24).

An entry has versions. While a new version is written and reviewed, the valid one is answered from; the new one takes its place when the
owner has confirmed it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from hotline.access import Role
from hotline.gate import Act


class KnowledgeState(StrEnum):
    """Where a version stands."""

    DRAFT = "draft"
    """草稿."""
    IN_REVIEW = "in_review"
    """待审核: its owner has three working days (article 23)."""
    VALID = "valid"
    """有效: agents answer from it."""
    EXPIRED = "expired"
    """已过期: its last day is over."""
    WITHDRAWN = "withdrawn"
    """已撤下."""
    REPLACED = "replaced"
    """已有新版."""


class KnowledgeEvent(StrEnum):
    """What happens to it."""

    REVISED = "revised"
    SUBMITTED = "submitted"
    CONFIRMED = "confirmed"
    SENT_BACK = "sent_back"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    REPLACED = "replaced"


_S, _E = KnowledgeState, KnowledgeEvent

KNOWLEDGE_MOVES: Final[Mapping[tuple[KnowledgeState, KnowledgeEvent], KnowledgeState]] = MappingProxyType(
    {
        (_S.DRAFT, _E.REVISED): _S.DRAFT,
        (_S.DRAFT, _E.SUBMITTED): _S.IN_REVIEW,
        (_S.DRAFT, _E.WITHDRAWN): _S.WITHDRAWN,
        (_S.IN_REVIEW, _E.CONFIRMED): _S.VALID,
        (_S.IN_REVIEW, _E.SENT_BACK): _S.DRAFT,
        (_S.IN_REVIEW, _E.WITHDRAWN): _S.WITHDRAWN,
        (_S.VALID, _E.WITHDRAWN): _S.WITHDRAWN,
        (_S.VALID, _E.EXPIRED): _S.EXPIRED,
        (_S.VALID, _E.REPLACED): _S.REPLACED,
        (_S.EXPIRED, _E.REPLACED): _S.REPLACED,
    }
)


@dataclass(frozen=True, kw_only=True)
class Rule:
    """Who may do it: what the gate must allow him for the owner's entries (`act`), and which role he must have besides."""

    by: frozenset[Role]
    act: Act
    article: str
    words: str


def _rule(act: Act, article: str, words: str, *by: Role) -> Rule:
    return Rule(by=frozenset(by), act=act, article=article, words=words)


_UNIT = (Role.HANDLER, Role.UNIT_LEADER)
_PLATFORM = (Role.AGENT, Role.SUPERVISOR, Role.OFFICE)

KNOWLEDGE_RULES: Final[Mapping[KnowledgeEvent, Rule]] = MappingProxyType(
    {
        _E.REVISED: _rule(Act.KNOWLEDGE_EDIT, "22", "采编知识条目", *_UNIT, *_PLATFORM),
        _E.SUBMITTED: _rule(Act.KNOWLEDGE_EDIT, "23", "提交审核", *_UNIT, *_PLATFORM, Role.CLOCK),
        _E.CONFIRMED: _rule(Act.KNOWLEDGE_REVIEW, "9-3、23", "审核确认", *_UNIT),
        _E.SENT_BACK: _rule(Act.KNOWLEDGE_REVIEW, "9-3、23", "退回修改", *_UNIT),
        _E.WITHDRAWN: _rule(Act.KNOWLEDGE_EDIT, "24", "撤下知识条目", *_UNIT, Role.SUPERVISOR, Role.OFFICE),
        _E.EXPIRED: _rule(Act.KNOWLEDGE_EDIT, "24", "到期停用", Role.CLOCK),
        _E.REPLACED: _rule(Act.KNOWLEDGE_REVIEW, "22", "换为新版", *_UNIT),
    }
)
