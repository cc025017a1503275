"""知识库接口: what is sent and what is shown."""

from datetime import date, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from console.ticket_bodies import printable
from hotline.access import UNIT_ROLES, Actor
from knowledge.model import MOST_ANSWER, MOST_TITLE, Given, Item, Purpose, Version, Words
from knowledge.moves import KNOWLEDGE_MOVES, KNOWLEDGE_RULES

UnitId = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")]
Why = Annotated[str, Field(min_length=2, max_length=500), AfterValidator(printable)]


class _Body(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class WordsBody(_Body):
    """What an entry says."""

    title: Annotated[str, Field(min_length=2, max_length=MOST_TITLE), AfterValidator(printable)]
    answer: Annotated[str, Field(min_length=1, max_length=MOST_ANSWER), AfterValidator(printable)]
    question: Annotated[str, Field(max_length=1000), AfterValidator(printable)] = ""
    keywords: tuple[Annotated[str, Field(min_length=1, max_length=30), AfterValidator(printable)], ...] = Field(default=(), max_length=20)
    code: str = Field(default="", pattern=r"^[0-9A-Za-z]{0,32}$")

    def words(self) -> Words:
        """Raises `MalformedInput` for a mobile or identity number in it."""
        said = self.model_dump(include={"title", "answer", "question", "keywords", "code"})
        return Words(**said)


class EntryBody(WordsBody):
    """A new entry; `owner`: the unit that will answer for it."""

    owner: UnitId


class ConfirmBody(_Body):
    """审核确认: the last day on which it is valid."""

    valid_until: date


class WhyBody(_Body):
    """A reason."""

    why: Why


class PurposeBody(_Body):
    """Another use (article 10-3)."""

    purpose: Purpose


class AnsweredBody(_Body):
    """The ticket, or the call, that was answered from it."""

    ticket: str = Field(pattern=r"^[0-9A-Za-z][0-9A-Za-z.-]{0,39}$")


def shown(item: Item, actor: Actor, *, now: datetime) -> dict[str, Any]:
    """As this actor sees it: other units see the valid version alone."""
    whole = not actor.has(*UNIT_ROLES) or actor.unit == item.owner
    versions = item.versions if whole else tuple(each for each in item.versions if each is item.valid)
    return {
        "id": item.id,
        "owner": item.owner,
        "source": item.source if whole else "",
        "valid": item.valid.number if item.valid else None,
        "versions": [_version(version, now) for version in versions],
        "consents": [
            {"purpose": each.purpose, "by_owner": bool(each.by_owner), "by_office": bool(each.by_office)} for each in item.consents
        ],
        "possible": possible(item, actor) if whole else [],
    }


def line(item: Item, version: Version) -> dict[str, Any]:
    """One line of a list."""
    words = version.words
    due = version.review_due.isoformat() if version.review_due else None
    return {
        "id": item.id,
        "owner": item.owner,
        "version": version.number,
        "state": version.state,
        "title": words.title,
        "code": words.code,
        "valid_until": version.valid_until.isoformat() if version.valid_until else None,
        "review_due": due,
    }


def given(answer: Given) -> dict[str, Any]:
    """Which ticket was answered from which version, when, and by whom."""
    return {"ticket": answer.ticket, "version": answer.version, "at": answer.at.isoformat(), "by": answer.by}


def possible(item: Item, actor: Actor) -> list[str]:
    """What may happen to its open version, or else to the valid one, by somebody of his role."""
    version = item.open or item.valid or item.newest
    return [event.value for state, event in KNOWLEDGE_MOVES if state is version.state and actor.has(*KNOWLEDGE_RULES[event].by)]


def _version(version: Version, now: datetime) -> dict[str, Any]:
    words = version.words
    return {
        "number": version.number,
        "state": version.state,
        "title": words.title,
        "question": words.question,
        "answer": words.answer,
        "keywords": list(words.keywords),
        "code": words.code,
        "written_by": version.written_by,
        "written_at": version.written_at.isoformat(),
        "review_due": version.review_due.isoformat() if version.review_due else None,
        "overdue": bool(version.review_due and not version.reviewed_at and version.review_due <= now),
        "reviewed_by": version.reviewed_by,
        "valid_until": version.valid_until.isoformat() if version.valid_until else None,
        "note": version.note,
    }
