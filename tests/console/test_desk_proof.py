"""台席证明: a desk is believed until somebody has an account; from then on everybody acts in his own name."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from fastapi import FastAPI

from app.accounts import desk_proof_of, with_accounts
from console.api import with_api
from console.problems import with_problems
from hotline.access import Role
from hotline.accounts import Person
from hotline.wishes import AgentWants, CallOut, ForcePresence, MoveCaller, Supervise, Wish, WishAnswer
from tests.console.account_house import ADMINISTRATOR, NOON, PASSWORD, House, house, stocked

__all__ = ["stocked"]

PAUSE = {"what": "paused", "reason": "meal"}
FORCE = {"what": "logged_off", "by": "1009", "why": "交接班"}


class Desk(House):
    """A console with desks; `wishes`: what came through."""

    def __init__(self, before: House) -> None:
        super().__init__(before.accounts, with_problems(FastAPI()))
        self.wishes: list[Wish] = []
        reception, guard = with_accounts(self.app, self.accounts, now=lambda: self.now)
        with_api(self.app, self.take, self.nothing, prove=desk_proof_of(self.accounts, reception, guard))

    async def take(self, wish: Wish) -> WishAnswer:
        self.wishes.append(wish)
        return WishAnswer(done=True, words="好")

    async def nothing(self) -> dict[str, object] | None:
        return None

    def hire(self, login: str, *roles: Role) -> None:
        password = self.accounts.people.add(Person(login=login, roles=frozenset(roles)), by=ADMINISTRATOR, at=NOON)
        self.accounts.sign_in.change_password(login, password, PASSWORD, source="", at=NOON)


@pytest.fixture
def desk(tmp_path: Path, stocked: Path) -> Iterator[Desk]:
    with house(tmp_path, stocked) as made:
        yield Desk(made)


def test_without_an_account_of_anybody_at_a_desk_it_is_believed(desk: Desk) -> None:
    agent = desk.accounts.people.person("1001")
    assert agent is not None
    desk.accounts.people.change(replace(agent, enabled=False), by=ADMINISTRATOR, at=NOON)
    assert desk.post("/api/agents/1001/presence", PAUSE).status_code == 200
    assert desk.post("/api/agents/1001/force", FORCE).status_code == 200
    assert len(desk.wishes) == 2


def test_from_the_first_account_on_nobody_is_believed(desk: Desk) -> None:
    for path, body in (
        ("/api/agents/1001/presence", PAUSE),
        ("/api/agents/1001/force", FORCE),
        ("/api/agents/1001/call", {"number": "19900001234"}),
        ("/api/agents/1001/transfer", {"to": "queue"}),
        ("/api/agents/1001/transfer/step", {"step": "complete"}),
        ("/api/supervise", {"by": "1009", "agent": "1001", "mode": "listen"}),
        ("/api/callers/hl1-1764000000.1/move", {"by": "1009", "why": "孕妇"}),
    ):
        assert desk.post(path, body).status_code == 401, path
    assert desk.wishes == []


def test_an_agent_acts_for_himself_and_for_nobody_else(desk: Desk) -> None:
    desk.enter("1001")
    assert desk.post("/api/agents/1001/presence", PAUSE).status_code == 200
    assert desk.post("/api/agents/1001/call", {"number": "19900001234"}).status_code == 200
    assert desk.post("/api/agents/1002/presence", PAUSE).status_code == 403
    assert desk.post("/api/agents/1001/force", {**FORCE, "by": "1001"}).status_code == 403
    assert desk.wishes == [AgentWants(agent="1001", what="paused", reason="meal"), CallOut(agent="1001", number="19900001234")]
    assert [line["act"] for line in desk.log()[-2:]] == ["desk.work", "desk.supervise"]


def test_a_supervisor_acts_in_his_own_name_only(desk: Desk) -> None:
    desk.hire("1009", Role.SUPERVISOR)
    desk.enter("1009")
    assert desk.post("/api/agents/1001/force", FORCE).status_code == 200
    assert desk.post("/api/supervise", {"by": "1009", "agent": "1001", "mode": "listen"}).status_code == 200
    assert desk.post("/api/callers/hl1-1764000000.1/move", {"by": "1009", "why": "孕妇"}).status_code == 200
    refused = desk.post("/api/supervise", {"by": "1010", "agent": "1001", "mode": "listen"})
    assert (refused.status_code, refused.json()["code"]) == (403, "not_yourself")
    assert [type(wish) for wish in desk.wishes] == [ForcePresence, Supervise, MoveCaller]


def test_a_request_that_leaves_out_the_name_is_no_way_round(desk: Desk) -> None:
    desk.enter("1001")
    bodies: tuple[object, ...] = ({"agent": "1001", "mode": "listen"}, [], "x", None)
    for body in bodies:
        assert desk.post("/api/supervise", body).status_code in (403, 422)
    assert desk.wishes == []


@pytest.mark.parametrize("login", ["3001", "4001", "5001", "2001", "admin1"])
def test_whoever_works_at_no_desk_asks_for_nothing_there(desk: Desk, login: str) -> None:
    desk.enter(login)
    assert desk.post(f"/api/agents/{login[:4]}/presence", PAUSE).status_code in (403, 404)
    assert desk.wishes == []
