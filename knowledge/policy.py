"""What may be done to an entry, and what becomes of it: pure. A refusal changes nothing and names the article."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Final

from hotline.access import SYSTEM, UNIT_ROLES, Actor, NotAllowed, Role
from hotline.errors import HotlineError, MalformedInput
from hotline.gate import Act, Subject, require
from hotline.workdays import CHINA
from knowledge.model import Consent, Item, Purpose, Version, Words, without_numbers
from knowledge.moves import KNOWLEDGE_MOVES, KNOWLEDGE_RULES, KnowledgeEvent, KnowledgeState

LONGEST_VALID: Final = timedelta(days=3 * 366)
"""A choice of the house: nobody answers for a text for longer without looking at it again (article 24: 实时、准确)."""


class NotNow(HotlineError):
    """The entry does not stand where this is possible. `article` and `possible` are for the person who asked."""

    def __init__(self, words: str, *, article: str, possible: tuple[KnowledgeEvent, ...]) -> None:
        super().__init__(words)
        self.words = words
        self.article = article
        self.possible = possible


def written(item_id: str, owner: str, words: Words, *, by: Actor, at: datetime, source: str = "") -> Item:
    """A new entry, as a draft. Raises `NotAllowed`."""
    first = Version(number=1, state=KnowledgeState.DRAFT, words=words, written_by=by.id, written_at=at)
    item = Item(id=item_id, owner=owner, versions=(first,), source=source)
    _may(item, KnowledgeEvent.REVISED, by)
    return item


def drafted(item_id: str, owner: str, *, title: str, code: str, answer: str, ticket: str, at: datetime, review_due: datetime) -> Item:
    """将咨询类答复市民的业务单内容及时录入知识库 (article 13-2): the unit's own answer, in review at once, due as article 23 says.

    Not the citizen's question: its words are his. The title is the matter's name in the catalogue.
    """
    words = Words(title=without_numbers(title), answer=without_numbers(answer), code=code)
    first = Version(number=1, state=KnowledgeState.IN_REVIEW, words=words, written_by=SYSTEM.id, written_at=at, review_due=review_due)
    return Item(id=item_id, owner=owner, versions=(first,), source=ticket)


def revised(item: Item, words: Words, *, by: Actor, at: datetime) -> Item:
    """The draft rewritten; where there is none, a new version beside the valid one. Raises `NotAllowed`, `NotNow`."""
    _may(item, KnowledgeEvent.REVISED, by)
    draft = item.open
    if draft is None:
        number = item.newest.number + 1
        new = Version(number=number, state=KnowledgeState.DRAFT, words=words, written_by=by.id, written_at=at)
        return replace(item, versions=(*item.versions, new))
    return _with(item, replace(_moved(draft, KnowledgeEvent.REVISED), words=words, written_by=by.id, written_at=at, note=""))


def submitted(item: Item, *, by: Actor, review_due: datetime) -> Item:
    """提交审核. `review_due` is reckoned by whoever knows the terms (article 23)."""
    _may(item, KnowledgeEvent.SUBMITTED, by)
    return _with(item, replace(_moved(_needs_open(item, KnowledgeEvent.SUBMITTED), KnowledgeEvent.SUBMITTED), review_due=review_due))


def confirmed(item: Item, *, by: Actor, at: datetime, valid_until: date) -> Item:
    """审核确认 by the owner, by another person than the one who wrote it: valid from now on, in place of the version before."""
    _may(item, KnowledgeEvent.CONFIRMED, by)
    draft = _needs_open(item, KnowledgeEvent.CONFIRMED)
    done = _moved(draft, KnowledgeEvent.CONFIRMED)
    if draft.written_by == by.id:
        raise NotAllowed("采编和审核须为两人；请由本单位另一人审核 who wrote it does not review it", article="23")
    _judge_end(valid_until, at)
    before = tuple(_moved(version, KnowledgeEvent.REPLACED) if _stands(version) else version for version in item.versions)
    return _with(replace(item, versions=before), replace(done, reviewed_by=by.id, reviewed_at=at, valid_until=valid_until))


def sent_back(item: Item, *, by: Actor, at: datetime, why: str) -> Item:
    """退回修改, with the reason."""
    _may(item, KnowledgeEvent.SENT_BACK, by)
    back = _moved(_needs_open(item, KnowledgeEvent.SENT_BACK), KnowledgeEvent.SENT_BACK)
    return _with(item, replace(back, reviewed_by=by.id, reviewed_at=at, review_due=None, note=_reason(why)))


def withdrawn(item: Item, *, by: Actor, at: datetime, why: str) -> Item:
    """撤下: what is wrong or old is not answered from for another minute (article 24). The valid version, or else the open one."""
    _may(item, KnowledgeEvent.WITHDRAWN, by)
    version = item.valid or _needs_open(item, KnowledgeEvent.WITHDRAWN)
    return _with(item, replace(_moved(version, KnowledgeEvent.WITHDRAWN), reviewed_by=by.id, reviewed_at=at, note=_reason(why)))


def expired(item: Item, *, today: date) -> Item:
    """The same entry, without its valid version if that one's last day is over."""
    version = item.valid
    if version is None or version.valid_until is None or today <= version.valid_until:
        return item
    return _with(item, _moved(version, KnowledgeEvent.EXPIRED))


def agreed(item: Item, purpose: Purpose, *, by: Actor) -> Item:
    """授权, 同意: one of the two consents that another use wants (article 10-3): the owner's leader's, and 市政管办's."""
    require(by, Act.KNOWLEDGE_CONSENT, Subject(units=frozenset({item.owner})))
    old = next((consent for consent in item.consents if consent.purpose is purpose), Consent(purpose=purpose))
    new = replace(old, by_office=by.id) if by.has(Role.OFFICE) else replace(old, by_owner=by.id)
    return replace(item, consents=(*(consent for consent in item.consents if consent.purpose is not purpose), new))


def require_use(item: Item, purpose: Purpose) -> Version:
    """The valid version, for this purpose. Raises `NotAllowed` (10-3) without both consents, `NotNow` when none is valid."""
    if purpose is not Purpose.ANSWERING:
        consent = next((each for each in item.consents if each.purpose is purpose), Consent(purpose=purpose))
        if lacking := [who for who, by in (("信息所属单位授权", consent.by_owner), ("市政管办同意", consent.by_office)) if not by]:
            raise NotAllowed(
                f"知识库信息用于{purpose}，尚缺{'、'.join(lacking)} not without the owner's and the office's consent", article="10-3"
            )
    if item.valid is None:
        raise NotNow("没有有效的版本，不能据以答复 nothing valid to answer from", article="24", possible=_possible(item.newest.state))
    return item.valid


def may_see(item: Item, actor: Actor) -> bool:
    """What is valid is for everybody who works here; what is not (yet), for its owner and the platform alone."""
    return item.valid is not None or not actor.has(*UNIT_ROLES) or actor.unit == item.owner


def _may(item: Item, event: KnowledgeEvent, by: Actor) -> None:
    rule = KNOWLEDGE_RULES[event]
    if not by.has(*rule.by):
        allowed = "、".join(role for role in Role if role in rule.by)
        raise NotAllowed(f"{rule.words}须由{allowed}办理 not by this role", article=rule.article)
    if not by.has(Role.CLOCK):
        require(by, rule.act, Subject(units=frozenset({item.owner})))


def _needs_open(item: Item, event: KnowledgeEvent) -> Version:
    if item.open is None:
        raise _not_now(item.newest.state, event)
    return item.open


def _moved(version: Version, event: KnowledgeEvent) -> Version:
    try:
        return replace(version, state=KNOWLEDGE_MOVES[version.state, event])
    except KeyError:
        raise _not_now(version.state, event) from None


def _not_now(state: KnowledgeState, event: KnowledgeEvent) -> NotNow:
    rule = KNOWLEDGE_RULES[event]
    return NotNow(f"现在不能{rule.words} not now ({state})", article=rule.article, possible=_possible(state))


def _possible(state: KnowledgeState) -> tuple[KnowledgeEvent, ...]:
    return tuple(event for here, event in KNOWLEDGE_MOVES if here is state)


def _stands(version: Version) -> bool:
    return version.state in (KnowledgeState.VALID, KnowledgeState.EXPIRED)


def _with(item: Item, changed: Version) -> Item:
    return replace(item, versions=tuple(changed if version.number == changed.number else version for version in item.versions))


def _judge_end(valid_until: date, at: datetime) -> None:
    today = at.astimezone(CHINA).date()
    if not today <= valid_until <= today + LONGEST_VALID:
        raise MalformedInput(f"有效期应为今天起{LONGEST_VALID.days}天以内 give a last day between today and {LONGEST_VALID.days} days on")


def _reason(why: str) -> str:
    if not 2 <= len(why.strip()) <= 500:
        raise MalformedInput("请写明理由，2至500字 say why, in 2 to 500 characters")
    return why.strip()
