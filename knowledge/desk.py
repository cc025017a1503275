"""知识台: the one way by which anything happens to an entry. Blocks on the shelf: call it in a thread."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from hotline.access import Actor
from hotline.errors import HotlineError
from hotline.gate import Act, Subject, require
from hotline.notices import Notice, staff
from hotline.workdays import CHINA
from knowledge import policy
from knowledge.model import Given, Item, Purpose, Version, Words
from knowledge.moves import KnowledgeState
from knowledge.ports import Asked, Hit, Shelf

EXPIRING_DAYS: Final = 30


class NoSuchItem(HotlineError):
    """There is none, or not for this actor: he cannot tell which."""


@dataclass(frozen=True, kw_only=True)
class Answered:
    """What a unit told the citizen about a consultation (article 13-2)."""

    ticket: str
    unit: str
    title: str
    """The matter's name in the dispatch catalogue, never the citizen's words."""
    code: str
    answer: str
    dispatched_at: datetime


class KnowledgeDesk:
    """`review_due`: by when what was given to a unit at this moment is reviewed (article 23). `name_of`: a unit's name. `tell`: keeps a
    notice, once for each key. Everything raises `NotAllowed`, `NotNow`, `NoSuchItem`, `MalformedInput`, `ItemChanged` or `DoorClosed`, and
    has changed nothing then.
    """

    def __init__(
        self,
        shelf: Shelf,
        *,
        review_due: Callable[[datetime], datetime],
        name_of: Callable[[str], str],
        tell: Callable[[Notice, datetime], object],
    ) -> None:
        self._shelf = shelf
        self._review_due = review_due
        self._name_of = name_of
        self._tell = tell

    def search(self, asked: Asked, *, by: Actor, at: datetime) -> Sequence[Item]:
        """What he may see of it. What is valid and found is counted (命中)."""
        require(by, Act.KNOWLEDGE_READ)
        found = [item for item in self._shelf.search(asked) if _visible(item, asked.state, by)]
        if asked.state is KnowledgeState.VALID and asked.words:
            self._shelf.count([item.id for item in found], Hit.FOUND, _day(at))
        return found

    def read(self, item_id: str, *, by: Actor, at: datetime) -> Item:
        """One entry, counted as opened. Raises `NoSuchItem`."""
        item = self._seen(item_id, by)
        self._shelf.count([item_id], Hit.OPENED, _day(at))
        return item

    def hits(self, item_id: str, *, by: Actor) -> dict[Hit, int]:
        """How often it was found, opened and answered from."""
        return self._shelf.hits(self._seen(item_id, by).id)

    def given(self, item_id: str, *, by: Actor) -> Sequence[Given]:
        """Every answer given from it: for who answers for it, and for who may edit it."""
        item = self._seen(item_id, by)
        require(by, Act.KNOWLEDGE_EDIT, Subject(units=frozenset({item.owner})))
        return self._shelf.given(item_id)

    def waiting(self, *, by: Actor) -> Sequence[Item]:
        """待审核, the soonest due first: a unit's own, or all of them."""
        require(by, Act.KNOWLEDGE_READ)
        return self._shelf.waiting(by.unit)

    def write(self, owner: str, words: Words, *, by: Actor, at: datetime) -> Item:
        """A new draft."""
        return self._shelf.put(policy.written(self._shelf.new_id(), owner, words, by=by, at=at))

    def revise(self, item_id: str, words: Words, *, by: Actor, at: datetime) -> Item:
        """The draft rewritten, or a new version begun."""
        return self._shelf.put(policy.revised(self._seen(item_id, by), words, by=by, at=at))

    def submit(self, item_id: str, *, by: Actor, at: datetime) -> Item:
        """提交审核; the owner is told."""
        item = self._shelf.put(policy.submitted(self._seen(item_id, by), by=by, review_due=self._review_due(at)))
        self._ask_for_review(item, at)
        return item

    def confirm(self, item_id: str, *, valid_until: date, by: Actor, at: datetime) -> Item:
        """审核确认."""
        return self._shelf.put(policy.confirmed(self._seen(item_id, by), by=by, at=at, valid_until=valid_until))

    def send_back(self, item_id: str, *, why: str, by: Actor, at: datetime) -> Item:
        """退回修改."""
        return self._shelf.put(policy.sent_back(self._seen(item_id, by), by=by, at=at, why=why))

    def withdraw(self, item_id: str, *, why: str, by: Actor, at: datetime) -> Item:
        """撤下."""
        return self._shelf.put(policy.withdrawn(self._seen(item_id, by), by=by, at=at, why=why))

    def agree(self, item_id: str, purpose: Purpose, *, by: Actor) -> Item:
        """同意另作他用 (article 10-3)."""
        return self._shelf.put(policy.agreed(self._seen(item_id, by), purpose, by=by))

    def answer(self, item_id: str, *, ticket: str, by: Actor, at: datetime) -> Version:
        """据以答复 (article 11): the valid version, and that this ticket was answered from it."""
        require(by, Act.TICKET_FILE)
        version = policy.require_use(self._seen(item_id, by), Purpose.ANSWERING)
        self._shelf.keep_given(Given(item=item_id, version=version.number, at=at, by=by.id, ticket=ticket))
        return version

    def noted(self, basis: str, *, ticket: str, by: str, at: datetime) -> bool:
        """A ticket was answered at once from this basis ("k-…/2"): kept with the version, once. False: the basis is no entry of ours."""
        item_id, _, number = basis.partition("/")
        item = self._shelf.load(item_id)
        if item is None or not number.isdecimal() or int(number) > item.newest.number:
            return False
        self._shelf.keep_given(Given(item=item_id, version=int(number), at=at, by=by, ticket=ticket))
        return True

    def use(self, item_id: str, purpose: Purpose, *, by: Actor) -> Version:
        """The valid version for this purpose, where it is consented to (article 10-3)."""
        return policy.require_use(self._seen(item_id, by), purpose)

    def draft_from(self, answered: Answered, *, at: datetime) -> str:
        """The draft that an answered consultation leaves (articles 13-2, 23), once for each ticket. Returns its id."""
        known = self._shelf.by_source(answered.ticket)
        if known is not None:
            return known
        item = policy.drafted(
            self._shelf.new_id(),
            answered.unit,
            title=answered.title,
            code=answered.code,
            answer=answered.answer,
            ticket=answered.ticket,
            at=at,
            review_due=self._review_due(answered.dispatched_at),
        )
        self._shelf.put(item)
        self._ask_for_review(item, at)
        return item.id

    def sweep(self, at: datetime) -> int:
        """到期停用: whatever is over is answered from no more, and its owner is told. Returns how many.

        Also tells whoever a process that died left untold: a notice is kept once for its key, so that telling again is no second one.
        """
        for waiting in self._shelf.waiting():
            self._ask_for_review(waiting, at)
        ripe = self._shelf.ripe(_day(at))
        for item_id in ripe:
            item = self._shelf.load(item_id)
            if item is not None and (over := policy.expired(item, today=_day(at))) != item:
                self._tell(self._notice("knowledge_expired", over, {}), at)  # first: what is put is ripe no more, and told by nobody
                self._shelf.put(over)
        return len(ripe)

    def _seen(self, item_id: str, by: Actor) -> Item:
        require(by, Act.KNOWLEDGE_READ)
        item = self._shelf.load(item_id)
        if item is None or not policy.may_see(item, by):
            raise NoSuchItem("没有这个知识条目，或者不归您查看 no such entry, or not for you")
        return item

    def _ask_for_review(self, item: Item, at: datetime) -> None:
        due = item.newest.review_due or at
        last = (due.astimezone(CHINA)).date()
        last = date.fromordinal(last.toordinal() - 1) if due.astimezone(CHINA).hour == 0 else last
        self._tell(self._notice("knowledge_review", item, {"due": f"{last.year}年{last.month}月{last.day}日"}), at)

    def _notice(self, kind: str, item: Item, values: dict[str, str]) -> Notice:
        said = {"entry": item.id, "unit": self._name_of(item.owner), **values}
        return Notice(kind=kind, to=staff(item.owner), ticket=item.id, seq=item.newest.number, values=said)


def _visible(item: Item, state: KnowledgeState, by: Actor) -> bool:
    if state is KnowledgeState.VALID:
        return policy.may_see(item, by)
    return not by.unit or by.unit == item.owner


def _day(at: datetime) -> date:
    return at.astimezone(CHINA).date()
