"""知识条目 as JSON and back."""

import json
from datetime import date, datetime
from typing import Any

from knowledge.model import Consent, Item, Purpose, Version, Words
from knowledge.moves import KnowledgeState


def to_json(item: Item) -> str:
    """All of it but its revision, which is the row's."""
    return json.dumps(
        {
            "id": item.id,
            "owner": item.owner,
            "source": item.source,
            "versions": [_of_version(version) for version in item.versions],
            "consents": [{"purpose": each.purpose, "by_owner": each.by_owner, "by_office": each.by_office} for each in item.consents],
        },
        ensure_ascii=False,
    )


def from_json(text: str, *, revision: int) -> Item:
    """The same entry again."""
    kept = json.loads(text)
    return Item(
        id=kept["id"],
        owner=kept["owner"],
        source=kept["source"],
        versions=tuple(_version(each) for each in kept["versions"]),
        consents=tuple(Consent(**{**each, "purpose": Purpose(each["purpose"])}) for each in kept["consents"]),
        revision=revision,
    )


def _of_version(version: Version) -> dict[str, Any]:
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
        "review_due": _iso(version.review_due),
        "reviewed_by": version.reviewed_by,
        "reviewed_at": _iso(version.reviewed_at),
        "valid_until": _iso(version.valid_until),
        "note": version.note,
    }


def _version(kept: dict[str, Any]) -> Version:
    return Version(
        number=kept["number"],
        state=KnowledgeState(kept["state"]),
        words=Words(
            title=kept["title"],
            question=kept["question"],
            answer=kept["answer"],
            keywords=tuple(kept["keywords"]),
            code=kept["code"],
        ),
        written_by=kept["written_by"],
        written_at=datetime.fromisoformat(kept["written_at"]),
        review_due=_moment(kept["review_due"]),
        reviewed_by=kept["reviewed_by"],
        reviewed_at=_moment(kept["reviewed_at"]),
        valid_until=date.fromisoformat(kept["valid_until"]) if kept["valid_until"] else None,
        note=kept["note"],
    )


def _iso(moment: date | None) -> str:
    return moment.isoformat() if moment else ""


def _moment(text: str) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
