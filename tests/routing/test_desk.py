"""Stories at the desk: a whole line in memory, a night in a millisecond."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import replace

import pytest

from hotline.audit import Act
from hotline.call_facts import AgentJoined, AgentParted, CallEnded, CallFact, OfferEnded
from hotline.errors import DoorClosed
from hotline.identity import AgentId, CallId
from hotline.line import Done, Join, LineOrder, PhoneState, RingAgent, Snapshot, Survey, Ways
from hotline.wishes import AgentWants, ForcePresence, Wanted
from routing.desk import Desk
from routing.model import Joined, fresh_switchboard
from routing.moves import Presence
from routing.ports import Audit, Days, Wishes
from routing.turn import PresenceMoved
from tests.fakes.fake_board import FakeBoard
from tests.fakes.fake_clock import FakeClock
from tests.fakes.fake_journal import FakeJournal
from tests.fakes.fake_telephony import FakeTelephony, Manner
from tests.fakes.fake_wishes import FakeWishes
from tests.routing.words import A1, A2, C1, C2, RULES, only_leg


class Journals(FakeJournal):
    """With one look over all of them."""

    def __init__(self) -> None:
        super().__init__()
        self.begun: set[CallId] = set()

    def write(self, call: CallId, fact: CallFact) -> None:
        self.begun.add(call)
        super().write(call, fact)

    def orphans(self, known: Collection[str]) -> list[CallId]:
        return sorted(call for call in self.begun if not self.closed(call) and call not in known)


class Scene:
    """A line with its people, and a desk that may be replaced."""

    def __init__(self, *, wishes: Wishes | None = None, audit: Audit | None = None, days: Days | None = None, **manners: Manner) -> None:
        self._wishes, self._audit, self._days = wishes, audit, days
        self.clock = FakeClock()
        self.line = FakeTelephony({AgentId(name.lstrip("a")): manner for name, manner in manners.items()})
        self.journals = Journals()
        self.board = FakeBoard()
        self.desk = self._new_desk()

    def _new_desk(self) -> Desk:
        switchboard = fresh_switchboard(dict.fromkeys(self.line.manners, frozenset()), RULES, self.clock.now())
        return Desk(
            switchboard=switchboard,
            telephony=self.line,
            clock=self.clock,
            journals=self.journals,
            board=self.board,
            wishes=self._wishes,
            audit=self._audit,
            days=self._days,
        )

    def waits(self, call: CallId = C1, waited: float = 0.0) -> None:
        self.line.citizen_waits(call, since=self.clock.now().timestamp() - waited)

    def kinds(self, call: CallId = C1) -> list[str]:
        return [fact.kind for fact in self.journals.facts(call)]

    def told(self, kind: type[CallFact], call: CallId = C1) -> list[CallFact]:
        return [fact for fact in self.journals.facts(call) if isinstance(fact, kind)]

    def rung(self) -> list[str]:
        return [order.agent for order in self.line.orders if isinstance(order, RingAgent)]

    async def another_desk(self, group: asyncio.TaskGroup, running: "Running") -> "Running":
        """The process dies without a word and a new one begins."""
        running.cancel()
        await asyncio.sleep(0)
        self.desk = self._new_desk()
        self.line.restore()
        return group.create_task(self.desk.run())


class Shut:
    """An audit on a disk that takes nothing."""

    async def keep(self, act: Act) -> None:
        raise DoorClosed("no room")


class Lines:
    """Agents' days in memory."""

    def __init__(self) -> None:
        self.written: list[PresenceMoved] = []

    def write(self, lines: Sequence[PresenceMoved]) -> None:
        self.written.extend(lines)


Running = asyncio.Task[None]
Story = Callable[[Scene, asyncio.TaskGroup, Running], Awaitable[Running | None]]


def tell(
    story: Callable[[Scene, asyncio.TaskGroup, Running], Awaitable["asyncio.Task[None] | None"]],
    *,
    wishes: Wishes | None = None,
    audit: Audit | None = None,
    days: Days | None = None,
    **manners: Manner,
) -> Scene:
    scene = Scene(wishes=wishes, audit=audit, days=days, **manners)

    async def run() -> None:
        async with asyncio.TaskGroup() as group:
            running = group.create_task(scene.desk.run())
            scene.line.restore()
            await scene.clock.advance(0)
            running = await story(scene, group, running) or running
            running.cancel()

    asyncio.run(asyncio.wait_for(run(), 5))
    return scene


def test_a_whole_call_from_the_line_to_the_closed_journal() -> None:
    async def story(scene: Scene, *_: object) -> None:
        scene.waits()
        await scene.clock.advance(1)
        view = await scene.board.latest()
        assert view is not None
        assert (view.waiting, view.agents) == (0, {A1: "talking"})
        await scene.clock.advance(60)
        scene.line.agent_hangs_up(A1)
        await scene.clock.advance(2)
        scene.line.citizen_hangs_up(C1)
        await scene.clock.advance(0.19)
        assert not scene.journals.closed(C1)
        await scene.clock.advance(0.02)
        assert scene.journals.closed(C1)

    scene = tell(story, a1001=Manner.ANSWERS)
    whole = ["arrived", "wait_began", "agent_offered", "agent_joined", "agent_parted", "recording_closed", "call_ended"]
    assert scene.kinds() == whole


def test_the_citizen_gets_the_next_agent_when_the_first_is_busy_and_the_second_does_not_answer() -> None:
    async def story(scene: Scene, *_: object) -> None:
        scene.waits()
        await scene.clock.advance(0)
        assert scene.rung() == ["1001", "1002"]
        scene.line.manners[A1] = Manner.ANSWERS
        await scene.clock.advance(9)
        assert scene.rung() == ["1001", "1002"], "1001 rests"
        await scene.clock.advance(16)
        assert scene.rung() == ["1001", "1002", "1001"], "1002 was given up after 25 s"

    scene = tell(story, a1001=Manner.BUSY, a1002=Manner.RINGS)
    assert [fact.outcome for fact in scene.told(OfferEnded)] == ["busy", "no_answer"]  # type: ignore[attr-defined]
    assert len(scene.told(AgentJoined)) == 1


def test_agents_who_all_refuse_are_not_rung_without_end() -> None:
    async def story(scene: Scene, *_: object) -> None:
        scene.waits()
        await scene.clock.advance(59.5)

    scene = tell(story, a1001=Manner.REFUSES, a1002=Manner.BUSY)
    assert len(scene.rung()) == 6, "each of the two once in ten seconds, and not again after the third time"


def test_two_citizens_one_agent_one_after_the_other_in_the_order_of_their_waiting() -> None:
    async def story(scene: Scene, *_: object) -> None:
        scene.line.phone(A1, PhoneState.ABSENT)
        scene.waits(C1, waited=5)
        scene.waits(C2, waited=50)
        await scene.clock.advance(1)
        scene.line.phone(A1, PhoneState.IDLE)
        await scene.clock.advance(1)
        assert scene.told(AgentJoined, C2)
        assert not scene.told(AgentJoined, C1)
        scene.line.agent_hangs_up(A1)
        await scene.clock.advance(1)
        assert scene.told(AgentJoined, C1)

    tell(story, a1001=Manner.ANSWERS)


def test_a_citizen_who_gives_up_while_it_rings() -> None:
    async def story(scene: Scene, *_: object) -> None:
        scene.waits()
        await scene.clock.advance(3)
        scene.line.citizen_hangs_up(C1)
        await scene.clock.advance(1)
        scene.waits(C2)
        await scene.clock.advance(0)
        assert scene.rung() == ["1001", "1001"]

    scene = tell(story, a1001=Manner.RINGS)
    assert [fact.outcome for fact in scene.told(OfferEnded)] == ["citizen_gone"]  # type: ignore[attr-defined]
    assert scene.journals.closed(C1)


def test_the_process_dies_while_some_wait_and_some_talk_and_nobody_notices() -> None:
    async def story(scene: Scene, group: asyncio.TaskGroup, running: Running) -> Running:
        scene.waits(C1)
        await scene.clock.advance(1)
        scene.line.phone(A2, PhoneState.ABSENT)
        scene.waits(C2)
        await scene.clock.advance(1)
        running = await scene.another_desk(group, running)
        await scene.clock.advance(5)
        assert len(scene.told(AgentJoined, C1)) == 1
        assert not scene.told(AgentParted, C1)
        assert scene.told(AgentJoined, C2), "the survey found 1002 idle"
        scene.line.agent_hangs_up(A1)
        scene.line.citizen_hangs_up(C1)
        await scene.clock.advance(1)
        assert scene.journals.closed(C1)
        return running

    tell(story, a1001=Manner.ANSWERS, a1002=Manner.ANSWERS)


def test_a_call_that_ends_while_the_link_is_cut_is_reconciled() -> None:
    async def story(scene: Scene, *_: object) -> None:
        scene.waits(C1)
        await scene.clock.advance(1)
        scene.line.cut()
        scene.line.citizen_hangs_up(C1)
        await scene.clock.advance(10)
        assert not scene.journals.closed(C1)
        scene.line.restore()
        await scene.clock.advance(2)
        assert scene.journals.closed(C1)

    scene = tell(story, a1001=Manner.ANSWERS)
    assert scene.told(CallEnded) == [CallEnded(by="unknown", cause=0, how="reconciled")]


def test_who_hangs_up_while_a_survey_is_asked_for_has_hung_up_and_was_not_found_gone() -> None:
    async def story(scene: Scene, *_: object) -> None:
        scene.waits(C1)
        await scene.clock.advance(1)
        scene.line.before_survey = lambda: scene.line.citizen_hangs_up(C1)
        await scene.clock.advance(32)
        assert scene.journals.closed(C1)

    scene = tell(story, a1001=Manner.ANSWERS)
    assert scene.told(CallEnded) == [CallEnded(by="citizen", cause=16)]
    assert scene.kinds().count("recording_closed") == 1


def test_who_hangs_up_while_a_survey_takes_long_has_hung_up_and_was_not_found_gone() -> None:
    """On a busy machine the news of his end stands behind a tick; the survey of that tick must not go before it."""

    async def story(scene: Scene, *_: object) -> None:
        scene.waits(C1)
        await scene.clock.advance(1)
        slow = scene.line.do

        async def do(order: LineOrder) -> Done | Snapshot | Ways:
            if isinstance(order, Survey):
                await scene.clock.sleep(3)
            return await slow(order)

        scene.line.do = do  # type: ignore[method-assign]
        await scene.clock.advance(31.5)
        scene.line.citizen_hangs_up(C1)
        await scene.clock.advance(32)
        assert scene.journals.closed(C1)

    scene = tell(story, a1001=Manner.ANSWERS)
    assert scene.told(CallEnded) == [CallEnded(by="citizen", cause=16)]


def test_who_began_to_wait_while_the_link_was_cut_is_served_after_it() -> None:
    async def story(scene: Scene, *_: object) -> None:
        scene.line.cut()
        scene.waits(C1)
        await scene.clock.advance(60)
        assert scene.kinds() == []
        scene.line.restore()
        await scene.clock.advance(0)

    assert tell(story, a1001=Manner.ANSWERS).told(AgentJoined)


def test_an_order_whose_answer_is_lost_is_not_repeated_but_looked_up() -> None:
    async def story(scene: Scene, *_: object) -> None:
        scene.line.deaf = True
        scene.waits(C1)
        await scene.clock.advance(0)
        assert scene.rung() == ["1001"]
        scene.line.deaf = False
        await scene.clock.advance(2)

    scene = tell(story, a1001=Manner.ANSWERS)
    assert scene.rung() == ["1001"]
    assert len([order for order in scene.line.orders if isinstance(order, Join)]) <= 2
    assert len(scene.told(AgentJoined)) == 1


def test_a_mistake_of_ours_is_logged_and_the_desk_goes_on(caplog: pytest.LogCaptureFixture) -> None:
    async def story(scene: Scene, *_: object) -> None:
        scene.waits()
        await scene.clock.advance(0)
        scene.desk._happenings.put_nowait(Joined(leg=only_leg(scene.desk.switchboard)))
        await scene.clock.advance(0)
        scene.line.agent_answers(A1)
        await scene.clock.advance(1)

    scene = tell(story, a1001=Manner.RINGS)
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR] == [
        "Joined left out: OfferState ringing cannot take joined"
    ]
    assert len(scene.told(AgentJoined)) == 1


def test_leaving_hands_over_the_journals_of_calls_that_ended_a_moment_ago_and_no_others() -> None:
    async def story(scene: Scene, *_: object) -> None:
        scene.waits(C1)
        scene.waits(C2)
        await scene.clock.advance(1)
        scene.line.citizen_hangs_up(C1)
        await scene.clock.advance(0)
        scene.desk.leave()
        assert scene.journals.closed(C1)
        assert not scene.journals.closed(C2)

    tell(story, a1001=Manner.ANSWERS)


def test_what_is_wished_at_a_desk_is_answered_and_kept_in_the_agents_day() -> None:
    wishes, days = FakeWishes(), Lines()

    async def story(scene: Scene, *_: object) -> None:
        answer = await wishes.ask(AgentWants(agent="1001", what=Wanted.LOGGED_OFF))
        assert (answer.done, answer.words) == (True, "已签出 logged off")
        refused = await wishes.ask(AgentWants(agent="1001", what=Wanted.READY))
        assert (refused.done, refused.words) == (False, "请先签入 log on first")
        scene.waits()
        await scene.clock.advance(1)
        assert scene.rung() == []

    tell(story, wishes=wishes, days=days, a1001=Manner.ANSWERS)
    assert [(line.presence, line.there) for line in days.written] == [
        (Presence.READY, False), (Presence.READY, True), (Presence.OFFLINE, True)
    ]  # fmt: skip


def test_what_cannot_be_written_into_the_audit_is_not_done_and_said_so() -> None:
    wishes = FakeWishes()

    async def story(scene: Scene, *_: object) -> None:
        boss = scene.desk.switchboard.agents[AgentId("1002")]
        agents = {**scene.desk.switchboard.agents, boss.id: replace(boss, supervisor=True)}
        scene.desk.switchboard = replace(scene.desk.switchboard, agents=agents)
        answer = await wishes.ask(ForcePresence(agent="1001", what=Wanted.LOGGED_OFF, by="1002", why="下班"))
        assert (answer.done, "审计日志写不进" in answer.words) == (False, True)
        assert scene.desk.switchboard.agents[AgentId("1001")].presence is Presence.READY

    tell(story, wishes=wishes, audit=Shut(), a1001=Manner.ANSWERS, a1002=Manner.ANSWERS)
