"""The routing process, wired as it runs, against a manager interface that a test holds in its hands."""

import asyncio
from datetime import timedelta
from pathlib import Path

from app.serve_routing import serve, switchboard_of
from app.settings import Agent, Asterisk, Line, Presence, Secrets, Settings, Waiting
from app.wall_clock import WallClock
from hotline.identity import AgentId
from routing.moves import Presence as Seat
from tests.fakes.fake_ami import Action, FakeAmi, reply, well
from tests.fakes.fake_clock import until

PASSWORD = "a-test-has-no-secrets-0000"
GONE = (
    "Event: UserEvent\r\nUserEvent: CitizenGone\r\nChannel: PJSIP/t-00000001\r\nCall: hl1-1764000000.1\r\nCalled: 12345\r\nCaller: \r\n"
    "Trunk: t\r\nBy: dialplan/builtin\r\nCause: 16\r\nCitizenBytes: 44\r\nHeardBytes: 44\r\n\r\n"
)


def settings(port: int = 5038) -> Settings:
    agents = (Agent(id="1001", name="甲", skills=("water",)), Agent(id="1002", name="乙"))
    waiting = Waiting(ring_seconds=7, rest_after_miss_seconds=3)
    return Settings(asterisk=Asterisk(ami_port=port), agents=agents, waiting=waiting)


def survey(action: Action) -> str:
    """An empty line."""
    lists = {"Status": "StatusComplete", "DeviceStateList": "DeviceStateListComplete"}
    if action["Action"] not in lists:
        return well(action)
    return (
        reply(action, EventList="start")
        + f"Event: {lists[action['Action']]}\r\nActionID: {action['ActionID']}\r\nEventList: Complete\r\n\r\n"
    )


def test_the_settings_become_agents_and_rules() -> None:
    board = switchboard_of(settings(), WallClock())
    assert {agent.id: agent.skills for agent in board.agents.values()} == {AgentId("1001"): {"water"}, AgentId("1002"): frozenset()}
    assert (board.rules.ring_s, board.rules.rest.total_seconds()) == (7, 3)


def test_what_is_set_about_presence_becomes_rules_and_agents() -> None:
    agents = (Agent(id="1001", name="甲", supervisor=True, after_call_seconds=5), Agent(id="1002", name="乙"))
    lines = (Line(number="12345", name="线"), Line(number="12320", name="线", after_call_seconds=9))
    presence = Presence(log_on=True, misses_in_a_row=5, longer_seconds=30)
    told = Settings(agents=agents, lines=lines, waiting=Waiting(after_call_seconds=20), presence=presence)
    board = switchboard_of(told, WallClock())
    first, second = board.agents.values()
    assert (first.supervisor, first.after_call, second.supervisor, second.after_call) == (True, timedelta(seconds=5), False, None)
    assert {each.presence for each in board.agents.values()} == {Seat.OFFLINE}
    rules = board.rules
    assert (rules.misses_in_a_row, rules.after_call, rules.longer) == (5, timedelta(seconds=20), timedelta(seconds=30))
    assert rules.after_call_of == {"12320": timedelta(seconds=9)}
    assert rules.pauses["break"] == timedelta(minutes=15)


def test_it_logs_in_surveys_and_hands_over_the_journal_of_a_call_that_ended_even_when_it_is_stopped_at_once(tmp_path: Path) -> None:
    async def run() -> list[str]:
        stop = asyncio.Event()
        async with FakeAmi(survey) as ami, asyncio.TaskGroup() as group:
            secrets = Secrets.model_validate({"ami_password": PASSWORD})
            group.create_task(serve(settings(ami.port), secrets, tmp_path, stop))
            await until(lambda: "CoreStatus" in ami.names())
            ami.say(GONE)
            await until(lambda: list((tmp_path / "journal" / "open").iterdir()))
            stop.set()
        assert ami.heard[0]["Secret"] == PASSWORD
        return ami.names()

    assert asyncio.run(run()) == ["Login", "Status", "DeviceStateList", "CoreStatus"]
    [closed] = (tmp_path / "journal" / "closed").iterdir()
    assert [kind in closed.read_text(encoding="utf-8") for kind in ("arrived", "recording_closed", "call_ended")] == [True] * 3


def test_of_two_one_leads_and_the_other_follows_until_he_is_gone(tmp_path: Path) -> None:
    async def run() -> tuple[list[str], list[str]]:
        secrets, ends = Secrets.model_validate({"ami_password": PASSWORD}), (asyncio.Event(), asyncio.Event())
        async with FakeAmi(survey) as first, FakeAmi(survey) as second, asyncio.TaskGroup() as group:
            group.create_task(serve(settings(first.port), secrets, tmp_path, ends[0]))
            await until(lambda: "CoreStatus" in first.names())
            group.create_task(serve(settings(second.port), secrets, tmp_path, ends[1]))
            await until(lambda: "Login" in second.names())
            assert second.heard[0]["Events"] == "system"
            before = second.names()
            ends[0].set()
            async with asyncio.timeout(10):
                while "CoreStatus" not in second.names():  # noqa: ASYNC110 - he asks for the office three times a second
                    await asyncio.sleep(0.02)
            ends[1].set()
        return before, second.names()

    before, after = asyncio.run(run())
    assert before == ["Login"]
    assert after[:5] == ["Login", "Events", "Status", "DeviceStateList", "CoreStatus"]


def test_the_pass_word_is_in_no_log(tmp_path: Path, caplog: object) -> None:
    async def run() -> None:
        stop = asyncio.Event()
        async with FakeAmi(lambda action: reply(action, "Error", Message="Authentication failed")) as ami, asyncio.TaskGroup() as group:
            group.create_task(serve(settings(ami.port), Secrets.model_validate({"ami_password": PASSWORD}), tmp_path, stop))
            await until(lambda: ami.heard)
            stop.set()

    asyncio.run(run())
    assert PASSWORD not in caplog.text  # type: ignore[attr-defined]
