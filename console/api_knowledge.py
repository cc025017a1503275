"""知识库接口 (articles 9-3, 10-3, 11, 13-2, 22 to 24): search, write, review, withdraw, consent, and what was answered from an entry.

Who may what is the desk's business (knowledge/desk.py); its refusals become problems. Each look and each refusal is written down.
"""

import asyncio
from collections.abc import Callable
from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Depends, Query, Request
from fastapi import Path as InPath

from console.guard import Guard
from console.knowledge_bodies import (
    AnsweredBody,
    ConfirmBody,
    EntryBody,
    PurposeBody,
    WhyBody,
    WordsBody,
    given,
    line,
    shown,
)
from console.problems import Problem, not_there
from console.reception import Reception, source_of
from hotline.access import Access, Actor, NotAllowed
from hotline.gate import Act
from knowledge.desk import KnowledgeDesk, NoSuchItem
from knowledge.model import Item, Purpose
from knowledge.moves import KnowledgeState
from knowledge.policy import NotNow
from knowledge.ports import Asked, ItemChanged

Answer = TypeVar("Answer")
ItemId = Annotated[str, InPath(pattern=r"^k-[0-9a-f]{1,20}$")]
Words = Annotated[str, Query(max_length=100)]


class _Counter:
    """One per request: who asks, from where, and by which clock."""

    def __init__(self, desk: KnowledgeDesk, guard: Guard, actor: Actor, request: Request) -> None:
        self.desk = desk
        self.actor = actor
        self.now = guard.now()
        self._guard = guard
        self._source = source_of(request)

    async def do(self, act: Act, about: str, work: Callable[[], Answer]) -> Answer:
        """Carry it out in a thread, and write down who did it; a refusal is written down, too."""
        try:
            done = await asyncio.to_thread(work)
        except NotAllowed as error:
            await self._note(act, about, done=False, why=error.words)
            raise
        except NoSuchItem:
            raise not_there() from None
        except NotNow as error:
            possible = [event.value for event in error.possible]
            raise Problem(409, "not_now", error.words, article=error.article, possible=possible) from None
        except ItemChanged as error:
            raise Problem(409, "changed", str(error)) from None
        await self._note(act, done.id if isinstance(done, Item) else about, done=True)
        return done

    async def shown(self, act: Act, about: str, work: Callable[[], Item]) -> dict[str, Any]:
        """The entry after it."""
        return shown(await self.do(act, about, work), self.actor, now=self.now)

    async def _note(self, act: Act, about: str, *, done: bool, why: str = "") -> None:
        line = Access(at=self.now, actor=self.actor.id, act=act, ticket=about, done=done, why=why, source=self._source)
        await (self._guard.done(line) if done and act is not Act.KNOWLEDGE_READ else self._guard.log.keep(line))


def router(reception: Reception, guard: Guard, desk: KnowledgeDesk) -> APIRouter:
    """All of it, under /api/v1/knowledge."""
    router = APIRouter(prefix="/api/v1/knowledge", tags=["知识库"])

    def counter(request: Request, actor: Annotated[Actor, Depends(reception.actor)]) -> _Counter:
        return _Counter(desk, guard, actor, request)

    _reading(router, counter)
    _writing(router, counter)
    _reviewing(router, counter)
    _using(router, counter)
    return router


def _reading(router: APIRouter, counter: Callable[..., _Counter]) -> None:
    At = Annotated[_Counter, Depends(counter)]  # noqa: N806 - a type

    @router.get("", summary="查询知识库")
    async def search(
        at: At,
        words: Words = "",
        owner: Annotated[str, Query(pattern=r"^[A-Za-z0-9._-]{0,64}$")] = "",
        code: Annotated[str, Query(pattern=r"^[0-9A-Za-z]{0,32}$")] = "",
        state: KnowledgeState = KnowledgeState.VALID,
        limit: Annotated[int, Query(ge=1, le=100)] = 20,
    ) -> dict[str, Any]:
        asked = Asked(words=tuple(words.split()), owner=owner, code=code, state=state, limit=limit)
        found = await at.do(Act.KNOWLEDGE_READ, "", lambda: at.desk.search(asked, by=at.actor, at=at.now))
        return {"entries": [line(item, version) for item in found for version in item.versions if version.state is state]}

    @router.get("/reviews", summary="待审核的知识条目，最先到期的在前")
    async def reviews(at: At) -> dict[str, Any]:
        found = await at.do(Act.KNOWLEDGE_READ, "", lambda: at.desk.waiting(by=at.actor))
        rows = [(line(item, item.open), item.open.review_due) for item in found if item.open]
        return {"entries": [row | {"overdue": bool(due and due <= at.now)} for row, due in rows]}

    @router.get("/{item_id}", summary="查看知识条目")
    async def read(at: At, item_id: ItemId) -> dict[str, Any]:
        whole = await at.shown(Act.KNOWLEDGE_READ, item_id, lambda: at.desk.read(item_id, by=at.actor, at=at.now))
        return whole | {"hits": await asyncio.to_thread(at.desk.hits, item_id, by=at.actor)}

    @router.get("/{item_id}/given", summary="据此条目作过的答复")
    async def answers(at: At, item_id: ItemId) -> dict[str, Any]:
        found = await at.do(Act.KNOWLEDGE_READ, item_id, lambda: at.desk.given(item_id, by=at.actor))
        return {"given": [given(each) for each in found]}


def _writing(router: APIRouter, counter: Callable[..., _Counter]) -> None:
    At = Annotated[_Counter, Depends(counter)]  # noqa: N806 - a type

    @router.post("", status_code=201, summary="采编知识条目")
    async def write(at: At, body: EntryBody) -> dict[str, Any]:
        return await at.shown(Act.KNOWLEDGE_EDIT, "", lambda: at.desk.write(body.owner, body.words(), by=at.actor, at=at.now))

    @router.put("/{item_id}", summary="修改草稿，或另起新版")
    async def revise(at: At, item_id: ItemId, body: WordsBody) -> dict[str, Any]:
        return await at.shown(Act.KNOWLEDGE_EDIT, item_id, lambda: at.desk.revise(item_id, body.words(), by=at.actor, at=at.now))

    @router.post("/{item_id}/submit", summary="提交审核")
    async def submit(at: At, item_id: ItemId) -> dict[str, Any]:
        return await at.shown(Act.KNOWLEDGE_EDIT, item_id, lambda: at.desk.submit(item_id, by=at.actor, at=at.now))


def _reviewing(router: APIRouter, counter: Callable[..., _Counter]) -> None:
    At = Annotated[_Counter, Depends(counter)]  # noqa: N806 - a type

    @router.post("/{item_id}/confirm", summary="审核确认")
    async def confirm(at: At, item_id: ItemId, body: ConfirmBody) -> dict[str, Any]:
        until = body.valid_until
        return await at.shown(Act.KNOWLEDGE_REVIEW, item_id, lambda: at.desk.confirm(item_id, valid_until=until, by=at.actor, at=at.now))

    @router.post("/{item_id}/send-back", summary="退回修改")
    async def send_back(at: At, item_id: ItemId, body: WhyBody) -> dict[str, Any]:
        return await at.shown(Act.KNOWLEDGE_REVIEW, item_id, lambda: at.desk.send_back(item_id, why=body.why, by=at.actor, at=at.now))

    @router.post("/{item_id}/withdraw", summary="撤下")
    async def withdraw(at: At, item_id: ItemId, body: WhyBody) -> dict[str, Any]:
        return await at.shown(Act.KNOWLEDGE_EDIT, item_id, lambda: at.desk.withdraw(item_id, why=body.why, by=at.actor, at=at.now))


def _using(router: APIRouter, counter: Callable[..., _Counter]) -> None:
    At = Annotated[_Counter, Depends(counter)]  # noqa: N806 - a type

    @router.post("/{item_id}/answered", summary="据此答复市民，记下所用版本")
    async def answered(at: At, item_id: ItemId, body: AnsweredBody) -> dict[str, Any]:
        version = await at.do(Act.TICKET_FILE, item_id, lambda: at.desk.answer(item_id, ticket=body.ticket, by=at.actor, at=at.now))
        return {"basis": f"{item_id}/{version.number}", "answer": version.words.answer}

    @router.post("/{item_id}/consent", summary="同意另作他用（第10条第三项）")
    async def consent(at: At, item_id: ItemId, body: PurposeBody) -> dict[str, Any]:
        return await at.shown(Act.KNOWLEDGE_CONSENT, item_id, lambda: at.desk.agree(item_id, body.purpose, by=at.actor))

    @router.get("/{item_id}/use", summary="取用有效版本，按用途")
    async def use(at: At, item_id: ItemId, purpose: Purpose = Purpose.ANSWERING) -> dict[str, Any]:
        version = await at.do(Act.KNOWLEDGE_READ, item_id, lambda: at.desk.use(item_id, purpose, by=at.actor))
        return {"basis": f"{item_id}/{version.number}", "title": version.words.title, "answer": version.words.answer}
